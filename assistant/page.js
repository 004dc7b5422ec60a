// Opens a citation in the source panel: one listener for all chips, now and later.
document.addEventListener("click", async (event) => {
  const link = event.target.closest && event.target.closest('a[href^="#c-"]');
  if (!link) return;
  event.preventDefault();
  const [document_id, version, start, end] = link.getAttribute("href").slice(3).split("-");
  const panel = document.getElementById("q-source");
  const reply = await fetch(`/source/${document_id}/${version}/${start}/${end}`);
  const text = await reply.text();
  if (reply.ok) panel.innerHTML = text; // escaped by the server
  else panel.textContent = "This source can't be opened: it was removed.";
  document.querySelectorAll("a.q-open").forEach((open) => open.classList.remove("q-open"));
  link.classList.add("q-open");
  const passage = document.getElementById("q-passage");
  if (passage) {
    passage.scrollIntoView({ block: "center" });
    passage.focus({ preventScroll: true });
  }
});

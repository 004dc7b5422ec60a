// Opens a citation in the source panel: one listener for all chips, now and later.
let opened = 0; // of several clicks, the last one counts, whichever reply comes first
document.addEventListener("click", async (event) => {
  const link = event.target.closest && event.target.closest('a[href^="#c-"]');
  if (!link) return;
  event.preventDefault();
  const mine = ++opened;
  const place = link.getAttribute("href").slice(3).split("-").join("/");
  const panel = document.getElementById("q-source");
  let html = null;
  let problem = "This source can't be opened: it was removed.";
  try {
    const reply = await fetch(`/source/${place}`);
    if (reply.ok) html = await reply.text();
  } catch {
    problem = "This source can't be opened: Quarry has stopped. Start it again and reload the page.";
  }
  if (mine !== opened) return;
  if (html === null) panel.textContent = problem;
  else panel.innerHTML = html; // escaped by the server
  document.querySelectorAll("a.q-open").forEach((open) => open.classList.remove("q-open"));
  link.classList.add("q-open");
  const passage = document.getElementById("q-passage");
  if (passage) {
    passage.scrollIntoView({ block: "center" });
    passage.focus({ preventScroll: true });
  }
});

// A candidate replies with its name; "Searched for" puts the query into the question box, to be changed.
document.addEventListener("click", (event) => {
  const link = event.target.closest && event.target.closest('a[href="#reply"], a[href="#search-for"]');
  if (!link) return;
  event.preventDefault();
  const box = document.querySelector("#q-question textarea");
  const edits = link.classList.contains("q-query");
  box.value = edits ? `Search for: ${link.textContent}` : link.title;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  if (!edits) setTimeout(() => document.querySelector("#q-question button").click(), 50);
});

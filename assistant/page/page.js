// Quarry's page: links within answers and lists, the card over a number, and the source panel beside the chat. What has to
// do with the question box is in page_box.js.
// Document text reaches the page as text or escaped by the server; nothing here interprets it.
const hints = new WeakMap(); // a chip's hint: taken off the link, so that the browser doesn't show it as well
let opened = 0; // of several clicks, the last one counts, whichever reply comes first
let chip = null; // the chip whose source is open
let opener = null; // the link that was pressed for it

const lastAnswer = (link) => {
  const answers = document.querySelectorAll("#q-chat .q-answer");
  return link.closest(".q-answer") === answers[answers.length - 1];
};
const hint = (link) => {
  if (link.title) {
    hints.set(link, link.title);
    link.removeAttribute("title");
  }
  return hints.get(link) || "";
};
const parts = (told) => {
  const at = told.indexOf(": “");
  return at < 0 ? [told, ""] : [told.slice(0, at), told.slice(at + 2)];
};

async function open(link) {
  opener = link;
  // the short answer opens what its number opens
  link = (link.closest(".q-answer") && !link.matches(".q-chip") && [...link.closest(".q-answer").querySelectorAll("a.q-chip")].find((one) => one.getAttribute("href") === link.getAttribute("href"))) || link;
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
  document.body.classList.add("q-with-source");
  if (html === null) panel.textContent = problem;
  else panel.innerHTML = html; // escaped by the server
  document.getElementById("q-where").textContent = panel.querySelector("h2")?.dataset.where || "";
  const picture = panel.querySelector(".q-page img"); // gone where the file is no longer the one that was read
  if (picture) {
    picture.addEventListener("error", () => picture.closest(".q-page").remove());
    picture.parentElement.addEventListener("click", () => picture.closest(".q-page").classList.toggle("q-zoomed"));
  }
  document.querySelectorAll("a.q-open").forEach((one) => one.classList.remove("q-open"));
  link.classList.add("q-open");
  chip = link;
  link.closest("details")?.setAttribute("open", "");
  if (link.closest("#q-documents")) tab(0);
  const chips = siblings();
  document.getElementById("q-previous").disabled = chips.indexOf(link) <= 0;
  document.getElementById("q-next").disabled = chips.indexOf(link) >= chips.length - 1;
  const passage = document.getElementById("q-passage");
  if (passage) {
    passage.scrollIntoView({ block: "center" });
    passage.focus({ preventScroll: true });
  } else {
    document.getElementById("q-panel").scrollTo(0, 0);
    panel.focus({ preventScroll: true });
  }
}
const tab = (number) => document.querySelectorAll('#q-tabs [role="tab"]')[number].click();
const siblings = () => [...(chip?.closest(".q-answer")?.querySelectorAll("a.q-chip") || [])];
const step = (by) => {
  const chips = siblings();
  const next = chips[chips.indexOf(chip) + by];
  if (next) open(next);
};
const close = () => {
  document.body.classList.remove("q-with-source");
  document.querySelectorAll("a.q-open").forEach((one) => one.classList.remove("q-open"));
  if (chip?.closest("#q-documents")) tab(1);
  [opener, chip].find((one) => one?.isConnected)?.focus();
};

async function copy(link) {
  const answer = link.closest(".q-answer");
  const text = [...answer.querySelectorAll(".q-text")].map((part) => {
    const plain = part.cloneNode(true);
    plain.querySelectorAll(".q-hidden").forEach((hidden) => hidden.remove());
    plain.querySelectorAll("a.q-chip").forEach((one) => one.replaceWith(` [${one.textContent}]`));
    plain.querySelectorAll("br").forEach((line) => line.replaceWith("\n"));
    plain.querySelectorAll("td, th").forEach((cell) => cell.append("\t"));
    plain.querySelectorAll("tr").forEach((row) => row.append("\n"));
    return plain.textContent;
  });
  const references = new Map();
  answer.querySelectorAll("a.q-chip").forEach((one) => {
    const number = one.lastChild.textContent;
    references.set(number, `[${number}] ${hint(one)}`);
  });
  await navigator.clipboard.writeText([text.join("\n"), ...references.values()].join("\n\n"));
  link.dataset.told = "Copied";
  setTimeout(() => delete link.dataset.told, 1500);
}

const ACTIONS = {
  copy: (_, link) => copy(link),
  edit: (turn) => edit(Number(turn)),
  retry: (turn) => act("retry", { turn }),
  up: (turn) => act("up", { turn }),
  down: (turn) => act("down", { turn }),
  back: (number, link) => takeBack(number, hint(link)),
  open: (id) => go("open", id),
  rename: (_, link) => {
    const title = prompt("A new title for this conversation", hint(link));
    if (title) act("rename", { value: title });
  },
  remove: (_, link) =>
    confirm(`Remove ${hint(link)} from the library? Its text is erased; the file itself stays where it is.`) &&
    window.quarryDocuments({ what: "remove", value: hint(link) }),
  again: (_, link) => window.quarryDocuments({ what: "again", value: hint(link) }),
  cancel: (value) => window.quarryDocuments({ what: "cancel", value }),
  delete: (_, link) => confirm(`Delete the conversation “${hint(link)}”? This can't be undone.`) && (act("delete"), address("")),
};

// What was pressed counts, also where the page has moved under the pointer, or was drawn anew, before it is let go: of a link
// that is gone the browser tells no click.
let pressed = null;
const linkAt = (event) => event.target.closest && event.target.closest('a[href^="#"], #q-aside button, #q-ask-help, #q-help-close');
const still = (event) => pressed?.link && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < 5;
document.addEventListener("pointerdown", (event) => {
  pressed = { link: linkAt(event), x: event.clientX, y: event.clientY };
}, true);
document.addEventListener("pointerup", (event) => {
  if (event.button !== 0 || !still(event) || pressed.link.isConnected) return;
  const drawn = document.querySelector(`#q-chat a[href="${pressed.link.getAttribute("href")}"]`);
  pressed = null;
  if (drawn) drawn.click();
}, true);

document.addEventListener("click", (event) => {
  const link = event.detail && still(event) ? pressed.link : linkAt(event);
  pressed = null;
  if (!link) return;
  const target = link.getAttribute("href") || "";
  if (link.id === "q-close") return close();
  if (link.id === "q-previous") return step(-1);
  if (link.id === "q-next") return step(1);
  if (link.id === "q-ask-help") return document.getElementById("q-help").showModal();
  if (link.id === "q-help-close") return document.getElementById("q-help").close();
  const [, what, value] = target.match(/^#act-([a-z]+)-?(.*)$/) || [];
  if (!/^#(c-|act-|back-|reply$|search-for$)/.test(target)) return;
  event.preventDefault();
  if (target.startsWith("#c-")) open(link);
  else if (what) ACTIONS[what] ? ACTIONS[what](value, link) : act(what);
  else if (target === "#search-for") fill(`Search for: ${hint(link)}`);
  else if (target.startsWith("#back-")) fill(hint(link));
  else if (lastAnswer(link)) ask(hint(link)); // an older question back is answered already
});

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || document.querySelector("dialog[open]")) return;
  const typing = event.target.closest && event.target.closest("input, textarea, [contenteditable], [role=tablist]");
  const withSource = document.body.classList.contains("q-with-source");
  if (event.key === "Escape" && withSource) close();
  else if (event.key === "ArrowLeft" && withSource && !typing) step(-1);
  else if (event.key === "ArrowRight" && withSource && !typing) step(1);
  else if ((event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing)) {
    event.preventDefault();
    side(true);
    document.querySelector("#q-find :is(input, textarea)").focus();
  }
});

// The card over a number: its place, then the quote; also for the keyboard.
function card(link) {
  let shown = document.getElementById("q-card");
  if (!shown) {
    shown = document.createElement("div");
    shown.id = "q-card";
    shown.setAttribute("role", "tooltip");
    shown.append(document.createElement("p"), document.createElement("p"));
    document.body.append(shown);
  }
  const [place, quote] = parts(hint(link));
  shown.children[0].textContent = quote;
  shown.children[1].textContent = place;
  shown.hidden = false;
  const over = link.getBoundingClientRect();
  const width = Math.min(420, window.innerWidth - 16);
  shown.style.width = `${width}px`;
  shown.style.left = `${Math.max(8, Math.min(over.left, window.innerWidth - width - 8))}px`;
  const below = over.bottom + shown.offsetHeight + 8 < window.innerHeight;
  shown.style.top = `${below ? over.bottom + 4 : Math.max(8, over.top - shown.offsetHeight - 4)}px`;
}
const hide = () => {
  const shown = document.getElementById("q-card");
  if (shown) shown.hidden = true;
};
for (const [enters, leaves] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
  document.addEventListener(enters, (event) => {
    const link = event.target.closest && event.target.closest("a.q-chip");
    if (link) card(link);
  });
  document.addEventListener(leaves, (event) => event.target.closest && event.target.closest("a.q-chip") && hide());
}
document.addEventListener("scroll", hide, true);

// On a narrow page the left side would cover the chat: it starts closed there, and closes once a conversation is chosen.
const narrow = () => window.innerWidth < 860;
const side = (open) => document.querySelector(open ? "#q-side:not(.open) .toggle-button" : "#q-side.open .toggle-button")?.click();
matchMedia("(max-width: 859px)").addEventListener("change", (event) => event.matches && side(false));
if (narrow()) {
  const waiting = setInterval(() => {
    side(false);
    if (document.querySelector("#q-side:not(.open)")) clearInterval(waiting);
  }, 50);
  setTimeout(() => clearInterval(waiting), 20000);
}

// Gradio calls the starter questions a list, but they are buttons: a group.
new MutationObserver(() => {
  for (const list of document.querySelectorAll('#q-chat .examples[role="list"]')) list.setAttribute("role", "group");
}).observe(document.documentElement, { childList: true, subtree: true });

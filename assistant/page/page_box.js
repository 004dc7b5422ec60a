// The question box, which only this page reads and writes: what is sent from it, what is on its way, what waits, what was
// left in it. Each act goes to the server with its number, so that they are done in the order in which they were done here.
const box = () => document.querySelector("#q-question textarea");
const fill = (text) => {
  const field = box();
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
};
const current = () => (document.querySelector("#q-stored a[aria-current]")?.getAttribute("href") || "").replace("#act-open-", "");
const asked = () => [...document.querySelectorAll("#q-chat .q-question")].pop();
const flat = (text) => text.split(/\s+/).filter(Boolean).join(" ");

const outbox = []; // acts done before Gradio was ready for them
const onTheWay = []; // questions that the server has not said yet that it has, as [number, text]
let acts = 0;
let editing = 0; // the next question takes the place of this turn
let conversation = ""; // the one that it belongs to
let begins = false; // a question was asked: the next other conversation that is open is the one that it began
let stood = ""; // the one that was open then
let returned = ""; // the link of the last question that came back into the box by itself

function act(what, more) {
  outbox.push({ what, number: ++acts, conversation: current(), ...more });
  flush();
}
function flush() {
  if (!window.quarryAct) return setTimeout(flush, 50);
  while (outbox.length) window.quarryAct(outbox.shift());
}
// Another conversation in the chat; the page's address names it, so that it can be gone back to, kept and sent on.
function go(what, value, kept) {
  editing = 0;
  begins = false;
  if (document.querySelectorAll('#q-tabs [role="tab"]')[1]?.getAttribute("aria-selected") === "true") tab(0);
  if (narrow()) side(false);
  act(what, { value });
  if (!kept && (value || "") !== addressed()) address(value, "pushState");
}
function address(id, way = "replaceState") {
  const url = new URL(location);
  if (id) url.searchParams.set("c", id);
  else url.searchParams.delete("c");
  history[way](null, "", url);
}
const addressed = () => new URLSearchParams(location.search).get("c") || "";
window.addEventListener("popstate", () => go(addressed() ? "open" : "new", addressed(), true));
function ask(text, more = { what: "ask" }) {
  if (!text.trim() || onTheWay.some(([, sent]) => sent === text)) return; // pressed twice
  [begins, stood] = [true, current()];
  act(more.what, { value: text, ...more });
  onTheWay.push([acts, text]);
  told();
}
function edit(turn) {
  [editing, conversation] = [turn, current()];
  fill(asked().innerText);
}
function takeBack(number, text) {
  act("back", { turn: number });
  if (!box().value.trim()) fill(text);
}
function send() {
  const text = box().value;
  if (!text.trim()) return;
  fill("");
  ask(text, editing ? { what: "replace", turn: editing, conversation } : undefined);
  editing = 0;
}

// Before Gradio, which would drop a question while another one is answered.
const PRESSED = {
  "#q-question .submit-button": send,
  "#q-question .stop-button": () => act("stop", { turn: under()?.className.match(/q-asked-(\d+)/)?.[1] }),
  "#q-new": () => go("new"),
  "#q-chat .example": (example) => ask(example.innerText.trim()),
};
const under = () => document.querySelector("#q-chat .q-answer[class*=q-asked-]");
const before = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
};
document.addEventListener("click", (event) => {
  for (const [selector, does] of Object.entries(PRESSED)) {
    const pressed = event.target.closest && event.target.closest(selector);
    if (!pressed) continue;
    before(event);
    does(pressed);
  }
}, true);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    editing = 0;
    if (under() && !event.isComposing && !document.querySelector("dialog[open]") && !event.target.closest("#q-find") && !document.body.classList.contains("q-with-source")) PRESSED["#q-question .stop-button"]();
  }
  const last = [...document.querySelectorAll('#q-chat a[href^="#act-edit-"]')].pop();
  if (event.key === "ArrowUp" && event.target === box() && !box().value && last && lastAnswer(last)) {
    event.preventDefault();
    edit(Number(last.getAttribute("href").split("-").pop()));
  }
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target !== box()) return;
  before(event);
  send();
}, true);

let searching = 0; // the words that the list is searched for, once they are typed
document.addEventListener("input", (event) => {
  if (!event.target.closest("#q-find")) return;
  clearTimeout(searching);
  searching = setTimeout(() => act("find", { value: event.target.value }), 150);
});

// What is on its way, above the box: seen only where the network is slow.
function told() {
  let list = document.getElementById("q-sending");
  if (!list) {
    list = document.createElement("div");
    list.id = "q-sending";
    document.getElementById("q-question").before(list);
  }
  list.replaceChildren(...onTheWay.map(([, text]) => {
    const line = document.createElement("p");
    line.textContent = `Sending: ${text}`;
    return line;
  }));
}
function look() {
  const open = document.querySelector("#q-stored a[aria-current]");
  const heading = document.getElementById("q-heading");
  const title = open?.innerText || "";
  const filtered = document.querySelector("#q-find :is(input, textarea)")?.value; // the open one may not be listed
  if (heading && (open || !filtered) && heading.textContent !== title) {
    heading.textContent = title;
    document.title = title ? `${title} · Quarry` : "Quarry";
  }
  if (open && begins && current() !== stood) {
    address(current());
    begins = false;
  }
  const got = Number(document.querySelector("#q-waiting [data-got]")?.dataset.got || 0);
  if (onTheWay.length && onTheWay[0][0] <= got) {
    while (onTheWay.length && onTheWay[0][0] <= got) onTheWay.shift();
    told();
  }
  // A question that could not be asked stands in the box again, unless something else does.
  const back = document.querySelector("#q-chat a.q-back");
  if (!back || back.getAttribute("href") === returned) return;
  returned = back.getAttribute("href");
  if (!box().value) fill(hint(back));
}
new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-got", "aria-current"] });

// After a reload, Gradio's own after a stop of the server too: the conversation that was open opens again, and what was
// typed stands in the box, as do questions that the server doesn't know any more.
window.addEventListener("pagehide", () => {
  const queued = [...document.querySelectorAll("#q-waiting p > span")].map((one) => one.innerText);
  const sent = [...(under() ? [asked().innerText] : []), ...queued, ...onTheWay.map(([, text]) => text)];
  sessionStorage.setItem("quarry", JSON.stringify({ open: current(), sent, draft: box()?.value || "" }));
});
const left = JSON.parse(sessionStorage.getItem("quarry") || "null") || (addressed() ? { open: "", sent: [], draft: "" } : null);
const restore = () => {
  const known = new Set([...document.querySelectorAll("#q-chat .q-question, #q-waiting p > span")].map((one) => flat(one.innerText)));
  const drafts = [...left.sent.filter((text) => !known.has(flat(text))), left.draft].filter((text) => text.trim());
  if (drafts.length && !box().value) fill(drafts.join("\n"));
};
const restoring = left && setInterval(() => {
  if (!document.querySelector("#q-stored nav") || !box() || !window.quarryAct) return;
  clearInterval(restoring);
  const rows = [...document.querySelectorAll("#q-stored a.q-row")].map((one) => one.getAttribute("href").replace("#act-open-", ""));
  left.open = [addressed(), left.open].find((id) => id && rows.includes(id)) || "";
  address(left.open);
  if (!left.open) return restore();
  go("open", left.open, true);
  const since = Date.now();
  const opening = setInterval(() => {
    if (current() !== left.open && Date.now() - since < 10000) return;
    clearInterval(opening);
    setTimeout(restore, 300); // the chat is drawn a moment after the list
  }, 50);
}, 100);

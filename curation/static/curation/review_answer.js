// Overturning: the project's own form with the keys of the labeling page, sent as a plain form. What is typed is kept in
// this browser until the server has it.
import { isTyping } from "../ui/typing.js";
import { openJump } from "../ui/jump.js";
import { Dock } from "../ui/label/dock.js";
import { enhanceAll } from "../ui/label/kinds.js";
import { Reading } from "../ui/label/reading.js";
import { Turns } from "../ui/label/turns.js";
import { drop, names, read, write } from "../ui/label/store.js";
import { look, seconds } from "../ui/label/presence.js";

const JUST_SHOWN = 350; // ms; a key pressed for the page before must not answer this one
const shownAt = performance.now();
const workspace = document.getElementById("workspace");
const name = `review:${workspace.dataset.item}${workspace.dataset.kept}`;
const MOST_KEPT = 20; // items
const dock = new Dock(workspace);
const reading = new Reading(workspace, {});
const turns = new Turns(workspace, dock, () => null);
let shown = null;
let sent = false;

enhanceAll({ workspace, dock, changed });
recall();
dock.onCurrent = showSteps;
showSteps();
reading.settle();
look(workspace);
workspace.focus({ preventScroll: true });
if (workspace.querySelector("[data-shown]")) import("../ui/label/shown.js").then(({ Shown }) => { shown = new Shown(workspace); });

// Words typed over an older decision than the one that stands are in, or were for another question. A refused answer
// stands in the form already.
function recall() {
  const kept = read(name, null);
  if (kept && kept.seen !== dock.form.elements.seen.value) drop(name);
  else if (kept && !dock.form.querySelector('[role="alert"]')) dock.fill(kept.fields);
}

function keep() {
  write(name, { fields: dock.fields(), seen: dock.form.elements.seen.value, at: Date.now() });
  const all = names("review:").map((each) => [read(each, {}).at ?? 0, each]).sort(([one], [other]) => other - one);
  for (const [, each] of all.slice(MOST_KEPT)) drop(each);
}

function showSteps() {
  const at = dock.rows.indexOf(dock.current);
  for (const step of dock.form.querySelectorAll("[data-step]")) {
    step.hidden = dock.rows.length < 2;
    step.disabled = !dock.rows[at + Number(step.dataset.step)];
  }
}

function changed(target) {
  if (!target.name) return;
  dock.remember(target);
  dock.setCurrent(dock.rowOf(target));
  dock.tell("");
  keep();
}

function submit() {
  if (performance.now() - shownAt > JUST_SHOWN) dock.form.requestSubmit();
}

dock.form.addEventListener("input", (event) => changed(event.target));
dock.form.addEventListener("focusin", (event) => dock.setCurrent(dock.rowOf(event.target)));
dock.form.addEventListener("submit", (event) => {
  const [missing] = dock.open;
  if (missing || sent) event.preventDefault();
  if (missing) {
    dock.setCurrent(missing);
    return dock.tell(`Still open: ${dock.widgets.get(missing)?.wants?.() || missing.getAttribute("aria-label") || missing.closest(".ask").querySelector(".title").firstChild.textContent.trim()}`);
  }
  dock.form.elements.seconds.value = seconds(workspace);
  sent = true;
  return undefined;
});
addEventListener("pageshow", () => { sent = false; });

const tell = (said) => { if (said) dock.tell(said); };
const toggle = async (view) => tell(view === "folds" ? turns.fold(true) : await reading.toggle(view));
const KEYS = {
  Enter: submit, z: () => tell(dock.undo() ? "Undone." : ""), d: () => toggle("differences"), p: () => toggle("whole"), l: () => toggle("together"),
  ",": () => tell(turns.jump(-1)), ".": () => tell(turns.jump(1)), "[": () => tell(turns.jump(-1)), "]": () => tell(turns.jump(1)), o: (event) => tell(turns.fold(event.shiftKey)),
  j: () => dock.step(1), k: () => dock.step(-1), "?": openKeys, "/": () => openJump(), Escape: () => location.assign(workspace.dataset.back),
};

function openKeys() {
  document.getElementById("keys-sheet").showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest?.("textarea, input[type=text]")) return workspace.focus({ preventScroll: true });
  if (isTyping(event) || event.repeat) return undefined;
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return undefined;
  dock.answered = null;
  const isAnswer = event.key.length === 1 && performance.now() - shownAt > JUST_SHOWN && dock.answer(event.key, event);
  if (isAnswer && dock.sendsWith(dock.answered)) submit();
  const looked = isAnswer ? null : shown?.key(event);
  if (typeof looked === "string") { event.preventDefault(); return tell(looked); }
  const act = !isAnswer && KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (isAnswer || act) event.preventDefault();
  return act ? act(event) : undefined;
});

workspace.addEventListener("click", (event) => {
  const control = event.target.closest("[data-view], [data-step], [data-switch]");
  if (!control || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (control.dataset.switch) dock.showSide(control.dataset.switch);
  else if (control.dataset.view) toggle(control.dataset.view);
  else dock.step(Number(control.dataset.step));
});

// A digit pressed where the item is reviewed opened this form: it answers here, and only Enter sends it.
const [, pressed] = /^#([0-9])$/.exec(location.hash) ?? [];
if (pressed) {
  history.replaceState(null, "", location.pathname + location.search); // a page loaded again answers nothing by itself
  if (dock.answer(pressed, new KeyboardEvent("keydown", { key: pressed }))) dock.tell("Enter overturns with this answer. Z takes it back, Esc goes back.");
}

const keysButton = document.querySelector("[data-keys]");
keysButton.hidden = false;
keysButton.addEventListener("click", openKeys);

// The labeling page. The next item is here before it is asked for; an answer is written down, the page moves on at
// once, and the answer travels by itself (label/outbox.js). What comes back refused brings its item back, words intact.
import { isTyping } from "./typing.js";
import { openJump } from "./jump.js";
import * as outbox from "./label/outbox.js";
import { Dock } from "./label/dock.js";
import { enhanceAll } from "./label/kinds.js";
import { Drafts } from "./label/drafts.js";
import { Reading } from "./label/reading.js";
import { Turns } from "./label/turns.js";
import { hide as hideDifferences } from "./label/differences.js";
import { isActive, look, seconds } from "./label/presence.js";
import { allTold, tellChecked } from "./label/checked.js";
import { send } from "./label/send.js";
import { person } from "./label/store.js";
import { shine } from "./label/lamp.js";

const SLOW = 200; // below it a wait is not mentioned
const JUST_SHOWN = 350; // a key pressed for the last item must not answer this one
const place = document.getElementById("main");
const said = document.querySelector(".away[data-said]"); // kinds may have words of this name in their rows
const desks = new Map(); // workspace element → {dock, reading, turns}
const underway = new Map(); // request key → workspace element, until the server has answered
let desk = null; // what is on the page: {workspace, dock, reading, turns, shownAt}
let ahead = null; // the workspace after this one
let aheadIsAsked = null;
let aheadTimer = null;
let held = null; // the workspace that waits while an earlier answer is looked at
let draftState = "saved";

const drafts = new Drafts((state) => { draftState = state; shine(draftState); });
const channel = globalThis.BroadcastChannel ? new BroadcastChannel(`goldpan-${person}`) : null;
const tab = String(Math.random());

// ---- Showing an item -------------------------------------------------------------------------------------------

function set(workspace) {
  const dock = new Dock(workspace);
  const reading = new Reading(workspace, { together: desk?.reading.is("together") });
  enhanceAll({ workspace, dock, changed });
  const words = drafts.unsaved(workspace.dataset.item);
  if (words) {
    dock.fill(words);
    keep({ workspace, dock });
  }
  dock.onCurrent = () => showSteps(dock);
  dock.form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  dock.form.addEventListener("input", (event) => changed(event.target));
  dock.form.addEventListener("focusin", (event) => dock.setCurrent(dock.rowOf(event.target)));
  workspace.querySelector("form.skip")?.addEventListener("submit", (event) => { event.preventDefault(); skip(event.submitter, event.target); });
  workspace.addEventListener("click", clicked);
  const made = { dock, reading, turns: new Turns(workspace, dock, () => reading.written()) };
  desks.set(workspace, made);
  if (workspace.querySelector("[data-takes]")) readAdvice(made, workspace);
  if (workspace.dataset.suggestion) import("./label/waiting.js").then(({ Waiting }) => { made.waiting = new Waiting(workspace, dock, (words) => told(made, workspace, words)); });
  if (workspace.querySelector("[data-shown]")) import("./label/shown.js").then(({ Shown }) => { made.shown = new Shown(workspace); });
  return made;
}

function readAdvice(made, workspace) {
  import("./label/advice.js").then(({ Advice }) => {
    if (made.advice) made.advice.read();
    else made.advice = new Advice(workspace, made.dock);
  });
}

// What was suggested for a question came after its answer; it is read aloud, since nothing else says that it is there.
function told(made, workspace, words) {
  readAdvice(made, workspace);
  if (desk?.workspace === workspace) said.textContent = words;
}

function show(workspace, words = "") {
  hideDifferences();
  desks.get(desk?.workspace)?.shown?.leave();
  const typing = document.activeElement?.closest("#workspace") ?? document.activeElement === document.body;
  const { dock, reading, turns } = desks.get(workspace) ?? set(workspace);
  place.replaceChildren(place.querySelector("h1"), workspace);
  desk = { workspace, dock, reading, turns, shownAt: performance.now() };
  reading.settle();
  showSteps(dock);
  look(workspace);
  if (typing) workspace.focus({ preventScroll: true });
  if (words) dock.tell(words, true);
  said.textContent = words || "The next item is here.";
  channel?.postMessage({ kind: "open", lease: workspace.dataset.lease, tab });
  if (workspace.dataset.lease && Date.now() - (workspace.fetchedAt ?? Date.now()) > leaseTime(workspace) / 2) extend(workspace);
}

// On a phone the dock shows one question at a time; two buttons step through them.
function showSteps(dock) {
  const at = dock.rows.indexOf(dock.current);
  for (const step of dock.form.querySelectorAll("[data-step]")) {
    step.hidden = dock.rows.length < 2;
    step.disabled = !dock.rows[at + Number(step.dataset.step)];
  }
}

function parse(html) {
  const found = new DOMParser().parseFromString(html, "text/html").getElementById("workspace");
  const workspace = found && document.importNode(found, true);
  if (workspace) workspace.fetchedAt = Date.now();
  return workspace;
}

// ---- What comes next -------------------------------------------------------------------------------------------

// The server leaves out one lease, the one in hand: so it is asked only when no answer is still under way.
function fetchAhead() {
  if (ahead || aheadIsAsked || outbox.entries().length) return aheadIsAsked;
  const hand = (held ?? desk?.workspace)?.dataset.lease;
  aheadIsAsked = send(`${place.dataset.next}${hand ? `?ahead_of=${hand}` : ""}`)
    .then(async (answer) => {
      if (answer.isSignedOut) return signedOut();
      if (answer.status >= 500) throw new Error(String(answer.status));
      outbox.reached();
      const found = answer.status === 200 ? parse(await answer.text()) : null;
      if (found && found.dataset.lease !== hand) ahead = found;
      return answer.status;
    })
    .catch(() => {
      outbox.missed();
      clearTimeout(aheadTimer);
      aheadTimer = setTimeout(fetchAhead, 5_000);
      return 0;
    })
    .finally(() => { aheadIsAsked = null; });
  return aheadIsAsked;
}

function moveOn() {
  if (held) {
    const workspace = held;
    held = null;
    history.replaceState({}, "", place.dataset.home);
    return show(workspace);
  }
  if (ahead) {
    const workspace = ahead;
    ahead = null;
    show(workspace);
    return fetchAhead();
  }
  return waitForNext();
}

async function waitForNext() {
  desk = null;
  hideDifferences();
  const panel = document.createElement("p");
  panel.className = "waiting";
  panel.setAttribute("role", "status");
  place.replaceChildren(place.querySelector("h1"), panel);
  for (const start = Date.now(); !ahead && !desk; ) {
    const status = outbox.entries().length ? 0 : await fetchAhead();
    if (desk) return undefined;
    if (status === 204 || (status >= 400 && status < 500)) return allTold().then(() => location.assign(place.dataset.home));
    if (!ahead) await new Promise((done) => { setTimeout(done, Date.now() - start > 1_000 ? 250 : 30); });
    if (Date.now() - start > SLOW) panel.textContent = whatIsAwaited();
  }
  return desk ? undefined : moveOn();
}

function whatIsAwaited() {
  if (outbox.state.signedOut) return "You are signed out. Your answers are kept in this browser; sign in again, and they are sent.";
  if (outbox.state.since) return "You are offline. Your answers are kept in this browser; the next item comes when the network does.";
  return "Fetching the next item";
}

// ---- Answering -------------------------------------------------------------------------------------------------

function keep({ workspace, dock }) {
  drafts.keep(workspace.dataset.item, workspace.dataset.draft, dock.fields());
}

function changed(target) {
  if (!desk || !target.name) return;
  desk.dock.remember(target);
  desk.dock.setCurrent(desk.dock.rowOf(target));
  desk.dock.tell("");
  keep(desk);
  desks.get(desk.workspace)?.waiting?.changed();
}

function submit() {
  if (!desk || performance.now() - desk.shownAt < JUST_SHOWN) return;
  const { workspace, dock } = desk;
  const [missing] = dock.open;
  if (missing) {
    dock.setCurrent(missing);
    const name = dock.widgets.get(missing)?.wants?.() || missing.getAttribute("aria-label") || missing.closest(".ask").querySelector(".title").firstChild.textContent.trim() || missing.labels?.[0]?.textContent.trim();
    return dock.tell(`Still open: ${name}`);
  }
  if (workspace.dataset.lost) return dock.tell("This item is with someone else now. Your words are kept; copy what you need, then go on.", true);
  dock.form.elements.seconds.value = seconds(workspace);
  const key = dock.form.elements.request_key.value;
  desks.get(workspace)?.waiting?.end();
  drafts.release(workspace.dataset.item);
  underway.set(key, workspace);
  outbox.add({ kind: "answer", key, address: dock.form.getAttribute("action"), item: workspace.dataset.item, draft: workspace.dataset.draft, lease: workspace.dataset.lease, body: new URLSearchParams(new FormData(dock.form)).toString() });
  remember(workspace);
  return moveOn();
}

function skip(button, form) {
  const { workspace } = desk;
  const body = new URLSearchParams(new FormData(form, button));
  form.closest("dialog").close();
  drafts.release(workspace.dataset.item);
  drafts.forget(workspace.dataset.item);
  const key = `skip:${workspace.dataset.lease}`;
  underway.set(key, workspace);
  outbox.add({ kind: "skip", key, address: form.getAttribute("action"), item: workspace.dataset.item, lease: workspace.dataset.lease, body: body.toString() });
  moveOn();
}

// The browser's own Back leads to the answer just given, at its address.
function remember(workspace) {
  place.dataset.last = workspace.dataset.item;
  if (workspace.dataset.revises) return;
  history.replaceState({ item: workspace.dataset.item }, "", `${place.dataset.items}${workspace.dataset.item}/`);
  history.pushState({}, "", place.dataset.home);
}

outbox.onChange((event) => {
  if (event.kind === "added" && !event.written) draftState = "no-room";
  if (event.kind === "taken") taken(event);
  if (event.kind === "refused") refused(event);
  if (event.kind === "signed-out") signedOut();
  shine(draftState);
});

function taken({ entry, answer }) {
  const workspace = underway.get(entry.key);
  underway.delete(entry.key);
  desks.delete(workspace);
  draftState = "saved";
  if (answer.done !== undefined) showProgress(answer.done);
  if (answer.checked) tellChecked(answer.checked);
  if (desk?.workspace.querySelector('[data-back]') === null) addBack();
  channel?.postMessage({ kind: "answered", item: entry.item, tab });
  fetchAhead();
}

function refused({ entry, status, answer }) {
  const workspace = underway.get(entry.key);
  underway.delete(entry.key);
  if (entry.kind === "skip") return fetchAhead();
  drafts.keep(entry.item, entry.draft, outbox.fieldsOf(entry));
  const words = answer.errors ? Object.values(answer.errors).flat().join(" ") : (answer.detail ?? "The server did not take this answer. It is kept in this browser.");
  if (!workspace) return say(`An answer was not taken: ${words}`, true);
  if (status === 409 || status === 404) workspace.dataset.lost = "true";
  else workspace.querySelector('[name="request_key"]').value = newKey();
  if (desk && desk.workspace !== workspace) held ??= desk.workspace;
  show(workspace, `${answer.title ? `${answer.title}. ` : ""}${words}`);
  if (workspace.dataset.lost) offerToGoOn(workspace);
  return undefined;
}

function offerToGoOn(workspace) {
  const button = workspace.querySelector(".btn.go");
  button.type = "button";
  button.firstChild.textContent = "Go on ";
  button.addEventListener("click", (event) => { event.preventDefault(); moveOn(); }, { once: true });
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function showProgress(done) {
  const bar = document.querySelector(".far progress");
  if (!bar) return;
  document.querySelector("[data-done]").textContent = done.toLocaleString("en");
  bar.value = done;
}

function say(words, isBad = false) {
  if (desk) desk.dock.tell(words, isBad);
  said.textContent = words;
}

function signedOut() {
  outbox.state.signedOut = true;
  shine(draftState);
  say("You are signed out. What you typed is kept in this browser; sign in again in this tab or another one, and it is sent.", true);
}

// ---- Going back ------------------------------------------------------------------------------------------------

async function back(item) {
  if (!item) return say("There is no earlier answer to go back to.");
  const waiting = outbox.entries().some((entry) => entry.item === item);
  if (waiting && outbox.state.since) return say("Your last answer still waits to be sent; it can be changed once the network is back.");
  for (let tries = 0; tries < 100 && outbox.entries().some((entry) => entry.item === item); tries += 1) await new Promise((done) => { setTimeout(done, 30); });
  try {
    const answer = await send(`${place.dataset.items}${item}/`);
    if (answer.isSignedOut) return signedOut();
    const workspace = answer.ok ? parse(await answer.text()) : null;
    if (!workspace) return say("There is no earlier answer to go back to.");
    if (desk?.workspace.dataset.lease) held = desk.workspace;
    history.replaceState({ item }, "", `${place.dataset.items}${item}/`);
    return show(workspace);
  } catch {
    outbox.missed();
    return say("The last item needs the network. Yours is kept as you answered it.");
  }
}

function addBack() {
  const link = document.createElement("a");
  link.href = `${place.dataset.items}${place.dataset.last}/`;
  link.dataset.back = place.dataset.last;
  link.innerHTML = "<kbd>Z</kbd> Back";
  desk.workspace.querySelector(".ways").prepend(link);
}

function previous() {
  if (desk?.dock.undo()) {
    keep(desk);
    return desk.dock.tell("Undone.");
  }
  const link = desk?.workspace.querySelector("[data-back]");
  // An item fetched ahead does not know yet what was answered after it was fetched.
  return back(desk?.workspace.dataset.revises ? link?.dataset.back : place.dataset.last);
}

addEventListener("popstate", (event) => {
  if (event.state?.item) return back(event.state.item);
  if (held || desk?.workspace.dataset.revises) return held ? moveOn() : location.reload();
  return undefined;
});

// ---- Keys and clicks -------------------------------------------------------------------------------------------

const tell = (words) => { if (words) desk.dock.tell(words); };
const toggle = async (view) => tell(view === "folds" ? desk.turns.fold(true) : await desk.reading.toggle(view));
const KEYS = {
  Enter: () => submit(), z: () => previous(), s: () => openSkip(), d: () => toggle("differences"), r: () => toggle("raw"), p: () => toggle("whole"), l: () => toggle("together"),
  ",": () => tell(desk.turns.jump(-1)), ".": () => tell(desk.turns.jump(1)), "[": () => tell(desk.turns.jump(-1)), "]": () => tell(desk.turns.jump(1)), o: (event) => tell(desk.turns.fold(event.shiftKey)),
  q: () => tell(desks.get(desk.workspace)?.advice?.take()), g: () => openGuideline(), j: () => desk.dock.step(1), k: () => desk.dock.step(-1), "?": () => openKeys(), "/": () => openJump(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest?.("textarea")) return desk?.workspace.focus({ preventScroll: true });
  const dialog = document.querySelector("dialog[open]");
  if (dialog?.id === "skip-sheet" && event.target.tagName !== "INPUT") return dialog.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
  if (!desk || isTyping(event)) return undefined;
  if (event.repeat) return event.key === "Enter" ? event.preventDefault() : undefined; // a key held down answers once
  if (event.key === "Tab") return intoText(event);
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return undefined;
  const guard = desk.workspace.querySelector("[data-at-once]") ? JUST_SHOWN : 60;
  desk.dock.answered = null;
  const isAnswer = event.key.length === 1 && performance.now() - desk.shownAt > guard && desk.dock.answer(event.key, event);
  if (isAnswer && desk.dock.sendsWith(desk.dock.answered)) submit();
  const looked = isAnswer ? null : desks.get(desk.workspace)?.shown?.key(event);
  if (typeof looked === "string") { event.preventDefault(); return tell(looked); }
  const letter = isAnswer ? "" : switchedTo(event);
  if (letter) desk.dock.showSide(letter);
  const act = !isAnswer && !letter && KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (isAnswer || letter || act) event.preventDefault();
  if (act) act(event);
  return undefined;
});

// Where the responses do not stand side by side, Shift with a number shows one; a number alone too, if it is no answer.
function switchedTo(event) {
  const number = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  const button = number && desk.workspace.querySelectorAll("[data-switch]")[number - 1];
  return button?.checkVisibility() ? button.dataset.switch : "";
}

// From nowhere in particular, Tab goes to the text of the question in turn, else to the first that can be seen; from
// anywhere else it does what it always does.
function intoText(event) {
  const texts = [...(desk.dock.current?.querySelectorAll("textarea") ?? []), ...desk.workspace.querySelectorAll("textarea")];
  const text = texts.find((each) => each.checkVisibility());
  if (event.shiftKey || !text || ![document.body, desk.workspace, place].includes(document.activeElement)) return;
  event.preventDefault();
  text.focus({ preventScroll: true });
}

// A row that is sent with its answer is sent by a click or a touch too, once the field has it; arrows only choose.
function touched(event) {
  const dock = desk?.dock;
  if (!event.detail || !event.target.matches("[data-at-once] input")) return;
  setTimeout(() => { if (dock === desk?.dock && dock.sendsWith(dock.rowOf(event.target))) submit(); });
}

function clicked(event) {
  touched(event);
  const control = event.target.closest("[data-view], [data-back], [data-skip], [data-leave], [data-step], [data-switch]");
  if (!control || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (control.dataset.switch) desk.dock.showSide(control.dataset.switch);
  else if (control.dataset.view) toggle(control.dataset.view);
  else if (control.dataset.back) previous();
  else if ("skip" in control.dataset) openSkip();
  else if (control.dataset.step) desk.dock.step(Number(control.dataset.step));
  else if (held) moveOn();
  else location.assign(place.dataset.home);
}

const openKeys = () => desk?.workspace.querySelector("#keys-sheet").showModal();
const openSkip = () => desk?.workspace.querySelector("#skip-sheet")?.showModal();

let drawer = null;
const guidelineLink = document.querySelector("[data-guideline]");
async function fetchGuideline() {
  const answer = await send(guidelineLink.dataset.guideline);
  const text = await answer.text();
  drawer = document.createElement("dialog");
  drawer.className = "drawer";
  drawer.setAttribute("aria-labelledby", "guideline-title");
  drawer.innerHTML = '<header><h2 id="guideline-title">Guideline</h2><form method="dialog"><button class="btn plain">Close <kbd>Esc</kbd></button></form></header>';
  // The server rendered it through its one door from text to HTML.
  drawer.append(...new DOMParser().parseFromString(text, "text/html").body.childNodes);
  drawer.addEventListener("keydown", (event) => event.key.toLowerCase() === "g" && drawer.close());
  document.body.append(drawer);
}

async function openGuideline() {
  if (!guidelineLink) return say("This project has no guideline yet.");
  try {
    if (!drawer) await fetchGuideline();
  } catch {
    return say("The guideline needs the network this first time.");
  }
  return drawer.showModal();
}

guidelineLink?.addEventListener("click", (event) => { if (!event.ctrlKey && !event.metaKey) { event.preventDefault(); openGuideline(); } });
const keysButton = document.querySelector("[data-keys]");
if (keysButton && document.getElementById("keys-sheet")) {
  keysButton.hidden = false;
  keysButton.addEventListener("click", openKeys);
}

// ---- Staying -----------------------------------------------------------------------------------------------------

const leaseTime = (workspace) => Math.max(60, Number(workspace.dataset.left)) * 1000;

async function extend(workspace) {
  workspace.extendedAt = Date.now();
  try {
    const answer = await send(workspace.dataset.extend, { body: "" });
    if (answer.isSignedOut) return signedOut();
    if (answer.status !== 409 || workspace.dataset.lost || [...underway.values()].includes(workspace)) return undefined;
    if (workspace === ahead) { ahead = null; return fetchAhead(); }
    return lose(workspace, await answer.json());
  } catch {
    return outbox.missed();
  }
}

function lose(workspace, answer) {
  workspace.dataset.expired = "true";
  if (desk?.workspace !== workspace) return;
  desk.dock.tell(`${answer.title}. Your words are kept: copy what you need, or send them all the same; if a place is free, they are taken.`, true);
}

setInterval(() => {
  if (!isActive()) return;
  for (const workspace of [desk?.workspace, held, ahead]) {
    if (!workspace?.dataset.lease || workspace.dataset.expired || workspace.dataset.lost) continue;
    if (Date.now() - (workspace.extendedAt ?? workspace.fetchedAt ?? 0) > leaseTime(workspace) / 3) extend(workspace);
  }
}, 15_000);

// Brought back from memory by the back button: whoever is signed in now may be nobody, or somebody else. What was typed
// is kept in any case.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

channel?.addEventListener("message", ({ data }) => {
  if (data.tab === tab || !desk) return;
  const isHere = data.lease && data.lease === desk.workspace.dataset.lease;
  if (data.kind === "open" && isHere) channel.postMessage({ kind: "also", lease: data.lease, tab });
  if (data.kind === "also" && isHere) desk.dock.tell("This item is open in another tab too. Answer it in one of them.");
  if (data.kind !== "answered") return;
  place.dataset.last = data.item;
  if (ahead?.dataset.item === data.item) { ahead = null; fetchAhead(); }
  if (desk.workspace.dataset.item === data.item && desk.workspace.dataset.lease) { moveOn(); say("You answered the last item in another tab."); }
});

// ---- Beginning ---------------------------------------------------------------------------------------------------

// Where nothing waits, something may: a page left open finds out by itself.
async function lookAgain() {
  if (document.visibilityState !== "visible") return;
  const answer = await send(place.dataset.next).catch(() => null);
  if (answer?.status === 200) location.assign(place.dataset.home);
}

const first = document.getElementById("workspace");
if (first) {
  first.fetchedAt = Date.now();
  // An answer to this very item may still be on its way, from before a reload.
  if (outbox.entries().some((entry) => entry.lease && entry.lease === first.dataset.lease)) waitForNext();
  else show(first);
  said.textContent = "";
}
outbox.flush();
shine(draftState);
if (first) fetchAhead();
else setInterval(lookAgain, 60_000);
if (guidelineLink) (globalThis.requestIdleCallback ?? setTimeout)(() => fetchGuideline().catch(() => {}));

// Answers on their way. They are written down before they are sent, leave in order, and stay until the server has said
// yes or no. A second sending of the same answer is harmless: the server knows its request key.
import { drop, names, read, write, person } from "./store.js";
import { send } from "./send.js";

const LONGEST_WAIT = 30_000;
const listeners = [];
const unwritten = []; // what the browser had no room for; it is sent all the same, and lost only with the tab
let timer;
let running = false;
let wait = 1_000;

// One key for each entry: two tabs that add and remove at the same time cannot overwrite each other.
const name = (entry) => `outbox:${String(entry.at).padStart(15, "0")}:${entry.key}`;

export const state = { since: null, signedOut: false };
export const entries = () => [...names("outbox:").sort().map((one) => read(one, null)).filter(Boolean), ...unwritten];
export const onChange = (listener) => listeners.push(listener);
const tell = (event) => listeners.forEach((listener) => listener(event));

export function add(entry) {
  const dated = { ...entry, at: Date.now() };
  const written = write(name(dated), dated);
  if (!written) unwritten.push(dated);
  tell({ kind: "added", entry: dated, written });
  flush();
}

function remove(entry) {
  drop(name(entry));
  const index = unwritten.findIndex((other) => other.key === entry.key);
  if (index >= 0) unwritten.splice(index, 1);
}

export function flush() {
  clearTimeout(timer);
  if (running || !person || !entries().length) return;
  running = true;
  // One tab sends at a time, where the browser can promise that.
  const turn = navigator.locks ? (work) => navigator.locks.request(`goldpan-outbox-${person}`, work) : (work) => work();
  turn(work).finally(() => {
    running = false;
    if (entries().length && !state.signedOut) timer = setTimeout(flush, state.since ? wait : 0);
  });
}

async function work() {
  for (let entry = entries()[0]; entry; entry = entries()[0]) {
    const answer = await attempt(entry);
    if (!answer) return;
    remove(entry);
    if (answer.kind === "taken") drop(`draft:${entry.item}`);
    else if (entry.kind === "answer") write(`draft:${entry.item}`, { fields: fieldsOf(entry), address: entry.draft, at: Date.now(), saved: false });
    tell({ ...answer, entry });
  }
}

const NOT_ANSWERS = ["csrfmiddlewaretoken", "request_key", "seconds", "revises"];
export const fieldsOf = (entry) => Object.fromEntries([...new URLSearchParams(entry.body)].filter(([name]) => !NOT_ANSWERS.includes(name)));

async function attempt(entry) {
  try {
    const answer = await send(entry.address, { body: entry.body });
    if (answer.isSignedOut) {
      state.signedOut = true;
      tell({ kind: "signed-out", entry });
      return null;
    }
    if (answer.status >= 500 || answer.status === 429 || answer.status === 408) throw new Error(String(answer.status));
    reached();
    const problem = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
    return { kind: answer.ok ? "taken" : "refused", status: answer.status, answer: problem };
  } catch {
    missed();
    return null;
  }
}

export function reached() {
  const was = state.since;
  state.since = null;
  state.signedOut = false;
  wait = 1_000;
  if (was) tell({ kind: "online" });
}

export function missed() {
  state.since ??= Date.now();
  wait = Math.min(LONGEST_WAIT, wait * 2) * (0.8 + Math.random() * 0.4);
  tell({ kind: "offline" });
}

addEventListener("offline", missed);
addEventListener("online", () => { wait = 1_000; if (entries().length) flush(); else reached(); });
addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());

// What is typed and not sent: in the browser at every input, on the server two seconds after the last one.
import { read, write, drop, names } from "./store.js";
import { send } from "./send.js";
import { missed, reached } from "./outbox.js";

const PAUSE = 2_000;
const LONGEST = 4_000; // someone who never pauses is saved all the same
const name = (item) => `draft:${item}`;

export class Drafts {
  constructor(onState) {
    this.onState = onState;
    this.pending = null; // {item, address, fields}
    addEventListener("online", () => this.save());
    addEventListener("pagehide", () => this.save(true));
    addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.save(true));
  }

  // The words of this browser, if the server does not have them yet.
  unsaved(item) {
    const kept = read(name(item), null);
    return kept && !kept.saved ? kept.fields : null;
  }

  keep(item, address, fields) {
    const written = write(name(item), { fields, address, at: Date.now(), saved: false });
    this.pending = { item, address, fields, since: this.pending?.since ?? Date.now() };
    this.onState(written ? "saving" : "no-room");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), Math.min(PAUSE, Math.max(0, this.pending.since + LONGEST - Date.now())));
  }

  // `leaving` lets the request outlive the page, as far as browsers allow.
  async save(leaving = false) {
    clearTimeout(this.timer);
    const draft = this.pending;
    if (!draft) return;
    this.pending = null;
    this.abort = new AbortController();
    try {
      const body = new URLSearchParams(draft.fields).toString();
      const answer = await send(draft.address, { body, signal: this.abort.signal, keepalive: leaving && body.length < 60_000 });
      if (answer.isSignedOut) return this.onState("signed-out");
      if (answer.status >= 500) throw new Error(String(answer.status));
      reached();
      const kept = read(name(draft.item), null);
      if (kept && same(kept.fields, draft.fields)) write(name(draft.item), { ...kept, saved: answer.ok });
      this.onState(this.pending ? "saving" : answer.ok ? "saved" : "here-only");
    } catch {
      if (this.abort.signal.aborted) return;
      missed();
      this.pending ??= draft;
      this.timer = setTimeout(() => this.save(), 5_000);
      this.onState("offline");
    }
  }

  // The answer itself is on its way: the draft must not arrive after it.
  release(item) {
    if (this.pending?.item !== item) return;
    clearTimeout(this.timer);
    this.pending = null;
    this.abort?.abort();
  }

  forget(item) {
    drop(name(item));
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// Signing out: what the server has is removed from this browser; what it does not have yet is sent, and kept if it cannot be.
export async function leave() {
  for (const key of names("draft:")) {
    const kept = read(key, null);
    const body = kept && new URLSearchParams(kept.fields).toString();
    const isSaved = kept?.saved || (await send(kept.address, { body }).then((answer) => answer.ok, () => false));
    if (isSaved) drop(key);
  }
}

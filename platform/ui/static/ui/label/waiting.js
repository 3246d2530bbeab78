// Opinions that are told once a question is answered. The answer goes to the server, which keeps it as the first one and
// only then says what was suggested: nothing of it is on the page before. What cannot be fetched is not shown, and the
// answer is as good without it.
import { send } from "./send.js";
import { missed, reached } from "./outbox.js";

const THINKING = 1_500; // after the last of several boxes or words; one of several options is an answer at once

export class Waiting {
  constructor(workspace, dock, onTold) {
    this.workspace = workspace;
    this.dock = dock;
    this.onTold = onTold;
    this.asked = new Map(); // question → its answer when it was last asked about
    this.changed();
  }

  get places() {
    return [...this.workspace.querySelectorAll("[data-waits]")];
  }

  // Called after each change of an answer.
  changed() {
    clearTimeout(this.timer);
    const ready = this.ready();
    if (ready.length) this.timer = setTimeout(() => this.ask(), ready.some((key) => this.isPicked(key)) ? 0 : THINKING);
  }

  // Questions that stand answered in every row, other than they were when last asked about.
  ready() {
    const keys = new Set(this.places.map((place) => place.dataset.waits.split(":")[0]));
    return [...keys].filter((key) => {
      const rows = this.dock.rows.filter((row) => this.inputs(key, row).length);
      return rows.length && rows.every((row) => this.dock.isAnswered(row)) && this.asked.get(key) !== this.answer(key);
    });
  }

  inputs(key, within = this.dock.form) {
    const fields = within.matches("textarea, input") ? [within] : [...within.querySelectorAll("input, textarea, select")];
    return fields.filter((field) => field.name === key || field.name.startsWith(`${key}.`));
  }

  isPicked(key) {
    return this.inputs(key).every((field) => field.type === "radio");
  }

  answer(key) {
    return JSON.stringify(Object.entries(this.dock.fields()).filter(([name]) => name === key || name.startsWith(`${key}.`)));
  }

  async ask() {
    for (const key of this.ready()) this.asked.set(key, this.answer(key));
    this.abort?.abort();
    this.abort = new AbortController();
    const { signal } = this.abort;
    try {
      const answer = await send(this.workspace.dataset.suggestion, { body: new URLSearchParams(this.dock.fields()).toString(), signal });
      if (answer.status >= 500) throw new Error(String(answer.status));
      reached();
      if (answer.ok && !answer.isSignedOut) this.tell(await answer.text());
    } catch {
      if (signal.aborted) return;
      missed();
      this.asked.clear(); // the next change asks again
    }
  }

  // The item is answered or given back: what is still on its way would be seen by nobody.
  end() {
    clearTimeout(this.timer);
    this.abort?.abort();
  }

  tell(html) {
    const told = new DOMParser().parseFromString(html, "text/html");
    const words = [];
    for (const place of this.places) {
      const said = told.querySelector(`[data-waits="${CSS.escape(place.dataset.waits)}"]`);
      if (!said) continue;
      const shown = document.importNode(said, true);
      shown.removeAttribute("data-waits");
      place.replaceWith(shown);
      words.push(shown.textContent.trim());
    }
    if (words.length) this.onTold(words.join(". "));
  }
}

// How the texts are shown: the whole prompt, differences, raw, scrolling together.
import { send } from "./send.js";
import { show as showDifferences, hide as hideDifferences } from "./differences.js";

export class Reading {
  constructor(workspace, kept) {
    this.workspace = workspace;
    this.prompt = workspace.querySelector(".prompt");
    this.text = workspace.querySelector(".prompt-text");
    this.sides = [...workspace.querySelectorAll(".side .text")];
    for (const control of workspace.querySelectorAll("[data-view]")) control.hidden = false;
    this.text.addEventListener("scroll", () => this.fade(), { passive: true });
    for (const side of this.sides) side.addEventListener("scroll", () => this.follow(side), { passive: true });
    if (kept?.together) this.set("together", true);
  }

  // Once it stands on the page: a chat opens at its last user turn, for that is what was answered. Where what came
  // before is folded, that turn stands below one line already.
  settle() {
    const last = this.text.querySelector("[data-earlier]") ? null : [...this.text.querySelectorAll(".turn.user")].at(-1);
    if (this.prompt.classList.contains("chat") && last) this.text.scrollTop += last.getBoundingClientRect().top - this.text.getBoundingClientRect().top - 14;
    for (const side of this.sides) side.scrollTop = 0;
    this.fade();
  }

  fade() {
    const { scrollTop, clientHeight, scrollHeight } = this.text;
    this.prompt.toggleAttribute("data-above", scrollTop > 4);
    this.prompt.toggleAttribute("data-below", scrollTop + clientHeight < scrollHeight - 4);
  }

  is(view) {
    return this.control(view)?.getAttribute("aria-pressed") === "true";
  }

  control(view) {
    return this.workspace.querySelector(`[data-view="${view}"]`);
  }

  set(view, on) {
    this.control(view)?.setAttribute("aria-pressed", String(on));
  }

  async toggle(view) {
    if (!this.control(view)) return null;
    const on = !this.is(view);
    if (view === "raw" && !(await this.raw(on))) return "The raw text needs the network.";
    this.set(view, on);
    if (view === "whole") {
      this.workspace.querySelector("[data-earlier]")?.toggleAttribute("open", on);
      this.fade();
    }
    if (this.is("differences")) return showDifferences(this.sides);
    hideDifferences();
    return null;
  }

  // Everything there is to read as it was written, fetched once; null where that fails.
  async written() {
    try {
      const answer = this.rawTexts ? null : await send(this.workspace.dataset.raw);
      if (answer && !answer.ok) return null;
      this.rawTexts ??= new DOMParser().parseFromString(await answer.text(), "text/html");
      return this.rawTexts;
    } catch {
      return null;
    }
  }

  async raw(on) {
    if (on && !(await this.written())) return false;
    for (const [name, place] of [["prompt", this.text], ...this.sides.map((side) => [side.closest(".side").dataset.side, side])]) {
      // Answers and marks that stand in the text stay: their kind shows both ways (data-written).
      place.toggleAttribute("data-written", on);
      if (place.querySelector("[data-row], [data-keeps-text]")) continue;
      place.rendered ??= [...place.childNodes];
      const raw = on && this.rawTexts.querySelectorAll(`[data-raw-of="${name}"] > :is(.turn, .said)`);
      place.replaceChildren(...(on ? [...raw].map((node) => document.importNode(node, true)) : place.rendered));
    }
    this.fade();
    return true;
  }

  // By share of the way, so that a long and a short side both arrive at their ends.
  follow(side) {
    if (!this.is("together") || this.led === side) {
      this.led = null;
      return;
    }
    const share = side.scrollTop / Math.max(1, side.scrollHeight - side.clientHeight);
    for (const other of this.sides) {
      const top = Math.round(share * (other.scrollHeight - other.clientHeight));
      if (other === side || Math.abs(other.scrollTop - top) < 1) continue;
      this.led = other;
      other.scrollTop = top;
    }
  }
}

// Turns of a conversation: keys jump between them, and what is folded in them opens.
export class Turns {
  constructor(workspace, dock, whole) {
    this.workspace = workspace;
    this.dock = dock;
    this.whole = whole; // gives the document with all texts in full, or null
    workspace.addEventListener("click", (event) => this.clicked(event));
  }

  get all() {
    return [...this.workspace.querySelectorAll("[data-turn]")];
  }

  // From nowhere in particular: forward to what is compared, back to what it answers.
  jump(by) {
    const all = this.all;
    if (all.length < 2) return "There is no other turn.";
    const here = all.findIndex((turn) => "here" in turn.dataset);
    const seam = all.findIndex((turn) => turn.closest(".side"));
    const from = here >= 0 ? here : (seam < 0 ? all.length : seam) - (by > 0 ? 1 : 0);
    const turn = all[from + by];
    if (!turn) return by > 0 ? "This is the last turn." : "This is the first turn.";
    all[here]?.removeAttribute("data-here");
    turn.setAttribute("data-here", "");
    turn.closest("[data-earlier]")?.setAttribute("open", "");
    const letter = turn.closest(".side")?.dataset.side;
    this.dock.showSide(letter);
    turn.scrollIntoView({ block: "start", inline: "nearest" });
    const speaker = turn.querySelector(".speaker")?.lastChild.textContent.trim() || "Assistant";
    return `Turn ${turn.dataset.turn}, ${speaker}${letter ? `, response ${letter}` : ""}`;
  }

  // What is folded in the step in turn, or in the turn that was jumped to, opens, or folds if all of it is open; where
  // there is neither, all there is.
  fold(isAll = false) {
    const step = this.dock.current?.closest(".side [data-row]");
    const scope = (!isAll && (step ?? this.workspace.querySelector("[data-here]"))) || this.workspace;
    const folds = [...scope.querySelectorAll("[data-fold]")];
    if (!folds.length) return "Nothing is folded here.";
    const open = folds.some((each) => !each.open);
    for (const each of folds) each.open = open;
    return null;
  }

  async clicked(event) {
    const link = event.target.closest("[data-whole]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const fold = link.closest("[data-fold]");
    const parts = (await this.whole())?.getElementById(fold.id)?.querySelector(".parts");
    if (!parts) return location.assign(link.href);
    fold.querySelector(".parts").replaceWith(document.importNode(parts, true));
    fold.querySelector("summary").focus({ preventScroll: true });
  }
}

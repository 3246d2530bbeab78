// What others say beside a question. It picks nothing: the answers that it speaks for are outlined, and Q, or a click on
// the words, takes them for the question in turn. Where several speak, Q takes one after the other.
export class Advice {
  constructor(workspace, dock) {
    this.workspace = workspace;
    this.dock = dock;
    this.hints = [];
    this.rows = dock.form.elements._taken; // which rows were answered this way: a field, so drafts and Z know of it
    dock.form.addEventListener("input", (event) => this.forget(event.target), { capture: true });
    this.read();
  }

  // What is not known yet of the opinions that stand on the page.
  read() {
    const words = [...this.workspace.querySelectorAll("span[data-takes]")];
    this.hints.push(...words.map((each) => this.hint(each)).filter((hint) => hint.row));
  }

  hint(words) {
    const takes = JSON.parse(words.dataset.takes);
    const own = (input) => input.name === words.dataset.field || input.name.startsWith(`${words.dataset.field}.`);
    const inputs = [...this.dock.form.elements].filter((input) => input.matches('[type="radio"], [type="checkbox"]') && own(input));
    const meant = inputs.filter((input) => takes[input.name] === input.value);
    for (const input of meant) input.closest("label")?.setAttribute("data-advised", "");
    const row = meant.length === Object.keys(takes).length ? this.dock.rowOf(meant[0]) : null;
    const hint = { field: words.dataset.field, inputs, meant, row };
    if (hint.row) toButton(words).addEventListener("click", () => this.give(hint));
    return hint;
  }

  // What to say where there is nothing to take; else nothing, the answer shows.
  take() {
    const row = this.dock.current;
    const known = this.hints.filter((hint) => hint.row === row && row.checkVisibility());
    if (!known.length) return "Nobody suggests an answer to this question.";
    this.give(known[(known.findIndex(isGiven) + 1) % known.length]);
    return "";
  }

  give(hint) {
    if (isGiven(hint)) return;
    const wasOpen = !this.dock.isAnswered(hint.row);
    for (const input of hint.inputs) input.checked = hint.meant.includes(input);
    this.mark((rows) => rows.add(hint.field));
    this.given = hint.meant[0];
    this.given.dispatchEvent(new Event("input", { bubbles: true }));
    this.given = null;
    this.dock.moveOn(hint.row, wasOpen);
  }

  // An answer of one's own to a row takes its mark away.
  forget(target) {
    if (target === this.given) return;
    for (const hint of this.hints.filter((each) => each.inputs.includes(target))) this.mark((rows) => rows.delete(hint.field));
  }

  mark(change) {
    if (!this.rows) return;
    const rows = new Set(this.rows.value.split(" ").filter(Boolean));
    change(rows);
    this.rows.value = [...rows].join(" ");
  }
}

const isGiven = (hint) => hint.inputs.every((input) => input.checked === hint.meant.includes(input));

// Without this script the words can be read and not pressed.
function toButton(words) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = words.className;
  button.title = words.title;
  button.append(...words.childNodes);
  words.replaceWith(button);
  return button;
}

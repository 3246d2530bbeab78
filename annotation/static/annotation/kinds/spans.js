// Words that are wrong, marked where they stand. One field holds the answer as JSON; the page's selection says which words
// are meant, whether a mouse, a finger or a key made it, and a letter says what is wrong with them.
import { register } from "../../ui/label/kinds.js";
import { isTyping } from "../../ui/typing.js";
import { highlight, inMarkdown, inSource, paint } from "./spans-paint.js";
import { Popover } from "./spans-popover.js";
import { Source } from "./spans-text.js";

const CONTROLS = "button, a, input, select, textarea, summary";
const NOT_ALONE = "These words do not stand in the source once and only once. Press M and mark them there.";
const blocks = new Set(); // what was made of each element with this kind; those of items that are gone are let go

register("spans", (block, desk) => {
  const marking = new Marking(block, desk);
  for (const old of blocks) if (old.wasShown && !old.isShown) blocks.delete(old);
  blocks.add(marking);
  return { refresh: () => marking.refresh() };
});

const shown = () => [...blocks].filter((each) => each.isShown);

// A key may overtake the news of a selection, so it asks for itself whether there is any.
let heard = [];
const selected = () => ["anchorNode", "anchorOffset", "focusNode", "focusOffset"].map((name) => document.getSelection()[name]);
function hear() {
  heard = selected();
  for (const each of shown()) each.follow();
}

document.addEventListener("selectionchange", hear);
document.addEventListener("pointerdown", (event) => { for (const each of shown()) each.isPressing = each.isOwn(event.target); });
document.addEventListener("mousedown", (event) => { if (event.target.closest("button") && shown().some((each) => each.isOwn(event.target))) event.preventDefault(); });
document.addEventListener("pointerup", (event) => setTimeout(() => { for (const each of shown()) each.settle(event); }));
document.addEventListener("keydown", (event) => {
  if (isTyping(event)) return;
  if (selected().some((value, place) => value !== heard[place])) hear();
  const turn = shown().find((each) => each.rows.includes(each.dock.current));
  if (turn?.press(event)) event.preventDefault();
});

class Marking {
  constructor(block, { workspace, dock }) {
    Object.assign(this, { block, workspace, dock });
    const find = (name) => block.querySelector(`[data-${name}]`);
    [this.field, this.line, this.list, this.more, this.note] = ["marks", "line", "list", "more", "note"].map(find);
    this.hashes = block.dataset.hashes.split(" ");
    this.types = [...block.querySelectorAll("[data-type]")].map((button) => ({ key: button.dataset.type, title: button.firstChild.textContent, letter: button.dataset.press ?? "", hue: button.dataset.hue }));
    this.severities = [...block.querySelectorAll("[data-severity]")].map((button) => ({ key: button.dataset.severity, title: button.firstChild.textContent, digit: button.dataset.press }));
    this.rows = [...block.querySelectorAll("[data-row]")];
    this.sides = [...workspace.querySelectorAll(`[data-spans="${CSS.escape(block.dataset.block)}"]`)];
    this.sources = this.sides.map((side) => new Source(side.querySelector(".exact")));
    this.chosen = null; // {place, anchor, head, whole}: the words that a letter would mark
    this.at = []; // for each response where one is in it: what was chosen or marked last
    this.turn = null; // the mark that digits, notes and Backspace mean
    this.showsMarkdown = false;
    this.popover = new Popover(this);
    find("rows")?.remove();
    this.listen();
    this.rows.forEach((row) => dock.widgets.set(row, { key: (key, event) => this.answer(key, event), isAnswered: () => !this.wants(row), wants: () => this.wants(row, true) }));
    this.refresh();
  }

  // An item fetched ahead is not on the page yet.
  get isShown() {
    this.wasShown ||= this.workspace.isConnected;
    return this.workspace.isConnected;
  }

  listen() {
    const click = (event) => this.clicked(event);
    this.block.addEventListener("click", click);
    for (const side of this.sides) side.addEventListener("click", click);
    this.note.addEventListener("input", () => this.writeNote());
    this.note.addEventListener("blur", () => { this.noted = null; });
    this.block.addEventListener("change", (event) => this.rows.includes(this.dock.rowOf(event.target)) && this.draw());
    new MutationObserver(() => this.turned()).observe(this.block, { subtree: true, attributeFilter: ["data-current"] });
    const views = this.workspace.querySelector(".views");
    if (views.querySelector("[data-markdown]")) return;
    const toggle = document.createElement("button");
    toggle.type = "button";
    toggle.dataset.markdown = "";
    toggle.setAttribute("aria-pressed", "false");
    toggle.innerHTML = "Markdown <kbd>M</kbd>";
    toggle.addEventListener("click", () => { for (const each of shown()) each.toggleMarkdown(); });
    views.querySelector('[data-view="raw"]').before(toggle);
  }

  // ---- The answer

  // What the field holds; what was said about other texts is let go.
  refresh() {
    let held = null;
    try {
      held = JSON.parse(this.field.value || "null");
    } catch { /* a draft of another make */ }
    const fits = held && held.hashes?.join(" ") === this.hashes.join(" ");
    if (held && !fits) this.field.value = "";
    this.marks = fits ? held.spans : [];
    this.turn = this.marks.find((mark) => isSame(mark, this.turn)) ?? null;
    this.draw();
  }

  // Keeps what was marked in its field and tells the page. `goesOn` is one change with the last, for Z.
  write(goesOn = false) {
    this.marks.sort((a, b) => a.response - b.response || a.start - b.start || a.end - b.end || (a.type < b.type ? -1 : a.type > b.type ? 1 : 0));
    this.field.value = this.marks.length ? JSON.stringify({ hashes: this.hashes, spans: this.marks }) : "";
    for (const { response } of this.marks) this.box(response).checked = false;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    if (goesOn) this.dock.merge();
    this.draw();
  }

  box(place) {
    return this.rows[place].querySelector("input");
  }

  marksOf(place) {
    return this.marks.filter((mark) => mark.response === place);
  }

  // What a response still wants, as the end of “Still open: …”; with `goes` its mark that lacks something is in turn.
  wants(row, goes = false) {
    const place = this.rows.indexOf(row);
    const found = this.marksOf(place);
    const vague = this.severities.length ? found.find((mark) => !mark.severity) : null;
    if (vague && goes) this.goTo(vague);
    if (vague) return `how bad ${this.cited(vague)} is`;
    return found.length || this.box(place).checked ? "" : `${row.getAttribute("aria-label")}. Mark words, or press 0 where there is nothing to mark.`;
  }

  words(mark) {
    const source = this.sources[mark.response];
    return source.text.slice(source.units(mark.start), source.units(mark.end));
  }

  cited(mark, longest = 60) {
    return `“${short(this.words(mark), longest)}”`;
  }

  // ---- Marking

  // The words as they are chosen, or the whole sentences that they touch.
  get range() {
    const { place, anchor, head, whole } = this.chosen;
    const [from, to] = [Math.min(anchor[0], head[0]), Math.max(anchor[1], head[1])];
    return whole ? this.sources[place].grown(from, to) : [from, to];
  }

  mark(type) {
    if (!this.chosen) return this.turn ? this.retype(type) : this.dock.tell("Select words first: J takes the next sentence, → the next word.");
    const { place } = this.chosen;
    const source = this.sources[place];
    const [from, to] = this.range;
    const mark = { response: place, start: source.points(from), end: source.points(to), type };
    const twin = this.marks.find((each) => isSame(each, mark));
    if (!twin && !this.mayStand(mark)) return undefined;
    this.at[place] = [from, to];
    this.turn = twin ?? mark;
    this.unchoose();
    if (!twin) this.marks.push(mark);
    return twin ? this.draw() : this.write();
  }

  mayStand(mark) {
    const clash = "overlap" in this.block.dataset ? null : this.marks.find((each) => each !== this.turn && each.response === mark.response && each.start < mark.end && each.end > mark.start);
    if (clash) this.dock.tell(`Marks may not overlap here, and ${this.cited(clash)} is marked already.`, true);
    return !clash;
  }

  retype(type) {
    if (this.marks.some((each) => each !== this.turn && isSame(each, { ...this.turn, type }))) return this.dock.tell("These words are marked as that already.");
    this.turn.type = type;
    return this.write();
  }

  rate(severity) {
    if (!this.turn) return this.dock.tell(this.chosen ? "First say by its letter what is wrong." : "Choose a mark first: , and . go through them.");
    const { response, start, end, type, note } = this.turn;
    const rated = { response, start, end, type, severity, ...(note ? { note } : {}) };
    this.marks[this.marks.indexOf(this.turn)] = rated;
    this.turn = rated;
    return this.write();
  }

  remove(mark = this.turn) {
    if (!mark) return this.dock.tell("There is no mark in turn to remove.");
    this.marks = this.marks.filter((each) => each !== mark);
    this.turn = null;
    this.write();
    return this.dock.tell("Removed. Z brings it back.");
  }

  writeNote() {
    if (!this.turn) return;
    const goesOn = this.noted === this.turn;
    if (this.note.value.trim()) this.turn.note = this.note.value;
    else delete this.turn.note;
    this.noted = this.turn;
    this.write(goesOn);
  }

  // Nothing to mark, or nothing more: on to what is still open.
  finish(row) {
    const box = this.box(this.rows.indexOf(row));
    this.unchoose();
    this.turn = null;
    if (!this.marksOf(this.rows.indexOf(row)).length && !box.checked) {
      box.checked = true;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.draw();
    this.dock.moveOn(row);
  }

  goTo(mark) {
    this.unchoose();
    this.turn = mark;
    const source = this.sources[mark.response];
    this.at[mark.response] = [source.units(mark.start), source.units(mark.end)];
    this.dock.setCurrent(this.rows[mark.response]);
    this.draw();
    this.reveal(mark.response, this.at[mark.response]);
  }

  // ---- Choosing words

  choose(place, anchor, head = anchor, whole = false) {
    this.chosen = { place, anchor, head, whole };
    this.at[place] = head;
    this.turn = null;
    this.dock.setCurrent(this.rows[place]);
    this.draw();
  }

  unchoose() {
    if (!this.chosen) return;
    this.chosen = null;
    this.popover.hide();
    const selection = document.getSelection();
    if (this.sides.some((side) => side.contains(selection.anchorNode))) selection.removeAllRanges();
  }

  // Shows what is chosen as the page's own selection.
  showSelection() {
    if (!this.chosen || this.showsMarkdown) return;
    const range = this.sources[this.chosen.place].rangeOf(...this.range);
    document.getSelection().setBaseAndExtent(range.startContainer, range.startOffset, range.endContainer, range.endOffset);
  }

  // The next or previous unit, a word or a sentence; with `extends` from what was chosen first up to there.
  move(unit, by, extend) {
    if (this.showsMarkdown) this.toggleMarkdown();
    const place = this.rows.indexOf(this.dock.current);
    const source = this.sources[place];
    const from = this.chosen?.place === place ? this.chosen.head : this.at[place];
    const next = (!extend && unit === "words" && inside(source.words, from, by)) || neighbor(source[unit], from, by);
    if (!next) return extend;
    const anchor = extend && this.chosen?.place === place ? this.chosen.anchor : next;
    this.popover.hide();
    this.choose(place, anchor, next, unit === "words" && !extend && "snap" in this.block.dataset);
    this.showSelection();
    this.reveal(place, next);
    return true;
  }

  // Moves the start or the end of what is chosen by a character.
  nudge(edge, by) {
    if (!this.chosen) return this.dock.tell("Select words first: J takes the next sentence, → the next word.");
    const { place } = this.chosen;
    const range = [...this.range];
    range[edge] = this.sources[place].moved(range[edge], by);
    if (range[0] >= range[1]) return undefined;
    this.choose(place, range);
    return this.showSelection();
  }

  snap() {
    this.chosen.whole = !this.chosen.whole;
    this.draw();
    this.showSelection();
  }

  // The page's selection changed, by whatever means.
  follow() {
    const selection = document.getSelection();
    const place = this.sides.findIndex((side) => side.contains(selection.anchorNode));
    if (place < 0 || selection.isCollapsed) {
      if (this.chosen && selection.isCollapsed && !this.isPressing) this.forget();
      return;
    }
    const found = this.read(place, selection.getRangeAt(0));
    if (!found) return;
    const [from, to] = this.sources[place].trimmed(...found);
    if (from >= to || (this.chosen?.place === place && this.range[0] === from && this.range[1] === to)) return;
    this.choose(place, [from, to], [from, to], "snap" in this.block.dataset);
  }

  // What a selection covers of the source; of the Markdown, if it stands in both once.
  read(place, range) {
    const drawn = this.sides[place].querySelector(".spans-drawn");
    if (!drawn.contains(range.startContainer)) return this.sources[place].cover(range);
    const found = inSource(this.sources[place], drawn, range);
    if (!found) this.dock.tell(NOT_ALONE, true);
    return found;
  }

  // No mark is in turn any more.
  leave() {
    this.turn = null;
    this.popover.hide();
    this.draw();
  }

  forget() {
    this.chosen = null;
    this.popover.hide();
    this.draw();
  }

  // A press on our own buttons must not take away the selection that it is for; where a phone does so, it is kept here.
  isOwn(target) {
    return this.block.contains(target) || this.popover.element.contains(target);
  }

  // The mouse let go: what grew to whole sentences shows it, and what can be wrong stands beside it.
  settle(event) {
    if (event.pointerType === "touch" || !this.sides.some((side) => side.contains(event.target)) || this.popover.element.contains(event.target)) return;
    if (this.chosen?.whole) this.showSelection();
    if (this.chosen && !this.showsMarkdown) this.popover.show(this.chosen.place, this.range);
  }

  // ---- Keys and clicks

  // Keys that are signs come through the dock, as answers do.
  answer(key, event) {
    const type = this.types.find(({ letter }) => letter && letter === key.toUpperCase());
    const severity = this.severities.find(({ digit }) => digit === key);
    const row = this.dock.current;
    if (type) this.mark(type.key);
    else if (severity) this.rate(severity.key);
    else if (key === "0") this.finish(row);
    else if (/^[jk]$/i.test(key)) return this.move("sentences", key.toLowerCase() === "j" ? 1 : -1, event.shiftKey);
    else if (key.toLowerCase() === "m") for (const each of shown()) each.toggleMarkdown();
    else if (key === "," || key === ".") return this.step(key === "." ? 1 : -1);
    else if ("()<>".includes(key)) this.nudge("()".includes(key) ? 0 : 1, ")>".includes(key) ? 1 : -1);
    else return false;
    return true;
  }

  // Keys with a name.
  press({ key, shiftKey, target }) {
    if (key === "Backspace" || key === "Delete") {
      if (!this.turn || (target.closest(CONTROLS) && !this.block.contains(target))) return false;
      this.remove();
      return true;
    }
    if (target.closest(CONTROLS)) return false;
    if (key === "Escape" && this.chosen) this.unchoose();
    else if (key === " " && this.chosen) return this.snap() ?? true;
    else if (key === "ArrowLeft" || key === "ArrowRight") return this.move("words", (key === "ArrowRight") === this.isLeftToRight ? 1 : -1, shiftKey) || true;
    else return false;
    this.draw();
    return true;
  }

  get isLeftToRight() {
    return this.sources[this.rows.indexOf(this.dock.current)].root.dir !== "rtl";
  }

  step(by) {
    if (!this.marks.length) return false;
    const at = this.turn ? this.marks.indexOf(this.turn) + by : by > 0 ? 0 : this.marks.length - 1;
    this.goTo(this.marks[(at + this.marks.length) % this.marks.length]);
    return true;
  }

  clicked(event) {
    const button = event.target.closest("[data-type], [data-severity], [data-remove], [data-number]");
    if (!button && this.turn && event.target.closest(".spans")) this.leave();
    if (!button || !document.getSelection().isCollapsed && button.localName === "mark") return;
    const { type, severity, number } = button.dataset;
    if (type) this.mark(type);
    else if (severity) this.rate(severity);
    else if (number) this.open(event, Number(number));
    else this.remove();
    if (button.closest(".marking-popover")) this.popover.hide();
  }

  // A mark clicked is the one in turn; clicked again where several lie over each other, the next of them is.
  open(event, number) {
    const stack = event.target.localName === "mark" ? [...ancestors(event.target)].map((each) => Number(each.dataset.number)) : [number];
    const next = stack[(stack.indexOf(this.marks.indexOf(this.turn)) + 1) % stack.length];
    this.goTo(this.marks[next]);
    if (event.target.localName === "mark" && event.pointerType !== "touch") this.popover.show(this.turn.response, this.at[this.turn.response]);
  }

  turned() {
    const place = this.rows.indexOf(this.dock.current);
    if (place >= 0 && this.turn && this.turn.response !== place) this.turn = null;
    if (this.chosen && this.chosen.place !== place) this.unchoose();
    this.draw();
  }

  // ---- Drawing

  draw() {
    this.drawTexts();
    this.drawList();
    this.drawRows();
    for (const [name, held] of [["type", this.turn?.type], ["severity", this.turn?.severity]]) {
      for (const button of [...this.block.querySelectorAll(`[data-${name}]`), ...this.popover.element.querySelectorAll(`[data-${name}]`)]) button.setAttribute("aria-pressed", String(button.dataset[name] === held));
    }
    this.block.classList.toggle("has-turn", Boolean(this.turn));
    this.sides.forEach((side, place) => side.classList.toggle("is-turn", this.rows[place] === this.dock.current));
    this.note.disabled = this.more.querySelector("[data-remove]").disabled = !this.turn;
    if (this.note.value !== (this.turn?.note ?? "") && document.activeElement !== this.note) this.note.value = this.turn?.note ?? "";
    const words = this.said();
    if (this.line.textContent !== words) this.line.textContent = words;
  }

  // Only what changed is drawn anew: a selection that is being made must stay as it is.
  drawTexts() {
    this.sources.forEach((source, place) => {
      const strokes = this.marks.map((mark, number) => ({ mark, number })).filter(({ mark }) => mark.response === place).map(({ mark, number }) => this.stroke(source, mark, number));
      const drawn = JSON.stringify(strokes);
      if (source.drawn === drawn) return;
      source.drawn = drawn;
      paint(source, strokes);
      if (this.chosen?.place === place) this.showSelection();
    });
    const current = String(this.marks.indexOf(this.turn));
    for (const stroke of this.sources.flatMap(({ root }) => [...root.querySelectorAll("mark")])) stroke.classList.toggle("is-current", stroke.dataset.number === current);
    if (this.showsMarkdown) this.drawMarkdown();
  }

  stroke(source, mark, number) {
    const type = this.types.find(({ key }) => key === mark.type);
    const rank = this.severities.findIndex(({ key }) => key === mark.severity);
    const worse = rank < 0 ? 0 : 1 + Math.round((2 * rank) / Math.max(1, this.severities.length - 1));
    return { from: source.units(mark.start), to: source.units(mark.end), letter: type?.letter ?? "", hue: type?.hue ?? 0, severity: worse, number };
  }

  drawMarkdown() {
    const found = this.marks.map((mark) => {
      const source = this.sources[mark.response];
      const range = inMarkdown(source, this.sides[mark.response].querySelector(".spans-drawn"), source.units(mark.start), source.units(mark.end));
      return range && { range, hue: Number(this.types.find(({ key }) => key === mark.type)?.hue ?? 0) };
    });
    highlight(found.filter(Boolean));
    this.hiddenInMarkdown = found.filter((each) => !each).length;
  }

  toggleMarkdown() {
    this.unchoose();
    this.showsMarkdown = !this.showsMarkdown;
    for (const side of this.sides) {
      side.classList.toggle("is-drawn", this.showsMarkdown);
      side.querySelector(".spans-drawn").toggleAttribute("data-no-text", !this.showsMarkdown);
      side.querySelector(".spans-source").toggleAttribute("data-no-text", this.showsMarkdown);
    }
    this.workspace.querySelector("[data-markdown]").setAttribute("aria-pressed", String(this.showsMarkdown));
    if (!this.showsMarkdown) highlight([]);
    this.draw();
    if (this.showsMarkdown && this.hiddenInMarkdown) this.dock.tell(`${counted(this.hiddenInMarkdown, "mark")} can be seen in the source only.`);
  }

  drawList() {
    const several = this.rows.length > 1;
    this.list.replaceChildren(...this.marks.map((mark, number) => {
      const type = this.types.find(({ key }) => key === mark.type);
      const severity = this.severities.find(({ key }) => key === mark.severity);
      const button = document.createElement("button");
      button.type = "button";
      button.className = `marking-mark hue-${type?.hue ?? 0}`;
      button.dataset.number = number;
      if (mark === this.turn) button.setAttribute("aria-current", "true");
      const letter = this.rows[mark.response].dataset.letter;
      button.append(...[several && part("span", `letter small ${letter}`, letter), part("b", "", type?.letter || type?.title || mark.type), part("bdi", "", begun(this.words(mark), 40)), severity && part("span", "marking-bad", severity.title), mark.note && part("span", "marking-noted", "noted")].filter(Boolean));
      button.setAttribute("aria-label", [several && letter, type?.title ?? mark.type, severity?.title, this.cited(mark)].filter(Boolean).join(", "));
      const entry = document.createElement("li");
      entry.append(button);
      return entry;
    }));
    const current = this.list.querySelector("[aria-current]");
    if (current) this.list.scrollLeft = Math.max(0, Math.min(current.offsetLeft - 8, Math.max(this.list.scrollLeft, current.offsetLeft + current.offsetWidth + 8 - this.list.clientWidth)));
  }

  drawRows() {
    this.rows.forEach((row, place) => {
      const count = this.marksOf(place).length;
      row.querySelector("[data-said]").textContent = count ? counted(count, "mark") : "Nothing to mark";
      row.classList.toggle("is-marked", Boolean(count));
      this.box(place).disabled = Boolean(count);
    });
  }

  // What is in hand, and what can be done with it.
  said() {
    if (this.chosen) {
      const [from, to] = this.range;
      return `“${short(this.sources[this.chosen.place].text.slice(from, to), 90)}” is ${this.chosen.whole ? "whole sentences" : "selected"}: what is wrong with it?`;
    }
    if (!this.turn) return this.marks.length ? "" : "Select what is wrong, then say what it is.";
    const title = this.types.find(({ key }) => key === this.turn.type)?.title ?? this.turn.type;
    const asks = this.severities.length && !this.turn.severity ? " How bad is it?" : "";
    return `${title}: ${this.cited(this.turn, 90)}.${asks}`;
  }

  // Brings a stretch of text into view, in the side on a desk, in the page on a phone.
  reveal(place, [from, to]) {
    const source = this.sources[place];
    const box = source.rangeOf(from, to).getBoundingClientRect();
    for (const frame of [this.sides[place].closest(".text"), this.workspace.querySelector(".reading")]) {
      if (frame.scrollHeight <= frame.clientHeight || getComputedStyle(frame).overflowY === "visible") continue;
      const { top, bottom } = frame.getBoundingClientRect();
      const below = frame.matches(".reading") ? 72 : 24; // letters stand at the foot of a phone
      if (box.top < top + 56) frame.scrollTop += box.top - top - 56;
      else if (box.bottom > bottom - below) frame.scrollTop += Math.min(box.bottom - bottom + below, box.top - top - 56);
    }
  }
}

const isSame = (one, other) => Boolean(one && other) && ["response", "start", "end", "type"].every((name) => one[name] === other[name]);
const counted = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

// The unit after or before a stretch; the first or the last where there is none yet.
function neighbor(units, from, by) {
  if (!from) return by > 0 ? units[0] : units.at(-1);
  return by > 0 ? units.find(([start]) => start >= from[1]) : units.findLast(([, end]) => end <= from[0]);
}

// The first or the last unit of a longer stretch: from a sentence one goes to its words.
function inside(units, from, by) {
  const held = from ? units.filter(([start, end]) => start >= from[0] && end <= from[1]) : [];
  return held.length > 1 && (by > 0 ? held[0] : held.at(-1));
}

// One line without characters that hide; cut in the middle, or at its end.
const inLine = (text) => [...text.replace(/\s+/g, " ").trim().replace(/(?![\u200c\u200d])[\p{Cf}\p{Cc}]/gu, "·")];

function begun(text, longest) {
  const words = inLine(text);
  return `“${words.length <= longest ? words.join("") : `${words.slice(0, longest).join("").replace(/(?<=\S)\s+\S*$/, "")} …`}”`;
}

function short(text, longest) {
  const words = inLine(text);
  if (words.length <= longest) return words.join("");
  return `${words.slice(0, longest / 2).join("").trimEnd()} … ${words.slice(-longest / 2).join("").trimStart()}`;
}

function part(name, className, text) {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

function* ancestors(element) {
  for (let each = element; each?.localName === "mark"; each = each.parentElement) yield each;
}

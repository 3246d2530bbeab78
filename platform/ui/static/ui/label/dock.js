// The answers: rows of radio buttons, boxes and texts, one of them current. Keys answer the current row, and an answer
// given by key moves on to the next row that is still open.
const NO_ANSWERS = new Set(["csrfmiddlewaretoken", "request_key", "seconds", "revises"]);

export class Dock {
  constructor(workspace) {
    this.form = workspace.querySelector("form.work");
    this.form.noValidate = true;
    this.say = this.form.querySelector("[data-say]");
    this.widgets = new Map(); // row → what its kind's own module made of it (label/kinds.js)
    this.past = [];
    this.last = this.fields();
    this.showAsked();
    this.setCurrent(this.rows.find((row) => !this.isAnswered(row)) ?? this.rows[0]);
  }

  // Rows that do not apply as things stand, unseen or only to be read, are neither asked nor stepped through.
  get rows() {
    return [...this.form.querySelectorAll("[data-row]")].filter((row) => !row.closest("[hidden], [data-unasked]"));
  }

  // A question that is asked only after certain answers keeps its place, unseen, until it is.
  showAsked() {
    const fields = Object.fromEntries(new FormData(this.form));
    const unasked = new Set();
    for (const block of this.form.querySelectorAll("[data-condition]")) {
      const { question, is } = JSON.parse(block.dataset.condition);
      const held = fields[question] ?? "";
      block.hidden = unasked.has(question) || !is.some((one) => held === one || held.startsWith(`${one}:`) || `${question}.${one}` in fields);
      for (const each of block.hidden ? block.querySelectorAll("[data-block]") : []) unasked.add(each.dataset.block);
    }
    if (this.current?.closest("[hidden]")) this.setCurrent(this.rows[0]);
  }

  // Every answer by its field name, as the server reads it; what is not answered is not there.
  fields() {
    return Object.fromEntries([...new FormData(this.form)].filter(([name, value]) => !NO_ANSWERS.has(name) && value !== ""));
  }

  fill(fields) {
    for (const input of this.form.elements) {
      if (!input.name || NO_ANSWERS.has(input.name)) continue;
      if (input.type === "radio" || input.type === "checkbox") input.checked = fields[input.name] === input.value;
      else input.value = fields[input.name] ?? "";
    }
    this.last = this.fields();
    this.showAsked();
    for (const widget of this.widgets.values()) widget.refresh?.();
  }

  // Called after each change, so that Z has something to go back to. Typing undoes itself, in the text.
  remember(target) {
    const before = this.last;
    this.last = this.fields();
    this.showAsked();
    if (!isTyped(target)) this.past.push([before, this.rowOf(target)]);
  }

  undo() {
    const step = this.past.pop();
    if (!step) return false;
    const typed = [...this.form.elements].filter((input) => input.name && isTyped(input)).map((input) => [input.name, input.value]);
    this.fill({ ...step[0], ...Object.fromEntries(typed) });
    this.setCurrent(step[1]);
    return true;
  }

  // The last change goes on with the one before it, as words do that are typed into one place: Z takes both back.
  merge() {
    if (this.past.length > 1) this.past.pop();
  }

  rowOf(element) {
    return element?.closest?.("[data-row]");
  }

  get current() {
    return this.form.querySelector("[data-current]");
  }

  setCurrent(row) {
    if (!row || row === this.current) return;
    this.current?.removeAttribute("data-current");
    row.setAttribute("data-current", "");
    (row.closest(".ask") ?? row).scrollIntoView({ block: "nearest" });
    this.showSide(row.dataset.letter);
    this.onCurrent?.();
  }

  // Where there are more responses than fit side by side, the one in turn comes into view; on a narrow window it alone.
  showSide(letter) {
    const side = letter && this.form.querySelector(`[data-side="${letter}"]`);
    const sides = side?.closest(".sides");
    if (!sides) return;
    for (const each of sides.querySelectorAll("[data-side]")) each.toggleAttribute("data-shown", each === side);
    for (const each of sides.querySelectorAll("[data-switch]")) each.setAttribute("aria-pressed", String(each.dataset.switch === letter));
    if (sides.scrollWidth <= sides.clientWidth) return;
    const [box, frame] = [side.getBoundingClientRect(), sides.getBoundingClientRect()];
    sides.scrollLeft += Math.min(box.left - frame.left, 0) || Math.max(box.right - frame.right, 0);
  }

  step(by) {
    const rows = this.rows;
    const next = rows[rows.indexOf(this.current) + by];
    if (next) this.setCurrent(next);
    return Boolean(next);
  }

  // True when the key was an answer. Signs such as U answer the one question that has them, digits the current one;
  // beside a text, which takes no keys, they answer what is open, or else the first question.
  answer(key, event) {
    const rows = this.rows;
    const current = isText(this.current) ? (this.open.find(isPicked) ?? rows.find(isPicked)) : this.current;
    if (current && this.widgets.get(current)?.key?.(key, event)) return true;
    const own = current && find(current, key);
    const input = own ?? (/\d/.test(key) ? null : rows.map((row) => find(row, key)).find(Boolean));
    if (!input) return false;
    const row = this.rowOf(input);
    const wasOpen = !this.isAnswered(row);
    input.checked = input.type === "radio" || !input.checked;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    if (input.type === "radio") this.moveOn(row, wasOpen);
    this.answered = row;
    return true;
  }

  // To the next row that takes keys and is still open. An answer that is merely changed stays where it is.
  moveOn(row, wasOpen = true) {
    const rows = this.rows;
    const next = wasOpen && rows.slice(rows.indexOf(row) + 1).find((each) => isPicked(each) && !this.isAnswered(each));
    if (next) this.setCurrent(next);
  }

  isAnswered(row) {
    const widget = this.widgets.get(row);
    if (widget?.isAnswered) return widget.isAnswered();
    if (isText(row)) return [...row.value.trim()].length >= Number(row.dataset.shortest);
    return inputs(row).some((input) => input.checked);
  }

  get open() {
    return this.rows.filter((row) => row.closest("[data-required]") && !this.isAnswered(row));
  }

  // Whether the answer to this row was the last that the item wants, and is to be sent with it.
  sendsWith(row) {
    const isSaid = (each) => this.isAnswered(each) && (isPicked(each) || each.value.trim() !== "");
    return row?.dataset.atOnce !== undefined && this.rows.every(isSaid);
  }

  tell(words, isBad = false) {
    this.say.textContent = words;
    this.say.classList.toggle("bad", isBad);
  }
}

const isText = (row) => row?.tagName === "TEXTAREA";
const isPicked = (row) => !isText(row);
const isTyped = (input) => input?.tagName === "TEXTAREA" || (input?.tagName === "INPUT" && input.type === "text");
const inputs = (row) => [...row.querySelectorAll('input[type="radio"], input[type="checkbox"]')];
const find = (row, key) => (isText(row) ? null : inputs(row).find((input) => input.dataset.key?.toUpperCase() === key.toUpperCase()));

// The answers: rows of radio buttons and texts, one of them current. Keys answer the current row.
export class Dock {
  constructor(workspace) {
    this.form = workspace.querySelector("form.dock");
    this.form.noValidate = true;
    this.say = this.form.querySelector("[data-say]");
    this.rows = [...this.form.querySelectorAll("[data-row]")];
    this.past = [];
    this.last = this.fields();
    this.setCurrent(this.rows.find((row) => !isAnswered(row)) ?? this.rows[0]);
  }

  // Every answer by its field name, as the server reads it; what is not answered is not there.
  fields() {
    const skipped = new Set(["csrfmiddlewaretoken", "request_key", "seconds", "revises"]);
    return Object.fromEntries([...new FormData(this.form)].filter(([name, value]) => !skipped.has(name) && value !== ""));
  }

  fill(fields) {
    for (const row of this.rows) {
      if (row.tagName === "TEXTAREA") row.value = fields[row.name] ?? "";
      else for (const radio of radios(row)) radio.checked = fields[radio.name] === radio.value;
    }
    this.last = this.fields();
  }

  // Called after each change, so that Z has something to go back to. Typing undoes itself, in the text.
  remember(row) {
    if (row?.tagName !== "TEXTAREA") this.past.push([this.last, row]);
    this.last = this.fields();
  }

  undo() {
    const step = this.past.pop();
    if (!step) return false;
    this.fill({ ...this.fields(), ...Object.fromEntries(this.rows.filter((row) => row.tagName !== "TEXTAREA").flatMap((row) => [[fieldOf(row), step[0][fieldOf(row)]]])) });
    this.setCurrent(step[1]);
    return true;
  }

  get current() {
    return this.rows.find((row) => row.hasAttribute("data-current"));
  }

  setCurrent(row) {
    if (!row || row === this.current) return;
    this.current?.removeAttribute("data-current");
    row.setAttribute("data-current", "");
    row.closest(".ask").scrollIntoView({ block: "nearest" });
    this.onCurrent?.();
  }

  step(by) {
    const next = this.rows[this.rows.indexOf(this.current) + by];
    if (next) this.setCurrent(next);
    return Boolean(next);
  }

  // True when the key was an answer. Signs such as U answer the one question that has them, digits the current one;
  // beside a text, which takes no keys, they answer what is open, or else the first question.
  answer(key) {
    const current = this.current?.tagName === "TEXTAREA" ? (this.open.find(isPicked) ?? this.rows.find(isPicked)) : this.current;
    const own = current && find(current, key);
    const radio = own ?? (/\d/.test(key) ? null : this.rows.map((row) => find(row, key)).find(Boolean));
    if (!radio) return false;
    radio.checked = true;
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }

  get open() {
    return this.rows.filter((row) => row.closest("[data-required]") && !isAnswered(row));
  }

  tell(words, isBad = false) {
    this.say.textContent = words;
    this.say.classList.toggle("bad", isBad);
  }
}

const isPicked = (row) => row.tagName !== "TEXTAREA";
const radios = (row) => [...row.querySelectorAll('input[type="radio"]')];
const fieldOf = (row) => row.name ?? radios(row)[0]?.name;
const find = (row, key) => (row.tagName === "TEXTAREA" ? null : radios(row).find((radio) => radio.dataset.key?.toUpperCase() === key.toUpperCase()));

function isAnswered(row) {
  if (row.tagName === "TEXTAREA") return [...row.value.trim()].length >= Number(row.dataset.shortest);
  return radios(row).some((radio) => radio.checked);
}

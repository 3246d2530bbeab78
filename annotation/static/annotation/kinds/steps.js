// Steps by key: a sign answers the step in turn, a letter says what is wrong with it. The radio buttons, boxes and texts
// hold the answer; what stands here only reads them.
import { register } from "../../ui/label/kinds.js";
import { common } from "../../ui/label/differences.js";

const SIGNS = { "+": "1", "=": "1", 1: "1", 0: "0", 2: "0", "-": "-1", "−": "-1", 3: "-1" };

register("steps", (block, { workspace, dock }) => {
  const stops = "stops" in block.dataset;
  const lists = [...workspace.querySelectorAll(`[data-steps="${CSS.escape(block.dataset.block)}"]`)];
  const rowsOf = (list) => [...list.querySelectorAll("[data-row]")];

  function mark(row, value) {
    const wasOpen = !markOf(row);
    set(row.querySelector(`.marks input[value="${value}"]`), true);
    const next = dock.rows.slice(dock.rows.indexOf(row) + 1).find((each) => !dock.isAnswered(each) && each.tagName !== "TEXTAREA");
    // What is wrong is said next. Its letters reach it from the steps behind it too, but from no other question.
    const stays = value === "-1" && row.querySelector(".wrong > *") && !(next && lists.some((list) => list.contains(next)));
    if (!stays) dock.moveOn(row, wasOpen);
    else row.scrollIntoView({ block: "nearest" });
  }

  // The step that a letter speaks of: the one in turn if it is wrong, else the last one before it if that is.
  function faulty(row) {
    if (isWrong(row)) return row;
    const rows = dock.rows.filter((each) => lists.some((list) => list.contains(each)));
    const before = rows.slice(0, rows.indexOf(row)).reverse().find((each) => each.matches("[data-step]"));
    return !markOf(row) && before && isWrong(before) ? before : null;
  }

  function key(row, pressed) {
    if (row.matches("[data-step]") && SIGNS[pressed]) {
      mark(row, SIGNS[pressed]);
      return true;
    }
    const box = /^[a-z]$/i.test(pressed) && faulty(row)?.querySelector(`[data-error="${pressed.toUpperCase()}"]`);
    if (!box) return false;
    set(box, !box.checked);
    dock.setCurrent(row);
    return true;
  }

  // What was said about steps that were cut in another way since fits none of these.
  function forgetOtherSteps(list) {
    const cut = list.querySelector('input[name$=".cut"]');
    const [held, own] = [cut.value, cut.defaultValue];
    cut.value = own;
    if (!held || held === own) return;
    for (const input of list.querySelectorAll("input:not([type=hidden]), textarea")) {
      if (input.type === "radio" || input.type === "checkbox") input.checked = false;
      else input.value = "";
    }
  }

  function refresh() {
    for (const list of lists) {
      const steps = [...list.querySelectorAll("[data-step]")];
      const wrong = steps.findIndex(isWrong);
      steps.forEach((step, at) => step.toggleAttribute("data-unasked", stops && wrong >= 0 && at > wrong));
    }
    const line = block.querySelector("[data-line]");
    const words = progress(lists, stops);
    if (line.textContent !== words) line.textContent = words;
    if (dock.current?.matches("[data-unasked]")) dock.setCurrent(dock.open[0] ?? dock.current.closest("[data-steps]").querySelector("[data-step]:has([value='-1']:checked)"));
  }

  for (const row of lists.flatMap(rowsOf)) {
    dock.widgets.set(row, { key: (pressed) => key(row, pressed), isAnswered: () => row.querySelector(".marks input:checked, .final input:checked, .picks input[type=radio]:checked") !== null });
  }
  for (const text of lists.flatMap((list) => [...list.querySelectorAll("[data-was]")])) correct(text);
  dock.form.addEventListener("input", refresh);
  lists.forEach(forgetOtherSteps);
  refresh();
  // Where all is answered, what is left to say is what is wrong.
  if (!dock.open.length) dock.setCurrent(lists.flatMap(rowsOf).find(isWrong));
  return {
    refresh() {
      lists.forEach(forgetOtherSteps);
      refresh();
      for (const text of workspace.querySelectorAll("[data-was]")) showChange(text);
    },
  };
});

const markOf = (row) => row.querySelector(".marks input:checked")?.value;
const isWrong = (row) => markOf(row) === "-1";

function set(input, checked) {
  input.checked = checked;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

// The server says the same where there is no script: annotation/kinds/steps_drawing.py, `line`.
function progress(lists, stops) {
  const told = lists.map((list) => [list.dataset.letter, [...list.querySelectorAll("[data-step]")].map(markOf)]).filter(([, marks]) => marks.length);
  return told.map(([letter, marks]) => (told.length > 1 ? `${letter}: ${said(marks, stops)}` : said(marks, stops))).join(" ");
}

function said(marks, stops) {
  const [wrong, count] = [marks.indexOf("-1"), marks.length];
  const found = wrong < 0 ? "" : `First error at step ${wrong + 1}.`;
  if (found && stops) return wrong === count - 1 ? found : `${found} Later steps need no answer.`;
  const answered = marks.filter(Boolean).length;
  if (answered < count) return `${answered} of ${count} steps answered. ${found}`.trim();
  return found || `No error in ${count} step${count === 1 ? "" : "s"}.`;
}

// A correction begins with the step itself, and is none as long as nothing was changed.
function correct(text) {
  const tell = () => text.dispatchEvent(new Event("input", { bubbles: true }));
  text.addEventListener("focus", () => {
    if (text.value) return;
    text.value = text.dataset.was;
    text.setSelectionRange(text.value.length, text.value.length);
  });
  text.addEventListener("blur", () => {
    if (!text.value || text.value.trim() !== text.dataset.was.trim()) return;
    text.value = "";
    tell();
  });
  text.addEventListener("input", () => showChange(text));
  showChange(text);
}

// What the correction takes out and what it puts in, word by word.
function showChange(text) {
  const shown = text.parentElement.querySelector("[data-change]");
  const [was, now] = [text.dataset.was.trim(), text.value.trim()].map((each) => each.split(/(?<=\s)|(?=\s)|\b/u));
  const same = text.value.trim() && text.value.trim() !== text.dataset.was.trim() && common(was, now);
  shown.hidden = !same;
  shown.replaceChildren(...(same ? pieces(was, now, same) : []));
}

function pieces(was, now, same) {
  const found = [];
  const add = (name, word) => {
    if (found.at(-1)?.localName !== name) found.push(document.createElement(name));
    found.at(-1).append(word);
  };
  for (let i = 0, j = 0; i < was.length || j < now.length; ) {
    if (i < was.length && !same.a.has(i)) add("del", was[i++]);
    else if (j < now.length && !same.b.has(j)) add("ins", now[j++]);
    else { add("span", was[i++]); j += 1; }
  }
  return found;
}

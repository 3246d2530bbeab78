// A rubric. Radio buttons hold the verdicts and fields hold the evidence; this adds letters as keys, words taken from a
// response by selecting them, and totals that follow. Where words stand is computed as `quotes.py` does, totals as
// `rubric_score.py`: the server has the last word on both.
import { register } from "../../ui/label/kinds.js";
import { bare, bounds, countBefore, cut, placeOf, rangeOf, seen, toPoints, toUnits } from "./quotes.js";

const SIGNS = { y: "yes", n: "no", "-": "na", "−": "na", a: "a", b: "b", t: "tie", "=": "tie" };
const WANTED = "Quote the words that show it: select them, then press E.";
const NOT_THERE = "These words do not stand in the response as it was written. Show it raw (R) and select them there.";

let selected = null; // the last words selected in a response: on a phone, tapping a button takes the selection away
document.addEventListener("selectionchange", () => { selected = range() ?? selected; });

function range() {
  const selection = document.getSelection();
  const found = selection.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
  const [start, end] = found ? [sideOf(found.startContainer), sideOf(found.endContainer)] : [];
  return start && (start === end || found.endOffset === 0) ? found.cloneRange() : null;
}

const sideOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement).closest(".side .text");

// ---- Totals ----------------------------------------------------------------------------------------------------------

// How far a criterion is met, from 0 to 1; null where it was not judged or does not apply.
function credit(scale, value) {
  if (value === "yes") return 1;
  if (value === "no") return 0;
  return /^[1-7]$/.test(value) ? (Number(value) - 1) / (Number(scale) - 1) : null;
}

// Keys of what is not asked: something it depends on is not met, or is not asked itself.
function heldBack(judged) {
  const missed = new Set(judged.filter(({ scale, value }) => (credit(scale, value) ?? 1) < 0.5).map(({ key }) => key));
  const back = new Set();
  for (let more = judged; more.length; more.forEach(({ key }) => back.add(key))) {
    more = judged.filter(({ key, needs }) => !back.has(key) && needs.some((each) => missed.has(each) || back.has(each)));
  }
  return back;
}

// What the criteria met weigh, over what all that apply weigh; a gate fails at its worst, whatever the rest says. What is
// not asked counts as missed.
function score(judged) {
  let [met, worth] = [0, 0];
  const failed = [];
  const back = heldBack(judged);
  for (const { key, weight, scale, gates, title, value } of judged) {
    const found = credit(scale, value);
    if (back.has(key)) worth += Math.max(weight, 0);
    if (found === null || back.has(key)) continue;
    met += weight * found;
    worth += Math.max(weight, 0);
    if (gates && found === (weight < 0 ? 1 : 0)) failed.push(title);
  }
  return { share: worth ? Math.min(1, Math.max(0, met / worth)) : null, failed };
}

function shareOfA(judged) {
  const points = { a: 1, tie: 0.5, b: 0 };
  let [won, worth] = [0, 0];
  for (const { weight, value } of judged) {
    if (!(value in points)) continue;
    won += Math.abs(weight) * points[value];
    worth += Math.abs(weight);
  }
  return worth ? won / worth : null;
}

const percent = (share) => (share === null ? "–" : `${Math.floor(share * 100 + 0.5)} %`);

// ---- The column ------------------------------------------------------------------------------------------------------

register("rubric", (block, { dock, workspace }) => {
  const compares = block.classList.contains("compares");
  const sources = JSON.parse(block.dataset.texts || "[]").map(bare);
  const criteria = [...block.querySelectorAll("[data-criterion]")];
  const rows = criteria.flatMap(rowsOf);
  const sides = [...workspace.querySelectorAll(".side .text")];
  const letters = sides.map((side) => side.closest(".side").dataset.side);

  const sourceOf = (row) => sources[letters.indexOf(row.dataset.letter)];
  const [at, quote, fault] = ["at", "quote", "fault"].map((name) => (row) => row.querySelector(`[data-${name}]`));
  const valueOf = (row) => row.querySelector("input:checked")?.value ?? "";

  function facts(criterion, row) {
    const { key, weight, scale, needs } = criterion.dataset;
    return { key, needs: needs?.split(" ") ?? [], weight: Number(weight), scale, gates: "gates" in criterion.dataset, title: criterion.querySelector(".title").textContent, value: valueOf(row) };
  }

  function total() {
    if (compares) {
      const share = shareOfA(criteria.map((criterion) => facts(criterion, rowsOf(criterion)[0])));
      showTotal("A", share, []);
      showTotal("B", share === null ? null : 1 - share, []);
      return;
    }
    letters.forEach((letter, place) => {
      const judged = criteria.map((criterion) => facts(criterion, rowsOf(criterion)[place]));
      fold(place, heldBack(judged));
      const found = score(judged);
      showTotal(letter, found.share, found.failed);
    });
  }

  // Words without a verdict stay in sight, for they cannot be sent by themselves.
  function fold(place, back) {
    for (const criterion of criteria) {
      const row = rowsOf(criterion)[place];
      const isWaiting = !valueOf(row) && [...row.querySelectorAll("textarea")].some((text) => text.value.trim());
      row.toggleAttribute("data-held-back", back.has(criterion.dataset.key) && !isWaiting && !isLost(row));
    }
  }

  const isLost = (row) => Boolean(quote(row)?.value.trim()) && !at(row).value;

  // Whether a criterion that wants words was found met without them, in a response that has some.
  function isWanting(row) {
    const { quoted, scale } = row.closest("[data-criterion]").dataset;
    return quoted !== undefined && credit(scale, valueOf(row)) > 0 && !at(row).value && Boolean(sourceOf(row).text.trim());
  }

  function showTotal(letter, share, failed) {
    const line = block.querySelector(`[data-total="${letter}"]`);
    if (!line) return;
    line.querySelector("[data-share]").textContent = percent(share);
    line.querySelector("[data-failed]").textContent = failed.length ? `fails: ${failed.join(", ")}` : "";
  }

  // ---- Evidence

  function place(row, from, to) {
    const { text } = sourceOf(row);
    at(row).value = `${toPoints(text, from)}-${toPoints(text, to)}`;
  }

  function unitsOf(row) {
    const { text } = sourceOf(row);
    const found = /^(\d+)-(\d+)$/.exec(at(row).value);
    return found && found.slice(1).map((points) => toUnits(text, Number(points)));
  }

  // Typed words stand where the response first says them.
  function lookUp(row) {
    const source = sourceOf(row);
    const words = bare(quote(row).value).held;
    const found = words ? source.held.indexOf(words) : -1;
    at(row).value = "";
    if (found >= 0) place(row, ...cut(source, found, words.length));
    showFault(row);
  }

  function showFault(row) {
    fault(row).textContent = isLost(row) ? NOT_THERE : isWanting(row) ? WANTED : "";
    quote(row).toggleAttribute("aria-invalid", isLost(row));
    if (isWanting(row)) row.querySelector("details").open = true;
  }

  // The selected words become the evidence of the criterion in turn, for the response in which they are selected.
  function take(row, chosen) {
    const side = chosen && sideOf(chosen.startContainer);
    const target = side && rowsOf(row.closest("[data-criterion]"))[sides.indexOf(side)];
    if (!target) return dock.tell("Select words in a response, then press E.");
    const shown = seen(side);
    const [from, to] = bounds(shown, chosen);
    const first = shown.places.findIndex((each) => each >= from);
    const words = first < 0 ? "" : shown.held.slice(first, shown.places.findLastIndex((each) => each < to) + 1);
    const source = sourceOf(target);
    const found = words ? placeOf(source.held, words, countBefore(shown.held, words, first)) : -1;
    if (found < 0) return dock.tell(NOT_THERE, true);
    const [start, end] = cut(source, found, words.length);
    place(target, start, end);
    write(target, source.text.slice(start, end));
    showFault(target);
    target.querySelector("details").open = true;
    const current = dock.current;
    at(target).dispatchEvent(new Event("input", { bubbles: true }));
    dock.setCurrent(current);
    selected = null;
    return dock.tell(`Quoted from response ${target.dataset.letter}.`);
  }

  function write(row, words) {
    quote(row).value = words;
    quote(row).taken = quote(row).value; // what was taken follows its place; what was typed leads it
  }

  function settle(row) {
    if (!quote(row)) return;
    const units = unitsOf(row);
    if (units && (!quote(row).value || quote(row).value === quote(row).taken)) write(row, sourceOf(row).text.slice(...units));
    else if (!units && quote(row).value && quote(row).value === quote(row).taken) quote(row).value = "";
    else if (quote(row).value.trim() && bare(quote(row).value).held !== (units ? bare(sourceOf(row).text.slice(...units)).held : "")) lookUp(row);
    showFault(row);
  }

  // The quotes of the criterion in turn are marked where they stand; the text itself is not touched.
  function paint() {
    if (!globalThis.CSS?.highlights || compares) return;
    CSS.highlights.delete("evidence");
    const criterion = dock.current?.closest("[data-criterion]");
    const ranges = criterion && block.contains(criterion) ? rowsOf(criterion).map(strokeOf).filter(Boolean) : [];
    if (ranges.length) CSS.highlights.set("evidence", new Highlight(...ranges));
  }

  function strokeOf(row, number) {
    const units = unitsOf(row);
    if (!units) return null;
    const source = sourceOf(row);
    const first = source.places.findIndex((each) => each >= units[0]);
    const words = first < 0 ? "" : source.held.slice(first, source.places.findLastIndex((each) => each < units[1]) + 1);
    const shown = seen(sides[number]);
    const found = words ? placeOf(shown.held, words, countBefore(source.held, words, first)) : -1;
    return found < 0 ? null : rangeOf(shown, ...cut(shown, found, words.length));
  }

  // ---- Keys, clicks, changes

  function answer(row, key) {
    if (key.toLowerCase() === "e" && !compares) {
      take(row, range());
      return true;
    }
    // Digits are the dock's, which would move on from a criterion that still wants its words.
    const digit = /^\d$/.test(key) && "quoted" in row.closest("[data-criterion]").dataset ? `, input[data-key="${key}"]` : "";
    const input = row.querySelector(`input[type="radio"][value="${SIGNS[key.toLowerCase()]}"]${digit}`);
    if (!input) return false;
    const wasOpen = !dock.isAnswered(row);
    input.checked = true;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    if (isWanting(row)) dock.tell(WANTED);
    else dock.moveOn(row, wasOpen);
    return true;
  }

  const isAnswered = (row) => row.hasAttribute("data-held-back") || (Boolean(valueOf(row)) && !isLost(row) && !isWanting(row));

  for (const row of rows) {
    dock.widgets.set(row, { key: (key) => answer(row, key), isAnswered: () => isAnswered(row) });
    const button = row.querySelector("[data-take]");
    if (!button) continue;
    button.hidden = false;
    button.addEventListener("click", () => take(row, range() ?? selected));
  }
  block.addEventListener("input", (event) => {
    if (event.target.matches("[data-quote]")) lookUp(dock.rowOf(event.target));
    else if (event.target.matches("input[type=radio]") && !compares) showFault(dock.rowOf(event.target));
    total();
    paint();
  });
  block.addEventListener("click", (event) => {
    const criterion = event.target.closest("[data-criterion]");
    if (!criterion || criterion.contains(dock.current) || event.target.closest("[data-row]")) return;
    const own = rowsOf(criterion);
    dock.setCurrent(own.find((row) => !isAnswered(row)) ?? own[0]);
  });
  new MutationObserver(paint).observe(block, { subtree: true, attributeFilter: ["data-current"] });

  function refresh() {
    for (const row of rows) {
      settle(row);
      const details = row.querySelector("details");
      details.open ||= [...details.querySelectorAll("textarea")].some((text) => text.value);
    }
    total();
    paint();
  }

  refresh();
  return { refresh };
});

function rowsOf(criterion) {
  return [...criterion.querySelectorAll("[data-row]")];
}

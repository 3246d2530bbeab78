// Marks drawn in a text: in the source as elements around the words, each under its letter and above a line of its own
// where several share words; in the Markdown as highlights, which leave its elements alone.
import { bare, bounds, countBefore, cut, rangeOf, seen } from "./quotes.js";

const LANES = 4; // lines below a word that can be told apart

// Draws marks, `[{from, to, letter, hue, severity, number}]`, in the source, in place of those drawn before.
export function paint(source, marks) {
  for (const old of source.root.querySelectorAll("mark")) old.replaceWith(...old.childNodes);
  source.root.normalize();
  source.read();
  const laid = inLanes(marks);
  for (const piece of source.pieces) {
    const touching = laid.filter(({ from, to }) => from < piece.end && to > piece.start);
    if (touching.length) for (const part of parted(piece, touching)) wrap(part, touching);
  }
  source.read();
}

// Each mark gets the first line below the words that no earlier mark still uses.
function inLanes(marks) {
  const ends = [];
  return [...marks].sort((a, b) => a.from - b.from || b.to - a.to).map((mark) => {
    const free = ends.findIndex((end) => end <= mark.from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = mark.to;
    return { ...mark, lane: Math.min(lane, LANES - 1) };
  });
}

// Letters of marks that begin at the same word stand side by side.
const beside = (mark, marks) => marks.filter((other) => other.from === mark.from && marks.indexOf(other) < marks.indexOf(mark)).length;

// A piece of text cut where marks begin and end in it; a stand-in stays whole.
function parted(piece, marks) {
  if (piece.node.nodeType !== Node.TEXT_NODE) return [piece];
  const inner = marks.flatMap(({ from, to }) => [from, to]).filter((at) => at > piece.start && at < piece.end);
  const cuts = [...new Set(inner)].sort((a, b) => a - b);
  const found = [];
  let { node, start } = piece;
  for (const at of cuts) {
    const rest = node.splitText(at - start);
    found.push({ node, start, end: at });
    [node, start] = [rest, at];
  }
  return [...found, { node, start, end: piece.end }];
}

function wrap({ node, start, end }, marks) {
  const covering = marks.filter(({ from, to }) => from < end && to > start).sort((a, b) => b.lane - a.lane);
  for (const mark of covering) {
    const { from, number, letter, hue, lane, severity } = mark;
    const element = document.createElement("mark");
    element.className = `hue-${hue} lane-${lane}${severity ? ` worse-${severity}` : ""}`;
    element.dataset.number = number;
    if (from >= start && from < end) [element.dataset.sign, element.dataset.beside] = [letter, Math.min(3, beside(mark, marks))];
    node.replaceWith(element);
    element.append(node);
    node = element;
  }
}

// ---- Markdown

// Where words of the source stand in the Markdown drawn, as a range; null unless they stand once in both.
export function inMarkdown(source, root, from, to) {
  const [written, shown] = [bareOf(source), seen(root)];
  const words = between(written, from, to);
  if (!isAlone(written.held, words) || !isAlone(shown.held, words)) return null;
  return rangeOf(shown, ...cut(shown, shown.held.indexOf(words), words.length));
}

// Where words of the Markdown drawn stand in the source, as offsets; null unless they stand once in both.
export function inSource(source, root, range) {
  const [written, shown] = [bareOf(source), seen(root)];
  const words = between(shown, ...bounds(shown, range));
  if (!isAlone(written.held, words) || !isAlone(shown.held, words)) return null;
  return cut(written, written.held.indexOf(words), words.length);
}

const bareOf = (source) => (source.bare ??= bare(source.text));
const isAlone = (held, words) => Boolean(words) && countBefore(held, words, Infinity) === 1;

function between({ held, places }, from, to) {
  const begin = places.findIndex((place) => place >= from);
  return begin < 0 ? "" : held.slice(begin, places.findLastIndex((place) => place < to) + 1);
}

// Highlights by hue; what stands in no one place is left out, and counted.
export function highlight(found) {
  if (!globalThis.CSS?.highlights) return;
  for (let hue = 0; hue < 6; hue += 1) {
    const ranges = found.filter((one) => one.hue === hue).map((one) => one.range);
    if (ranges.length) CSS.highlights.set(`spans-${hue}`, new Highlight(...ranges));
    else CSS.highlights.delete(`spans-${hue}`);
  }
}

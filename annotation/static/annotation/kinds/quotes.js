// Words selected in a response as it stands on the page, and where they stand in its text as it was written.
//
// What is read on the page is the Markdown rendered: marks, list numbers and line ends are gone. So both are compared
// without them, as `annotation/kinds/quotes.py` does.

const SPACE = "\\t\\n\\v\\f\\r \\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const UNSEEN = new RegExp(`(?<![^\\n])[ \\t]*(?:\\|[ \\t]*)?:?-{3}[-|: \\t]*(?![^\\r\\n])|(?<![^\\n])[ \\t]*(?:[-+]|[0-9]{1,9}[.)])[ \\t]|\\]\\([^()${SPACE}]*\\)|[${SPACE}*_~\`>#|\\[\\]\\\\]`, "g");

// The characters that are left, and where in the text each of them stood, in UTF-16 as strings count.
export function bare(text) {
  let held = "";
  const places = [];
  const keep = (from, to) => {
    held += text.slice(from, to);
    for (let at = from; at < to; at += 1) places.push(at);
  };
  let last = 0;
  for (const hit of text.matchAll(UNSEEN)) {
    keep(last, hit.index);
    last = hit.index + hit[0].length;
  }
  keep(last, text.length);
  return { text, held, places };
}

// Which occurrence of these words begins at a place, from 0; and where the one of that number begins, or else the last.
export function countBefore(held, words, place) {
  let count = 0;
  for (let at = held.indexOf(words); at >= 0 && at < place; at = held.indexOf(words, at + 1)) count += 1;
  return count;
}

export function placeOf(held, words, number) {
  let found = -1;
  for (let at = held.indexOf(words); at >= 0 && number >= 0; at = held.indexOf(words, at + 1), number -= 1) found = at;
  return found;
}

export const cut = ({ places }, at, length) => [places[at], places[at + length - 1] + 1];

// From code points, which the server counts, and back.
export const toPoints = (text, units) => [...text.slice(0, units)].length;
export function toUnits(text, points) {
  let units = 0;
  for (let point = 0; point < points && units < text.length; point += 1) units += text.codePointAt(units) > 0xffff ? 2 : 1;
  return units;
}

// A response as it stands on the page: its text nodes one after another.
export function seen(side) {
  const walker = document.createTreeWalker(side, NodeFilter.SHOW_TEXT, (node) => (node.parentElement.closest(".speaker, .render-note, [data-no-text]") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
  const nodes = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push({ node, start: text.length });
    text += node.data;
  }
  return { ...bare(text), nodes };
}

export function bounds({ nodes }, chosen) {
  const inside = nodes.filter(({ node }) => chosen.intersectsNode(node));
  if (!inside.length) return [0, 0];
  const [first, last] = [inside[0], inside.at(-1)];
  return [
    first.start + (first.node === chosen.startContainer ? chosen.startOffset : 0),
    last.start + (last.node === chosen.endContainer ? chosen.endOffset : last.node.length),
  ];
}

export function rangeOf({ nodes }, from, to) {
  const at = (place) => nodes.findLast(({ start }) => start <= place);
  const [first, last] = [at(from), at(to - 1)];
  return new StaticRange({ startContainer: first.node, startOffset: from - first.start, endContainer: last.node, endOffset: to - last.start });
}

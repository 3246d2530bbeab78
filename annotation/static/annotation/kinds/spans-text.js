// A response exactly as it was written: what stands on the page, character for character, found again in the stored text.
//
// `ui/rendering/exact.py` draws it. Elements with `data-points` stand for characters that a browser would change or not
// show; everything else is the text itself. Offsets here are UTF-16 as strings count; `points` and `units` convert.

const spelled = (points) => points.split(" ").map((part) => {
  const [point, count] = part.split("*");
  return String.fromCodePoint(parseInt(point, 16)).repeat(Number(count));
}).join("");

export class Source {
  constructor(root) {
    this.root = root;
    this.read();
    this.text = this.pieces.map((piece) => piece.text).join("");
  }

  // Text nodes and stand-ins in order. Marks that are drawn split the nodes, so this is done again after drawing.
  read() {
    this.pieces = [];
    this.length = 0;
    const add = (node, text) => {
      this.pieces.push({ node, text, start: this.length, end: this.length + text.length });
      this.length += text.length;
    };
    const walk = (parent) => {
      for (const node of parent.childNodes) {
        if (node.nodeType === Node.TEXT_NODE) add(node, node.data);
        else if (node.dataset.points) add(node, spelled(node.dataset.points));
        else walk(node);
      }
    };
    walk(this.root);
  }

  // ---- Places on the page

  // Where a boundary of a selection lies in the text. Inside a stand-in it lies at the stand-in's edge.
  unitAt(container, offset, isEnd) {
    const inside = this.pieces.find(({ node }) => node === container || (node.nodeType === Node.ELEMENT_NODE && node.contains(container)));
    if (inside) return inside.node === container && container.nodeType === Node.TEXT_NODE ? inside.start + offset : isEnd && offset ? inside.end : inside.start;
    const boundary = document.createRange();
    boundary.setStart(container, offset);
    const next = this.pieces.find(({ node }) => boundary.comparePoint(node.parentNode, [...node.parentNode.childNodes].indexOf(node)) >= 0);
    return next ? next.start : this.length;
  }

  // What a range covers of this text; null where it covers nothing.
  cover(range) {
    if (!range.intersectsNode(this.root)) return null;
    const from = this.root.contains(range.startContainer) ? this.unitAt(range.startContainer, range.startOffset, false) : 0;
    const to = this.root.contains(range.endContainer) ? this.unitAt(range.endContainer, range.endOffset, true) : this.length;
    return from < to ? [from, to] : null;
  }

  rangeOf(from, to) {
    const first = this.pieces.find((piece) => piece.end > from);
    const last = this.pieces.findLast((piece) => piece.start < to);
    const range = document.createRange();
    if (first.node.nodeType === Node.TEXT_NODE) range.setStart(first.node, Math.max(0, from - first.start));
    else range.setStartBefore(first.node);
    if (last.node.nodeType === Node.TEXT_NODE) range.setEnd(last.node, Math.min(last.text.length, to - last.start));
    else range.setEndAfter(last.node);
    return range;
  }

  // ---- Code points, which the server counts

  get pointsBefore() {
    if (!this.counted) {
      this.counted = new Uint32Array(this.text.length + 1);
      for (let unit = 0, point = 0; unit < this.text.length; point += 1) {
        const wide = this.text.codePointAt(unit) > 0xffff;
        if (wide) this.counted[unit + 1] = point + 1;
        unit += wide ? 2 : 1;
        this.counted[unit] = point + 1;
      }
    }
    return this.counted;
  }

  points(unit) {
    return this.pointsBefore[unit];
  }

  // The first unit before which that many code points stand.
  units(point) {
    const counts = this.pointsBefore;
    let [low, high] = [0, this.text.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (counts[middle] < point) low = middle + 1;
      else high = middle;
    }
    // Half of a pair counts as the whole of it: its end is what is meant.
    return counts[low + 1] === counts[low] && low < this.text.length ? low + 1 : low;
  }

  // ---- Words and sentences

  get words() {
    return (this.foundWords ??= cuts(this.text, "word").filter(([from, to]) => /[^\s\p{P}]/u.test(this.text.slice(from, to))));
  }

  // "1. " and the like lead on to the sentence that they number.
  get sentences() {
    return (this.foundSentences ??= cuts(this.text, "sentence").reduce((found, [from, to]) => {
      const [start, end] = this.trimmed(from, to);
      const last = found.at(-1);
      if (start === end) return found;
      if (last && !/\p{L}/u.test(this.text.slice(...last)) && !/[\r\n]/.test(this.text.slice(last[1], start))) last[1] = end;
      else found.push([start, end]);
      return found;
    }, []));
  }

  // The whole sentences that a stretch touches.
  grown(from, to) {
    const touched = this.sentences.filter(([start, end]) => start < to && end > from);
    return touched.length ? [Math.min(from, touched[0][0]), Math.max(to, touched.at(-1)[1])] : [from, to];
  }

  // Without the white space at its ends.
  trimmed(from, to) {
    const words = this.text.slice(from, to);
    const start = from + words.length - words.trimStart().length;
    return [start, Math.max(start, from + words.trimEnd().length)];
  }

  // A place moved by one character as people see characters; it stays where there is none.
  moved(unit, by) {
    if (by < 0 ? unit === 0 : unit === this.text.length) return unit;
    const at = by < 0 ? unit - 1 : unit;
    const hit = segmenter("grapheme")?.segment(this.text).containing(at) ?? { index: at, segment: this.text[at] };
    return by < 0 ? hit.index : hit.index + hit.segment.length;
  }
}

const segmenter = (granularity) => globalThis.Intl?.Segmenter && new Intl.Segmenter(undefined, { granularity });
const ROUGH = { word: /\S+/gu, sentence: /[^.!?\n]+[.!?\n]*/gu };

function cuts(text, granularity) {
  const tool = segmenter(granularity);
  if (tool) return [...tool.segment(text)].map(({ index, segment }) => [index, index + segment.length]);
  return [...text.matchAll(ROUGH[granularity])].map((hit) => [hit.index, hit.index + hit[0].length]);
}

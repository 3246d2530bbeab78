// Words that stand in one response and not in the other, marked where they stand: the text itself is not touched, so
// Markdown, code and tables stay as they are. Needs the CSS Custom Highlight API; says so where a browser lacks it.
const MOST_WORDS = 6_000;
const MOST_EDITS = 2_500; // the work grows with words times edits; beyond this two texts have little in common anyway

export function hide() {
  globalThis.CSS?.highlights?.delete("only-a");
  globalThis.CSS?.highlights?.delete("only-b");
}

// Marks both sides; returns a sentence for the reader.
export function show([left, right]) {
  hide();
  if (!globalThis.CSS?.highlights) return "This browser cannot mark differences; a newer one can.";
  const [a, b] = [words(left), words(right)];
  if (a.length + b.length > MOST_WORDS) return "These responses are too long to compare word by word.";
  const same = common(a.map((word) => word.text), b.map((word) => word.text));
  if (!same) return "These responses have hardly a word in common.";
  CSS.highlights.set("only-a", new Highlight(...strokes(a, same.a)));
  CSS.highlights.set("only-b", new Highlight(...strokes(b, same.b)));
  const [inA, inB] = [a.length - same.a.size, b.length - same.b.size];
  return inA + inB ? `${inA} words stand in A only, ${inB} in B only.` : "The two responses have the same words.";
}

const segmenter = globalThis.Intl?.Segmenter && new Intl.Segmenter(undefined, { granularity: "word" });

function words(side) {
  const found = [];
  const walker = document.createTreeWalker(side, NodeFilter.SHOW_TEXT, (node) => (node.parentElement.closest(".speaker, .render-note, [data-no-text]") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
  for (let node = walker.nextNode(); node && found.length <= MOST_WORDS; node = walker.nextNode()) {
    const pieces = segmenter ? [...segmenter.segment(node.data)] : [...node.data.matchAll(/\S+/g)].map((hit) => ({ segment: hit[0], index: hit.index }));
    for (const { segment, index } of pieces) {
      if (!segment.trim()) continue;
      found.push({ text: segment, node, start: index, end: index + segment.length });
    }
  }
  return found;
}

// Neighbors become one range, so that a marked phrase is one stroke.
function strokes(found, same) {
  const ranges = [];
  let last = null;
  found.forEach(({ node, start, end }, index) => {
    if (same.has(index)) last = null;
    else if (last?.node === node) last.end = end;
    else ranges.push((last = { node, start, end }));
  });
  return ranges.map(({ node, start, end }) => new StaticRange({ startContainer: node, startOffset: start, endContainer: node, endOffset: end }));
}

// The longest common subsequence (E. Myers, "An O(ND) Difference Algorithm", 1986), or null beyond MOST_EDITS.
// `reach[k]` is how far along `a` one comes on diagonal k; each round is kept for the walk back.
export function common(a, b) {
  const most = Math.min(MOST_EDITS, a.length + b.length);
  const zero = most + 1;
  const reach = new Int32Array(2 * most + 3);
  const rounds = [];
  for (let edits = 0; edits <= most; edits += 1) {
    rounds.push(reach.slice(zero - edits - 1, zero + edits + 2));
    for (let k = -edits; k <= edits; k += 2) {
      let x = goesDown(reach, zero, k, edits) ? reach[zero + k + 1] : reach[zero + k - 1] + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reach[zero + k] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(rounds, a.length, b.length);
    }
  }
  return null;
}

const goesDown = (reach, zero, k, edits) => k === -edits || (k !== edits && reach[zero + k - 1] < reach[zero + k + 1]);

function walkBack(rounds, x, y) {
  const same = { a: new Set(), b: new Set() };
  for (let edits = rounds.length - 1; edits >= 0; edits -= 1) {
    const [reach, zero, k] = [rounds[edits], edits + 1, x - y];
    const before = goesDown(reach, zero, k, edits) ? k + 1 : k - 1;
    const fromX = edits ? reach[zero + before] : 0;
    const fromY = edits ? fromX - before : 0;
    while (x > fromX && y > fromY) {
      x -= 1;
      y -= 1;
      same.a.add(x);
      same.b.add(y);
    }
    [x, y] = [fromX, fromY];
  }
  return same;
}

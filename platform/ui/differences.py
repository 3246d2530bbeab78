"""What one text has that the other has not, word by word.

The longest common subsequence of the words is found exactly, one machine word of the old text at a time (Hyyrö, Bit-
parallel LCS-length computation revisited, 2004), so the time depends on the length of the texts and never on
what they say: a text made to be slow to compare is not.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from ui.rendering.marks import Change, marked

__all__ = ["Change", "Difference", "difference", "marked"]

Block = tuple[int, int, int]  # start in the old pieces, start in the new ones, how many

MOST_PIECES = 8_000  # on either side, after what both begin and end with; 8 MB of working memory
LONGEST = 400_000  # characters together; beyond it the texts are not taken apart
TIDYINGS = 4

_words = re.compile(r"\s*(?:\w+|[^\w\s])\s*|\s+")
_lines = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Difference:
    """`changes` leads from old to new in one text; `old` and `new` are the two sides, each joined its own text."""

    changes: list[Change]
    old: list[Change]
    new: list[Change]


def difference(old: str, new: str) -> Difference:
    """By words, by lines where there are too many words, and as one replacement where even lines are too many."""
    for pattern in (_words, _lines) if len(old) + len(new) <= LONGEST else ():
        before, after = pattern.findall(old), pattern.findall(new)
        blocks = _matches([piece.strip() for piece in before], [piece.strip() for piece in after])
        if blocks is not None:
            return _told(before, after, _tidied(blocks, before, after))
    return _told([old], [new], [])


def _matches(old: Sequence[str], new: Sequence[str]) -> list[Block] | None:
    """Blocks of equal pieces in order, or None where there are too many pieces between the equal ends."""
    head = _common(old, new)
    tail = min(_common(old[::-1], new[::-1]), len(old) - head, len(new) - head)
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if max(len(inner_old), len(inner_new)) > MOST_PIECES:
        return None
    pairs = [(head + i, head + j) for i, j in _longest_common(inner_old, inner_new)]
    blocks = [(0, 0, head), *_runs(pairs), (len(old) - tail, len(new) - tail, tail)]
    return [block for block in blocks if block[2]]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many pieces both begin with."""
    return next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _longest_common(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Positions of a longest common subsequence, ascending."""
    rows = _rows(old, new)
    i, j = len(old), len(new)
    pairs: list[tuple[int, int]] = []
    while i and j:
        if rows[j - 1] >> (i - 1) & 1:
            i -= 1
        elif j > 1 and not rows[j - 2] >> (i - 1) & 1:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]


def _rows(old: Sequence[str], new: Sequence[str]) -> list[int]:
    """For each prefix of `new`: bit i is 0 where the subsequence grows with the i-th piece of `old`."""
    everywhere: defaultdict[str, int] = defaultdict(int)
    for i, piece in enumerate(old):
        everywhere[piece] |= 1 << i
    full = row = (1 << len(old)) - 1
    rows = []
    for piece in new:
        hits = row & everywhere[piece] if piece in everywhere else 0
        row = ((row + hits) | (row - hits)) & full
        rows.append(row)
    return rows


def _runs(pairs: Sequence[tuple[int, int]]) -> Iterator[Block]:
    start = 0
    for end in range(1, len(pairs) + 1):
        if end == len(pairs) or pairs[end] != (pairs[end - 1][0] + 1, pairs[end - 1][1] + 1):
            yield (*pairs[start], end - start)
            start = end


def _tidied(blocks: list[Block], old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """Drop islands: a stretch less than half as long as the changes on both its sides says nothing about the texts."""
    old_length, new_length = _lengths(old), _lengths(new)
    ends = (len(old), len(new), 0)
    for _ in range(TIDYINGS):
        gaps = [
            max(old_length[b[0]] - old_length[a[0] + a[2]], new_length[b[1]] - new_length[a[1] + a[2]])
            for a, b in pairwise([(0, 0, 0), *blocks, ends])
        ]
        kept = [
            block
            for block, before, after in zip(blocks, gaps, gaps[1:], strict=False)
            if 2 * (old_length[block[0] + block[2]] - old_length[block[0]]) > min(before, after)
        ]
        if len(kept) == len(blocks):
            break
        blocks = kept
    return blocks


def _lengths(pieces: Sequence[str]) -> list[int]:
    """Characters before each piece, white space aside."""
    return list(accumulate((len(piece.strip()) for piece in pieces), initial=0))


def _told(old: Sequence[str], new: Sequence[str], blocks: Sequence[Block]) -> Difference:
    changes: list[Change] = []
    left: list[Change] = []
    right: list[Change] = []
    i = j = 0
    for a, b, length in (*blocks, (len(old), len(new), 0)):
        cut, add = "".join(old[i:a]), "".join(new[j:b])
        i, j = a + length, b + length
        changes += [("cut", cut), ("add", add), ("same", "".join(new[b:j]))]
        left += [("cut", cut), ("same", "".join(old[a:i]))]
        right += [("add", add), ("same", "".join(new[b:j]))]
    return Difference(*([change for change in side if change[1]] for side in (changes, left, right)))

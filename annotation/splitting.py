"""Cutting a solution into steps: lossless, deterministic, and never inside code, formulas or tables.

Source: the conventions of published step data (explicit markers, blank lines, single lines), in that order of trust.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

VERSION = "1"
"""Labels remember it; a change that cuts any text differently is a new version."""

LONGEST = 1_200  # characters; a longer step is cut between sentences
FEW_WORDS = 10

_marker = re.compile(
    r"^[ \t]*(?:<step\b|<paragraph_\d+>|#{1,6}[ \t]*step[ \t]*\d"
    r"|(?:\*\*)?step[ \t]*\d++[ \t]*+(?:\*\*)?[ \t]*+[:.)–—-])",
    re.IGNORECASE | re.MULTILINE,
)
_blank_lines = re.compile(r"\n[ \t\r]*\n\s*")
_line_end = re.compile(r"\n\s*")
_sentence_end = re.compile(r"(?<![.!?。！？؟…])[.!?。！？؟…]++[\"'”’)\]]*(?:\s+|(?<=[。！？])(?=\S))")
_operator = re.compile(r"[=<>≤≥≈≠±×÷∑∫→⇒∴]|\d\s*[-+*/−]\s*\d|\\(?:frac|cdot|times|le|ge|approx|implies|to)\b")
_ends = re.compile(r"[.!?。！？؟…`$|}\]][\"'”’)\]*_]*\s*\Z")
_fence = re.compile(r"^[ \t]{0,3}(`{3,}|~{3,})[^\n]*$", re.MULTILINE)
_display = re.compile(r"\$\$.+?\$\$", re.DOTALL)
_environment = re.compile(r"\\(begin|end)\{(\w{1,40}\*?)\}|(\\\[)|(\\\])")
_inline = re.compile(r"`[^`\n]+`|(?<![\\$])\$[^$\n]+\$|\\\([^\n]{1,500}?\\\)")
_table = re.compile(r"(?:^[ \t]*\|[^\n]*\|[ \t]*(?:\n|\Z)){2,}", re.MULTILINE)


@lru_cache(maxsize=4_096)
def split(text: str) -> tuple[tuple[int, int], ...]:
    """Where each step starts and ends, in code points. Together they are the whole text; blank text has no step."""
    if not text.strip():
        return ()
    whole = _Protected(
        [
            *_fences(text),
            *(m.span() for m in _display.finditer(text)),
            *_environments(text),
            *(m.span() for m in _table.finditer(text)),
        ]
    )
    cuts = whole.outside(m.start() for m in _marker.finditer(text))
    if len(cuts) < 2:
        cuts = _joined(text, whole.outside(m.end() for m in _blank_lines.finditer(text)))
        if not cuts:
            cuts = _joined(text, whole.outside(m.end() for m in _line_end.finditer(text)))
    within = _Protected([*whole.spans, *(m.span() for m in _inline.finditer(text))])
    pieces = [piece for span in _spans(text, cuts) for piece in _shortened(text, span, within)]
    return tuple(pieces)


def is_cut(text: str, steps: Sequence[tuple[int, int]]) -> bool:
    """Whether these steps follow one another and are the whole text."""
    ends = [0, *(end for _, end in steps)]
    return [start for start, _ in steps] == ends[:-1] and ends[-1] == len(text) and all(a < b for a, b in steps)


class _Protected:
    """Stretches of a text inside which nothing may be cut."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self.spans = _merged(spans)
        self._starts = [start for start, _ in self.spans]

    def outside(self, places: Iterable[int]) -> list[int]:
        return [place for place in places if not self._holds(place)]

    def _holds(self, place: int) -> bool:
        at = bisect_right(self._starts, place) - 1
        return at >= 0 and self.spans[at][0] < place < self.spans[at][1]


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _fences(text: str) -> list[tuple[int, int]]:
    """Fenced code, an unclosed fence to the end of the text."""
    found: list[tuple[int, int]] = []
    opened: re.Match[str] | None = None
    for line in _fence.finditer(text):
        if opened is None:
            opened = line
        elif line[1][0] == opened[1][0] and len(line[1]) >= len(opened[1]) and not line[0].strip(" \t`~\r"):
            found.append((opened.start(), line.end()))
            opened = None
    return [*found, (opened.start(), len(text))] if opened else found


def _environments(text: str) -> list[tuple[int, int]]:
    """`\\begin{…}` to the `\\end{…}` that closes it, and `\\[` to `\\]`, the outermost ones. In one pass."""
    found: list[tuple[int, int]] = []
    open_ones: list[tuple[str, int]] = []
    for token in _environment.finditer(text):
        name = token[2] or "["
        if token[1] == "begin" or token[3]:
            open_ones.append((name, token.start()))
        elif open_ones and open_ones[-1][0] == name:
            _, start = open_ones.pop()
            found.append((start, token.end()))
    return found


def _spans(text: str, cuts: Iterable[int]) -> list[tuple[int, int]]:
    """The slices between cuts; a slice without a word joins the next, or the last one."""
    edges = [0, *sorted({cut for cut in cuts if 0 < cut < len(text)}), len(text)]
    found: list[tuple[int, int]] = []
    start = 0
    for end in edges[1:]:
        if text[start:end].strip():
            found.append((start, end))
            start = end
    if start < len(text):
        found[-1] = (found[-1][0], len(text))
    return found


def _joined(text: str, cuts: Iterable[int]) -> list[int]:
    """Cuts without those behind a mere heading ("Solution:"), which belongs to what it heads."""
    spans = _spans(text, cuts)
    return [end for start, end in spans[:-1] if not _is_fragment(text[start:end])]


def _is_fragment(piece: str) -> bool:
    """A few words that neither end as a sentence does nor compute anything."""
    return len(piece.split()) < FEW_WORDS and not _operator.search(piece) and not _ends.search(piece)


def _shortened(text: str, span: tuple[int, int], protected: _Protected) -> list[tuple[int, int]]:
    """A long step cut between sentences, each piece as long as the limit lets it be."""
    start, end = span
    if end - start <= LONGEST:
        return [span]
    places = [*protected.outside(m.end() for m in _sentence_end.finditer(text, start, end)), end]
    found: list[tuple[int, int]] = []
    last = start
    for place, after in pairwise(places):
        if after - start > LONGEST and last < place < end and text[place:end].strip():
            found.append((start, place))
            start = last = place
    return [*found, (start, end)]

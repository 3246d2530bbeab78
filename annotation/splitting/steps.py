"""Version 1: where a solution's steps begin and end.

What its author marked comes first (`<step>`, `# Step 3`, `<paragraph_3>`), then blank lines, and single line ends
where those make fewer than two steps. Pieces that only lead on to the next (a heading, "So we get:") join it, and a
piece of more than 1,200 characters is cut between its sentences.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from annotation.splitting.whole import LINE_END, Stretch, inline, is_inside, stretches

Cut = tuple[int, int]
"""Where a step starts and ends, in Unicode code points, the end excluded."""

LONGEST = 1_200  # characters; a longer step is cut between sentences
FEW_WORDS = 10
MOST_STEPS = 200  # nobody labels more; beyond it neighbors are joined evenly

_marked = re.compile(
    r"<step\b[^<>\r\n]{0,80}>|<paragraph_\d{1,4}>"
    r"|^[ \t]{0,3}(?:#{1,6}[ \t]+)?(?:\*\*|__)?step[ \t]+\d{1,4}[ \t]*(?:[:.)\u2013\u2014*_-]|$)",
    re.IGNORECASE | re.MULTILINE,
)
_closed = re.compile(r"</(?:step|paragraph_\d{1,4})>\s*", re.IGNORECASE)
_blank_lines = re.compile(rf"{LINE_END}(?:[ \t]*{LINE_END})+")
_line_end = re.compile(LINE_END)
_sentence_end = re.compile(r"(?<![.!?…؟।])[.!?…؟।]++[\"'”’)\]]*+\s++(?=[^a-z])|(?<![。！？])[。！？]++[”’」』）]*+\s*+")
_abbreviated = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|etc|eq|fig|no|dr|mr|mrs|ms|prof|approx)|\b[a-z]|^\W*\d+)\.\s+\Z", re.I
)
_dressing = re.compile(r"^(?:[\s>#*_+-]|\d{1,3}[.)])*|[\s*_]*$")
_says_something = re.compile(r"[0-9=|$`~\\<>≤≥≠≈+×÷∑∫√∈→⇒]|[.!?…。！？؟।][\"'”’)\]]*$")
_verb = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|can|must|will|gives?|gets?|makes?|takes?|leaves?|means?|needs?|equals?|"
    r"becomes?|follows?|holds?|contains?|divides?|implies|let|find|add|subtract|multiply|substitute|solve)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=512)
def split(text: str) -> tuple[Cut, ...]:
    """The steps, one after another, together the whole text; none for a text that is empty or blank."""
    if not text.strip():
        return ()
    whole = stretches(text)
    cuts = _by_marks(text, whole) or _by_lines(text, whole)
    return _at_most([part for cut in cuts for part in _in_sentences(text, cut, whole)], MOST_STEPS)


def is_cut(text: str, steps: Sequence[Cut]) -> bool:
    """Whether these steps lie one after another, none empty, and are the whole text."""
    ends = [0, *(end for _, end in steps)]
    return [start for start, _ in steps] == ends[:-1] and ends[-1] == len(text) and all(a < b for a, b in steps)


def _by_marks(text: str, whole: list[Stretch]) -> list[Cut]:
    """Steps that the author marked; none where fewer than two are. What stands before and after them stays apart."""
    begins = [match.start() for match in _marked.finditer(text) if not is_inside(match.start(), whole)]
    if len(begins) < 2:
        return []
    ends = [match.end() for match in _closed.finditer(text, begins[-1]) if match.end() < len(text)]
    found = _filled(text, [*begins, *(at for at in ends[-1:] if not is_inside(at, whole))])
    return _led_on(text, found[:2]) + found[2:] if begins[0] else found


def _by_lines(text: str, whole: list[Stretch]) -> list[Cut]:
    for pattern in (_blank_lines, _line_end):
        found = _led_on(text, _filled(text, _ends(pattern, text, whole)))
        if len(found) > 1:
            return found
    return found


def _in_sentences(text: str, cut: Cut, whole: list[Stretch]) -> list[Cut]:
    """The piece itself, or where it is long its sentences, as many together as the limit allows."""
    start, end = cut
    if end - start <= LONGEST:
        return [cut]
    piece = text[start:end]
    within = inline(piece)
    ends = [
        start + match.end()
        for match in _sentence_end.finditer(piece)
        if not is_inside(match.end(), within)
        and not is_inside(start + match.end(), whole)
        and not _abbreviated.search(piece[max(0, match.end() - 12) : match.end()])
    ]
    return _packed(_filled(text, ends, start, end))


def _packed(sentences: Sequence[Cut]) -> list[Cut]:
    found: list[Cut] = []
    for start, end in sentences:
        if found and end - found[-1][0] <= LONGEST:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _ends(pattern: re.Pattern[str], text: str, whole: list[Stretch]) -> list[int]:
    return [match.end() for match in pattern.finditer(text) if not is_inside(match.end(), whole)]


def _filled(text: str, at: Iterable[int], start: int = 0, end: int | None = None) -> list[Cut]:
    """Pieces between these offsets; what holds nothing but white space belongs to the piece before it."""
    end = len(text) if end is None else end
    found: list[Cut] = []
    for first, last in pairwise(sorted({start, end, *(one for one in at if start < one < end)})):
        if found and not text[first:last].strip():
            found[-1] = (found[-1][0], last)
        elif len(found) == 1 and not text[slice(*found[0])].strip():
            found[0] = (found[0][0], last)
        else:
            found.append((first, last))
    return found


def _led_on(text: str, cuts: Sequence[Cut]) -> list[Cut]:
    """Pieces that only lead on to the next joined with it."""
    return list(_joined_fragments(text, cuts))


def _joined_fragments(text: str, cuts: Sequence[Cut]) -> Iterator[Cut]:
    begun: int | None = None
    for number, (start, end) in enumerate(cuts):
        begun = start if begun is None else begun
        if number == len(cuts) - 1 or not _is_fragment(text[start:end]):
            yield begun, end
            begun = None


def _is_fragment(piece: str) -> bool:
    """A few words that end in a colon or comma, or say nothing: no number, no operator, no verb, no full stop."""
    if len(piece) > LONGEST:
        return False
    bare = _dressing.sub("", piece)
    if len(bare.split()) >= FEW_WORDS:
        return False
    return not bare or bare[-1] in ":,：，" or not (_says_something.search(bare) or _verb.search(bare))


def _at_most(cuts: Sequence[Cut], most: int) -> tuple[Cut, ...]:
    size = -(-len(cuts) // most)
    groups = [cuts[at : at + size] for at in range(0, len(cuts), size)]
    return tuple((group[0][0], group[-1][1]) for group in groups)

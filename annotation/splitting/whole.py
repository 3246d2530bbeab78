"""Stretches of a text that a step may not end in: code fences, displayed mathematics, environments, tables.

Every search here is linear in the text, whatever it holds: responses come from strangers.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

Stretch = tuple[int, int]

LINE_END = r"(?:\r\n|\n|\r(?!\n))"
_lines = re.compile(rf"[^\r\n]*(?:{LINE_END}|\Z)")
_fence = re.compile(r" {0,3}(`{3,}|~{3,})([^\r\n]*)")
_environment = re.compile(r"\\(begin|end)\{([^{}\r\n]{1,40})\}")
_rule = re.compile(r"[ \t]*+\|?[ \t]*+:?-++:?[ \t]*+(?:\|[ \t]*+:?-*+:?[ \t]*+)+")
_inline = re.compile(r"`[^`\r\n]{1,400}`|(?<!\$)\$(?!\$)[^$\r\n]{1,400}\$|\\\([^\r\n]{1,400}?\\\)")


def stretches(text: str) -> list[Stretch]:
    """What stays in one piece, in order, without overlaps. A fence that is never closed runs to the end."""
    lines = _split_lines(text)
    fences = list(_fences(text, lines))
    outside = _Outside(fences)
    found = [*fences, *_tables(text, lines)]
    found += outside.of(_between(text, "$$", "$$"))
    found += outside.of(_between(text, "\\[", "\\]"))
    found += outside.of(_environments(text))
    return _joined(found)


def inline(text: str) -> list[Stretch]:
    """Code and mathematics within a line, which a sentence does not end in either."""
    return [match.span() for match in _inline.finditer(text)]


def is_inside(at: int, found: list[Stretch]) -> bool:
    """Whether a cut at this offset would go through a stretch; at its edges it does not."""
    index = bisect_right(found, (at, at)) - 1
    return index >= 0 and found[index][0] < at < found[index][1]


def _split_lines(text: str) -> list[Stretch]:
    return [match.span() for match in _lines.finditer(text) if match.end() > match.start()]


def _fences(text: str, lines: Iterable[Stretch]) -> Iterator[Stretch]:
    mark, opened = "", 0
    for start, end in lines:
        match = _fence.match(text, start, end)
        if not match:
            continue
        if not mark:
            if match[1][0] == "~" or "`" not in match[2]:
                mark, opened = match[1], start
        elif match[1].startswith(mark) and not match[2].strip():
            yield opened, end
            mark = ""
    if mark:
        yield opened, len(text)


def _tables(text: str, lines: list[Stretch]) -> Iterator[Stretch]:
    """A header, a rule of dashes and bars under it, and every line with a bar that follows."""
    at = 1
    while at < len(lines):
        start, end = lines[at]
        if _rule.fullmatch(text[start:end].strip("\r\n")) and "|" in text[slice(*lines[at - 1])]:
            first = lines[at - 1][0]
            while at < len(lines) and "|" in text[slice(*lines[at])]:
                at += 1
            yield first, lines[at - 1][1]
        at += 1


def _between(text: str, opens: str, closes: str) -> Iterator[Stretch]:
    """From each opening mark to the next closing one; a last one that is never closed opens nothing."""
    start = text.find(opens)
    while start >= 0:
        end = text.find(closes, start + len(opens))
        if end < 0:
            return
        yield start, end + len(closes)
        start = text.find(opens, end + len(closes))


def _environments(text: str) -> Iterator[Stretch]:
    opened: defaultdict[str, list[int]] = defaultdict(list)
    for match in _environment.finditer(text):
        if match[1] == "begin":
            opened[match[2]].append(match.start())
        elif opened[match[2]]:
            yield opened[match[2]].pop(), match.end()


class _Outside:
    """What begins outside of the fences: a mark within code is code."""

    def __init__(self, fences: list[Stretch]) -> None:
        self.fences = fences

    def of(self, found: Iterable[Stretch]) -> list[Stretch]:
        return [one for one in found if not is_inside(one[0] + 1, self.fences)]


def _joined(found: list[Stretch]) -> list[Stretch]:
    """In order, those that overlap as one."""
    joined: list[Stretch] = []
    for start, end in sorted(found):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    assert all(before[1] <= after[0] for before, after in pairwise(joined))
    return joined

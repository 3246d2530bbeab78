"""What a request for a file asks for beyond the file: only if it changed, only if it is still the same, only a part."""

import re
from enum import Enum, auto

SINGLE = re.compile(r"bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})")
TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')


class Part(Enum):
    """Answers to a Range header that name no part."""

    WHOLE = auto()  # none asked for, several, or not understood: the whole file is a right answer to each
    OUTSIDE = auto()  # it begins behind the end


def part_of(header: str, size: int) -> range | Part:
    """The bytes that a Range header asks for, of a file of this size."""
    asked = SINGLE.fullmatch(header.strip().lower().replace(" ", ""))
    if asked is None or not (asked["first"] or asked["last"]):
        return Part.WHOLE
    if not asked["first"]:
        wanted = int(asked["last"])
        return range(max(size - wanted, 0), size) if wanted and size else Part.OUTSIDE
    first = int(asked["first"])
    last = min(int(asked["last"]), size - 1) if asked["last"] else size - 1
    if asked["last"] and int(asked["last"]) < first:
        return Part.WHOLE
    return range(first, last + 1) if first < size else Part.OUTSIDE


def names(header: str, etag: str, *, weakly: bool) -> bool:
    """Whether an If-Match or If-None-Match header names this entity tag, or any (`*`).

    Weakly, W/"x" is as good as "x"; strongly, a weak tag matches nothing.
    """
    if header.strip() == "*":
        return True
    tags = TAG.findall(header)
    return etag in ([tag.removeprefix("W/") for tag in tags] if weakly else tags)

"""Words that somebody quotes from a response, found in its text as it was written.

What is read on the page is the Markdown rendered: marks, list numbers and line ends are gone. So both the text and the
words are compared without them. `quotes.js` does the same for what is selected with the mouse.
"""

import hashlib
import re
from collections.abc import Sequence
from itertools import compress

from ui.rendering import legible

SPACE = "\t\n\x0b\x0c\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_line_end = re.compile("\r\n|\r|\n")
_unseen = re.compile(
    r"(?<![^\n])[ \t]*(?:\|[ \t]*)?:?-{3}[-|: \t]*(?![^\r\n])"  # a rule, or the line below a table's head
    r"|(?<![^\n])[ \t]*(?:[-+]|[0-9]{1,9}[.)])[ \t]"  # what begins a list's entry
    rf"|\]\([^(){SPACE}]*\)"  # where a link leads
    rf"|[{SPACE}*_~`>#|\[\]\\]"
)


def text_hash(text: str) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def cited(text: str, start: int, end: int, longest: int = 160) -> str:
    """A slice as one line to read: “It is red”, a long one cut in the middle.

    What cannot be seen stands in brackets, so that no control character turns the line around.
    """
    words = " ".join(legible(text[start:end]).split())
    if len(words) > longest:
        words = f"{words[: longest // 2].rstrip()} … {words[-longest // 2 :].lstrip()}"
    return f"“{words}”"


def bare(text: str) -> tuple[str, list[int]]:
    """The text without what a reader does not see, and where each character that is left stood."""
    kept = bytearray(b"\x01") * len(text)
    for hit in _unseen.finditer(text):
        kept[hit.start() : hit.end()] = bytes(hit.end() - hit.start())
    return "".join(compress(text, kept)), list(compress(range(len(text)), kept))


def find(text: str, words: str, number: int = 1) -> tuple[int, int] | None:
    """Where the words stand for the `number`-th time, in code points, the end excluded; compared as a reader sees them.

    None where they do not, or say nothing.
    """
    wanted, _ = bare(words)
    held, places = bare(text)
    at = _place(held, wanted, number) if wanted else None
    return None if at is None else (places[at], places[at + len(wanted) - 1] + 1)


def says(text: str, start: int, end: int, words: str) -> bool:
    """Whether the words are what stands there."""
    return 0 <= start < end <= len(text) and bare(text[start:end])[0] == bare(words)[0]


def find_exactly(text: str, words: str, number: int = 1) -> tuple[int, int] | None:
    """The same for words as they were written, only that line ends of any kind are alike."""
    wanted, _ = _with_one_line_end(words)
    held, places = _with_one_line_end(text)
    at = _place(held, wanted, number) if wanted else None
    return None if at is None else (places[at], places[at + len(wanted)])


def number_of(text: str, start: int, end: int) -> int:
    """Which occurrence of its own words a slice is, counted from 1: what `find_exactly` wants to find it again."""
    held, places = _with_one_line_end(text)
    words, _ = _with_one_line_end(text[start:end])
    number, at = 1, held.find(words)
    while at >= 0 and places[at] < start:
        number, at = number + 1, held.find(words, at + 1)
    return number


def _place(held: str, words: str, number: int) -> int | None:
    """Where the words begin for the `number`-th time, counted from 1; occurrences may overlap."""
    at = -1
    for _ in range(number):
        at = held.find(words, at + 1)
        if at < 0:
            return None
    return at


def _with_one_line_end(text: str) -> tuple[str, Sequence[int]]:
    """The text with line feeds alone, and where each character of it stood, with one more place for the end."""
    if "\r" not in text:
        return text, range(len(text) + 1)
    places = [at for at in range(len(text)) if text[at] != "\n" or text[at - 1 : at] != "\r"]
    return _line_end.sub("\n", text), [*places, len(text)]

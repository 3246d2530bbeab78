"""Words that somebody quotes from a response as evidence, found in its text as it was written.

What is read on the page is the Markdown rendered: marks, list numbers and line ends are gone. So both the text and the
words are compared without them. `rubric.js` does the same for what is selected with the mouse.
"""

import hashlib
import re
from itertools import compress

SPACE = "\t\n\x0b\x0c\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_unseen = re.compile(
    r"(?<![^\n])[ \t]*(?:\|[ \t]*)?:?-{3}[-|: \t]*(?![^\r\n])"  # a rule, or the line below a table's head
    r"|(?<![^\n])[ \t]*(?:[-+]|[0-9]{1,9}[.)])[ \t]"  # what begins a list's entry
    rf"|\]\([^(){SPACE}]*\)"  # where a link leads
    rf"|[{SPACE}*_~`>#|\[\]\\]"
)


def text_hash(text: str) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the text in UTF-8."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def bare(text: str) -> tuple[str, list[int]]:
    """The text without what a reader does not see, and where each character that is left stood."""
    kept = bytearray(b"\x01") * len(text)
    for hit in _unseen.finditer(text):
        kept[hit.start() : hit.end()] = bytes(hit.end() - hit.start())
    return "".join(compress(text, kept)), list(compress(range(len(text)), kept))


def find(text: str, words: str) -> tuple[int, int] | None:
    """Where the words stand first, in code points, the end excluded; None where they do not, or say nothing."""
    wanted, _ = bare(words)
    held, places = bare(text)
    at = held.find(wanted) if wanted else -1
    return None if at < 0 else (places[at], places[at + len(wanted) - 1] + 1)


def says(text: str, start: int, end: int, words: str) -> bool:
    """Whether the words are what stands there."""
    return 0 <= start < end <= len(text) and bare(text[start:end])[0] == bare(words)[0]

r"""Where the final answer of a response stands: \boxed{}, "The answer is", "####", or the last number.

Every pattern here takes time in proportion to the text, and of a very long text only the end is read.
"""

import re
from collections.abc import Callable, Mapping
from typing import Literal

Where = Literal["auto", "boxed", "phrase", "last_number", "last_line", "whole"]

LONGEST = 100_000  # characters that are read, from the end
LONGEST_ANSWER = 2_000

_box = re.compile(r"\\(?:boxed|fbox)\s*(?=\{)|\\boxed\s+(?P<bare>[^\s{}$]+)")
_phrase = re.compile(
    r"(?:\banswer|\bresult|答案)[\s*]{0,10}(?:is|are|equals|was|:|：|=|是|为)(?:[ \t]{0,10}[:：])?", re.IGNORECASE
)
_hashes = re.compile(r"^####[ \t]*(\S[^\n]*)", re.MULTILINE)
# A number with its sign, and what stands right behind it: a fraction, an exponent, a unit without spaces.
_number = re.compile(
    r"(?<![\w.])[-+−]?[$€£¥]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?(?:/\d+)?"
    r"(?: ?(?:[°%]|[A-Za-zµμΩ])[A-Za-zµμΩ°/^*²³·]{0,19})?"
)
_sentence_end = re.compile(r"(?<!\d)\.(?=\s|$)|(?<=\d)\.(?=\s*$|\s+[A-Z])|[。!]")


def answer_in(text: str, where: Where) -> str | None:
    """The last answer of its kind, on one line; None where there is none."""
    text = _after_thoughts(text)[-LONGEST:]
    if where == "auto":
        found = next((found for way in AUTOMATIC if (found := WAYS[way](text)) is not None), None)
    else:
        found = WAYS[where](text)
    return found if found and len(found) <= LONGEST_ANSWER else None


def _after_thoughts(text: str) -> str:
    """What a model thought aloud before it answered is no answer."""
    return text.rpartition("</think>")[2]


def _boxed(text: str) -> str | None:
    last = None
    for match in _box.finditer(text):
        last = match
    if last is None:
        return None
    if last["bare"]:
        return str(last["bare"]).strip() or None
    return _braced(text, last.end())


def _braced(text: str, start: int) -> str | None:
    """What stands between the brace at `start` and the one that closes it."""
    depth = 0
    for index in range(start, min(len(text), start + LONGEST_ANSWER)):
        if text[index] == "\\":
            continue
        if text[index] in "{}" and text[index - 1] != "\\":
            depth += 1 if text[index] == "{" else -1
            if depth == 0:
                return text[start + 1 : index].strip() or None
    return None


def _tagged(text: str) -> str | None:
    before, closing, _ = text.rpartition("</answer>")
    _, opening, inner = before.rpartition("<answer>")
    return (_boxed(inner) or inner.strip() or None) if opening and closing else None


def _hashed(text: str) -> str | None:
    found = _hashes.findall(text)
    return found[-1].strip() if found else None


def _phrased(text: str) -> str | None:
    last = None
    for match in _phrase.finditer(text):
        last = match
    if last is None:
        return None
    line, _, below = text[last.end() :].partition("\n")
    if not line.strip(" \t*$:"):  # the answer stands on the next line
        line = below.lstrip().partition("\n")[0]
    return _bare(line)


def _bare(line: str) -> str | None:
    """A line without the rest of what follows its first sentence, and without emphasis and dollars around it."""
    line = line.strip().strip("*").strip()
    if end := _sentence_end.search(line):
        line = line[: end.start()]
    line = line.strip().strip("*_`").strip()
    for opening, closing in (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]")):
        if line.startswith(opening) and line.endswith(closing) and len(line) > len(opening) + len(closing):
            line = line[len(opening) : -len(closing)]
            break
    return line.strip() or None


def _last_number(text: str) -> str | None:
    last = None
    for match in _number.finditer(text):
        last = match
    return last.group().strip() if last else None


def _last_line(text: str) -> str | None:
    lines = text.strip().splitlines()
    return _bare(lines[-1]) if lines else None


WAYS: Mapping[str, Callable[[str], str | None]] = {
    "boxed": _boxed,
    "tagged": _tagged,
    "hashed": _hashed,
    "phrase": _phrased,
    "last_number": _last_number,
    "last_line": _last_line,
    "whole": lambda text: text.strip() or None,
}
# What says itself to be the answer; a kind of answer adds what it can recognize on its own.
AUTOMATIC = ("boxed", "tagged", "hashed", "phrase")

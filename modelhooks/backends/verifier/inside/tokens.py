"""The text of a formula cut into tokens from a fixed list, with LaTeX's ways of writing the same thing made one."""

import re
from collections.abc import Iterator

from .trees import Unreadable
from .vocabulary import CONSTANTS, FUNCTIONS

_spaces = re.compile(
    r"(?<!\\)\\(?:left|right|[bB]igg?[lr]?|displaystyle|limits|quad|qquad|[,;:! ])(?![A-Za-z])|~|&nbsp;|\u00a0"
)
_rename = (
    (re.compile(r"\\[dtc]frac(?![A-Za-z])"), r"\\frac"),
    (re.compile(r"\\operatorname\*?\s*\{([a-z]+)\}"), r" \1 "),
)
_words = re.compile(r"\\(?:text|textbf|textit|mbox|textrm)\s*\{([^{}]*)\}")
_upright = re.compile(r"\\(?:mathrm|mathbf|mathit|rm|bf)\s*\{([^{}]*)\}")
_dollars = re.compile(r"^\$+|\$+$|^\\[(\[]|\\[)\]]$")
_thousands = re.compile(r"(?<![\d.])\d{1,3}(?:(?:,|\{,\}|\\,)\d{3})+(?![\d])")
_defined = re.compile(r"^\s*[FGHfgh]\s*\(\s*[a-z]\s*\)\s*=")  # f(x) =
_glued = re.compile(r"(?<![A-Za-z\\])([a-z]{1,2})((?:sin|cos|tan|ln|log|exp|sqrt)(?=\())")  # xsin(x)
_mixed = re.compile(
    r"(?<![\d.}^_])(\d{1,9})\s*\\frac\s*\{?(\d{1,9})\}?\s*\{?(\d{1,9})\}?|(?<![\d.^_])(\d{1,9})\s+(\d{1,9})\s*/\s*(\d{1,9})(?![\d.])"
)
_degrees = re.compile(r"\^\s*\{?\s*\\circ\s*\}?|°|\\degree|\\[%$]|%(?!\w)")
_token = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<command>\\[A-Za-z]+|\\[{}|\\])|(?P<name>[A-Za-z]+)"
    r"|(?P<sign>\*\*|<=|>=|!=|==|[-+*/^_=<>()\[\]{}|,;:!&±∓√∞π≤≥≠≈∈∪∅×·⋅÷−–]))"
)
_word_answer = re.compile(r"[A-Za-z][A-Za-z' -]*")


def words(text: str) -> str:
    """A text as words alone, without case, brackets around it, and the commands that make LaTeX write words."""
    return " ".join(_words.sub(r"\1", text).casefold().strip(" .()$").split())


def trimmed(text: str) -> str:
    """Without what stands around a formula: dollars, its brackets in LaTeX, the period of the sentence."""
    return _dollars.sub("", _dollars.sub("", text.strip())).strip().rstrip(".").strip()


def only_words(text: str) -> str | None:
    """The words of a text that LaTeX writes as words and nothing else, or of prose; None for a formula."""
    if found := _words.fullmatch(text):
        return words(found[1])
    return words(text) if _is_prose(text) else None


def tokens(text: str) -> Iterator[str]:
    """Numbers, names, commands and signs. Raises Unreadable at one that is not known."""
    return _tokens(_plain(text))


def _is_prose(text: str) -> bool:
    """Words in a row, of which at least one is no product of letters and no function."""
    if not _word_answer.fullmatch(text):
        return False
    known = set(FUNCTIONS) | set(CONSTANTS)
    return any(len(word) > 3 and word not in known for word in re.split(r"[ '-]+", text))


def _plain(text: str) -> str:
    text = _thousands.sub(lambda match: re.sub(r"\D", "", match[0]), text)
    text = _defined.sub("", _spaces.sub(" ", text))
    for pattern, name in _rename:
        text = pattern.sub(name, text)
    text = _words.sub(lambda match: " or " if match[1].strip() in {"or", "and"} else " ", text)
    text = _upright.sub(r" \1 ", text)
    text = _glued.sub(r"\1 \2", _degrees.sub(" ", text))
    return _mixed.sub(_mixed_number, text)


def _mixed_number(match: "re.Match[str]") -> str:
    whole, above, below = (part for part in match.groups() if part is not None)
    return f"({whole}+{above}/{below})"


def _tokens(text: str) -> Iterator[str]:
    position, text = 0, text.rstrip()
    while position < len(text):
        match = _token.match(text, position)
        if match is None:
            raise Unreadable("has a sign in it that is not known here")
        position = match.end()
        yield match[match.lastgroup or 0]

"""Characters that a reader cannot see, made visible.

Bidi controls reorder what is read, zero-width characters hide words from a search, tag characters smuggle
whole sentences into a prompt. Each is shown as a small badge; nothing is removed and nothing else moves.
Joiners and selectors stay silent where a script or an emoji needs them: Persian cannot be read without U+200C.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

BADGES_AT_MOST = 1_000  # in one text; beyond it the code stands in plain brackets, so that output stays bounded
KINDS_IN_A_RUN = 4

INVISIBLE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
EMOJI = (
    "\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
JOINING = "\u0600-\u07ff\u0840-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u1800-\u18af\ufb50-\ufdff\ufe70-\ufefc"
IDEOGRAPH = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
CONTROL_NAMES = {
    0x00: "NULL", 0x07: "BELL", 0x08: "BACKSPACE", 0x0B: "LINE TABULATION", 0x0C: "FORM FEED",
    0x1B: "ESCAPE", 0x7F: "DELETE", 0x85: "NEXT LINE",
}  # fmt: skip

suspicious = re.compile(f"[{INVISIBLE}]")
_silent_or_run = re.compile(
    "(?P<silent>"
    f"[{EMOJI}][\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?(?:\u200d[{EMOJI}]\ufe0f?[\U0001f3fb-\U0001f3ff]?)+"
    f"|[{EMOJI}0-9#*][\ufe0e\ufe0f]"
    "|\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074"
    "|\U000e0077\U000e006c\U000e0073)\U000e007f"  # England, Scotland, Wales: the only flags spelled with tags
    f"|[{JOINING}][\u200c\u200d](?=[{JOINING}])"
    f"|[{IDEOGRAPH}][\ufe00-\ufe02\U000e0100-\U000e01ef]"
    ")|(?P<run>"
    f"[{INVISIBLE}]+)"
)
_piece = re.compile(r"""(?P<tag><[^>"]*(?:"[^"]*"[^>"]*)*>)|[^<]+|<""")


class Badges:
    """Turns invisible characters into badges, one counter for a whole text."""

    def __init__(self) -> None:
        self.shown = 0

    def in_text(self, text: str) -> str:
        """Escaped text with badges, to stand between tags."""
        return self.in_escaped(html.escape(text))

    def in_escaped(self, escaped: str) -> str:
        """The same for text that is escaped already."""
        if suspicious.search(escaped) is None:
            return escaped
        return _silent_or_run.sub(self._replace, escaped)

    def in_html(self, markup: str) -> str:
        """The same for the text nodes of sanitized HTML; in attributes the code stands in brackets."""
        if suspicious.search(markup) is None:
            return markup
        return _piece.sub(self._replace_piece, markup)

    def _replace_piece(self, match: re.Match[str]) -> str:
        return bracketed(match[0]) if match["tag"] else self.in_escaped(match[0])

    def _replace(self, match: re.Match[str]) -> str:
        return match["silent"] or "".join(self._badges(match["run"]))

    def _badges(self, run: str) -> Iterator[str]:
        rest = 0
        for position, (character, same) in enumerate(groupby(run)):
            count = sum(1 for _ in same)
            if position < KINDS_IN_A_RUN:
                yield self._badge(character, count)
            else:
                rest += count
        if rest:
            yield self._span(f"{rest} more invisible characters", f"+{rest}")

    def _badge(self, character: str, count: int) -> str:
        code = code_point(character)
        times = f" ×{count}" if count > 1 else ""
        return self._span(f"{code} {name(character)}{times}", f"{code}{times}")

    def _span(self, title: str, label: str) -> str:
        self.shown += 1
        if self.shown > BADGES_AT_MOST:
            return f"[{label}]"
        return f'<span class="badge-char" title="{title}">{label}</span>'


def bracketed(text: str) -> str:
    """Text for an attribute or a log, where no badge can stand."""
    if suspicious.search(text) is None:
        return text
    return suspicious.sub(lambda match: f"[{code_point(match[0])}]", text)


def legible(text: str) -> str:
    """Plain text to read in which only what hides stands as its code in brackets; what joins letters or emoji stays."""
    if suspicious.search(text) is None:
        return text
    return _silent_or_run.sub(lambda match: match["silent"] or bracketed(match["run"]), text)


def code_point(character: str) -> str:
    return f"U+{ord(character):04X}"


def name(character: str) -> str:
    point = ord(character)
    if 0xD800 <= point <= 0xDFFF:
        return "LONE SURROGATE"
    return unicodedata.name(character, CONTROL_NAMES.get(point, "CONTROL CHARACTER"))

"""Did the rendering keep every letter of the text?

markdown-it cuts what lies below its nesting limit and drops surplus table cells, without a word. What an annotator
judges must be all that the model wrote, so the letters and digits that the parser kept are counted against the
source: one short, and the text is shown as it was written.
"""

import re
from collections.abc import Iterable
from html import unescape

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from .invisible import INVISIBLE

_between_letters = re.compile(rf"(?:[^\w{INVISIBLE}]|_)+")  # an invisible character counts as a letter: it may not go
_tag = re.compile(r"""<[^>"]*(?:"[^"]*"[^>"]*)*>""")
_space = re.compile(r"\s+")


class Dropped(Exception):
    """Some of the text would be missing from the page."""


def check_tokens(state: StateCore) -> None:
    """A core rule that runs before `text_join`, while escapes and entities still know how they were written."""
    if letters(state.src) != sum(kept(token) for token in state.tokens):
        raise Dropped


def check_markup(before: str, after: str) -> None:
    """The sanitizer may take attributes and tags, never words."""
    if before != after and visible_text(before) != visible_text(after):
        raise Dropped


def kept(token: Token) -> int:
    """Letters of the source that this token accounts for."""
    match token.type:
        case "inline":
            return kept_inline(token.children or ())
        case "text_special":
            return letters(token.markup)
        case "image" | "link_open" | "link_close":
            return letters(token.meta.get("written", ""))
        case "list_item_open" | "fence":
            return letters(token.content) + letters(token.info)
    return letters(token.content)


def kept_inline(children: Iterable[Token]) -> int:
    total, inside_autolink = 0, False
    for token in children:
        if token.type == "link_open":
            inside_autolink = token.markup == "autolink"
        elif token.type == "link_close":
            inside_autolink = False
        elif inside_autolink:
            continue  # the address was counted as it was written
        total += kept(token)
    return total


def letters(text: str) -> int:
    return len(_between_letters.sub("", text))


def visible_text(markup: str) -> str:
    """Text without tags and white space."""
    return _space.sub("", unescape(_tag.sub("", markup)))

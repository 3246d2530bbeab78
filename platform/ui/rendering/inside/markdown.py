"""Markdown as chat products show it, with no raw HTML, nothing loaded and nothing lost.

Link definitions are off: `[//]: # (text)` is the classic way to hide words in Markdown. A link or picture that is not
http, https or mailto stays as it was written.
"""

import re
from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import autolink as _autolink
from markdown_it.rules_inline import image as _image
from markdown_it.rules_inline import link as _link
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from . import faithful, formulas
from .code import highlighted
from .direction import runs_both_ways
from .maths import mathml

SAFE_ADDRESS = re.compile(r"(?:https?://|mailto:)\S", re.IGNORECASE)
TURNING = frozenset({"paragraph_open", "heading_open", "list_item_open", "blockquote_open", "td_open", "th_open"})


class Page(RendererHTML):
    """Our elements where markdown-it's own would need inline style, or would load something."""

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        info = tokens[idx].info.strip()
        if info == "math":
            return formula_block(tokens[idx].content)
        return code_figure(tokens[idx].content, info)

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return code_figure(tokens[idx].content, "")

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        address = str(token.attrs["src"])
        alt = self.renderInlineAsText(token.children or [], options, env) or "image"
        label = escape(f"{alt} (image at {host(address)}, not loaded)")
        if token.meta.get("in_link"):
            return f'<span class="remote-image">{label}</span>'
        return f'<a class="remote-image" href="{escape(address)}" title="{escape(address)}">{label}</a>'

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="table-scroll" tabindex="0"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"

    def math_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return mathml(tokens[idx].content, block=False)

    def math_display(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return mathml(tokens[idx].content, block=True)

    def math_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return formula_block(tokens[idx].content)


def code_figure(code: str, info: str) -> str:
    """A fenced block with everything its author wrote on the fence."""
    caption = f"<figcaption>{escape(info)}</figcaption>" if info else ""
    language = info.split(maxsplit=1)[0] if info else ""
    body = highlighted(code, language)
    return f'<figure class="code">{caption}<pre dir="ltr" tabindex="0"><code>{body}</code></pre></figure>\n'


def formula_block(latex: str) -> str:
    return f'<div class="math-block" tabindex="0">{mathml(latex, block=True)}</div>\n'


def host(address: str) -> str:
    try:
        return urlsplit(address).hostname or "an unknown place"
    except ValueError:
        return "an unknown place"


def is_safe_address(address: str) -> bool:
    return SAFE_ADDRESS.match(address) is not None


def dress(state: StateCore) -> None:
    """A core rule: headings below the page's own, a direction for every block, links that say where they go."""
    both_ways = runs_both_ways(state.src)
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
        if token.type in ("td_open", "th_open") and "style" in token.attrs:
            side = str(token.attrs.pop("style")).removeprefix("text-align:")
            token.attrSet("class", f"align-{side}")
        if both_ways and token.type in TURNING:
            token.attrSet("dir", "auto")
        if token.children:
            dress_inline(token.children)


def dress_inline(children: Sequence[Token]) -> None:
    links: list[Token] = []
    for token in children:
        if token.type == "link_open":
            links.append(token)
            name_address(token)
        elif token.type == "link_close" and links:
            token.tag = links.pop().tag
        elif token.type == "image" and links:
            token.meta["in_link"] = True


def name_address(link: Token) -> None:
    """The address as a title; a link that leads nowhere is no link."""
    address, title = str(link.attrs.get("href", "")), link.attrs.get("title")
    if not address:
        link.tag, link.attrs = "span", {}
        return
    link.attrs["title"] = f"{title} ({address})" if title else address


def link(state: StateInline, silent: bool) -> bool:
    """markdown-it's link, which remembers the part of the source that shows as no text."""
    start, count = state.pos, len(state.tokens)
    if not _link(state, silent):
        return False
    if not silent:
        opening = next(token for token in state.tokens[count:] if token.type == "link_open")
        opening.meta["written"] = state.src[state.md.helpers.parseLinkLabel(state, start, True) : state.pos]
    return True


def image(state: StateInline, silent: bool) -> bool:
    """markdown-it's image, which remembers its source."""
    start = state.pos
    if not _image(state, silent):
        return False
    if not silent:
        state.tokens[-1].meta["written"] = state.src[start : state.pos]
    return True


def autolink(state: StateInline, silent: bool) -> bool:
    """markdown-it's `<address>`, which remembers its source."""
    start = state.pos
    if not _autolink(state, silent):
        return False
    if not silent:
        state.tokens[-3].meta["written"] = state.src[start : state.pos]
    return True


class Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802  the library's name
        return is_safe_address(url)


def _build() -> MarkdownIt:
    parser = Parser("js-default", {"breaks": True}, renderer_cls=Page)
    parser.disable(["reference", "linkify", "replacements", "smartquotes"])
    parser.inline.ruler.at("link", link)
    parser.inline.ruler.at("image", image)
    parser.inline.ruler.at("autolink", autolink)
    formulas.add_to(parser)
    parser.core.ruler.before("text_join", "faithful", faithful.check_tokens)
    parser.core.ruler.push("dress", dress)
    return parser


_parser = _build()


def to_html(text: str) -> str:
    """Unsanitized markup; raises Dropped where the parser lost some of the text."""
    return str(_parser.render(text))

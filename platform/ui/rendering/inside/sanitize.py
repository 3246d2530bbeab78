"""The last word on markup: what is not listed here does not reach a page."""

import nh3

from .code import CLASSES
from .maths import ELEMENTS, VALUES

BLOCKS = ("p", "h3", "h4", "h5", "h6", "li", "blockquote", "td", "th", "pre")
TAGS = {
    *BLOCKS, "a", "br", "hr", "strong", "em", "s", "code", "ul", "ol", "table", "thead", "tbody", "tr", "div", "span",
    "figure", "figcaption",
}  # fmt: skip
ALIGNMENTS = {"align-left", "align-center", "align-right"}
SCHEMES = {"http", "https", "mailto"}

_cleaner = nh3.Cleaner(
    tags=TAGS | ELEMENTS,
    clean_content_tags=set(),
    attributes={
        "a": {"href", "title"},
        "ol": {"start"},
        "code": {"title"},
        "math": {"alttext"},
        **{element: {*VALUES} for element in ELEMENTS - {"math"}},
    }
    | {"math": {"alttext", "display"}},
    tag_attribute_values={block: {"dir": {"auto", "ltr", "rtl"}} for block in BLOCKS}
    | {"pre": {"dir": {"ltr"}, "tabindex": {"0"}}, "div": {"tabindex": {"0"}}},
    set_tag_attribute_values={"a": {"target": "_blank"}},
    allowed_classes={
        "a": {"remote-image"},
        "span": {*CLASSES, "remote-image"},
        "code": {"math-source"},
        "div": {"math-block", "table-scroll"},
        "figure": {"code"},
        "pre": {"code"},
        "td": ALIGNMENTS,
        "th": ALIGNMENTS,
    },
    url_schemes=SCHEMES,
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    strip_comments=True,
)


def clean(markup: str) -> str:
    return _cleaner.clean(markup)

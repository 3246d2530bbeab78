"""A text drawn so that every character of it can be found again."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.rendering import exact_source

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text("a\r\n\t\u200b\u202e\x00🙂&<", max_size=40)
_stand_in = re.compile(
    r'<span data-points="([^"]*)">(?:<span class="badge-char" title="[^"]*">[^<]*</span>|\n|\[[^<]*\])</span>'
)


def read_back(html: str) -> str:
    """What a browser makes of it: text, and elements that say what they stand for."""
    body = re.fullmatch(r'<div class="untrusted exact" dir="(?:ltr|rtl)" hx-disable>(.*)</div>', html, re.DOTALL)
    assert body
    assert "\r" not in body[1]  # which a browser would make a line feed of
    parts = _stand_in.split(body[1])
    assert not any("<" in part for part in parts[::2])
    return "".join(unescape(part) if number % 2 == 0 else spelled(part) for number, part in enumerate(parts))


def spelled(points: str) -> str:
    return "".join(chr(int(one, 16)) * int(count) for one, count in (part.split("*") for part in points.split()))


@given(TEXTS)
def test_every_character_comes_back(text: str) -> None:
    # The standard library reads numbers that HTML forbids; a text holds none, as its ampersands are escaped.
    assert read_back(exact_source(text)) == text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\r\nb", 'a<span data-points="d*1 a*1">\n</span>b'),
        ("a\rb", 'a<span data-points="d*1">\n</span>b'),
        ("a\nb\tc", "a\nb\tc"),
        (
            "\u200b\u200b",
            '<span data-points="200b*2"><span class="badge-char" title="U+200B ZERO WIDTH SPACE ×2">'
            "U+200B ×2</span></span>",
        ),
        ("👩\u200d👧", "👩\u200d👧"),
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
    ],
)
def test_what_a_browser_would_change_or_hide_says_what_it_stands_for(text: str, html: str) -> None:
    assert exact_source(text) == f'<div class="untrusted exact" dir="ltr" hx-disable>{html}</div>'


def test_a_text_of_nothing_but_hidden_characters_stays_bounded() -> None:
    text = "\u200b\u200c" * 20_000

    html = exact_source(text)

    assert read_back(html) == text
    assert len(html) < 60 * len(text)

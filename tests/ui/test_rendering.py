"""What the one door makes of ordinary text."""

import time
from html import unescape

import pytest

from ui.rendering import Kind, Source, door, raw_source, render_many, render_untrusted


def html(text: str, kind: Kind = "markdown", language: str = "") -> str:
    rendered = render_untrusted(text, kind, language)
    assert not rendered.fell_back, rendered.note
    return str(rendered.html)


def test_markdown_becomes_html_below_the_pages_own_headings() -> None:
    page = html("# Title\n\n**bold** *soft* ~~gone~~ `x`\n\n- one\n- two\n\n3. three")

    assert "<h3>Title</h3>" in page
    assert "<strong>bold</strong> <em>soft</em> <s>gone</s> <code>x</code>" in page
    assert "<li>one</li>" in page
    assert '<ol start="3">' in page


def test_a_line_break_of_the_author_stays_a_line_break() -> None:
    assert "<br>" in html("roses **red**\nviolets")


def test_tables_scroll_in_their_own_frame_and_align_without_inline_style() -> None:
    page = html("|a|b|\n|:-|-:|\n|1|2|\n")

    assert '<div class="table-scroll" tabindex="0"><table>' in page
    assert '<td class="align-right">2</td>' in page
    assert "style=" not in page


def test_code_is_colored_by_classes_and_keeps_every_character() -> None:
    page = html("```python extra words\ndef f():\n\treturn '<b>'\n\n```")

    assert "<figcaption>python extra words</figcaption>" in page
    assert '<span class="hl-k">def</span>' in page
    assert "style=" not in page
    assert "&lt;b&gt;" in page


def test_code_in_an_unknown_language_is_plain_and_whole() -> None:
    assert "<code>a &lt; b</code>" in html("a < b", "code", "klingon")


def test_formulas_become_mathml_and_money_stays_money() -> None:
    page = html("It costs $5 or $10, $x^2$, \\(y\\) and\n\n$$\n\\frac{a}{b}\n$$\n\nin $HOME/$USER")

    assert "It costs $5 or $10, <math" in page
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in page
    assert "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>" in page
    assert page.count("<math") == 3
    assert "$HOME/$USER" in page


def test_a_bracketed_formula_may_hold_lines_that_look_like_a_list() -> None:
    page = html("so\n\\[\nx\n- y\n\\]\n*done*")

    assert "<ul>" not in page
    assert "<mi>x</mi><mo>−</mo><mi>y</mi>" in page
    assert "<em>done</em>" in page


def test_dollar_blocks_between_lines_of_prose_lose_nothing() -> None:
    page = html("given\n$$\ny=1\n$$\nuntil *then*")

    assert "<p>given</p>" in page
    assert "<em>then</em>" in page


@pytest.mark.parametrize("environment", ["aligned", "split", "align", "align*", "gathered"])
def test_rows_of_an_equation_stand_in_a_table(environment: str) -> None:
    page = html(f"$$\\begin{{{environment}}}a&=b\\\\c&=d\\end{{{environment}}}$$")

    assert page.count("<mtr>") == 2
    assert "&amp;</mi>" not in page


def test_links_open_elsewhere_and_say_where() -> None:
    page = html('[a](https://example.org/x "why")')

    assert 'href="https://example.org/x"' in page
    assert 'title="why (https://example.org/x)"' in page
    assert 'target="_blank"' in page
    assert 'rel="noopener noreferrer nofollow"' in page


def test_a_picture_is_named_and_never_loaded() -> None:
    page = html("![a cat](https://pictures.example/cat.png)")

    assert "<img" not in page
    assert "a cat (image at pictures.example, not loaded)" in page


def test_addresses_other_than_web_and_mail_stay_as_written() -> None:
    text = "[a](/admin/) [b](//evil/x) [c](ftp://x/y) ![d](data:image/png;base64,xx)"

    page = html(text)

    assert "<a " not in page
    assert text in page


def test_link_definitions_cannot_hide_words() -> None:
    page = html("[//]: # (ignore all rules)\n\n*seen*")

    assert "ignore all rules" in page


def test_plain_text_is_escaped_and_nothing_else() -> None:
    assert ">*a* &lt;b&gt;\n  c</div>" in html("*a* <b>\n  c", "plain")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one line",
        "two\nlines",
        "two\n\nparagraphs, and one\nmore line",
        "quotes \" and ' and é",
        "\n\nleading and trailing\n\n",
        "שלום\n\nand back",
        "2 apples, 3. pears - plums + figs = fruit",
    ],
)
def test_text_without_marks_looks_the_same_without_the_child(text: str) -> None:
    assert door._needs_markdown.search(text) is None

    shortcut = door._at_once(Source(text))
    [outcome] = door.pool().render([Source(text)], time.monotonic() + 20)

    assert shortcut is not None
    assert unescape(shortcut.html) == unescape(door._dressed(Source(text), outcome.html).html)


def test_right_to_left_text_runs_right_to_left_and_is_isolated() -> None:
    rendered = render_untrusted("مرحبا **world**\n\n- hello")

    assert rendered.direction == "rtl"
    assert rendered.html.startswith('<div class="untrusted untrusted-markdown" dir="rtl" hx-disable>')
    assert '<li dir="auto">hello</li>' in rendered.html


def test_a_text_of_digits_runs_left_to_right() -> None:
    assert render_untrusted("123 *4*").direction == "ltr"


def test_the_raw_view_is_the_source_itself() -> None:
    assert raw_source("*a* <b>") == '<pre class="raw" dir="ltr" tabindex="0">*a* &lt;b&gt;</pre>'


def test_many_texts_come_back_in_their_order() -> None:
    texts = [f"{'long ' * (9 - number)}*{number}*" for number in range(9)] + ["plain"]

    pages = render_many(Source(text) for text in texts)

    assert [page.html.count("long") for page in pages] == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]


def test_no_texts_make_no_pages() -> None:
    assert render_many([]) == []


def test_the_same_text_is_rendered_once() -> None:
    first, second = render_many([Source("*same*"), Source("*same*")])

    assert first is second
    assert render_untrusted("*same*") is first

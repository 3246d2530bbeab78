"""AB-09, AB-10, AB-11: text that wants to be markup, formulas that want to be code, text that never ends."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ui.rendering import Kind, Source, raw_source, render_many, render_untrusted
from ui.rendering.inside.code import CLASSES
from ui.rendering.inside.maths import ELEMENTS, VALUES
from ui.rendering.inside.sanitize import ALIGNMENTS, TAGS

STORED = [
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}} {% load x %}",
    '<div hx-get="/admin/" hx-trigger="load">now</div>',
    '<div data-hx-post="/x" hx-on:click="alert(1)">',
    "[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](data:text/html;base64,PHNjcmlwdD4=)",
    "[d](&#106;avascript:alert(1)) [e](java\nscript:alert(1)) [f](vbscript:x) <javascript:alert(1)>",
    "![g](javascript:alert(1)) ![h](https://canary.example/p.gif) ![i](//canary.example/p.gif)",
    '[j](https://x/"onmouseover="alert(1)) [k](https://x "\\" onclick=alert(1) \\"")',
    "<form action=/evil><input name=csrf></form><base href=//evil><meta http-equiv=refresh content=0>",
    "<style>*{display:none}</style><link rel=stylesheet href=//evil>",
    "<svg onload=alert(1)><script>alert(1)</script></svg><math><mtext><img src=x onerror=alert(1)></mtext></math>",
    '<p class="btn" id="submit" style="position:fixed">x</p>',
    "```<script>alert(1)</script>\n</code></pre><script>alert(1)</script>\n```",
    '```" onload="alert(1)\nx\n```',
    "`</code><script>alert(1)</script>`",
    "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    "$\\text{</mtext></math><script>alert(1)</script>}$",
    '$x" onclick="alert(1)$ $$</math><img src=x onerror=alert(1)>$$',
    "\\[ <img src=x onerror=alert(1)> \\]",
    "<!-- <script> --> <![CDATA[<script>]]> <?php ?> <xmp><p></xmp><textarea><script>",
    "\u202eevil\u202c and \u2066more\u2069",
]
FORMULAS = [
    "$\\href{javascript:alert(1)}{x}$",
    "$\\includegraphics{https://canary.example/x.png}$",
    "$\\def\\a{\\a\\a}\\a$",
    "$\\def\\a{\\b\\b\\b\\b}\\def\\b{\\c\\c\\c\\c}\\def\\c{\\d\\d\\d\\d}\\def\\d{\\e\\e\\e\\e}\\a$",
    "$" + "{" * 100_000 + "$",
    "$" + "{" * 2_000 + "x" + "}" * 2_000 + "$",
    "$\\rule{9999em}{9999em}$",
    "$\\hspace{9999em}$ $\\kern9999em$",
    "$\\style{position:fixed;inset:0}{x} \\class{dock}{y} \\cssId{submit}{z}$",
    "$\\frac{$ $\\left($ $\\begin{matrix}$ $\\sqrt[$ $^$ $_$ $&$ $\\\\$",
    "$\\mathchoice{a}{b}{c}{d}\\color{white}{hidden}\\phantom{gone}$",
    "$\\unicode{x3c}script\\unicode{x3e}$ $\\char60$",
    "$$\\begin{array}{" + "c" * 3_000 + "}a\\end{array}$$",
    "$\\sqrt" * 3_000 + "$",
]
ENDLESS = {
    "brackets that open pictures": "![[](" * 40_000,
    "opening brackets": "[" * 200_000,
    "nested brackets": "[" * 4_000 + "]" * 4_000,
    "opening tags": "<div>" * 40_000,
    "wide table": ("|a" * 300 + "|\n" + "|-" * 300 + "|\n") + ("|a" * 300 + "|\n") * 300,
    "nested quotes": ">" * 200_000,
    "nested list": "".join(" " * (2 * depth) + "- a\n" for depth in range(440)),
    "stars": "*a _b " * 2_000,
    "backticks": "".join("`" * count + " " for count in range(1, 200)),
    "formulas": "$x$" * 4_000,
    "brackets of formulas": "\\(" * 8_000,
    "code that colors slowly": "```html\n" + "<a " * 4_000 + "\n```",
    "invisible characters": "a\u200b" * 100_000,
    "too long": "*long* " * 100_000,
}
ALLOWED = {
    "div": {"class", "dir", "hx-disable", "tabindex"},
    "a": {"class", "href", "title", "target", "rel"},
    "ol": {"start"},
    "span": {"class", "title"},
    "code": {"class", "title"},
    "pre": {"class", "dir", "tabindex"},
    "figure": {"class"},
    "math": {"alttext", "display"},
    "p": {"class", "dir"},
    "td": {"class", "dir"},
    "th": {"class", "dir"},
    **{tag: {"dir"} for tag in ("h3", "h4", "h5", "h6", "li", "blockquote")},
}
OUR_CLASSES = CLASSES | ALIGNMENTS | {
    "untrusted", "untrusted-markdown", "untrusted-plain", "untrusted-code", "untrusted-raw", "badge-char", "code",
    "raw", "table-scroll", "math-block", "math-source", "remote-image", "render-note",
}  # fmt: skip


class Inspector(HTMLParser):
    """Reads a rendering as a browser would and collects what must not be there."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS | ELEMENTS:
            self.faults.append(f"<{tag}>")
        allowed = ALLOWED.get(tag, set()) | (set(VALUES) if tag in ELEMENTS else set())
        for name, value in attrs:
            if name not in allowed:
                self.faults.append(f"<{tag} {name}>")
            if name == "href" and not re.match("https?://|mailto:", value or "", re.IGNORECASE):
                self.faults.append(f"<{tag} href={value}>")
            if name == "class" and not set((value or "").split()) <= OUR_CLASSES:
                self.faults.append(f"<{tag} class={value}>")

    def handle_comment(self, data: str) -> None:
        self.faults.append("comment")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def inspected(html: str) -> Inspector:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector


@pytest.mark.parametrize("kind", ["markdown", "plain", "code"])
@pytest.mark.parametrize("text", STORED)
def test_ab_09_no_stored_string_becomes_markup(text: str, kind: Kind) -> None:
    page = inspected(render_untrusted(text, kind, "html").html)

    assert page.faults == []


@pytest.mark.parametrize("text", STORED)
def test_ab_09_the_raw_view_shows_the_very_characters(text: str) -> None:
    page = inspected(raw_source(text))

    assert page.faults == []
    assert "".join(page.text) == text.replace("\u202e", "U+202E").replace("\u202c", "U+202C").replace(
        "\u2066", "U+2066"
    ).replace("\u2069", "U+2069")


def test_ab_09_user_markup_is_inert_to_htmx() -> None:
    html = render_untrusted("*x* <b hx-get=/admin/>").html

    assert html.startswith('<div class="untrusted untrusted-markdown" dir="ltr" hx-disable>')
    assert "&lt;b hx-get=/admin/&gt;" in html


def test_ab_09_words_in_raw_html_stay_on_the_page() -> None:
    html = render_untrusted("<b>*bold* claim</b> <!-- aside -->").html

    assert "&lt;b&gt;<em>bold</em> claim&lt;/b&gt; &lt;!-- aside --&gt;" in html


@pytest.mark.parametrize("text", FORMULAS)
def test_ab_10_no_formula_becomes_code(text: str) -> None:
    page = inspected(render_untrusted(text).html)

    assert page.faults == []


def test_ab_10_a_broken_formula_is_shown_as_text() -> None:
    html = render_untrusted("so $\\frac{<img src=x onerror=alert(1)>$ holds").html

    assert '<code class="math-source" title="This formula is shown as written.">' in html
    assert "$\\frac{&lt;img src=x onerror=alert(1)&gt;$" in html


def test_ab_10_a_formula_can_neither_hide_words_nor_push_them_away() -> None:
    html = render_untrusted("$\\phantom{ab}$ $\\hspace{9999em}x$ $\\color{white}{c}$ $x % d$").html

    assert "<mi>a</mi><mi>b</mi>" in html
    assert "mphantom" not in html
    assert "$x % d$</code>" in html
    assert "9999" not in re.sub('alttext="[^"]*"', "", html)
    assert "white" not in re.sub('alttext="[^"]*"', "", html)


@pytest.mark.parametrize("name", ENDLESS)
def test_ab_11_endless_text_is_shown_whole_and_the_next_text_is_rendered(name: str) -> None:
    text = ENDLESS[name]

    rendered = render_untrusted(text)
    after = render_untrusted(f"*after* {name}")

    page = inspected(rendered.html)
    assert page.faults == []
    if rendered.fell_back:
        assert rendered.note in rendered.html
        assert unescape("".join(page.text)).count("a") >= text.count("a")
    assert "<em>after</em>" in after.html


@pytest.mark.parametrize("name", ["brackets that open pictures", "opening brackets", "nested list", "too long"])
def test_ab_11_what_cannot_be_rendered_is_flagged_and_kept(name: str) -> None:
    rendered = render_untrusted(ENDLESS[name])

    assert rendered.fell_back
    assert ENDLESS[name].replace("<", "&lt;") in rendered.html


def test_ab_11_one_endless_text_costs_its_neighbours_nothing() -> None:
    attack = Source("![[](" * 39_999 + " neighbours")

    pages = render_many([attack, Source("*fine*"), Source("**well**")])

    assert [page.fell_back for page in pages] == [True, False, False]
    assert "<em>fine</em>" in pages[1].html


def test_text_that_markdown_would_drop_is_shown_as_written() -> None:
    deep = render_untrusted("> " * 150 + "the answer is at the bottom")
    ragged = render_untrusted("|a|b|\n|-|-|\n|1|2|surplus|")

    assert deep.fell_back
    assert "the answer is at the bottom" in deep.html
    assert ragged.fell_back
    assert "surplus" in ragged.html
    assert "would have left out part" in ragged.note


@pytest.mark.parametrize(
    ("text", "badge"),
    [
        ("a\u202eb", '<span class="badge-char" title="U+202E RIGHT-TO-LEFT OVERRIDE">U+202E</span>'),
        ("a\u200bb", '<span class="badge-char" title="U+200B ZERO WIDTH SPACE">U+200B</span>'),
        ("a\u200db", '<span class="badge-char" title="U+200D ZERO WIDTH JOINER">U+200D</span>'),
        ("a\ufeffb", '<span class="badge-char" title="U+FEFF ZERO WIDTH NO-BREAK SPACE">U+FEFF</span>'),
        ("a\x1bb", '<span class="badge-char" title="U+001B ESCAPE">U+001B</span>'),
        ("a\x85b", '<span class="badge-char" title="U+0085 NEXT LINE">U+0085</span>'),
        ("a\x00b", '<span class="badge-char" title="U+0000 NULL">U+0000</span>'),
        ("a\ud800b", '<span class="badge-char" title="U+D800 LONE SURROGATE">U+D800</span>'),
        ("a\U000e0041b", '<span class="badge-char" title="U+E0041 TAG LATIN CAPITAL LETTER A">U+E0041</span>'),
        ("a\u2028b", '<span class="badge-char" title="U+2028 LINE SEPARATOR">U+2028</span>'),
        ("a\u2028", '<span class="badge-char" title="U+2028 LINE SEPARATOR">U+2028</span>'),
        ("a\x1c", '<span class="badge-char" title="U+001C CONTROL CHARACTER">U+001C</span>'),
        ("a\u200b\u200bb", '<span class="badge-char" title="U+200B ZERO WIDTH SPACE ×2">U+200B ×2</span>'),
    ],
)
@pytest.mark.parametrize("around", ["{}", "*{}*", "`{}`", "```\n{}\n```", "[{}](https://x)", "# {}", "|{}|\n|-|"])
def test_what_cannot_be_seen_is_shown_as_a_badge(text: str, badge: str, around: str) -> None:
    rendered = render_untrusted(around.format(text))

    assert text.replace(text[1:].rstrip("b"), badge) in rendered.html
    rendered.html.encode("utf-8")


@pytest.mark.parametrize("text", ["👨‍👩‍👧", "❤️", "🏳️‍🌈", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "👍🏽", "می‌خواهم", "क्‍ष", "葛󠄀"])
def test_joiners_and_selectors_stay_silent_where_writing_needs_them(text: str) -> None:
    assert text in render_untrusted(f"*{text}*").html
    assert "badge" not in render_untrusted(f"*{text}*").html


def test_a_thousand_badges_do_not_become_a_megabyte() -> None:
    html = render_untrusted("a\u200b" * 50_000 + "*b*").html

    assert html.count("badge-char") == 1_000
    assert len(html) < 1_000_000


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(st.sampled_from([*STORED, *(f for f in FORMULAS if len(f) < 200)]), st.text()), max_size=6))
def test_ab_09_no_mixture_of_strings_becomes_markup(parts: list[str]) -> None:
    rendered = render_untrusted("".join(parts))

    assert inspected(rendered.html).faults == []


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Cn", "Zl", "Zp", "Mn"]), max_size=200))
def test_plain_text_keeps_every_character(text: str) -> None:
    page = inspected(render_untrusted(text, "plain").html)

    assert "".join(page.text) == re.sub("[\u115f\u1160\u2800\u3164\uffa0]", lambda m: f"U+{ord(m[0]):04X}", text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_any_rendering_shows_every_letter_of_its_text(text: str) -> None:
    page = inspected(render_untrusted(text).html)

    shown = "".join(page.text)
    assert all(letter in shown for letter in unescape(text) if letter.isalpha() and letter.isascii())

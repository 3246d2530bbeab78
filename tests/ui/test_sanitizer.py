"""Two walls stand behind each other; each is tried alone, because together one hides the holes of the other."""

import re

import pytest

from ui.rendering.inside import markdown, sanitize
from ui.rendering.inside.maths import mathml


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        ("<script>alert(1)</script>", "alert(1)"),
        ("<img src=x onerror=alert(1)>", ""),
        ('<a href="javascript:alert(1)">x</a>', ">x</a>"),
        ('<a href="/admin/">x</a>', ">x</a>"),
        ('<a href="//evil/">x</a>', ">x</a>"),
        (
            '<p style="position:fixed" id="submit" class="btn" onclick="x" hx-get="/x" data-hx-get="/x">x</p>',
            "<p>x</p>",
        ),
        ('<span class="btn hl-k">x</span>', '<span class="hl-k">x</span>'),
        ("<style>*{}</style>", "*{}"),
        ("<form action=/evil><input name=csrf></form>", ""),
        ("<svg><script>alert(1)</script></svg>", ""),
        (
            '<math href="javascript:alert(1)"><mrow href="javascript:alert(1)"><mi>x</mi></mrow></math>',
            "<math><mrow><mi>x",
        ),
        ("<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>", "</math>"),
        ("<math><annotation-xml encoding=text/html><script>alert(1)</script></annotation-xml></math>", "</math>"),
        ("<!-- <b> -->", ""),
        ('<pre tabindex="9" dir="rtl">x</pre>', "<pre>x</pre>"),
    ],
)
def test_the_sanitizer_alone_lets_nothing_through(markup: str, left: str) -> None:
    cleaned = sanitize.clean(markup)

    assert cleaned.endswith(left) or left in cleaned
    tags = "".join(re.findall("<[^>]*>", cleaned))
    assert not re.search("script|img|style|form|svg|on[a-z]+=|hx-| id=", tags)


@pytest.mark.parametrize(
    ("latex", "markup"),
    [
        (r"\text{<script>alert(1)</script>}", "<mtext>&lt;script&gt;alert(1)&lt;/script&gt;</mtext>"),
        (r"\text{</math><img src=x onerror=alert(1)>}", "&lt;/math&gt;&lt;img"),
        (r'\text{" onclick="alert(1)}', "<mtext>&quot;\xa0onclick=&quot;alert(1)</mtext>"),
        (r"\color{red}x", "<mstyle><mi>x</mi></mstyle>"),
        (r"\phantom{x}", "<mrow><mrow><mi>x</mi></mrow></mrow>"),
        (r"\hspace{9999em}x", "<mspace></mspace>"),
    ],
)
def test_formulas_alone_carry_neither_markup_nor_attributes(latex: str, markup: str) -> None:
    written = mathml(latex, block=False)

    body = written.partition('">')[2]
    assert markup in body
    assert "href" not in body
    assert " style=" not in body
    assert " class=" not in body


def test_the_formula_is_named_by_its_own_words() -> None:
    assert 'alttext="a &lt; &quot;b&quot;"' in mathml('a < "b"', block=False)


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{a",
        r"\frac",
        "^",
        r"\left(",
        "{" * 3_000,
        r"\def\a{\a\a}\a",
        "x" * 5_001,
        r"\href{javascript:alert(1)}{x}",
        r"\style{position:fixed}{x}",
        r"\class{dock}{x}",
        r"\rule{9999em}{9999em}",
        "x % and hide this",
    ],
)
def test_a_formula_that_cannot_be_set_is_its_source(latex: str) -> None:
    assert mathml(latex, block=False) == (
        f'<code class="math-source" title="This formula is shown as written.">${latex}$</code>'
    )


def test_a_macro_does_not_outlive_its_formula() -> None:
    mathml(r"\newcommand{\goldpan}{y}\goldpan", block=False)

    assert "<mi>y</mi>" not in mathml(r"\goldpan", block=False)


@pytest.mark.parametrize("text", ["<script>x</script>", "<b onclick=x>", "a <!-- b --> c", "&lt;script&gt;", "`<i>`"])
def test_markdown_alone_passes_no_markup_through(text: str) -> None:
    assert "<" not in markdown.to_html(text).replace("<p>", "").replace("</p>", "").replace("<code>", "").replace(
        "</code>", ""
    )

"""LaTeX to MathML, by elements: what the converter made is written out again with our own short list.

The converter's own writer leaves text unescaped and lets `\\href`, `\\style` and `\\class` set attributes. Ours escapes
everything and knows 30 elements. A formula that cannot be set is shown as its source, never as HTML.
"""

import re
from collections import Counter
from collections.abc import Iterator
from html import escape
from unicodedata import normalize
from xml.etree.ElementTree import Element

from latex2mathml.converter import Converter

LONGEST = 5_000  # characters of one formula; a page of algebra has 2,000
WIDEST_SPACE = 4.0  # em; \rule{9999em} must not push the answer off the page

ELEMENTS = frozenset({
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "msub", "msup", "msubsup",
    "munder", "mover", "munderover", "mmultiscripts", "mprescripts", "none", "mtable", "mtr", "mlabeledtr", "mtd",
    "mstyle", "menclose", "mpadded", "merror",
})  # fmt: skip
UNWRAPPED = frozenset({"mphantom", "maction", "semantics"})  # their contents are shown, whatever they wished to hide
PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
VALUES = {
    "display": re.compile("block|inline"),
    "displaystyle": re.compile("true|false"),
    "scriptlevel": re.compile("[+-]?[0-2]"),
    "stretchy": re.compile("true|false"),
    "fence": re.compile("true|false"),
    "separator": re.compile("true|false"),
    "largeop": re.compile("true|false"),
    "movablelimits": re.compile("true|false"),
    "accent": re.compile("true|false"),
    "accentunder": re.compile("true|false"),
    "form": re.compile("prefix|infix|postfix"),
    "mathvariant": re.compile("[a-z-]{1,30}"),
    "notation": re.compile("[a-z ]{1,60}"),
    "columnalign": re.compile("[a-z ]{1,60}"),
    "columnlines": re.compile("[a-z ]{1,60}"),
    "rowlines": re.compile("[a-z ]{1,60}"),
    "linebreak": re.compile("newline"),
    "linethickness": re.compile("0|0?[.]?[0-9](em|ex|pt|px)|thin|medium|thick"),
    "width": re.compile("-?[0-9]{0,2}[.]?[0-9]{0,4}em"),
    "minsize": re.compile("[0-3]([.][0-9]{1,3})?em"),
    "maxsize": re.compile("[0-3]([.][0-9]{1,3})?em"),
}

_entity = re.compile("&#x([0-9A-Fa-f]{1,6});")
_commands = re.compile(
    r"\\(?:begin|end)\{[^}]*\}(?:\[[^]]*\])?(?:\{[lcr| @{}]*\})?"
    r"|\\(?:[hv]space\*?|color|textcolor|newcommand|operatorname\*?)\{[^}]*\}"
    r"|\\(?:[hm]?skip|kern)[ 0-9.-]*(?:em|ex|pt|mu|cm|mm)"
    r"|\\\\\[[0-9.]*(?:em|ex|pt|cm|mm)\]"
    r"|\\[A-Za-z]+\*?|\\."
)
_environments = (
    (
        re.compile(r"\\(begin|end)\{(?:aligned|split|eqnarray\*?|alignedat|alignat\*?|flalign\*?|align)\}"),
        r"\\\1{align*}",
    ),
    (re.compile(r"\\(begin|end)\{(?:gathered|gather\*?|multline\*?)\}"), r"\\\1{matrix}"),
    (re.compile(r"\\(begin|end)\{(?:equation\*?|displaymath|math)\}"), ""),
)


def mathml(latex: str, *, block: bool) -> str:
    """One formula as MathML; as its source in `<code class="math-source">` where it cannot be set."""
    latex = latex.strip()
    if not latex or len(latex) > LONGEST:
        return source(latex, block=block)
    try:
        tree = Converter(display="block" if block else "inline").convert_to_element(known_environments(latex))
        if not shows_all(tree, latex):
            return source(latex, block=block)
        return "".join(written(tree, alttext=latex))
    except MemoryError:
        raise
    except Exception:  # the converter raises whatever its walk runs into, RecursionError and IndexError among them
        return source(latex, block=block)


def source(latex: str, *, block: bool) -> str:
    sign = "$$" if block else "$"
    return f'<code class="math-source" title="This formula is shown as written.">{escape(sign + latex + sign)}</code>'


def known_environments(latex: str) -> str:
    """The environments that answers are full of, in the words that the converter knows."""
    for pattern, replacement in _environments:
        latex = pattern.sub(replacement, latex)
    return latex


def shows_all(tree: Element, latex: str) -> bool:
    """False where letters would be gone, as of an address in `\\href` or after a `%`; commands are no letters."""
    shown = Counter(filter(str.isalpha, normalize("NFKC", text_of("".join(tree.itertext())))))
    wanted = Counter(filter(str.isalpha, normalize("NFKC", _commands.sub("", latex))))
    return wanted <= shown


def written(element: Element, alttext: str = "") -> Iterator[str]:
    tag = element.tag if element.tag in ELEMENTS else "mrow"
    shown = element.tag not in UNWRAPPED
    if len(element) != PARTS.get(tag, len(element)):
        raise ValueError(f"<{tag}> with {len(element)} parts")  # half a fraction, which a browser would not draw
    if shown:
        yield f"<{tag}{''.join(attributes(element))}"
        yield f' alttext="{escape(alttext)}">' if alttext else ">"
    yield text_of(element.text)
    for child in element:
        yield from written(child)
        yield text_of(child.tail)
    if shown:
        yield f"</{tag}>"


def attributes(element: Element) -> Iterator[str]:
    for name, value in element.attrib.items():
        allowed = VALUES.get(name)
        if allowed is None or not allowed.fullmatch(value):
            continue
        if name == "width" and (element.tag != "mspace" or abs(float(value[:-2] or 0)) > WIDEST_SPACE):
            continue
        yield f' {name}="{escape(value)}"'


def text_of(text: str | None) -> str:
    """The converter writes symbols as hexadecimal entities; everything else is plain text."""
    return escape(_entity.sub(lambda match: chr(int(match[1], 16)), text)) if text else ""

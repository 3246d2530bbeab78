"""One text to one piece of HTML, inside the limits of the child."""

from . import faithful, markdown, sanitize
from .code import highlighted
from .invisible import Badges

REHEARSAL = "# a\n\n- *b* `c` $x^2$\n\n> 1. d\n\n|e|f|\n|-|-|\n|g|h|\n\n```python\nprint(1)\n```\n"


def to_html(text: str, kind: str, language: str) -> str:
    """Safe HTML; raises faithful.Dropped where some of the text would be missing."""
    markup = markdown.to_html(text) if kind == "markdown" else code(text, language)
    cleaned = sanitize.clean(markup)
    faithful.check_markup(markup, cleaned)
    return Badges().in_html(cleaned)


def code(text: str, language: str) -> str:
    return f'<pre class="code" dir="ltr" tabindex="0"><code>{highlighted(text, language)}</code></pre>'


def warm() -> None:
    """Load and compile what the first text would otherwise wait for, files among it."""
    to_html(REHEARSAL, "markdown", "")

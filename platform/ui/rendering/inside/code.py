"""Code colors as CSS classes, for the languages that answers are written in.

Lexers are loaded before the child closes its doors, so this list is all there is; other languages stay plain.
"""

from functools import cache
from html import escape
from itertools import groupby

from pygments import token as tokens
from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_by_name

PREFIX = "hl-"
LONGEST = 50_000  # characters; beyond it a reader wants a plain wall of text at once
LANGUAGES = (
    "bash", "c", "cpp", "csharp", "css", "diff", "docker", "go", "haskell", "html", "http", "ini", "java",
    "javascript", "json", "julia", "kotlin", "lua", "make", "matlab", "objective-c", "ocaml", "perl", "php",
    "powershell", "python", "pycon", "r", "ruby", "rust", "scala", "scheme", "sql", "swift", "tex", "toml",
    "typescript", "vbnet", "xml", "yaml",
)  # fmt: skip


def _load() -> dict[str, type[Lexer]]:
    """Classes by every name they go by; their rules are compiled when first needed, which takes no file."""
    classes: dict[str, type[Lexer]] = {}
    for language in LANGUAGES:
        found = find_lexer_class_by_name(language)
        classes |= dict.fromkeys((language, *found.aliases), found)
    return classes


CLASSES_BY_NAME = _load()
CLASSES = frozenset(PREFIX + short for short in tokens.STANDARD_TYPES.values() if short)


def highlighted(code: str, language: str) -> str:
    """Escaped HTML of the code, every character of it kept."""
    found = CLASSES_BY_NAME.get(language.strip().lower())
    if found is None or len(code) > LONGEST:
        return escape(code)
    try:
        pieces = list(_lexer(found).get_tokens(code))
    except Exception:  # a lexer's own mistake must not cost the reader the rest of the text
        return escape(code)
    if "".join(text for _, text in pieces) != code:
        return escape(code)
    return "".join(_span(short, "".join(text for _, text in same)) for short, same in groupby(pieces, _class))


@cache
def _lexer(found: type[Lexer]) -> Lexer:
    return found(stripnl=False, ensurenl=False)


def _class(piece: tuple[tokens._TokenType, str]) -> str:
    """The short name of the nearest standard kind; white space has no color."""
    kind = piece[0]
    while kind not in tokens.STANDARD_TYPES and kind.parent is not None:
        kind = kind.parent
    short = tokens.STANDARD_TYPES.get(kind, "")
    return "" if short == "w" else short


def _span(short: str, text: str) -> str:
    return f'<span class="{PREFIX}{short}">{escape(text)}</span>' if short else escape(text)

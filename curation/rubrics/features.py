"""What can be counted in a response of any language without asking a model: candidates for what labels follow.

Hedging, flattery and the like are words of a language, and left to criteria. Plain Python.
"""

import re
from collections.abc import Callable, Mapping

QUESTION_MARKS = "?\uff1f\u061f"  # Latin, full width, Arabic
LIST_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+\S", re.MULTILINE)
CODE_BLOCK = re.compile(r"^\s*(?:```|~~~)", re.MULTILINE)

FEATURES: Mapping[str, Callable[[str], int]] = {
    "characters": len,
    "words": lambda text: len(text.split()),
    "lines": lambda text: sum(bool(line.strip()) for line in text.splitlines()),
    "list items": lambda text: len(LIST_ITEM.findall(text)),
    "code blocks": lambda text: (len(CODE_BLOCK.findall(text)) + 1) // 2,
    "digits": lambda text: sum(map(str.isdigit, text)),
    "question marks": lambda text: sum(map(text.count, QUESTION_MARKS)),
}
"""By what pages call them."""


def counted(text: str) -> list[int]:
    """The features of a text, in their order."""
    return [count(text) for count in FEATURES.values()]

"""One module per kind of question: what its properties are tried on (tests/annotation/test_kinds.py).

Each has `QUESTIONS`, a `SUBJECT` that they are asked about, and `post(question)`, a strategy of fields that answer it.
"""

from dataclasses import dataclass, field
from typing import Any

from annotation.kinds import Judged, Subject

PAIR = Subject((Judged("An apple."), Judged("A stone.")))


@dataclass
class Question:
    """A question as kinds see it."""

    kind: str
    key: str = "q"
    title: str = "The question"
    target: str = "item"
    is_required: bool = True
    settings: dict[str, Any] = field(default_factory=dict)
    help: str = ""
    condition: Any = None

"""What recipes read: an item and the annotations of it, as plain values."""

from typing import Any, NamedTuple

Message = dict[str, str]
"""One turn: `role` and `content`."""

PEOPLE = "people"
IMPORTED = "imported"
ORIGINS = (PEOPLE, IMPORTED)


class ItemRecord(NamedTuple):
    """An item as it was imported. Each response is `{messages, model?, params?, key?, steps?}`."""

    id: int
    key: str
    group: str
    messages: list[Message]
    responses: list[dict[str, Any]]
    source: dict[str, Any] = {}
    tags: list[str] = []
    language: str = ""
    principle: str = ""


class AnnotationRecord(NamedTuple):
    """One annotator's answers to the item, in the item's own response order.

    `annotator` is a pseudonym. `is_current` is false for what a later annotation of the same snapshot supersedes.
    """

    id: int
    annotator: str
    origin: str
    answers: dict[str, Any]
    is_current: bool = True
    supersedes: int | None = None
    form_version: int = 1
    guideline_version: int | None = None
    kinds: dict[str, str] = {}
    """The kind of each question of its form, by key."""
    # How it came about, for recipes that ask for it:
    shown: list[int] = []
    seconds: float | None = None
    at: str = ""
    reason: str = ""
    source: dict[str, Any] = {}


class QuestionRecord(NamedTuple):
    """A question that a recipe may be asked to read."""

    key: str
    kind: str
    title: str = ""
    dimensions: tuple[str, ...] = ()

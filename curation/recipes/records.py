"""What recipes read: an item and the annotations of it, as plain values."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Message = dict[str, Any]
"""One turn: `role`, `content`, and what else `annotation.turns` names."""

PEOPLE = "people"
IMPORTED = "imported"
MACHINES = "machines"  # in raw releases; no rows to train on count them before a judge has earned it
ACCEPTED = "accepted"  # what a judge said where nobody else did, and a person accepted; counted only on request
ORIGINS = (PEOPLE, IMPORTED)


class Agreed(NamedTuple):
    """What an analysis came to at one place of an item; `value` is empty where the labels settle nothing."""

    value: str
    confidence: float
    """The chance that the value is right, 0 to 1."""
    chances: Mapping[str, float]
    """Of each value by its name; none of levels."""
    labels: int
    estimate: float = 0.0
    """Of levels, on the question's own scale."""
    error: float = 0.0
    """The standard error of that."""


class Overturned(NamedTuple):
    """What reviewers decided about an item (`curation.overturns`)."""

    settling: int | None = None
    """The annotation whose answers stand for everybody's."""
    withdrawn: frozenset[int] = frozenset()
    """Annotations, of any item, that reviewers took back."""


NOTHING = Overturned()


class Known(NamedTuple):
    """The consensus on one item as one analysis left it, from the annotations up to `last_annotation`."""

    last_annotation: int
    places: Mapping[tuple[str, str, str], Agreed]
    """By question, facet and place (`annotation.kinds.votes`)."""
    overturned: Overturned = NOTHING
    """As the analysis knew it."""


class Omits(NamedTuple):
    """A detector found something about an item, or about one annotation of it, that may be left out for that."""

    detector: str
    annotation: int | None = None
    """None: the item."""
    question: str = ""
    """What the finding is about; empty: everything."""
    is_confirmed: bool = True
    """Whether a reviewer looked, and the label was not upheld."""


class ItemRecord(NamedTuple):
    """An item as it was imported. Each response is `{messages, model?, params?, key?, steps?}`.

    `steps` are those that its answers speak of, whoever cut them; none where nobody was asked about steps.
    """

    id: int
    key: str
    group: str
    messages: list[Message]
    responses: list[dict[str, Any]]
    source: dict[str, Any] = {}
    tags: list[str] = []
    language: str = ""
    principle: str = ""
    rubric: list[dict[str, Any]] = []
    """Its own criteria, with every field of them."""
    known: Known | None = None
    """The consensus on it, where recipes follow one."""
    omitted: Sequence[Omits] = ()
    """What was found about it, as the release's snapshot has it."""
    overturned: Overturned = NOTHING
    """What reviewers decided about it, as the release's snapshot has it."""


class QuestionRecord(NamedTuple):
    """A question that a recipe may be asked to read."""

    key: str
    kind: str
    title: str = ""
    dimensions: tuple[str, ...] = ()
    target: str = "item"
    settings: Mapping[str, Any] = {}
    """What its kind made of the form builder's wishes: options, criteria, the scale, types of spans."""


class AnnotationRecord(NamedTuple):
    """One annotator's answers to the item, in the item's own response order.

    `annotator` is a pseudonym, or names a model. `is_current` is false for what a later annotation of the same snapshot
    supersedes.
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
    asked: Mapping[str, QuestionRecord] = {}
    """The questions of its form, by key: an answer is read under what was asked then."""
    # How it came about, for recipes that ask for it:
    shown: list[int] = []
    seconds: float | None = None
    at: str = ""
    reason: str = ""
    source: dict[str, Any] = {}

"""Which items have a known answer, and how right somebody was about them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from annotation import subjects
from annotation.kinds import KINDS
from annotation.kinds.base import Known
from annotation.models import Annotation, Gold, Item, Question
from annotation.queries.forms import questions_of
from projects.models import Project

RIGHT_FROM = 0.75
"""An answer of many parts counts as right from this share on; the others are wholly right or not at all."""


def newest(item: Item) -> Gold | None:
    """What is known about an item now; None where nothing is."""
    return Gold.objects.current().filter(item=item).select_related("created_by").first()


def is_right(question: Question, value: Any, gold: Gold, item: Item | None = None) -> float | None:
    """How right a stored answer is, from 0 to 1; None where the question is not known here or cannot be told.

    `item` is the gold's own, where it is at hand.
    """
    known = known_of(gold, question)
    if known is None:
        return None
    subject = subjects.of(item or gold.item, questions=[question])
    return KINDS[question.kind].is_right(value, known, question, subject)


def known_of(gold: Gold, question: Question) -> Known | None:
    """What is accepted for one question; None where the item is not gold in this respect, or was so when the question
    was of another kind."""
    found = gold.answers.get(question.key)
    asked = {(one.key, one.kind, one.target) for one in questions_of(gold.form_id)}
    if not found or (question.key, question.kind, question.target) not in asked:
        return None
    return Known(found["accepted"], found["within"])


@dataclass(frozen=True, slots=True)
class Judgment:
    """One person's answer to a gold item: each question that is known, with how right they were."""

    shares: Mapping[str, float]

    @property
    def is_right(self) -> bool:
        """Whether every question that could be told was right."""
        return all(share >= RIGHT_FROM for share in self.shares.values())


def judged(gold: Gold, item: Item, form_id: int, answers: Mapping[str, Any]) -> Judgment:
    """How right an annotation's answers are; a known question that is left open is wrong."""
    shares: dict[str, float] = {}
    for question in questions_of(form_id):
        if question.key not in gold.answers:
            continue
        value = answers.get(question.key)
        is_open = value is None and known_of(gold, question) is not None
        share = 0.0 if is_open else is_right(question, value, gold, item)
        if share is not None:
            shares[question.key] = share
    return Judgment(shares)


def items_of(project: Project, question_keys: Collection[str] = ()) -> dict[int, Gold]:
    """Item id to what is known of it, with the item; where question keys are given, only those known in one of them."""
    found = Gold.objects.current().filter(project=project).select_related("item")
    if question_keys:
        found = found.filter(answers__has_any_keys=list(question_keys))
    return {gold.item_id: gold for gold in found.order_by("item")}


@dataclass(frozen=True, slots=True)
class Told:
    """One known question after its answer, in words and in the order that the person saw."""

    key: str
    title: str
    said: str
    expected: tuple[str, ...]
    is_right: bool


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person is told after their answer to an item that was known."""

    questions: tuple[Told, ...]
    note: str

    @property
    def is_right(self) -> bool:
        return all(one.is_right for one in self.questions)


def feedback(project: Project, annotation: Annotation) -> Feedback | None:
    """None unless the project tells people, and something that they answered is known.

    `annotation` comes with its item. One query, and the same one for every item, in a project that tells.
    """
    if not (project.has_gold_feedback and project.has_had_gold):
        return None
    gold, item = newest(annotation.item), annotation.item
    if gold is None:
        return None
    shares = judged(gold, item, annotation.form_id, annotation.answers).shares
    asked = [question for question in questions_of(annotation.form_id) if question.key in shares]
    told = tuple(_told(question, gold, item, annotation, shares[question.key]) for question in asked)
    return Feedback(told, gold.note) if told else None


def in_words(question: Question, values: Iterable[Any], item: Item, order: Sequence[int]) -> tuple[str, ...]:
    """Stored answers as somebody says them who sees the responses in this order."""
    kind, subject = KINDS[question.kind], subjects.of(item, order, [question])
    return tuple(kind.words(kind.to_shown_order(value, order), question, subject) for value in values)


def _told(question: Question, gold: Gold, item: Item, annotation: Annotation, share: float) -> Told:
    value = annotation.answers.get(question.key)
    said = () if value is None else in_words(question, [value], item, annotation.shown)
    expected = in_words(question, gold.answers[question.key]["accepted"], item, annotation.shown)
    return Told(question.key, question.title, "".join(said), expected, share >= RIGHT_FROM)

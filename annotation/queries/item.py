"""One item with everything that was said about it: who, when, how long, seen from which side, and what they changed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from annotation.kinds import KINDS
from annotation.models import Annotation, Form, Item, Lease, Question, Slot
from annotation.queries.items import state_of

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Response:
    """One response of the item, with what annotators never see: its model."""

    letter: str
    messages: list[dict[str, Any]]
    model: str
    words: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One question's answer in words; `before` says what it replaced, where it was changed."""

    title: str
    words: str
    details: tuple[str, ...]
    before: str = ""
    is_long: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """One annotation of a chain."""

    id: int
    at: datetime
    seconds: float | None
    shown: str
    reason: str
    form_version: int
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """What one annotator said about the item: what stands, and what stood before it, newest first."""

    name: str
    initials: str
    is_imported: bool
    source: dict[str, Any]
    current: Version
    earlier: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Skip:
    """Someone gave the item back."""

    name: str
    reason: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class History:
    """The item's responses and all that happened to it."""

    responses: list[Response]
    people: list[Chain]
    imported: list[Chain]
    skips: list[Skip]
    holders: list[Slot]
    state: str
    answered: int
    wanted: int


def history(item: Item) -> History:
    """Everything about one item, in six queries."""
    slots = list(Slot.objects.filter(item=item).select_related("holder").order_by("number"))
    chains = _chains(_annotations(item))
    holders = [slot for slot in slots if slot.holder_id and not slot.annotation_id]
    answered = sum(1 for slot in slots if slot.annotation_id)
    return History(
        responses=[_response(index, raw) for index, raw in enumerate(item.responses)],
        people=[chain for chain in chains if not chain.is_imported],
        imported=[chain for chain in chains if chain.is_imported],
        skips=_skips(item),
        holders=holders,
        state=state_of(wanted=len(slots), answered=answered, held=len(holders)),
        answered=answered,
        wanted=len(slots),
    )


def _annotations(item: Item) -> list[Annotation]:
    questions = Prefetch("questions", Question.objects.order_by("position"))
    forms = Prefetch("form", Form.objects.prefetch_related(questions))
    found = Annotation.objects.filter(item=item).select_related("author").prefetch_related(forms)
    return list(found.order_by("pk")[:500])


def _chains(annotations: Iterable[Annotation]) -> list[Chain]:
    """Annotations grouped by annotator, each group in the order in which one superseded the other."""
    groups: dict[tuple[int | None, str], list[Annotation]] = {}
    for annotation in annotations:
        groups.setdefault((annotation.author_id, annotation.imported_name), []).append(annotation)
    return [_chain(group) for group in groups.values()]


def _chain(group: Sequence[Annotation]) -> Chain:
    versions = [_version(newer, older) for newer, older in zip(group, [None, *group[:-1]], strict=True)]
    newest = group[-1]
    return Chain(
        name=str(newest.author) if newest.author else newest.imported_name,
        initials=newest.author.initials if newest.author else "",
        is_imported=newest.author is None,
        source=newest.source,
        current=versions[-1],
        earlier=tuple(reversed(versions[:-1])),
    )


def _version(annotation: Annotation, before: Annotation | None) -> Version:
    answers = [_answer(question, annotation, before) for question in annotation.form.questions.all()]
    return Version(
        id=annotation.pk,
        at=annotation.created_at,
        seconds=annotation.seconds,
        shown=" ".join(LETTERS[index] for index in annotation.shown),
        reason=annotation.reason,
        form_version=annotation.form.version,
        answers=tuple(answer for answer in answers if answer.words or answer.before),
    )


def _answer(question: Question, annotation: Annotation, before: Annotation | None) -> Answer:
    words = _words(question, annotation.answers.get(question.key))
    old = _words(question, before.answers.get(question.key)) if before else ""
    return Answer(
        title=question.title,
        words=words,
        details=_details(question, annotation.answers.get(question.key)),
        before=(old or "no answer") if before and old != words else "",
        is_long=question.kind == "text",
    )


def _words(question: Question, value: Any) -> str:
    return KINDS[question.kind].words(value, question) if value is not None else ""


def _details(question: Question, value: Any) -> tuple[str, ...]:
    return tuple(KINDS[question.kind].details(value, question)) if value is not None else ()


def _skips(item: Item) -> list[Skip]:
    found = Lease.objects.filter(item=item, outcome=Lease.Outcome.SKIPPED).select_related("annotator")
    return [
        Skip(str(lease.annotator), lease.reason, lease.ended_at) for lease in found.order_by("ended_at", "pk")[:100]
    ]


def _response(index: int, raw: dict[str, Any]) -> Response:
    model = raw.get("model")
    text = " ".join(str(turn["content"]) for turn in raw["messages"])
    return Response(
        letter=LETTERS[index] if index < len(LETTERS) else str(index + 1),
        messages=raw["messages"],
        model=model if isinstance(model, str) else "",
        words=len(text.split()),
    )

"""One item with everything that was said about it: who, when, how long, seen from which side, and what they changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from annotation import acceptances, subjects
from annotation.acceptances import Accepted
from annotation.kinds import KINDS, Subject
from annotation.kinds.boards import Origin
from annotation.kinds.rubric_board import standing
from annotation.models import Annotation, Item, Lease, Question, Slot
from annotation.queries.forms import questions_of
from annotation.queries.items import state_of
from annotation.queries.machine import Said, said
from annotation.queries.side_by_side import SideBySide, side_by_side
from annotation.turns import text_of

All = Mapping[int, Annotation]
"""All annotations of the item by id."""

UNFOLDED = 4
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Response:
    """One response of the item, with what annotators never see: its model."""

    letter: str
    messages: list[dict[str, Any]]
    model: str
    words: int


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the item's own criteria: its words, what it is beyond them, the words of its levels from low to high."""

    title: str
    standing: str
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """One question's answer in words; `before` says what it replaced, where it was changed, and `advised` which
    suggestion was shown and what became of it, where there was one."""

    title: str
    words: str
    details: tuple[str, ...]
    before: str = ""
    is_long: bool = False
    advised: str = ""


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

    author_id: int | None
    name: str
    initials: str
    origin: Origin
    source: dict[str, Any]
    current: Version
    earlier: tuple[Version, ...]
    said: Said | None = None
    """What a model said besides its answer; None for everybody else."""
    accepted: Accepted | None = None
    """By which decision a model's answer stands without a person; None where it does not."""

    @property
    def abstained(self) -> str:
        """Why a model gave no answer, as a sentence; empty where it gave one."""
        why = self.source.get("abstained", "")
        return why if self.origin == "model" and isinstance(why, str) else ""


@dataclass(frozen=True, slots=True)
class Skip:
    """Someone gave the item back."""

    name: str
    reason: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """The item's responses and what everybody said about it."""

    responses: list[Response]
    side_by_side: SideBySide
    people: list[Chain]
    imported: list[Chain]
    models: list[Chain]

    @property
    def is_folded(self) -> bool:
        """Whether so many spoke that each is one line to open: the boards say it all at a glance."""
        return len(self.people) + len(self.imported) + len(self.models) > UNFOLDED


@dataclass(frozen=True, slots=True)
class History(Spoken):
    """The same with all else that happened to the item."""

    criteria: list[Criterion]
    skips: list[Skip]
    holders: list[Slot]
    state: str
    answered: int
    wanted: int


def spoken(item: Item) -> Spoken:
    """What was said about one item, in one query; one more where a question is about steps, where models answered, and
    for a form that this process meets for the first time.
    """
    return Spoken(**_spoken(item))


def history(item: Item) -> History:
    """Everything about one item, in two queries more."""
    slots = list(Slot.objects.filter(item=item).select_related("holder").order_by("number"))
    holders = [slot for slot in slots if slot.holder_id and not slot.annotation_id]
    answered = sum(1 for slot in slots if slot.annotation_id)
    return History(
        **_spoken(item),
        criteria=[Criterion(one["title"], standing(one), tuple(one["anchors"])) for one in item.rubric],
        skips=_skips(item),
        holders=holders,
        state=state_of(wanted=len(slots), answered=answered, held=len(holders)),
        answered=answered,
        wanted=len(slots),
    )


def _spoken(item: Item) -> dict[str, Any]:
    """The fields of Spoken."""
    annotations = _annotations(item)
    questions = [question for annotation in annotations for question in questions_of(annotation.form_id)]
    subject = subjects.of(item, questions=questions)
    groups = _by_annotator(annotations)
    everything = {annotation.pk: annotation for annotation in annotations}
    asked = [item.pk] if any(one.run_id for one in annotations) else []
    accepted = acceptances.by_annotation(item.project, asked)
    chains = [_chain(group, subject, everything, accepted) for group in groups]
    responses = responses_of(item)
    letters = [response.letter for response in responses]
    return {
        "responses": responses,
        "side_by_side": side_by_side([group[-1] for group in groups], subject, letters),
        "people": [chain for chain in chains if not chain.origin],
        "imported": [chain for chain in chains if chain.origin == "imported"],
        "models": [chain for chain in chains if chain.origin == "model"],
    }


def _annotations(item: Item) -> list[Annotation]:
    found = Annotation.objects.filter(item=item).select_related("author", "run__checkpoint", "form")
    return list(found.order_by("pk")[:500])


def _by_annotator(annotations: Iterable[Annotation]) -> list[list[Annotation]]:
    """Annotations grouped by annotator, each group in the order in which one superseded the other."""
    groups: dict[tuple[Any, ...], list[Annotation]] = {}
    for annotation in annotations:
        model = (annotation.run.checkpoint_id, annotation.run.question) if annotation.run else None
        groups.setdefault((annotation.author_id, annotation.imported_name, model), []).append(annotation)
    return list(groups.values())


def _chain(group: Sequence[Annotation], subject: Subject, everything: All, accepted: Mapping[int, Accepted]) -> Chain:
    pairs = zip(group, [None, *group[:-1]], strict=True)
    versions = [_version(newer, older, subject, everything) for newer, older in pairs]
    newest = group[-1]
    return Chain(
        author_id=newest.author_id,
        name=newest.annotator,
        initials=newest.author.initials if newest.author else "",
        origin=newest.origin,
        source=newest.source,
        current=versions[-1],
        earlier=tuple(reversed(versions[:-1])),
        said=said(newest.run_id, newest.source) if newest.run_id is not None else None,
        accepted=accepted.get(newest.pk),
    )


def _version(annotation: Annotation, before: Annotation | None, subject: Subject, everything: All) -> Version:
    answers = [
        _answer(question, annotation, before, subject, everything) for question in questions_of(annotation.form_id)
    ]
    return Version(
        id=annotation.pk,
        at=annotation.created_at,
        seconds=annotation.seconds,
        shown=" ".join(LETTERS[index] for index in annotation.shown),
        reason=annotation.reason,
        form_version=annotation.form.version,
        answers=tuple(answer for answer in answers if answer.words or answer.before),
    )


def _answer(
    question: Question, annotation: Annotation, before: Annotation | None, subject: Subject, everything: All
) -> Answer:
    words = _words(question, annotation.answers.get(question.key), subject)
    old = _words(question, before.answers.get(question.key), subject) if before else ""
    return Answer(
        title=question.title,
        words=words,
        details=_details(question, annotation.answers.get(question.key), subject),
        before=(old or "no answer") if before and old != words else "",
        is_long=question.kind == "text",
        advised=_advised(question, annotation, subject, everything),
    )


def _advised(question: Question, annotation: Annotation, subject: Subject, everything: All) -> str:
    """Which suggestion a person saw beside a question, when, and whether the answer is that one."""
    source, key = annotation.source, question.key
    suggested = everything.get(source.get("suggested", {}).get(key, 0)) if annotation.author_id else None
    if suggested is None or key not in suggested.answers:
        return ""
    first = _words(question, source.get("first", {}).get(key), subject)
    when = f" after answering “{first}”" if first else ""
    own, other = annotation.answers.get(key), suggested.answers[key]
    if key in source.get("taken", ()):
        so = "took it"
    else:
        so = "agrees" if own is not None and KINDS[question.kind].same(own, other) else "does not agree"
    return f"Saw the suggestion “{_words(question, other, subject)}” of {suggested.annotator}{when}, and {so}"


def _words(question: Question, value: Any, subject: Subject) -> str:
    return KINDS[question.kind].words(value, question, subject) if value is not None else ""


def _details(question: Question, value: Any, subject: Subject) -> tuple[str, ...]:
    return tuple(KINDS[question.kind].details(value, question, subject)) if value is not None else ()


def _skips(item: Item) -> list[Skip]:
    found = Lease.objects.filter(item=item, outcome=Lease.Outcome.SKIPPED).select_related("annotator")
    return [
        Skip(str(lease.annotator), lease.reason, lease.ended_at) for lease in found.order_by("ended_at", "pk")[:100]
    ]


def responses_of(item: Item) -> list[Response]:
    """The item's responses in its own order."""
    return [_response(index, raw) for index, raw in enumerate(item.responses)]


def _response(index: int, raw: dict[str, Any]) -> Response:
    model = raw.get("model")
    text = text_of(raw["messages"])
    return Response(
        letter=LETTERS[index] if index < len(LETTERS) else str(index + 1),
        messages=raw["messages"],
        model=model if isinstance(model, str) else "",
        words=len(text.split()),
    )

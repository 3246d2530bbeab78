"""What the labeling page and the API's `next` show. Nothing here names a model, a source or another annotator."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from annotation import subjects
from annotation.kinds import KINDS, Subject
from annotation.models import Annotation, Item, Lease, Question, Slot
from annotation.queries.forms import questions_of
from annotation.services import drafts
from annotation.services.annotations import side_order
from projects.access import Place
from projects.models import Guideline


@dataclass(frozen=True, slots=True)
class Side:
    """One response as the annotator sees it."""

    letter: str
    messages: list[dict[str, str]]
    text: str
    words: int


@dataclass(frozen=True, slots=True)
class Workspace:
    """One item with its questions, ready to be answered by one person."""

    item_id: int
    form_id: int
    request_key: uuid.UUID
    messages: list[dict[str, str]]
    principle: str
    sides: list[Side]
    subject: Subject
    questions: tuple[Question, ...]
    fields: dict[str, str] = field(default_factory=dict)  # form fields as they stand, in shown order
    lease_id: uuid.UUID | None = None
    expires_at: datetime | None = None
    annotation_id: int | None = None  # set when an earlier answer is looked at again


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one person is, and how much the project still wants from them."""

    done: int
    open: int
    seconds_an_item: float | None

    @property
    def total(self) -> int:
        return self.done + self.open


def for_lease(place: Place, lease: Lease) -> Workspace:
    """The workspace of a lease from `queue.claim` or `queue.with_item`, with what this person typed before."""
    return _workspace(
        place,
        lease.item,
        lease.form_id,
        shown=side_order(place, lease.item),
        fields=dict(lease.draft or {}),
        lease_id=lease.pk,
        expires_at=lease.slot.expires_at,
    )


def for_reading(place: Place, lease: Lease) -> Workspace:
    """The texts of an item that this person has held, whatever became of the lease."""
    return _workspace(place, lease.item, lease.form_id, shown=side_order(place, lease.item), fields={})


def for_annotation(place: Place, annotation: Annotation) -> Workspace:
    """The workspace of one's own earlier answer: as it was shown, filled in as it was answered or left since."""
    answered: dict[str, str] = {}
    for question in questions_of(annotation.form_id):
        kind = KINDS[question.kind]
        value = kind.to_shown_order(annotation.answers.get(question.key), annotation.shown)
        answered |= kind.fields(value, question)
    return _workspace(
        place,
        annotation.item,
        annotation.form_id,
        shown=annotation.shown,
        fields=drafts.find(place, annotation.item) or answered,
        annotation_id=annotation.pk,
    )


def latest_own(place: Place, *, before: int | None = None) -> Annotation | None:
    """This person's newest annotation in the project, or the newest one before another."""
    own = Annotation.objects.current().filter(project=place.project, author=place.user)
    if before is not None:
        own = own.filter(pk__lt=before)
    return own.select_related("item").order_by("-pk").first()


def own_answer(place: Place, item_id: int) -> Annotation | None:
    """This person's current annotation of an item."""
    own = Annotation.objects.current().filter(project=place.project, author=place.user, item_id=item_id)
    return own.select_related("item").first()


def done(place: Place) -> int:
    """How many items this person has annotated in the project."""
    return _own_roots(place).count()


OPEN_SHOWN = 10_000  # beyond this the exact number changes nothing for the person who reads it


def progress(place: Place) -> Progress:
    """Counts for the bar at the top; `open` are items that still want this person's answer, counted up to 10,000."""
    recent = list(_own_roots(place).order_by("-pk").values_list("seconds", flat=True)[:50])
    timed = sorted(seconds for seconds in recent if seconds)
    answered = Slot.objects.filter(item=OuterRef("item"), holder=place.user, annotation__isnull=False)
    waiting = Slot.objects.filter(~Exists(answered), project=place.project, annotation__isnull=True)
    return Progress(
        done=done(place),
        open=waiting.values("item").distinct()[:OPEN_SHOWN].count(),
        seconds_an_item=timed[len(timed) // 2] if len(timed) >= 5 else None,
    )


def _own_roots(place: Place) -> QuerySet[Annotation]:
    own = Annotation.objects.filter(project=place.project, author=place.user)
    return own.filter(supersedes__isnull=True)


def guideline(place: Place) -> Guideline | None:
    """The guideline in force."""
    return Guideline.objects.filter(project=place.project).order_by("-version").first()


def _workspace(
    place: Place, item: Item, form_id: int, *, shown: list[int], fields: dict[str, str], **where: Any
) -> Workspace:
    return Workspace(
        item_id=item.pk,
        form_id=form_id,
        request_key=uuid.uuid4(),
        messages=[_turn(message) for message in item.messages],
        principle=item.principle,
        sides=[_side(letter, item, index) for letter, index in enumerate(shown)],
        subject=subjects.of(item, shown, questions_of(form_id)),
        questions=questions_of(form_id),
        fields=fields,
        **where,
    )


def _side(place_shown: int, item: Item, index: int) -> Side:
    text = item.text_of(index)
    turns = [_turn(message) for message in item.responses[index]["messages"]]
    return Side(letter=chr(65 + place_shown), messages=turns, text=text, words=len(text.split()))


def _turn(message: dict[str, Any]) -> dict[str, str]:
    """Only role and content: whatever else a source put beside them may name the model."""
    return {"role": message["role"], "content": message["content"]}

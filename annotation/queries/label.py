"""What the labeling page and the API's `next` show. Nothing here names a model, a source or another annotator."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotation import advice, numbering, subjects
from annotation.advice import Advice, Adviser
from annotation.kinds import KINDS, Subject
from annotation.models import Annotation, Gold, Item, Lease, Question, Slot
from annotation.models.items import FIRST_EXTRA
from annotation.queries import suggested
from annotation.queries.forms import current_form, questions_of
from annotation.queries.shown import NO_FILES, Files, files_of
from annotation.services import drafts
from annotation.services.annotations import side_order
from annotation.turns import PARTS_OF
from annotation.turns import without_ids as turns_without_ids
from projects.access import Place
from projects.models import Guideline


@dataclass(frozen=True, slots=True)
class Side:
    """One response as the annotator sees it."""

    letter: str
    messages: list[dict[str, Any]]
    text: str
    words: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Answers that a model suggests, by question and in shown order; those to `waiting` questions are not told yet."""

    mode: str
    answers: dict[str, Any]
    waiting: frozenset[str]


@dataclass(frozen=True, slots=True)
class Workspace:
    """One item with its questions, ready to be answered by one person."""

    number: int
    """What this person knows the item by (`annotation.numbering`)."""
    form_id: int
    request_key: uuid.UUID
    messages: list[dict[str, Any]]
    principle: str
    sides: list[Side]
    subject: Subject
    questions: tuple[Question, ...]
    files: Files = NO_FILES
    fields: dict[str, str] = field(default_factory=dict)  # form fields as they stand, in shown order
    lease_id: uuid.UUID | None = None
    expires_at: datetime | None = None
    annotation_id: int | None = None  # set when an earlier answer is looked at again
    advice: dict[str, Advice] | None = None  # by question; None where nobody is asked for any
    suggestion: Suggestion | None = None  # what a model suggests, as the project allows it


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one person is, and how much the project still wants from them."""

    done: int
    open: int
    seconds_an_item: float | None

    @property
    def total(self) -> int:
        return self.done + self.open


def in_hand(place: Place, lease: Lease) -> Workspace:
    """The workspace of a lease with what models suggest about it, where and when the project wants that shown.

    One query more than without, where something is shown.
    """
    found = suggested.beside(place.project, lease)
    if found is None:
        return for_lease(place, lease)
    answers = suggested.answers_of(found)
    workspace = for_lease(place, lease, suggested.advisers(answers))
    shown = side_order(place, lease.item)
    kinds = {question.key: KINDS[question.kind] for question in workspace.questions}
    told = {key: kinds[key].to_shown_order(value, shown) for key, value in answers.items()}
    waits = {key: Advice(waits=True) for key in found.waiting}
    return replace(
        workspace,
        suggestion=Suggestion(found.mode, told, found.waiting),
        advice={**(workspace.advice or {}), **waits},
    )


def looked_at_again(place: Place, annotation: Annotation, lease: Lease | None) -> Workspace:
    """The workspace of one's own earlier answer, with what was shown under the lease that it was given under."""
    found = suggested.beside(place.project, lease)
    advisers = None if found is None else suggested.advisers(suggested.answers_of(found))
    return for_annotation(place, annotation, advisers)


def for_lease(place: Place, lease: Lease, advisers: Sequence[Adviser] | None = None) -> Workspace:
    """The workspace of a lease from `queue.claim` or `queue.with_item`, with what this person typed before.

    `advisers` are None where the project wants answers that nobody has advised on.
    """
    return _workspace(
        place,
        lease.item,
        lease.form_id,
        shown=side_order(place, lease.item),
        fields=dict(lease.draft or {}),
        advisers=advisers,
        lease_id=lease.pk,
        expires_at=lease.slot.expires_at,
    )


def for_reading(place: Place, lease: Lease) -> Workspace:
    """The texts of an item that this person has held, whatever became of the lease."""
    return _workspace(place, lease.item, lease.form_id, shown=side_order(place, lease.item), fields={})


def for_annotation(place: Place, annotation: Annotation, advisers: Sequence[Adviser] | None = None) -> Workspace:
    """The workspace of one's own earlier answer: as it was shown, filled in as it was answered or left since.

    A project that asks for an answer of one's own first gives its `advisers` here and not to `for_lease`.
    """
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
        advisers=advisers,
        annotation_id=annotation.pk,
    )


def for_review(place: Place, item: Item) -> Workspace | None:
    """The workspace of a reviewer, in the item's own order as everybody's answers are told; None without a form.

    Filled in with what this person answered before, where they did.
    """
    own = own_answer(place, item.pk)
    form = current_form(place.project.pk)
    if own is None and form is None:
        return None
    form_id = own.form_id if own else form.pk if form else 0
    answered: dict[str, str] = {}
    for question in questions_of(form_id) if own else ():
        answered |= KINDS[question.kind].fields(own.answers.get(question.key) if own else None, question)
    return _workspace(
        place,
        item,
        form_id,
        shown=list(range(len(item.responses))),
        fields=answered,
        annotation_id=own.pk if own else None,
    )


def number_before(place: Place, *, before: int | None = None) -> int | None:
    """What this person knows the item by that they answered last, or last before another annotation."""
    found = latest_own(place, before=before)
    return numbering.number_of(place, found.item_id) if found else None


def latest_own(place: Place, *, before: int | None = None) -> Annotation | None:
    """This person's newest annotation in the project, or the newest one before another."""
    own = Annotation.objects.current().filter(project=place.project, author=place.user)
    if before is not None:
        own = own.filter(pk__lt=before)
    return own.select_related("item").order_by("-pk").first()


def own_answer(place: Place, item_id: int) -> Annotation | None:
    """This person's current annotation of an item."""
    own = Annotation.objects.current().filter(project=place.project, author=place.user, item_id=item_id)
    return own.select_related("item", "project").first()


def done(place: Place) -> int:
    """How many items this person has annotated in the project."""
    return _own_roots(place).count()


OPEN_SHOWN = 10_000  # beyond this the exact number changes nothing for the person who reads it


def progress(place: Place) -> Progress:
    """Counts for the bar at the top; `open` are items that still want this person's answer, counted up to 10,000."""
    recent = list(_own_roots(place).order_by("-pk").values_list("seconds", flat=True)[:50])
    timed = sorted(seconds for seconds in recent if seconds)
    return Progress(
        done=done(place),
        open=_open(place),
        seconds_an_item=timed[len(timed) // 2] if len(timed) >= 5 else None,
    )


def _open(place: Place) -> int:
    """Items whose answer is known count from the beginning, so that no count moves by another step when one comes."""
    answered = Slot.objects.filter(item=OuterRef("item"), holder=place.user, annotation__isnull=False)
    waiting = Slot.objects.filter(~Exists(answered), project=place.project, annotation__isnull=True)
    if not place.project.has_had_gold:
        return waiting.values("item").distinct()[:OPEN_SHOWN].count()
    gold = Gold.objects.current().filter(project=place.project)
    others = waiting.filter(~Q(item__in=gold.values("item")), number__lt=FIRST_EXTRA)
    found = others.values("item").distinct()[:OPEN_SHOWN].count()
    held = Slot.objects.filter(item=OuterRef("item"), holder=place.user, annotation__isnull=True)
    known = gold.given().filter(~Exists(answered)).annotate(is_held=Exists(held))
    # Where nothing else is left none is mixed in either: what nobody will be given waits for nobody.
    return min(OPEN_SHOWN, found + (known if found else known.filter(is_held=True)).count())


def _own_roots(place: Place) -> QuerySet[Annotation]:
    own = Annotation.objects.filter(project=place.project, author=place.user)
    return own.filter(supersedes__isnull=True)


def guideline(place: Place) -> Guideline | None:
    """The guideline in force."""
    return Guideline.objects.filter(project=place.project).order_by("-version").first()


def _workspace(
    place: Place,
    item: Item,
    form_id: int,
    *,
    shown: list[int],
    fields: dict[str, str],
    advisers: Sequence[Adviser] | None = None,
    **where: Any,
) -> Workspace:
    questions = questions_of(form_id)
    subject = subjects.of(item, shown, questions)
    messages, *responses = blind(item.messages, *(item.responses[index]["messages"] for index in shown))
    return Workspace(
        number=numbering.number_of(place, item.pk),
        form_id=form_id,
        request_key=uuid.uuid4(),
        messages=messages,
        principle=item.principle,
        sides=[_side(place, item.text_of(shown[place]), turns) for place, turns in enumerate(responses)],
        subject=subject,
        questions=questions,
        files=files_of(place.project, [messages, *responses]),
        fields=fields,
        advice=None
        if advisers is None
        else {one.key: advice.about(one, advisers, subject, shown) for one in questions},
        **where,
    )


def _side(place_shown: int, text: str, turns: list[dict[str, Any]]) -> Side:
    return Side(letter=chr(65 + place_shown), messages=turns, text=text, words=len(text.split()))


def blind(*conversations: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """What may be seen of turns: whatever else a source put beside it may name the model, as the ids of calls do."""
    return [[_turn(turn) for turn in turns] for turns in turns_without_ids(conversations)]


def _turn(turn: dict[str, Any]) -> dict[str, Any]:
    """Role, content and the parts that such a turn has; the name of a tool is one, that of an assistant is not."""
    parts = PARTS_OF.get(turn["role"], ())
    seen = {name: turn[name] for name in ("role", "content", *parts) if name in turn}
    if "media" in seen:  # the path in an archive is often named after the model
        seen["media"] = [{name: value for name, value in one.items() if name != "name"} for one in seen["media"]]
    return seen

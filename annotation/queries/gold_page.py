"""What the pages about items with a known answer say: which they are, who has met them, what is accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from accounts.models import User
from annotation import subjects
from annotation.intervals import wilson
from annotation.kinds import KINDS, Subject
from annotation.kinds.base import Known
from annotation.models import Annotation, Gold, Item, Question, Screening, Slot
from annotation.queries.forms import questions_of
from annotation.queries.gold import in_words
from projects.access import RIGHTS, Right
from projects.models import Project

PAGE = 50
MOST_SAID = 12  # annotators whose answers are offered to be accepted
MOST_PEOPLE = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One known item in the list."""

    item_id: int
    key: str
    version: int
    accepted: tuple[str, ...]
    note: str
    by: str
    at: datetime
    asked: int


@dataclass(frozen=True, slots=True)
class Met:
    """How many known items somebody who labels has answered, and how many are left for them."""

    name: str
    answered: int
    left: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is accepted of one question, in words, by its number in the list."""

    question: Question
    words: tuple[str, ...]
    within: int
    tolerances: Sequence[int]


@dataclass(frozen=True, slots=True)
class Offered:
    """What one annotator said of the item, which can be accepted."""

    annotation_id: int
    name: str
    words: tuple[str, ...]


def lines(project: Project, *, after: int = 0) -> list[Line]:
    """One more than a page of known items, in import order, from behind an item."""
    found = Gold.objects.current().filter(project=project, item__gt=after)
    shown = list(found.select_related("item", "created_by").order_by("item")[: PAGE + 1])
    answers = Annotation.objects.filter(item__in=[one.item_id for one in shown], author__isnull=False, supersedes=None)
    asked = dict(answers.order_by().values_list("item").annotate(Count("pk")))
    return [
        Line(
            item_id=one.item_id,
            key=one.item.key,
            version=one.version,
            accepted=tuple(_words(one, one.item)),
            note=one.note,
            by=str(one.created_by),
            at=one.created_at,
            asked=asked.get(one.item_id, 0),
        )
        for one in shown
    ]


def count(project: Project) -> int:
    """How many items have a known answer now."""
    return Gold.objects.current().filter(project=project).count()


def met(project: Project) -> list[Met]:
    """Everybody who may label, those first who have the fewest known items left; at most a hundred, in five queries.

    Who made an answer known is not asked it.
    """
    gold = Gold.objects.given().filter(project=project)
    labeling = [role for role, rights in RIGHTS.items() if Right.LABEL in rights]
    people = User.objects.filter(memberships__project=project, memberships__role__in=labeling, is_active=True)
    answered = dict(
        Slot.objects.filter(item__in=gold.values("item"), annotation__isnull=False, holder__isnull=False)
        .order_by()
        .values_list("holder")
        .annotate(Count("pk"))
    )
    total = gold.count()
    versions = Gold.objects.filter(project=project, item__in=gold.values("item"))
    made = dict(versions.order_by().values_list("created_by").annotate(Count("item", distinct=True)))
    found = [
        Met(str(person), (done := answered.get(person.pk, 0)), max(0, total - made.get(person.pk, 0) - done))
        for person in people.order_by("name", "pk")[:MOST_PEOPLE]
    ]
    return sorted(found, key=lambda one: one.left)


@dataclass(frozen=True, slots=True)
class Beginner:
    """Somebody at their first items, or how they did."""

    screening: Screening
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.screening.right / self.screening.asked if self.screening.asked else 0.0


def beginners(project: Project) -> list[Beginner]:
    """Who was screened, those first who wait for an owner, then the newest; at most a hundred.

    `low` and `high` bound the share that they would get right of many such items (Wilson's interval, 95 %).
    """
    found = Screening.objects.filter(project=project).exclude(state=Screening.State.WAIVED)
    newest = found.select_related("person", "decided_by").order_by("-pk")[:MOST_PEOPLE]
    told = [Beginner(one, *wilson(one.right, one.asked)) for one in newest]
    return sorted(told, key=lambda one: not one.screening.needs_an_owner)


def accepted(gold: Gold | None, item: Item, questions: Sequence[Question]) -> list[Accepted]:
    """Each question that can be known, with what is accepted of it."""
    subject = subjects.of(item, questions=questions)
    found = []
    for question in questions:
        if question.kind == "text":
            continue
        one = (gold.answers if gold else {}).get(question.key) or {"accepted": [], "within": 0}
        words = tuple(_words_of(question, value, subject) for value in one["accepted"])
        found.append(Accepted(question, words, one["within"], KINDS[question.kind].tolerances(question)))
    return found


def offered(item: Item, form_id: int, questions: Sequence[Question]) -> list[Offered]:
    """What people, imports and models say of the item now, to the same questions; newest first, at most twelve."""
    said = Annotation.objects.current().filter(item=item, form=form_id).select_related("author", "run__checkpoint")
    subject = subjects.of(item, questions=questions)
    found = []
    for one in said.order_by("-pk")[:MOST_SAID]:
        words = tuple(
            _asked_and(question, _words_of(question, one.answers[question.key], subject))
            for question in questions
            if question.key in one.answers and can_be_known(question, one.answers[question.key], subject)
        )
        if words:
            found.append(Offered(one.pk, one.annotator, words))
    return found


def can_be_known(question: Question, value: object, subject: Subject) -> bool:
    """Whether it can be told by rule that an answer is this one."""
    return KINDS[question.kind].is_right(value, Known([value]), question, subject) is not None


def _words(gold: Gold, item: Item) -> list[str]:
    straight = range(len(item.responses))
    asked = [one for one in questions_of(gold.form_id) if one.key in gold.answers]
    return [
        _asked_and(one, " or ".join(in_words(one, gold.answers[one.key]["accepted"], item, straight))) for one in asked
    ]


def _asked_and(question: Question, said: str) -> str:
    """A question with what is said to it: no colon behind a question mark."""
    return f"{question.title}{'' if question.title.endswith('?') else ':'} {said}"


def _words_of(question: Question, value: object, subject: Subject) -> str:
    return KINDS[question.kind].words(value, question, subject)

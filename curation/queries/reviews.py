"""What the pages of reviews show: the queue in words, and one item with all that is said against it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Now

from accounts.models import User
from annotation.kinds import KINDS
from annotation.models import Annotation, Item, Question
from annotation.queries.forms import current_form, questions_of
from annotation.queries.item import LETTERS, Chain
from annotation.queries.items import briefly
from curation.detector_words import title_of
from curation.models import Consensus, Decision, Finding, Review, ReviewLease
from curation.models.analyses import SURE
from curation.queries import evidence
from curation.queries.review_queue import Filters, Line, queue
from projects.access import Place
from projects.models import Project

MOST_FINDINGS = 50
MOST_PLACES = 20
MOST_REVIEWS = 100
BEYOND = Value(2**62, BigIntegerField())  # any id
CHANCES = 6  # of a posterior in words
DIGITS = "1234567890"  # as they stand on a keyboard


@dataclass(frozen=True, slots=True)
class Told:
    """One finding in words."""

    id: int
    detector: str
    title: str
    question: str
    annotator: str
    words: str
    strength: float
    chance: float | None
    suggestion: str
    evidence: list[tuple[str, str]]
    decision: str

    @property
    def is_open(self) -> bool:
        return self.decision in ("", Decision.ANOTHER)

    @property
    def decided(self) -> str:
        return Decision(self.decision).label if self.decision else ""


@dataclass(frozen=True, slots=True)
class Unsure:
    """A place of the item whose labels do not settle it."""

    question: str
    facet: str
    place: str
    value: str
    confidence: float
    labels: int
    chances: list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One item with everything that is said against it and what was decided about it before, newest first."""

    findings: list[Told]
    unsure: list[Unsure]
    reviews: list[Review]
    last: Review | None
    """What this person decided last, here or elsewhere; where their own decision stands here, the one before."""
    holder: ReviewLease | None
    """Who else has it in hand."""
    digits: list[tuple[str, str]]
    """Digits that answer the form's first question, each with what it says."""

    @property
    def seen(self) -> int:
        """The newest review; 0 where there is none."""
        return self.reviews[0].pk if self.reviews else 0

    @property
    def open_findings(self) -> list[Told]:
        return [one for one in self.findings if one.is_open]

    @property
    def settled_findings(self) -> list[Told]:
        return [one for one in self.findings if not one.is_open]


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One item of the queue as its list tells it."""

    line: Line
    key: str
    prompt: str
    words: str
    title: str
    in_hand: str


def lines(place: Place, filters: Filters, *, after: int | None = None, limit: int) -> list[QueueLine]:
    """The first items that wait, each with what speaks loudest against it."""
    found = queue(place.project, filters, after=after, limit=limit)
    ids = [line.item_id for line in found]
    items = {row["pk"]: row for row in briefly(ids)}
    loudest = _loudest(ids)
    names = _names({line.reviewer_id for line in found if line.reviewer_id not in (None, place.user.pk)})
    return [
        QueueLine(
            line=line,
            key=items[line.item_id]["key"],
            prompt=items[line.item_id]["prompt"] or "",
            words=loudest[line.item_id].words if line.item_id in loudest else "",
            title=title_of(loudest[line.item_id].detector) if line.item_id in loudest else "",
            in_hand=names.get(line.reviewer_id or 0, ""),
        )
        for line in found
    ]


def _loudest(item_ids: Sequence[int]) -> dict[int, Finding]:
    """The strongest open finding about each item."""
    open_ones = Finding.objects.filter(item__in=item_ids, gone__isnull=True, decision__in=("", Decision.ANOTHER))
    return {one.item_id or 0: one for one in open_ones.order_by("item", "-strength", "pk").distinct("item")}


def _names(user_ids: Iterable[int | None]) -> dict[int, str]:
    wanted = [one for one in user_ids if one]
    return {one.pk: str(one) for one in User.objects.filter(pk__in=wanted)} if wanted else {}


def entry(place: Place, item: Item, form_id: int | None, *, is_taken: bool = False) -> Entry:
    """Everything about one item that a decision needs, beside its texts and answers, in four queries.

    `form_id` is that of the form in force. Where this person has just taken the item nobody else has it, and nobody
    has to be asked for, which is one less.
    """
    titles = _by_key(form_id)
    reviews, last = _decided(place, item)
    return Entry(
        findings=_findings(item, titles),
        unsure=_unsure(item, titles),
        reviews=reviews,
        last=last,
        holder=None if is_taken else held_by(place, item),
        digits=digits(next(iter(titles.values()), None)),
    )


def held_by(place: Place, item: Item) -> ReviewLease | None:
    """Who else has an item in hand."""
    held = ReviewLease.objects.select_related("reviewer").filter(item=item, expires_at__gt=Now())
    return held.exclude(reviewer=place.user).first()


def coachable(place: Place, people: Iterable[Chain]) -> list[Chain]:
    """Those who said something, whom a note can be written to."""
    return [chain for chain in people if chain.author_id != place.user.pk][:MOST_PLACES]


def digits(question: Question | None) -> list[tuple[str, str]]:
    """The digits among a question's keys with what they say, in the order of a keyboard; none for a text."""
    told = KINDS[question.kind].keys(question) if question else []
    found: dict[str, str] = {}
    for key, meaning in told:
        for low, high in re.findall(r"([0-9])(?:…([0-9]))?", key):
            for digit in DIGITS[DIGITS.index(low) : DIGITS.index(high or low) + 1]:
                found.setdefault(digit, meaning)
    return sorted(found.items(), key=lambda one: DIGITS.index(one[0]))


def last_decided(place: Place) -> Review | None:
    """This person's newest decision in the project."""
    return _own(place).order_by("-pk").first()


def _own(place: Place) -> QuerySet[Review]:
    return Review.objects.filter(project=place.project, reviewer=place.user, item__isnull=False)


def _decided(place: Place, item: Item) -> tuple[list[Review], Review | None]:
    """What was decided about an item, the newest first, and what this person decided last, in one query."""
    newest = Review.objects.filter(item=item).annotate(own=Case(When(reviewer=place.user, then="pk"))).order_by("-pk")
    before = Coalesce(Subquery(newest.values("own")[:1], BigIntegerField()), BEYOND)
    last = _own(place).filter(pk__lt=before).order_by("-pk").values("pk")[:1]
    both = Review.objects.annotate(last=Subquery(last)).filter(Q(item=item) | Q(pk=F("last")))
    found = list(both.select_related("reviewer").order_by("-pk")[: MOST_REVIEWS + 1])
    lasts = (one for one in found if one.pk == vars(one)["last"])  # which its type does not know
    return [one for one in found if one.item_id == item.pk], next(lasts, None)


def annotator_named(project: Project, filters: Filters) -> str:
    """The annotator that is filtered by, where they said something in this project; else empty."""
    if filters.who is None:
        return ""
    kind, key = filters.who
    said = Annotation.objects.filter(project=project).select_related("author", "run__checkpoint")
    by = {"person": "author", "imported": "imported_name", "model": "run__checkpoint"}[kind]
    found = said.filter(**{by: key}).order_by("pk").first()
    return found.annotator if found else ""


def detectors(project: Project) -> list[tuple[str, str]]:
    """Name and title of those that said something about an item that still holds."""
    found = Finding.objects.filter(project=project, gone__isnull=True, item__isnull=False)
    return [(name, title_of(name)) for name in found.order_by("detector").values_list("detector", flat=True).distinct()]


def questions(project: Project) -> list[tuple[str, str]]:
    """Key and title of what can be counted."""
    return [(key, one.title) for key, one in _questions(project).items() if KINDS[one.kind].facets(one)]


def _questions(project: Project) -> dict[str, Question]:
    form = current_form(project.pk)
    return _by_key(form.pk if form else None)


def _by_key(form_id: int | None) -> dict[str, Question]:
    return {one.key: one for one in questions_of(form_id)} if form_id else {}


def _findings(item: Item, titles: Mapping[str, Question]) -> list[Told]:
    found = (
        Finding.objects.filter(item=item, gone__isnull=True)
        .select_related("person", "checkpoint", "annotation__author", "annotation__run__checkpoint")
        .order_by((F("strength")).desc(), "pk")[:MOST_FINDINGS]
    )
    return [_told(one, titles) for one in found]


def _told(finding: Finding, titles: Mapping[str, Question]) -> Told:
    about = finding.annotation
    return Told(
        id=finding.pk,
        detector=finding.detector,
        title=title_of(finding.detector),
        question=titles[finding.question].title if finding.question in titles else finding.question,
        annotator=about.annotator if about else finding.annotator,
        words=finding.words,
        strength=finding.strength,
        chance=finding.chance,
        suggestion=finding.get_suggestion_display(),
        evidence=evidence.table(finding.evidence) if finding.evidence else [],
        decision=finding.decision,
    )


def _unsure(item: Item, titles: Mapping[str, Question]) -> list[Unsure]:
    found = Consensus.objects.filter(item=item, until__isnull=True, confidence__lte=SURE, labels__gte=2)
    return [_place(one, titles.get(one.question)) for one in found.order_by("confidence", "pk")[:MOST_PLACES]]


def _place(row: Consensus, question: Question | None) -> Unsure:
    facets = {facet.key: facet for facet in KINDS[question.kind].facets(question)} if question else {}
    facet = facets.get(row.facet)
    values = facet.values if facet and facet.scale != "levels" else ()
    chances = sorted(zip(values, row.posterior, strict=False), key=lambda one: -one[1])[:CHANCES]
    return Unsure(
        question=question.title if question else row.question,
        facet=facet.title if facet and row.facet else row.facet,
        place=place_in_words(row.place, is_pair=bool(facet and facet.scale == "sides")),
        value=row.value.upper() if row.value in ("a", "b") else row.value,
        confidence=row.confidence,
        labels=row.labels,
        chances=[(name.upper() if name in ("a", "b") else name, chance) for name, chance in chances],
    )


def place_in_words(place: str, *, is_pair: bool) -> str:
    """A place of a vote as people say it: "Response B, part 3", "A and C"; empty for the item itself."""
    parts = place.split(".") if place else []
    if not parts:
        return ""
    if is_pair and len(parts) == 2:
        return " and ".join(_letter(part) for part in parts)
    first = f"Response {_letter(parts[0])}" if parts[0].isdecimal() else parts[0]
    return ", ".join([first, *(f"part {int(part) + 1}" if part.isdecimal() else part for part in parts[1:])])


def _letter(part: str) -> str:
    return LETTERS[int(part)] if part.isdecimal() and int(part) < len(LETTERS) else part

"""What the overview says: how far the project is, who works on it and how fast, what came in, what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection
from django.db.models import Count, F, FilteredRelation, Q
from django.db.models.functions import Now

from accounts.models import User
from annotation.models import Annotation, Import
from annotation.queries.costly import remembered
from projects.access import Place
from projects.models import Project

DAYS = 14  # of the strip of time
PACE_DAYS = 7
FEW = 20  # answers below which no end is foretold
MOST_PEOPLE = 12  # shown; a page is no list of a thousand names
STRIP_FLOOR, STRIP_HEIGHT = 94, 72
TIMED = 50  # newest answers per person that the pace is taken from


@dataclass(frozen=True, slots=True)
class Totals:
    """How many items there are, how many have all the annotations they want, how many annotations are missing."""

    items: int
    done: int
    missing: int
    has_form: bool
    has_guideline: bool

    @property
    def open(self) -> int:
        return self.items - self.done

    @property
    def share(self) -> float:
        """Of items that are done, rounded down: 100 % means all of them."""
        return int(100 * self.done / self.items) / 100 if self.items else 0.0


@dataclass(frozen=True, slots=True)
class Person:
    """A member, or someone who has left and whose answers stay, with what they have answered."""

    name: str
    initials: str
    role: str  # empty for someone who has left
    answers: int
    today: int  # in the last 24 hours
    seconds: float | None  # the median of their newest answers; None when there are too few
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bar:
    """One day in the strip of time, placed in a drawing of 560 by 96."""

    x: int
    height: int
    count: int
    label: str
    is_labelled: bool

    @property
    def y(self) -> int:
        return STRIP_FLOOR - self.height

    @property
    def middle(self) -> int:
        return self.x + 17

    @property
    def text_y(self) -> int:
        return self.y - 5


@dataclass(frozen=True, slots=True)
class Pace:
    """Answers per day, newest last, and when the work ends if it goes on like the last seven days."""

    days: tuple[int, ...]
    week: int
    end: datetime | None

    @property
    def highest(self) -> int:
        return max(self.days, default=0)

    @property
    def bars(self) -> list[Bar]:
        """One for each day; the highest and the newest carry their number."""
        top = self.days.index(self.highest) if self.days else 0
        labels = [f"{DAYS - 1 - day} days ago" for day in range(DAYS - 2)] + ["yesterday", "the last 24 hours"]
        return [
            Bar(
                x=day * 40 + 3,
                height=max(2, round(count * STRIP_HEIGHT / self.highest)) if count else 1,
                count=count,
                label=labels[day],
                is_labelled=bool(count) and day in (top, DAYS - 1),
            )
            for day, count in enumerate(self.days)
        ]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page of an owner, curator or viewer shows."""

    totals: Totals
    people: list[Person]
    pace: Pace
    imported_labels: int
    model_answers: int
    imports: list[Import]

    @property
    def has_form(self) -> bool:
        return self.totals.has_form

    @property
    def has_guideline(self) -> bool:
        return self.totals.has_guideline

    @property
    def working(self) -> int:
        """People who answered something in the last 24 hours."""
        return sum(1 for person in self.people if person.today)

    @property
    def people_shown(self) -> list[Person]:
        return self.people[:MOST_PEOPLE]

    @property
    def people_hidden(self) -> int:
        return max(0, len(self.people) - MOST_PEOPLE)


def overview(place: Place, *, now: datetime) -> Overview:
    """What those who may view see, in five queries."""
    found = totals(place.project)
    told = remembered(f"activity:{place.project.pk}", lambda: _activity(place.project), rows=_answers)
    activity = [row for row in told if not row["by_models"]]
    models = sum(row["answers"] for row in told if row["by_models"])
    return Overview(
        totals=found,
        people=_people(place.project, activity),
        pace=_pace(activity, found.missing, now),
        imported_labels=max(0, sum(row["answers"] for row in activity if row["author_id"] is None) - models),
        model_answers=models,
        imports=list(Import.objects.filter(project=place.project).select_related("job").order_by("-created_at")[:3]),
    )


@dataclass(frozen=True, slots=True)
class Own:
    """What one person has done in the project. Nothing of anybody else."""

    answers: int
    today: int  # in the last 24 hours
    seconds: float | None
    last_at: datetime | None


def own_progress(place: Place) -> Own:
    """One's own answers and pace."""
    own = Annotation.objects.filter(project=place.project, author=place.user, supersedes__isnull=True)
    today = Count("pk", filter=Q(created_at__gt=Now() - timedelta(days=1)))
    counted = remembered(
        f"own:{place.project.pk}:{place.user.pk}",
        lambda: own.aggregate(answers=Count("pk"), today=today),
        rows=lambda counts: int(counts["answers"]),
    )
    newest = list(own.order_by("-pk").values_list("seconds", "created_at")[:TIMED])
    timed = sorted(seconds for seconds, _ in newest if seconds is not None)
    return Own(
        answers=counted["answers"],
        today=counted["today"],
        seconds=median(timed) if len(timed) >= 5 else None,
        last_at=newest[0][1] if newest else None,
    )


def totals(project: Project) -> Totals:
    """Counts from the slots; nothing is stored that could drift."""
    found = remembered(
        f"totals:{project.pk}",
        lambda: _rows(TOTALS, {"project": project.pk})[0],
        rows=lambda counts: int(counts["items"] + counts["missing"]),
    )
    return Totals(
        items=found["items"],
        done=found["items"] - found["unanswered"],
        missing=found["missing"],
        has_form=found["has_form"],
        has_guideline=found["has_guideline"],
    )


# Both counts read an index only: item_by_project, and slot_unanswered, where an item's slots stand side by side.
TOTALS = """
SELECT (SELECT count(*) FROM annotation_item WHERE project_id = %(project)s) AS items,
    open.items AS unanswered, open.slots AS missing,
    EXISTS (SELECT 1 FROM annotation_form WHERE project_id = %(project)s) AS has_form,
    EXISTS (SELECT 1 FROM projects_guideline WHERE project_id = %(project)s) AS has_guideline
FROM (
    SELECT count(*) AS items, coalesce(sum(each.slots), 0)::bigint AS slots FROM (
        SELECT item_id, count(*) AS slots FROM annotation_slot
        WHERE project_id = %(project)s AND annotation_id IS NULL GROUP BY item_id
    ) AS each
) AS open
"""

# One pass over the index annotation_by_time, without touching the table: answers by person and by day before now. It
# cannot tell models from imports, so those of models are counted by the index annotation_once_per_run.
ACTIVITY = """
SELECT FALSE AS by_models, author_id,
    CASE WHEN created_at > now() - make_interval(days => %(days)s)
        THEN greatest(0, floor(date_part('epoch', now() - created_at) / 86400))::int END AS days_ago,
    count(*) AS answers
FROM annotation_annotation
WHERE project_id = %(project)s AND supersedes_id IS NULL
GROUP BY 2, 3
UNION ALL
SELECT TRUE, NULL, NULL, count(*) FROM annotation_annotation
WHERE run_id IN (SELECT id FROM modelhooks_run WHERE project_id = %(project)s) AND supersedes_id IS NULL
"""

PACES = """
SELECT people.id, percentile_cont(0.5) WITHIN GROUP (ORDER BY recent.seconds) AS seconds,
    count(recent.seconds) AS timed, max(recent.created_at) AS last_at
FROM unnest(%(people)s::bigint[]) AS people(id)
CROSS JOIN LATERAL (
    SELECT seconds, created_at FROM annotation_annotation
    WHERE author_id = people.id AND project_id = %(project)s ORDER BY id DESC LIMIT %(timed)s
) AS recent
GROUP BY people.id
"""


def _activity(project: Project) -> list[dict[str, Any]]:
    return _rows(ACTIVITY, {"project": project.pk, "days": DAYS})


def _answers(activity: Sequence[Mapping[str, Any]]) -> int:
    return sum(row["answers"] for row in activity)


def _people(project: Project, activity: Sequence[Mapping[str, Any]]) -> list[Person]:
    authors = {row["author_id"] for row in activity if row["author_id"] is not None}
    here = FilteredRelation("memberships", condition=Q(memberships__project=project))
    users = User.objects.annotate(here=here, role=F("here__role"))
    paces = {row["id"]: row for row in _rows(PACES, {"people": list(authors), "project": project.pk, "timed": TIMED})}
    known = users.filter(Q(pk__in=authors) | Q(role__isnull=False))
    people = [_person(user, activity, paces.get(user.pk, {})) for user in known]
    return sorted(people, key=lambda person: (-person.answers, person.name))


def _person(user: Any, activity: Sequence[Mapping[str, Any]], pace: Mapping[str, Any]) -> Person:
    own = [row for row in activity if row["author_id"] == user.pk]
    return Person(
        name=str(user),
        initials=user.initials,
        role=user.role or "",
        answers=sum(row["answers"] for row in own),
        today=sum(row["answers"] for row in own if row["days_ago"] == 0),
        seconds=pace["seconds"] if pace.get("timed", 0) >= 5 else None,
        last_at=pace.get("last_at"),
    )


def _pace(activity: Sequence[Mapping[str, Any]], missing: int, now: datetime) -> Pace:
    days = [0] * DAYS
    for row in activity:
        if row["author_id"] is not None and row["days_ago"] is not None and 0 <= row["days_ago"] < DAYS:
            days[DAYS - 1 - row["days_ago"]] += row["answers"]
    week = sum(days[-PACE_DAYS:])
    end = now + timedelta(days=missing * PACE_DAYS / week) if missing and week >= FEW else None
    return Pace(days=tuple(days), week=week, end=end)


def _rows(query: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

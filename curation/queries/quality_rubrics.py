"""How well the rubrics in use say what people say, on the page of quality: each by its newest version with a report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from curation.models import RubricReport
from curation.queries.rubrics import change_in
from curation.queries.rubrics_in_use import asked_versions
from projects.models import Project
from ui.charts import Axis, Interval

MOST = 5
AXIS = Axis(0.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One rubric. No estimate where no pair was held against it."""

    rubric: int
    name: str
    version: int
    judge: str
    right: Mapping[str, Any] | None
    """How often the response that people prefer scores higher, with its bounds."""
    pairs: int
    is_unseen: bool
    """Whether those are pairs that it was not written from."""
    change: str
    """What it gains over the version before, in a sentence; empty where nothing tells."""

    @property
    def mark(self) -> Interval | None:
        one = self.right
        return AXIS.interval(one["value"], one["low"], one["high"], self.name) if one else None


@dataclass(frozen=True, slots=True)
class Held:
    """The newest reports first, and whether there are more."""

    rows: list[Row]
    has_more: bool


def held(project: Project) -> Held:
    """Of rubrics that are not retired, or that the form in force asks with. One query."""
    is_live = Q(version__rubric__retired_at__isnull=True) & ~Q(version__status="retired")
    newest = RubricReport.objects.filter(is_live | Q(version__in=asked_versions(project)), project=project)
    of_each = newest.order_by("version__rubric", "-version__number", "-pk").distinct("version__rubric").values("pk")
    found = (
        RubricReport.objects.filter(pk__in=of_each)
        .order_by("-pk")
        .values(
            "version__rubric__number",
            "version__rubric__name",
            "version__number",
            "checkpoint__name",
            "figures__all",
            "figures__unseen",
            "figures__before",
        )
    )
    rows = [_row(one) for one in found[: MOST + 1]]
    return Held(rows[:MOST], len(rows) > MOST)


def _row(one: Mapping[str, Any]) -> Row:
    is_unseen = one["figures__unseen"]["accuracy"] is not None
    part = one["figures__unseen"] if is_unseen else one["figures__all"]
    return Row(
        rubric=one["version__rubric__number"],
        name=one["version__rubric__name"],
        version=one["version__number"],
        judge=one["checkpoint__name"],
        right=part["accuracy"],
        pairs=part["pairs"],
        is_unseen=is_unseen,
        change=change_in(one["figures__before"]),
    )

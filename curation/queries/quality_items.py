"""The places behind a figure of quality, least sure first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from annotation.queries.items import briefly
from curation.models import Consensus
from curation.models.analyses import SURE
from curation.queries.quality_filters import Filters
from projects.models import Project

ORDER = ("confidence", "id")
WHY = {
    "": Q(),
    "unsure": Q(confidence__lte=SURE) | Q(value=""),
    "unsettled": Q(value=""),
    "sure": Q(confidence__gt=SURE) & ~Q(value=""),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One place of an item, what its labels come to, and how surely."""

    consensus: Consensus
    key: str
    prompt: str
    place: str


def places(project: Project, filters: Filters) -> QuerySet[Consensus]:
    """What the newest analysis came to on one facet; to be read in `ORDER`."""
    found = Consensus.objects.filter(WHY[filters.why], project=project, until__isnull=True)
    kind, _, name = filters.slice.partition(":")
    if kind == "tag":
        found = found.filter(item__tags__contains=[name])
    elif kind == "language":
        found = found.filter(item__language=name)
    return found.filter(question=filters.question, facet=filters.facet)


def lines(found: Sequence[Consensus]) -> list[Line]:
    """With the beginning of each prompt, in one query."""
    told = {item["pk"]: item for item in briefly([one.item_id for one in found])}
    return [_line(one, told[one.item_id]) for one in found]


def _line(one: Consensus, item: Mapping[str, Any]) -> Line:
    return Line(one, item["key"], item["prompt"] or "", place_words(one.place))


def place_words(place: str) -> str:
    """`1.0` as “response 2, 0”: responses stand first and are counted from 1 (`annotation.kinds.votes.Vote`)."""
    first, _, rest = place.partition(".")
    if not first.isdigit():
        return place
    return f"response {int(first) + 1}" + (f", {rest}" if rest else "")

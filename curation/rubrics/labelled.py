"""Pairs of which people said that one is better: what rubrics are written from and held against."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from annotation.models import Item
from annotation.queries.items import Filters, ids_of
from curation.preferences import Reviewed
from curation.splits import chooser
from projects.models import Project

EVEN = 0.5
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """An item with two responses and the place of the better one, after reviewers had their say."""

    item: int
    group: str
    better: int
    share: float
    """Of the votes, for the better one; above a half."""
    votes: int

    @property
    def worse(self) -> int:
        return 1 - self.better


@dataclass(frozen=True, slots=True)
class Labels:
    """Which labels count: those to a question up to an annotation."""

    question: str
    last: int
    with_imported: bool
    min_share: float = EVEN
    """Of the votes that the better response must have."""
    percent: int = 100
    """Of the prompts, always the same ones of a project."""

    def all(self, project: Project, filters: Filters | None = None) -> Iterator[Labelled]:
        """Every labelled pair that the filters let through, by item."""
        found = Reviewed().voted(project, self.question, last=self.last, with_imported=self.with_imported)
        is_chosen = written_part(project, self.percent)
        waiting: list[Labelled] = []
        for one in found:
            labelled = self._decided(one.subject, one.group, one.p, len(one.annotations))
            if labelled and is_chosen(one.group):
                waiting.append(labelled)
            if len(waiting) == AT_ONCE:
                yield from _through(project, filters, waiting)
                waiting = []
        yield from _through(project, filters, waiting)

    def of(self, project: Project, items: Sequence[int]) -> dict[int, Labelled]:
        """Those of these items that are labelled."""
        found = Reviewed().voted(project, self.question, last=self.last, with_imported=self.with_imported, among=items)
        pairs = (self._decided(one.subject, one.group, one.p, len(one.annotations)) for one in found)
        return {one.item: one for one in pairs if one is not None}

    def _decided(self, item: int, group: str, p: float, votes: int) -> Labelled | None:
        share = max(p, 1 - p)
        is_decided = share > EVEN and share >= self.min_share
        return Labelled(item, group, 0 if p > EVEN else 1, share, votes) if is_decided else None


def written_part(project: Project, percent: int) -> Callable[[str], bool]:
    """Whether a prompt's group is in the share of which rubrics are written; a smaller share lies within a larger."""
    part_of = chooser(f"rubrics:{project.salt}", {"train": percent, "test": 100 - percent})
    return lambda group: part_of(group) == "train"


def _through(project: Project, filters: Filters | None, waiting: Sequence[Labelled]) -> Iterator[Labelled]:
    if filters is None or filters.is_empty:
        yield from waiting
        return
    asked = Item.objects.filter(project=project, pk__in=[one.item for one in waiting])
    let_through = set(asked.filter(pk__in=ids_of(project, filters)).values_list("pk", flat=True))
    yield from (one for one in waiting if one.item in let_through)

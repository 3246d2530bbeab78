"""What is in no release and no analysis any more: read as it stands, or as it stood at one removal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max

from curation.annotator_names import pseudonym
from curation.models import Removal
from curation.recipes.records import IMPORTED, PEOPLE
from projects.models import Project

MOST_TOLD = 1_000


@dataclass(frozen=True, slots=True)
class Removed:
    """Ids of items and of people, and names of imports."""

    items: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    imported: frozenset[str] = frozenset()

    def holds(self, item: int, author: int | None, imported_name: str, run: int | None) -> bool:
        """Whether an annotation with these columns is out."""
        if item in self.items or author in self.people:
            return True
        return author is None and run is None and imported_name in self.imported

    def wanted(self) -> dict[str, list[Any]]:
        """What statements take to leave it out."""
        return {
            "items_out": list(self.items),
            "people_out": list(self.people),
            "imported_out": list(self.imported),
        }


NOTHING = Removed()


def lock(project: Project) -> None:
    """Until the transaction ends, nothing is removed, no release of the project is asked for or put in place, and no
    analysis begins: so each knows all removals before it, and none that comes later."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [Removal._meta.db_table, project.pk])


def newest(project: Project) -> int:
    """The newest removal; 0 where there is none."""
    found: int | None = Removal.objects.filter(project=project).aggregate(newest=Max("pk"))["newest"]
    return found or 0


def standing(project: Project, last: int | None = None) -> Removed:
    """What is out now, or was when `last` was the newest removal. One query."""
    rows = Removal.objects.filter(project=project)
    if last is not None:
        rows = rows.filter(pk__lte=last)
    told = list(rows.values_list("item", "person", "imported_name"))
    return Removed(
        frozenset(item for item, _, _ in told if item),
        frozenset(person for _, person, _ in told if person),
        frozenset(name for _, _, name in told if name),
    )


def newest_moment(project: Project) -> datetime | None:
    """When something was removed last."""
    found: datetime | None = Removal.objects.filter(project=project).aggregate(newest=Max("created_at"))["newest"]
    return found


def told(project: Project, last: int, instead_of: int | None) -> Mapping[str, Any] | None:
    """What a manifest names: keys of items, pseudonyms of annotators, why, and in whose place the release stands."""
    if not last:
        return None
    rows = Removal.objects.filter(project=project, pk__lte=last)
    items, annotators, reasons = [], [], []
    for row in rows.select_related("item").order_by("-pk")[:MOST_TOLD]:  # the newest, which this release is about
        reasons.append(row.reason)
        if row.item:
            items.append(row.item.key)
        elif row.person_id:
            annotators.append(pseudonym(project.salt, PEOPLE, row.person_id))
        else:
            annotators.append(pseudonym(project.salt, IMPORTED, row.imported_name))
    more = rows.count() - len(reasons)
    return {
        "items": items,
        "annotators": annotators,
        "because": _once(reasons),
        **({"and_more": more} if more else {}),
        **({"instead_of": instead_of} if instead_of else {}),
    }


def _once(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(texts))

"""The list of items: filtered by words of a declared list, a page at a time, with what became of each item."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Left, Now
from django.http import QueryDict

from annotation.models import Annotation, Import, Item, Lease, Slot
from annotation.queries.overview import totals
from annotation.queries.shown import thumbnails
from projects.models import Project
from ui.problems import Refusal

STATES = ("open", "in-progress", "done", "skipped")
ALLOWED = ("state", "tag", "key", "import", "after")
PAGE = 50
COUNTED = 1_000  # beyond this a list says "more than"
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class FiltersRefused(Refusal):
    """The address asks for something that the list does not know."""

    status = 400
    title = "This list cannot be filtered like that"

    def __init__(self, sentence: str) -> None:
        super().__init__(f"{sentence} Known: {', '.join(ALLOWED[:-1])}; states are {', '.join(STATES)}.")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address bar asks for. Empty means everything."""

    state: str = ""
    tag: str = ""
    key: str = ""
    import_id: UUID | None = None
    after: int = 0

    @property
    def is_empty(self) -> bool:
        return self == Filters(after=self.after)

    @property
    def state_words(self) -> str:
        return self.state.replace("-", " ")

    def states(self) -> list["StateLink"]:
        """The same list in each state, from its beginning."""
        links = [replace(self, state=state, after=0) for state in ("", *STATES)]
        return [StateLink(one.state, (one.state_words or "all").capitalize(), one.address()) for one in links]

    def address(self) -> str:
        """The same as a query string, with its question mark."""
        given = {
            "state": self.state,
            "tag": self.tag,
            "key": self.key,
            "import": str(self.import_id or ""),
            "after": str(self.after or ""),
        }
        return "?" + urlencode({name: value for name, value in given.items() if value})

    @property
    def whole(self) -> str:
        """The address of the same list from its beginning."""
        return replace(self, after=0).address()

    def following(self, item_id: int) -> "Filters":
        return replace(self, after=item_id)


@dataclass(frozen=True, slots=True)
class StateLink:
    """A way to the list in one state."""

    word: str
    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    """One item in the list."""

    id: int
    key: str
    prompt: str
    thumbnail: str
    tags: list[str]
    state: str
    answered: int
    wanted: int
    skips: int
    imported_labels: int


@dataclass(frozen=True, slots=True)
class Neighbors:
    """The ids of the items before and after one; None at the ends of the list."""

    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and where the next ones are."""

    lines: list[Line]
    next: Filters | None


def read_filters(query: QueryDict) -> Filters:
    """Raises FiltersRefused for a name, a repetition or a value that is not declared."""
    for name, values in query.lists():
        if name not in ALLOWED:
            raise FiltersRefused("The address holds a filter that is not known.")
        if len(values) > 1:
            raise FiltersRefused(f"The address gives “{name}” twice.")
        if CONTROL.search(values[0]) or len(values[0]) > 200:
            raise FiltersRefused(f"The value of “{name}” is too long or holds a control character.")
    state, after = query.get("state", ""), query.get("after", "")
    if state and state not in STATES:
        raise FiltersRefused("There is no such state.")
    if after and not re.fullmatch(r"[0-9]{1,18}", after):
        raise FiltersRefused("The place in the list is not a number.")
    return Filters(state, query.get("tag", ""), query.get("key", ""), _uuid(query.get("import", "")), int(after or 0))


def page(project: Project, filters: Filters) -> Page:
    """The next items in import order, in five queries."""
    ids = list(ids_of(project, filters)[: PAGE + 1])
    rows = briefly(ids[:PAGE])
    return Page(_lines(project, rows) if ids else [], filters.following(ids[PAGE - 1]) if len(ids) > PAGE else None)


def neighbors(project: Project, filters: Filters, item_id: int) -> Neighbors:
    """What the filtered list has before and after an item, which need not be in the list itself; in one query."""
    before = _ids(project, filters, item_id, backward=True)[:1]
    found = set(before.union(_ids(project, filters, item_id)[:1], all=True))
    return Neighbors(
        next((one for one in found if one < item_id), None), next((one for one in found if one > item_id), None)
    )


def count(project: Project, filters: Filters) -> int:
    """How many items match: all of them without filters, with filters up to one more than `COUNTED`."""
    if filters.is_empty:
        return totals(project).items
    return ids_of(project, replace(filters, after=0))[: COUNTED + 1].count()


def imports_of(project: Project) -> QuerySet[Import]:
    """The newest imports, to filter by."""
    return Import.objects.filter(project=project).order_by("-created_at", "pk")[:20]


def matching(project: Project, filters: Filters) -> QuerySet[Item]:
    """The items that the filters let through, for lists with an order and pages of their own."""
    if filters.is_empty:
        return Item.objects.filter(project=project)
    return Item.objects.filter(project=project, pk__in=ids_of(project, filters).order_by())


def ids_of(project: Project, filters: Filters) -> QuerySet[Any, int]:
    """Ids of the items that the filters let through, in import order, after `filters.after`."""
    return _ids(project, filters, filters.after)


def _ids(project: Project, filters: Filters, place: int, *, backward: bool = False) -> QuerySet[Any, int]:
    """The same from any place on, or from there back to the beginning."""
    beyond, sign = ("lt", "-") if backward else ("gt", "")
    if filters.state in ("open", "in-progress"):
        return _unanswered(project, filters, Q((f"item__{beyond}", place)), f"{sign}item")
    found = Item.objects.filter(_described(filters), project=project, **{f"pk__{beyond}": place})
    if filters.state == "done":
        found = found.filter(
            ~Exists(Slot.objects.filter(item=OuterRef("pk"), project=project, annotation__isnull=True))
        )
    elif filters.state == "skipped":
        found = found.filter(pk__in=Lease.objects.filter(project=project, outcome="skipped").values("item"))
    return found.order_by(f"{sign}pk").values_list("pk", flat=True)


def _unanswered(project: Project, filters: Filters, span: Q, order: str) -> QuerySet[Any, int]:
    """Walks the index slot_unanswered, so that what is done at the head of a project is never read.

    The subquery yields a value instead of asking EXISTS: PostgreSQL would turn that into a join with every slot.
    """
    touched = Slot.objects.filter(Q(annotation__isnull=False) | Q(expires_at__gt=Now()), item=OuterRef("item"))
    return (
        Slot.objects.filter(_described(filters, "item__"), project=project, annotation__isnull=True)
        .filter(span)
        .alias(touched=Subquery(touched.values("pk")[:1]))
        .filter(touched__isnull=filters.state == "open")
        .order_by(order)
        .values_list("item", flat=True)
        .distinct()
    )


def _described(filters: Filters, prefix: str = "") -> Q:
    """What the filters say about the item itself."""
    found = Q()
    if filters.tag:
        found &= Q((f"{prefix}tags__contains", [filters.tag]))
    if filters.key:
        found &= Q((f"{prefix}key__startswith", filters.key))
    if filters.import_id:
        found &= Q((f"{prefix}imported_by", filters.import_id))
    return found


def briefly(ids: Sequence[int]) -> list[Mapping[str, Any]]:
    """Only what a line shows: texts stay in the database but for the beginning of the last turn."""
    last = KeyTextTransform("content", KeyTransform("-1", "messages"))
    found = Item.objects.filter(pk__in=ids).order_by("pk").annotate(prompt=Left(last, 240))
    return list(found.values("pk", "key", "prompt", "tags"))


def _lines(project: Project, rows: Sequence[Mapping[str, Any]]) -> list[Line]:
    ids = [row["pk"] for row in rows]
    slots = _slots(ids)
    skips = _counted(Lease.objects.filter(item__in=ids, outcome="skipped"))
    imported = _counted(Annotation.objects.current().filter(item__in=ids, author__isnull=True, run__isnull=True))
    small = thumbnails(project, ids)
    return [_line(row, slots.get(row["pk"], {}), skips, imported, small.get(row["pk"], "")) for row in rows]


def _slots(ids: Iterable[int]) -> dict[int, Mapping[str, Any]]:
    per_item = Slot.objects.filter(item__in=ids).values("item").order_by()
    counted = per_item.annotate(
        wanted=Count("pk"),
        answered=Count("annotation"),
        held=Count("pk", filter=Q(annotation__isnull=True, expires_at__gt=Now())),
    )
    return {row["item"]: row for row in counted}


def _counted(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.values_list("item").order_by().annotate(Count("pk")))


def _line(
    row: Mapping[str, Any],
    slots: Mapping[str, int],
    skips: Mapping[int, int],
    imported: Mapping[int, int],
    thumbnail: str,
) -> Line:
    wanted, answered = slots.get("wanted", 0), slots.get("answered", 0)
    return Line(
        id=row["pk"],
        key=row["key"],
        prompt=row["prompt"] or "",
        thumbnail=thumbnail,
        tags=row["tags"],
        state=state_of(wanted=wanted, answered=answered, held=slots.get("held", 0)),
        answered=answered,
        wanted=wanted,
        skips=skips.get(row["pk"], 0),
        imported_labels=imported.get(row["pk"], 0),
    )


def state_of(*, wanted: int, answered: int, held: int) -> str:
    """The state of an item in one word of `STATES`; skipping leaves an item open."""
    if wanted == answered:
        return "done"
    return "in-progress" if answered or held else "open"


def _uuid(text: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise FiltersRefused("That is not the id of an import.") from None

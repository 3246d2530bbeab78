"""What reward heads learn from: people's answers to a preference question, pair by pair (modelhooks.labels)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.urls import reverse

from annotation.models import Annotation, Item
from annotation.queries.forms import current_form, questions_of
from modelhooks.hooks import Named
from modelhooks.labels import Asked, Voted
from projects.models import Project

SHARES = {"a": 1.0, "b": 0.0, "tie": 0.5, "both_bad": 0.5}
"""What a winner says of the first response. Two bad ones are as good as each other; who is unsure says nothing."""
ITEMS_AT_ONCE = 2_000


class Preferences:
    """Current answers of people; on request also labels that came with an import. What models said never counts."""

    def questions(self, project: Project) -> Sequence[Asked]:
        """The preference questions of the form in force."""
        form = current_form(project.pk)
        asked = questions_of(form.pk) if form else ()
        return [Asked(one.key, one.title) for one in asked if one.kind == "preference"]

    def last(self, project: Project) -> int:
        """The newest annotation's id; 0 where there is none."""
        newest = Annotation.objects.filter(project=project).order_by("-pk").values_list("pk", flat=True).first()
        return newest or 0

    def voted(
        self,
        project: Project,
        question: str,
        *,
        last: int,
        with_imported: bool,
        among: Sequence[int] | None = None,
    ) -> Iterator[Voted]:
        """Every pair with a vote that stood when `last` was the newest annotation, by item; or those of some items,
        which are few."""
        if among is not None:
            items = dict(_items(project, 0).filter(pk__in=among))
            yield from _voted_on(project, question, items, last=last, with_imported=with_imported)
            return
        after = 0
        while items := dict(_items(project, after)[:ITEMS_AT_ONCE]):
            yield from _voted_on(project, question, items, last=last, with_imported=with_imported)
            after = max(items)

    def answered(self, project: Project, question: str, *, most: int) -> int:
        """How many items people have answered this about, counted up to `most`."""
        found = _of_people(project, with_imported=False).filter(answers__has_key=question)
        return found.order_by().values("item_id").distinct()[:most].count()

    def texts(self, project: Project, subjects: Sequence[int]) -> Mapping[int, tuple[str, str]]:
        """What the assistant wrote in the first and in the second response."""
        found = Item.objects.filter(project=project, pk__in=subjects).only("responses")
        return {item.pk: (item.text_of(0), item.text_of(1)) for item in found}

    def superseded(self, project: Project, annotations: Sequence[int]) -> int:
        """How many of these answers somebody has changed since."""
        return Annotation.objects.filter(project=project, supersedes__in=annotations).count()

    def answered_since(self, project: Project, question: str, last: int, *, with_imported: bool) -> int:
        """How many answers to the question came after that annotation."""
        return _of_people(project, with_imported).filter(pk__gt=last, answers__has_key=question).count()

    def names(self, project: Project, subjects: Sequence[int]) -> Mapping[int, Named]:
        """Items by their keys."""
        found = Item.objects.filter(project=project, pk__in=subjects).values_list("pk", "key")
        return {pk: Named(key, reverse("annotation:item", args=[project.slug, pk])) for pk, key in found}


def _of_people(project: Project, with_imported: bool) -> QuerySet[Annotation]:
    found = Annotation.objects.filter(project=project, run__isnull=True)
    return found if with_imported else found.filter(author__isnull=False)


def _items(project: Project, after: int) -> QuerySet[Item, tuple[int, str]]:
    return Item.objects.filter(project=project, pk__gt=after).order_by("pk").values_list("pk", "group")


def _voted_on(
    project: Project, question: str, items: Mapping[int, str], *, last: int, with_imported: bool
) -> Iterator[Voted]:
    """Those of these items (id to group) that somebody said something about."""
    rows = (
        _of_people(project, with_imported)
        .filter(item__in=items, pk__lte=last)
        .annotate(winner=KeyTextTransform("winner", KeyTransform(question, "answers")))
        .values_list("item_id", "pk", "supersedes_id", "winner", "author_id", "imported_name")
    )
    by_item: dict[int, list[tuple[Any, ...]]] = {}
    for item, *row in rows:
        by_item.setdefault(item, []).append(tuple(row))
    for item in sorted(by_item):
        if found := _voted(item, items[item], by_item[item]):
            yield found


def _voted(item: int, group: str, rows: Sequence[tuple[Any, ...]]) -> Voted | None:
    """The item with its votes; None where nobody says anything either way."""
    superseded = {row[1] for row in rows}
    said = sorted(row for row in rows if row[0] not in superseded and row[2] in SHARES)
    if not said:
        return None
    return Voted(
        subject=item,
        group=group,
        p=sum(SHARES[row[2]] for row in said) / len(said),
        voters=tuple(f"person {row[3]}" if row[3] else f"imported {row[4]}" for row in said),
        annotations=tuple(row[0] for row in said),
    )

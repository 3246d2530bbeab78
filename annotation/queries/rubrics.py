"""The library of rubrics: which there are, what changed between two versions, and what was answered under each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import BooleanField, Count, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Value
from django.http import QueryDict

from annotation.models import Annotation, Discard, Form, Gold, Rubric, RubricUse, RubricVersion
from annotation.queries.items import Filters, FiltersRefused, read_filters
from projects.models import Project
from ui.differences import Difference, difference

SLICED_BY = ("tag", "key", "import")
"""What a slice may be said by: what an item is, and not how far its labeling has come."""
MOST_WORDS = 8
MOST_COUNTED = 1_000  # rubrics beyond this are told as "more than"
TOLD = ("pass_condition", "failure_examples", "needs_evidence")
COUNTED = 10_000  # labels and items beyond this are told as "more than"

_word = re.compile(r"[^\W_]+")


class _NameSays(Func):
    """Whether a name says words; as the index `rubric_by_name` has it."""

    template = "to_tsvector('simple', %(expressions)s)"
    arg_joiner = ") @@ to_tsquery('simple', "
    output_field = BooleanField()


class _CriteriaSay(Func):
    """Whether criteria say words; as the index `rubric_version_by_words` has it."""

    template = "jsonb_to_tsvector('simple', %(expressions)s)"
    arg_joiner = ", '[\"string\"]'::jsonb) @@ to_tsquery('simple', "
    output_field = BooleanField()


class _Length(Func):
    function = "jsonb_array_length"
    output_field = IntegerField()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the library is looked through for. Empty means everything that is in use."""

    words: str = ""
    scope: str = ""
    status: str = ""
    item_id: int | None = None
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest version of a rubric, in the words of a list."""

    number: int
    status: str
    source: str
    criteria: int


@dataclass(frozen=True, slots=True)
class Asks:
    """A question of the form in force, and the version that it asks with."""

    question_key: str
    version: int


@dataclass(frozen=True, slots=True)
class Line:
    """One rubric in the list."""

    rubric: Rubric
    newest: Newest
    asks: tuple[Asks, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """A criterion that both versions have under one key. `fields` names what else than its words is not the same."""

    key: str
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    words: Difference
    fields: tuple[str, ...]

    @property
    def values(self) -> list[tuple[str, str, str]]:
        """Each of the fields with what it was and what it is, in words."""
        return [
            (name.replace("_", " "), _in_words(self.old.get(name)), _in_words(self.new[name])) for name in self.fields
        ]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What leads from one version to another, criterion by criterion."""

    added: tuple[Mapping[str, Any], ...]
    removed: tuple[Mapping[str, Any], ...]
    changed: tuple[Changed, ...]
    unchanged: int
    is_reordered: bool

    @property
    def is_same(self) -> bool:
        return not (self.added or self.removed or self.changed or self.is_reordered)


@dataclass(frozen=True, slots=True)
class AnsweredUnder:
    """What stands of the labels given under a version, of which `COUNTED` and one more are counted at most."""

    by_people: int
    by_others: int
    items: int

    @property
    def labels(self) -> int:
        return self.by_people + self.by_others


def read_slice(given: Mapping[str, Any]) -> dict[str, str]:
    """Filters of the list of items that say a slice. Raises FiltersRefused."""
    if stray := next((name for name in given if name not in SLICED_BY), None):
        raise FiltersRefused(f"A slice is said by {', '.join(SLICED_BY)}, and not by “{str(stray)[:40]}”.")
    if not all(isinstance(value, str) and value for value in given.values()):
        raise FiltersRefused("The value of a filter is text.")
    filters_of(given)
    return dict(given)


def filters_of(slice_: Mapping[str, str]) -> Filters:
    """A slice as the list of items takes it; empty for all items."""
    query = QueryDict(mutable=True)
    query.update(slice_)
    return read_filters(query)


def listed(project: Project, wanted: Wanted) -> QuerySet[Rubric]:
    """Rubrics of a project, to be ordered and paged. Words are looked for in names and in the newest criteria."""
    found = Rubric.objects.filter(project=project, retired_at__isnull=not wanted.is_retired)
    if wanted.scope:
        found = found.filter(scope=wanted.scope)
    if wanted.item_id is not None:
        found = found.filter(item=wanted.item_id)
    if wanted.status:
        found = found.filter(pk__in=newest_versions(project).filter(status=wanted.status).values("rubric"))
    if words := _word.findall(wanted.words)[:MOST_WORDS]:
        asked = Value(" & ".join(f"{word}:*" for word in words))
        named = Rubric.objects.filter(_NameSays(F("name"), asked), project=project)
        said = newest_versions(project).filter(_CriteriaSay(F("criteria"), asked))
        found = found.filter(pk__in=named.values("pk").union(said.values("rubric")))
    # Of an item only its key is told; its texts may be long.
    texts = ("messages", "responses", "principle", "rubric", "source")
    return found.select_related("item", "created_by").defer(*(f"item__{name}" for name in texts))


def counted(project: Project, wanted: Wanted) -> int:
    """How many there are, up to one more than `MOST_COUNTED`."""
    return listed(project, wanted).order_by()[: MOST_COUNTED + 1].count()


def lines(uses: Iterable[RubricUse], rubrics: Iterable[Rubric]) -> list[Line]:
    """What the list says of these, in two queries however many there are. `uses` are those in force."""
    shown = list(rubrics)
    newest = {
        row["rubric"]: Newest(row["number"], row["status"], row["source"], row["length"])
        for row in RubricVersion.objects.filter(rubric__in=shown)
        .order_by("rubric", "-number")
        .distinct("rubric")
        .annotate(length=_Length(F("criteria")))
        .values("rubric", "number", "status", "source", "length")
    }
    asks: dict[int, list[Asks]] = {}
    for use in uses:
        asks.setdefault(use.version.rubric_id, []).append(Asks(use.question_key, use.version.number))
    return [Line(rubric, newest[rubric.pk], tuple(asks.get(rubric.pk, ()))) for rubric in shown]


@lru_cache(maxsize=512)
def published(form_id: int) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """By question key and criterion key, what annotators are told of a criterion beside its words.

    Remembered in the process: what a form asks with never changes. Evidence is left out, for it may quote items and say
    which of their responses was preferred.
    """
    uses = RubricUse.objects.filter(form=form_id).select_related("version")
    return {
        use.question_key: {
            one["key"]: {name: one[name] for name in TOLD}
            for one in use.version.criteria
            if any(one[name] for name in TOLD)
        }
        for use in uses
    }


def uses_in_force(project: Project) -> list[RubricUse]:
    """What the questions of the form in force ask with."""
    newest = Form.objects.filter(project=project).order_by("-version").values("pk")[:1]
    uses = RubricUse.objects.filter(form=newest).select_related("version").defer("version__criteria")
    return list(uses.order_by("question_key"))


def versions_of(rubric: Rubric) -> list[RubricVersion]:
    """Its versions, the newest first, with their parents; `length` of each counts its criteria."""
    found = RubricVersion.objects.filter(rubric=rubric).annotate(length=_Length(F("criteria")))
    return list(found.defer("criteria", "provenance").select_related("created_by").order_by("-number"))


def compare(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> Comparison:
    """What leads from some criteria to others; those that share a key are one criterion."""
    before, after = {one["key"]: one for one in old}, {one["key"]: one for one in new}
    both = [key for key in after if key in before]
    changed = [_changed(before[key], after[key]) for key in both if before[key] != after[key]]
    return Comparison(
        added=tuple(one for key, one in after.items() if key not in before),
        removed=tuple(one for key, one in before.items() if key not in after),
        changed=tuple(changed),
        unchanged=len(both) - len(changed),
        is_reordered=both != [key for key in before if key in after],
    )


def uses_of(rubric: Rubric) -> list[RubricUse]:
    """Every question that asks or asked with a version of it, the newest form first."""
    uses = RubricUse.objects.filter(version__rubric=rubric).select_related("form", "version").defer("version__criteria")
    return list(uses.order_by("-form__version", "question_key"))


def labels_under(uses: Iterable[RubricUse]) -> QuerySet[Annotation]:
    """The annotations that stand and answer one of these questions."""
    asked: dict[str, list[int]] = {}
    for use in uses:
        asked.setdefault(use.question_key, []).append(use.form_id)
    said = Q(pk__in=[])
    for key, forms in asked.items():
        said |= Q(form__in=forms, answers__has_key=key)
    return Annotation.objects.current().filter(said)


def answered_under(uses: Iterable[RubricUse]) -> AnsweredUnder:
    """How many labels answer these questions, and of how many items; in one query."""
    counted = labels_under(uses).order_by("pk")[: COUNTED + 1]
    people = Q(author__isnull=False)
    found = counted.aggregate(
        by_people=Count("pk", filter=people), by_others=Count("pk", filter=~people), items=Count("item", distinct=True)
    )
    return AnsweredUnder(**found)


def to_ask_again(project: Project, before: Iterable[RubricUse], now: Iterable[RubricUse]) -> QuerySet[Annotation]:
    """Labels that people gave as questions asked `before`, of items that nobody answered as they ask `now`.

    Without what is discarded, and without what is known and so wants no more answers.
    """
    people = labels_under(before).filter(author__isnull=False)
    out = Discard.objects.standing().filter(item=OuterRef("item"))
    known = Gold.objects.current().filter(item=OuterRef("item"))
    again = labels_under(now).filter(author__isnull=False, item=OuterRef("item"))
    return people.filter(~Exists(out), ~Exists(known), ~Exists(again), project=project)


def newest_versions(project: Project) -> QuerySet[RubricVersion]:
    """The newest version of each rubric of a project."""
    later = RubricVersion.objects.filter(rubric=OuterRef("rubric"), number__gt=OuterRef("number"))
    return RubricVersion.objects.filter(~Exists(later), rubric__project=project)


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Changed:
    fields = tuple(name for name in new if name not in ("key", "title") and old.get(name) != new[name])
    return Changed(new["key"], old, new, difference(old["title"], new["title"]), fields)


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " · ".join(str(one["snippet"]) if isinstance(one, dict) else str(one) for one in value) or "none"
    return "none" if value in (None, "") else str(value)

"""Writing rubrics: new ones, their versions, forks, and what becomes of them. Publishing is `rubric_publishing`."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from annotation.imports.canonical.storable import object_fault, text_fault
from annotation.kinds import SettingsRefused
from annotation.models import Item, Rubric, RubricVersion
from annotation.models.rubrics import LONGEST_NAME, LONGEST_NOTE
from annotation.queries.items import FiltersRefused
from annotation.queries.rubrics import read_slice
from annotation.rubrics import schema
from audit.services import record
from modelhooks.models import Run
from projects.models import Project
from ui.problems import Refusal

MOST_VERSIONS = 1_000

Criteria = Sequence[Mapping[str, Any] | str]
Status, Source, Scope = RubricVersion.Status, RubricVersion.Source, Rubric.Scope


class RubricRefused(Refusal):
    """The rubric does not hold together; `errors` maps fields to what is wrong with them."""

    status = 422
    title = "The rubric does not hold together"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence, errors={field: [sentence]})


class RubricRetired(Refusal):
    """This rubric was retired. Take it back into use first, or fork it."""

    status = 409
    title = "This rubric was retired"


@transaction.atomic
def create(
    project: Project,
    *,
    by: User | None,
    name: str,
    criteria: Criteria,
    scope: str = Scope.PROJECT,
    sliced_by: Mapping[str, Any] | None = None,
    item: Item | None = None,
    source: str = Source.HUMAN,
    note: str = "",
    provenance: Mapping[str, Any] | None = None,
    run: Run | None = None,
    parent: RubricVersion | None = None,
    is_put_away: bool = False,
) -> RubricVersion:
    """A new rubric with its first version. `by` is None for a worker. One that is put away is retired from the start:
    it can be looked at, and takes part in nothing until somebody takes it into use. Raises RubricRefused."""
    content = _content(criteria, source=source, note=note, provenance=provenance)
    named, of_what = _name(name), _scope(project, scope, sliced_by or {}, item)
    _lock(Project, project.pk)  # two at once get two numbers
    newest = Rubric.objects.filter(project=project).order_by("-number").first()
    number = newest.number + 1 if newest else 1
    retired_at = Now() if is_put_away else None
    rubric = Rubric.objects.create(
        project=project, number=number, name=named, created_by=by, retired_at=retired_at, **of_what
    )
    version = RubricVersion.objects.create(rubric=rubric, number=1, run=run, parent=parent, created_by=by, **content)
    detail = {"version": 1, "source": source, "criteria": len(version.criteria)}
    _record("rubric.created", rubric, by, {**detail, "is_put_away": True} if is_put_away else detail)
    return version


@transaction.atomic
def new_version(
    rubric: Rubric,
    *,
    by: User | None,
    criteria: Criteria,
    source: str = Source.HUMAN,
    note: str = "",
    provenance: Mapping[str, Any] | None = None,
    run: Run | None = None,
    parent: RubricVersion | None = None,
) -> RubricVersion:
    """The next version; the newest one stands where nothing changed. Its parent is the newest unless another is named.

    Raises RubricRefused, RubricRetired.
    """
    content = _content(criteria, source=source, note=note, provenance=provenance)
    kept: Rubric = _lock(Rubric, rubric.pk)
    if kept.retired_at is not None:
        raise RubricRetired
    newest = kept.versions.order_by("-number")[0]  # it was made with its first
    if run is newest.run is None and all(getattr(newest, name) == value for name, value in content.items()):
        return newest
    if newest.number >= MOST_VERSIONS:
        raise RubricRefused("criteria", f"A rubric has at most {MOST_VERSIONS:,} versions; fork it to go on.")
    version = RubricVersion.objects.create(
        rubric=rubric, number=newest.number + 1, run=run, parent=parent or newest, created_by=by, **content
    )
    detail = {"version": version.number, "source": source, "criteria": len(version.criteria)}
    _record("rubric.version_added", rubric, by, detail)
    return version


def fork(
    project: Project,
    *,
    by: User,
    version: RubricVersion,
    name: str,
    scope: str = Scope.PROJECT,
    sliced_by: Mapping[str, Any] | None = None,
    item: Item | None = None,
) -> RubricVersion:
    """A new rubric that begins with this version's criteria, and goes its own way. Raises RubricRefused."""
    return create(
        project,
        by=by,
        name=name,
        criteria=version.criteria,
        scope=scope,
        sliced_by=sliced_by,
        item=item,
        source=Source.FORKED,
        note=f"Forked from version {version.number} of “{version.rubric.name}”.",
        parent=version,
    )


@transaction.atomic
def retire(rubric: Rubric, *, by: User) -> None:
    """Put the rubric away: it takes no more versions and is not published. Forms that ask with it go on."""
    if Rubric.objects.in_use().filter(pk=rubric.pk).update(retired_at=Now()):
        _record("rubric.retired", rubric, by, {})


@transaction.atomic
def restore(rubric: Rubric, *, by: User) -> None:
    """Take it back into use."""
    if Rubric.objects.filter(pk=rubric.pk, retired_at__isnull=False).update(retired_at=None):
        _record("rubric.restored", rubric, by, {})


@transaction.atomic
def set_status(version: RubricVersion, *, status: str, by: User | None) -> RubricVersion:
    """Say that a version is a draft, validated or retired; the same again changes nothing. Raises RubricRefused."""
    if status not in Status.values:
        raise RubricRefused("status", f"A version is one of {', '.join(Status.values)}.")
    if RubricVersion.objects.filter(pk=version.pk).exclude(status=status).update(status=status):
        _record("rubric.status", version.rubric, by, {"version": version.number, "status": status})
    version.status = status
    return version


def _content(criteria: Criteria, *, source: str, note: str, provenance: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a version says, checked. Raises RubricRefused."""
    if source not in Source.values:
        raise RubricRefused("source", f"A version comes from one of {', '.join(Source.values)}.")
    if fault := text_fault(note, LONGEST_NOTE):
        raise RubricRefused("note", f"The note {fault}.")
    try:
        checked = schema.checked(criteria)
    except SettingsRefused as refused:
        raise RubricRefused("criteria", str(refused)) from None
    return {"criteria": checked, "source": source, "note": note.strip(), "provenance": _provenance(provenance or {})}


def _provenance(given: Mapping[str, Any]) -> dict[str, Any]:
    if fault := object_fault(dict(given)):
        raise RubricRefused("provenance", f"The provenance {fault}.")
    return dict(given)


def _name(name: str) -> str:
    words = " ".join(name.split())
    if fault := text_fault(words, LONGEST_NAME):
        raise RubricRefused("name", f"The name {fault}.")
    if not words:
        raise RubricRefused("name", "A rubric needs a name.")
    return words


def _scope(project: Project, scope: str, sliced_by: Mapping[str, Any], item: Item | None) -> dict[str, Any]:
    """Of what the rubric is, as its columns say it. Raises RubricRefused."""
    if scope not in Scope.values:
        raise RubricRefused("scope", f"A rubric is of one of {', '.join(Scope.values)}.")
    if (scope == Scope.SLICE) != bool(sliced_by):
        raise RubricRefused("slice", "A slice is said by at least one filter, and only a slice is.")
    if (scope == Scope.ITEM) != (item is not None) or (item is not None and item.project_id != project.pk):
        raise RubricRefused("item", "A rubric of one item names an item of this project, and only such a rubric does.")
    try:
        return {"scope": scope, "slice": read_slice(sliced_by), "item": item}
    except FiltersRefused as refused:
        raise RubricRefused("slice", str(refused)) from None


def _lock(model: type[Any], pk: int) -> Any:
    return model.objects.select_for_update(no_key=True).get(pk=pk)


def _record(verb: str, rubric: Rubric, by: User | None, detail: dict[str, Any]) -> None:
    record(
        verb,
        subject=f"rubric:{rubric.pk}",
        actor_id=by.pk if by else None,
        project_id=rubric.project_id,
        detail={"number": rubric.number, **detail},
    )

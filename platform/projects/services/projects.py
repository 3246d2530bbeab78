"""Starting a project, changing what it is, and closing it."""

from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from accounts.models import User
from audit import services as audit
from projects.access import Place
from projects.models import Membership, Project, Role
from ui.problems import Refusal

RESERVED = frozenset({"new"})  # /projects/new/ is a page


class Checks(TypedDict, total=False):
    """How it is checked how well people label, by items whose answer is known; None leaves a setting as it is."""

    gold_percent: int | None
    has_gold_feedback: bool | None
    screening_items: int | None
    screening_percent: int | None


class SlugTaken(Refusal):
    """Another project, perhaps one that this person may not see, has the address already."""

    status = 409
    title = "This address is taken"

    def __init__(self, slug: str) -> None:
        super().__init__(f"The address “{slug}” is taken. Choose another.")


@transaction.atomic
def create(*, owner: User, name: str, slug: str, description: str = "", overlap: int = 1) -> Place:
    """Start a project; whoever starts it owns it. Raises SlugTaken."""
    if slug in RESERVED:
        raise SlugTaken(slug)
    try:
        with transaction.atomic():
            project = Project.objects.create(
                name=name, slug=slug, description=description, overlap=overlap, created_by=owner
            )
    except IntegrityError as error:
        if Project.objects.filter(slug=slug).exists():
            raise SlugTaken(slug) from error
        raise
    Membership.objects.create(project=project, user=owner, role=Role.OWNER)
    _record("project.create", project, owner, {"slug": slug, "overlap": overlap})
    return Place(user=owner, project=project, role=Role.OWNER)


@transaction.atomic
def change(
    place: Place,
    *,
    name: str,
    description: str,
    lease_minutes: int,
    suggestions: str | None = None,
    suggestions_by: str | None = None,
    analyze_every: int | None = None,
    **checks: Unpack[Checks],
) -> list[str]:
    """Change what the project is called, how long a lease lasts, whether models suggest answers, after how many new
    annotations all labels are looked at, and how people are checked; the names of the settings that changed. None
    leaves a setting as it is.

    The overlap opens and closes slots of items, so a floor above changes it; that floor also knows the checkpoints.
    """
    project = Project.objects.select_for_update().get(pk=place.project.pk)
    wanted: dict[str, Any] = {
        "name": name,
        "description": description,
        "lease_minutes": lease_minutes,
        "suggestions": suggestions,
        "suggestions_by": suggestions_by,
        "analyze_every": analyze_every,
        **checks,
    }
    changed = {
        field: value for field, value in wanted.items() if value is not None and getattr(project, field) != value
    }
    if changed:
        Project.objects.filter(pk=project.pk).update(**changed)
        detail = {field: [getattr(project, field), value] for field, value in changed.items()}
        _record("project.change", project, place.user, detail)
    for field, value in changed.items():
        setattr(place.project, field, value)
    return list(changed)


@transaction.atomic
def archive(place: Place) -> None:
    """Close the project for everybody. Nothing is deleted; an operator can open it again."""
    if Project.objects.live().filter(pk=place.project.pk).update(archived_at=Now()):
        _record("project.archive", place.project, place.user, {})


def _record(verb: str, project: Project, actor: User, detail: dict[str, Any]) -> None:
    audit.record(verb, subject=f"project:{project.pk}", actor_id=actor.pk, project_id=project.pk, detail=detail)

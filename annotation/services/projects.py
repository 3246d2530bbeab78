"""Starting a project together with its form, and changing settings that reach down to its items."""

from typing import Unpack

from django.db import transaction

from accounts.models import User
from annotation.services import forms, queue
from annotation.services.layout_forms import FORMS
from modelhooks.models import Checkpoint
from projects.access import Place
from projects.services import projects
from projects.services.projects import Checks
from ui.problems import Refusal


class UnknownCheckpoint(Refusal):
    """Suggestions are wanted of a checkpoint that there is not."""

    status = 422
    title = "There is no such checkpoint"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no checkpoint “{name[:100]}”. Name one that there is, or none for any.")


@transaction.atomic
def start(*, owner: User, name: str, slug: str, description: str, overlap: int, preset: str) -> Place:
    """Create a project that can be labeled as soon as it has items. Raises SlugTaken."""
    place = projects.create(owner=owner, name=name, slug=slug, description=description, overlap=overlap)
    forms.save_form(place, FORMS[preset].questions)
    return place


@transaction.atomic
def change(
    place: Place,
    *,
    name: str,
    description: str,
    lease_minutes: int,
    overlap: int,
    suggestions: str | None = None,
    suggestions_by: str | None = None,
    analyze_every: int | None = None,
    **checks: Unpack[Checks],
) -> list[str]:
    """Change the settings of a project; the names of those that changed. Raises UnknownCheckpoint."""
    is_new = suggestions_by and suggestions_by != place.project.suggestions_by
    if is_new and not Checkpoint.objects.of(place.project).filter(name=suggestions_by).exists():
        raise UnknownCheckpoint(str(suggestions_by))
    changed = projects.change(
        place,
        name=name,
        description=description,
        lease_minutes=lease_minutes,
        suggestions=suggestions,
        suggestions_by=suggestions_by,
        analyze_every=analyze_every,
        **checks,
    )
    if overlap != place.project.overlap:
        queue.set_overlap(place, overlap)
        changed.append("overlap")
    return changed

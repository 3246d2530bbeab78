"""Starting a project together with its form, and changing settings that reach down to its items."""

from django.db import transaction

from accounts.models import User
from annotation.services import forms, queue
from annotation.services.presets import PRESETS
from projects.access import Place
from projects.services import projects


@transaction.atomic
def start(*, owner: User, name: str, slug: str, description: str, overlap: int, preset: str) -> Place:
    """Create a project that can be labeled as soon as it has items. Raises SlugTaken."""
    place = projects.create(owner=owner, name=name, slug=slug, description=description, overlap=overlap)
    forms.save_form(place, PRESETS[preset].questions)
    return place


@transaction.atomic
def change(place: Place, *, name: str, description: str, lease_minutes: int, overlap: int) -> list[str]:
    """Change the settings of a project; the names of those that changed."""
    changed = projects.change(place, name=name, description=description, lease_minutes=lease_minutes)
    if overlap != place.project.overlap:
        queue.set_overlap(place, overlap)
        changed.append("overlap")
    return changed

"""Telling annotators what they are asked to do."""

from django.db import transaction

from audit import services as audit
from projects.access import Place
from projects.models import Guideline, Project


@transaction.atomic
def save(place: Place, *, text: str) -> Guideline:
    """Add a version of the guideline; the newest one stands when its text is the same."""
    Project.objects.select_for_update().get(pk=place.project.pk)  # two editors at once get two numbers
    newest = Guideline.objects.filter(project=place.project).first()
    if newest and newest.text == text:
        return newest
    version = newest.version + 1 if newest else 1
    guideline = Guideline.objects.create(project=place.project, version=version, text=text, created_by=place.user)
    audit.record(
        "guideline.save",
        subject=f"guideline:{guideline.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"version": version, "characters": len(text)},
    )
    return guideline

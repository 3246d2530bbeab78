"""Deciding that nothing is wrong with what a finding is about: an annotator, a model, a question, a criterion.

Items have a queue (`curation.services.reviews`); what is about something else is dealt with where it is, and dismissed
here where there is nothing to deal with.
"""

import uuid

from django.db import transaction

from audit.services import record
from curation.models import Decision, Finding, Review
from curation.services import chances
from projects.access import Place


def dismiss(place: Place, finding: Finding) -> None:
    """The finding counts as refuted from now on, also where its detector says it again. Of a decided one nothing is
    written anew."""
    if _stored(place, finding):
        chances.learn(place.project.pk, {finding.detector})


@transaction.atomic
def _stored(place: Place, finding: Finding) -> bool:
    """The decision, its finding, the trail; False where somebody has decided before."""
    held = Finding.objects.select_for_update(no_key=True).get(pk=finding.pk)
    if held.decision:
        return False
    review = Review.objects.create(
        project=place.project,
        finding=held,
        decision=Decision.UPHELD,
        reviewer=place.user,
        request_key=uuid.uuid4(),  # twice is once by the finding itself
    )
    Finding.objects.filter(pk=held.pk).update(decision=Decision.UPHELD)
    record(
        "finding.dismissed",
        subject=f"finding:{held.pk}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"review": review.pk, "detector": held.detector, "about": held.about},
    )
    return True

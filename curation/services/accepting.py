"""Deciding that a judge's answers stand without a person from a certainty on, and taking that back.

Off unless somebody decides so, and refused unless the judge has shown everything that it has to (`queries.judges`).
"""

from typing import Any

from django.db import transaction

import audit.services as audit
from annotation.models import Annotation
from curation import accepting
from curation.models import Acceptance, Standing
from curation.queries import analyses, judges
from curation.queries.judges import Cut, View
from projects.access import Place
from projects.models import Project
from ui.problems import Refusal

TOLERANCE = 1e-9


class AcceptanceRefused(Refusal):
    """The judge has not shown enough; the text says all that is missing."""

    status = 422
    title = "Nothing of this judge is accepted"


@transaction.atomic
def accept(place: Place, standing: Standing, *, confidence: float, target: float) -> Acceptance:
    """From now on its answers so certain or more stand where nobody else has answered the question.

    What was decided about the question before stands no more. Raises AcceptanceRefused, with every reason.
    """
    project = Project.objects.select_for_update().get(pk=place.project.pk)  # two who decide do so one after another
    view = judges.view(standing, target)
    cut = next((one for one in view.cuts if abs(one.confidence - confidence) < TOLERANCE), None)
    fingerprints = _fingerprints(standing)
    reasons = _reasons(project, view, cut, fingerprints)
    if reasons or cut is None:
        raise AcceptanceRefused(" ".join(reasons))
    decided = Acceptance.objects.create(
        project=project,
        question=standing.question,
        checkpoint=view.checkpoint,
        fingerprint=fingerprints[0],
        confidence=cut.confidence,
        target=target,
        analysis=standing.analysis,
        figures=_figures(view, cut),
        decided_by=place.user,
    )
    _record(place, decided, "acceptance.decided")
    return decided


@transaction.atomic
def withdraw(place: Place, standing: Standing) -> Acceptance:
    """Nothing of this judge stands by itself any more. Raises AcceptanceRefused where nothing does."""
    project = Project.objects.select_for_update().get(pk=place.project.pk)
    found = in_force(project, standing)
    if found is None:
        raise AcceptanceRefused("Nothing that it says to this question is accepted, so there is nothing to take back.")
    fields = ("question", "checkpoint_id", "fingerprint", "confidence", "target", "analysis_id", "figures")
    again = Acceptance.objects.create(
        project=project, is_withdrawn=True, decided_by=place.user, **{name: getattr(found, name) for name in fields}
    )
    _record(place, again, "acceptance.withdrawn")
    return again


def in_force(project: Project, standing: Standing) -> Acceptance | None:
    """The decision by which answers of this judge to this question stand, where there is one."""
    found = Acceptance.objects.filter(project=project, question=standing.question).standing()
    return found.filter(checkpoint=standing.checkpoint_id).select_related("decided_by", "analysis").first()


def _reasons(project: Project, view: View, cut: Cut | None, fingerprints: list[str]) -> list[str]:
    """Every one, as sentences; empty where it may."""
    newest = analyses.newest(project)
    standing = view.standing
    reasons = [f"{one.words}: not yet, {one.told}." for one in view.conditions if not one.is_met]
    if newest is None or newest.pk != standing.analysis_id:
        reasons.append("Another analysis is newer than the one that was shown.")
    if cut is None or not cut.holds:
        reasons.append(f"From this certainty on it was not shown to be right {view.target:.0%} of the time at least.")
    if standing.facet:
        reasons.append("Answers are accepted as a whole, and this is a part of one.")
    if len(fingerprints) != 1:
        reasons.append("Its answers come from several versions of it, so the figures speak of none alone.")
    elif view.probing is not None and view.probing.run.fingerprint != fingerprints[0]:
        reasons.append("Another version of it was asked the probes than the one that gave these answers.")
    return reasons


def _fingerprints(standing: Standing) -> list[str]:
    """Of the version or versions whose answers the analysis saw."""
    said = Annotation.objects.current().filter(
        project=standing.analysis.project_id,
        id__lte=standing.analysis.last_annotation,
        run__checkpoint=standing.checkpoint_id,
        run__question=standing.question,
    )
    return sorted(said.order_by().values_list("run__fingerprint", flat=True).distinct())


def _figures(view: View, cut: Cut) -> dict[str, Any]:
    """What the decision rests on, as it was then."""
    told = view.figures
    return {
        "analysis": view.standing.analysis.number,
        "checked": cut.checked,
        "right": round(cut.right, 4),
        "at_least": cut.at_least,
        "accepts": cut.accepts,
        "shared": told.get("shared", 0),
        "orders": told.get("orders"),
        "probes": {"run": view.probing.run.pk, "at_most": round(view.probing.at_most, 4)} if view.probing else None,
    }


def _record(place: Place, decided: Acceptance, verb: str) -> None:
    accepted = 0 if decided.is_withdrawn else len(accepting.items(decided))
    audit.record(
        verb,
        subject=f"acceptance:{decided.pk}",
        actor_id=place.user.pk,
        project_id=decided.project_id,
        detail={
            "question": decided.question,
            "checkpoint": decided.checkpoint_id,
            "confidence": decided.confidence,
            "target": decided.target,
            "analysis": decided.figures["analysis"],
            "figures": decided.figures,
            "accepted": accepted,
        },
    )

"""Putting a version of a rubric in the place of the one before it: only where labels that neither has seen say so."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from annotation.models import RubricVersion
from annotation.services import rubrics
from audit.services import record
from curation.models import RubricReport
from curation.queries import rubrics as queries
from projects.access import Place
from ui.problems import Refusal


class PromotionRefused(Refusal):
    """Labels do not say that this version is better; the text tells the figures."""

    status = 409
    title = "It is not shown to be better"


@transaction.atomic
def promote(place: Place, version: RubricVersion) -> RubricVersion:
    """Say that a version is validated, since its newest report shows that it is better than the one before it.

    Raises PromotionRefused.
    """
    report = next(iter(queries.reports(version)), None)
    if why := _why_not(version, report):
        raise PromotionRefused(why)
    if report and version.status != RubricVersion.Status.VALIDATED:
        _record(place, version, report)
    return rubrics.set_status(version, status=RubricVersion.Status.VALIDATED, by=place.user)


def _why_not(version: RubricVersion, report: RubricReport | None) -> str:
    """In sentences; empty where nothing stands against it."""
    before = report.figures["before"] if report else None
    if not report or not before or "wins" not in before:
        return "Ask one judge about the version before, and then about this one: both are held against the same pairs."
    known = set(before["rivals"])
    since = [one.number for one in queries.rivals(version, report.fingerprint) if one.pk not in known]
    if since:
        return (
            f"Version {', '.join(map(str, since))} was tried on these pairs since, and of many that are tried one wins "
            f"by chance. Ask {report.checkpoint.name} about this version again; what it said is not asked anew."
        )
    return "" if before["wins"] else f"{queries.change(report)} {_needed(before)}"


def _needed(before: Mapping[str, Any]) -> str:
    rivals = len(before["rivals"])
    together = f", also as one of {rivals + 1} that were tried," if rivals else ""
    return f"It takes over where its gain{together} is surely above zero on pairs that neither has seen."


def _record(place: Place, version: RubricVersion, report: RubricReport) -> None:
    before = report.figures["before"]
    record(
        "rubric.promoted",
        subject=f"rubric:{version.rubric_id}",
        actor_id=place.user.pk,
        project_id=place.project.pk,
        detail={"version": version.number, "report": report.pk, "gain": before["among_all"], "pairs": before["pairs"]},
    )

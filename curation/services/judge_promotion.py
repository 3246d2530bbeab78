"""Putting a version of a judge in the place of the one in use: only where labels that neither has seen say so."""

from django.db import transaction

from curation.judging import TRIAL
from curation.models import JudgeReport
from curation.queries import judge_versions as queries
from jobs.services import OPEN
from modelhooks.models import JudgeVersion, Run
from modelhooks.services import instructions
from projects.access import Place
from ui.problems import Refusal
from ui.templatetags.numbers import percent

IN_USE = "It is in use already."
AT_WORK = "The judge is being tried now: wait for the end, for every version that is tried counts."


class PromotionRefused(Refusal):
    """Labels do not say that this version is better; the text tells the figures."""

    status = 409
    title = "It is not shown to be better"


@transaction.atomic
def promote(place: Place, version: JudgeVersion, *, question: str) -> JudgeVersion:
    """Use this version from now on, since its trial shows that it is better than the one in use. What that needs is
    looked at while nobody can change it. Raises PromotionRefused."""
    family = instructions.held(instructions.begun(version))
    found = next(one for one in family if one.number == version.number)
    in_use = next(one for one in family if one.is_in_use)
    report = JudgeReport.objects.filter(version=found, question=question).first()
    if why := _why_not(found, in_use, report):
        raise PromotionRefused(why)
    if report:
        right, against = report.figures["unseen"], report.figures["against"]
        instructions.use(
            found,
            by=place.user,
            health=f"Right about {percent(right['accuracy']['value'])} of {right['pairs']:,} unseen labeled pairs.",
            fingerprint=report.fingerprint,
            before=in_use.number,
            question=question,
            gain=against["among_all"],
            pairs=against["pairs"],
            rivals=against["rivals"],
        )
    return found


def _why_not(version: JudgeVersion, in_use: JudgeVersion, report: JudgeReport | None) -> str:
    """In sentences; empty where nothing stands against it."""
    if version.is_in_use:
        return IN_USE
    if version.checkpoint.retired_at:
        return f"{version.checkpoint.name} is retired; nobody asks it any more."
    if _is_tried_now(version):
        return AT_WORK
    against = report.figures["against"] if report else None
    if not report or not against:
        return f"Try it first: it is held against the same labels as version {in_use.number}, which is in use."
    if against["pk"] != in_use.pk:
        return (
            f"It was held against version {against['version']}, and now version {in_use.number} is in use. Try it "
            "again; what was said is not asked anew."
        )
    return "" if against["wins"] else f"{queries.change(report)} {queries.needed(report)}"


def _is_tried_now(version: JudgeVersion) -> bool:
    """Whether what is known of any version of the judge may still change."""
    open_trials = Run.objects.filter(
        project=version.project_id, hook=TRIAL, parameters__judge=version.judge_id, job__state__in=OPEN
    )
    return open_trials.exists()

"""Criteria that nobody named: a writer guesses them, a judge tests them, and a curator adds what labels speak for."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts import limits
from annotation.models import Rubric, RubricVersion
from annotation.models.rubrics import LONGEST_NOTE
from annotation.services import rubrics
from curation.models import RubricReport
from curation.preferences import Reviewed
from curation.queries.hypotheses import said_by
from curation.rubrics import HYPOTHESES, TESTING
from curation.services import rubric_drafts, run_once
from curation.services.rubric_runs import UNKNOWN, require
from curation.services.run_wishes import WRITTEN
from modelhooks.models import Checkpoint, Contract, Run
from modelhooks.services.runs import RunRefused
from projects.access import Place
from ui.problems import Refusal

MOST_KNOWN = 40  # criteria beside which guesses are made (`modelhooks.contracts.Explaining`)
MOST_PAIRS = 96
MOST_PERCENT = 90  # of the prompts; without others nothing could be tested
MOST_GUESSES = 20
USUAL_PAIRS = 48
FEWEST_PROMPTS = 20
"""As `curation.criteria.hidden`, which loads numpy."""

NOT_TESTED = "Let the judge answer what was guessed first: nothing is known yet of what it tells."


class NotClaimed(Refusal):
    """Labels do not speak for this guess, so it does not become a criterion here; a curator may still write it."""

    status = 409
    title = "Labels do not speak for it"


def guess(
    place: Place,
    *,
    report: RubricReport | None,
    checkpoint: Checkpoint,
    percent: int = WRITTEN,
    pairs: int = USUAL_PAIRS,
) -> Run:
    """Queue a run in which a writer guesses what the report's version does not name. Loads numpy.

    It is shown up to so many pairs, of the share of prompts that rubrics are written from. Raises RunRefused.
    """
    from curation.rubrics.errors import to_explain

    if report is None:
        raise RunRefused(UNKNOWN)
    require(checkpoint, Contract.WRITING)
    if len(report.version.criteria) > MOST_KNOWN:
        raise RunRefused(f"Guesses are made beside at most {MOST_KNOWN} criteria; cut this version down first.")
    if not 1 <= percent <= MOST_PERCENT:
        raise RunRefused(f"The share of prompts is 1 to {MOST_PERCENT} percent: guesses are tested on the others.")
    if not 1 <= pairs <= MOST_PAIRS:
        raise RunRefused(f"A writer is shown 1 to {MOST_PAIRS} pairs.")
    limits.spend("run", user_id=place.user.pk, project_id=place.project.pk)
    items = to_explain(report, percent, pairs)
    if not items:
        raise RunRefused("It was held against no pair of that share of prompts.")
    parameters = {
        "report": report.pk,
        "version": report.version_id,
        "last": Reviewed().last(place.project),
        "percent": percent,
        "items": items,
        "most": MOST_GUESSES,
    }
    return run_once.start(place, hook=HYPOTHESES, checkpoint=checkpoint, parameters=parameters, is_spent=True)


def put_to_test(place: Place, *, report: RubricReport | None, guesses: RubricVersion) -> Run:
    """Queue a run in which the report's judge answers what was guessed for its version, of the prompts that were not
    shown, within the limits that it was asked about the version with. Loads numpy. Raises RunRefused."""
    from curation.rubrics.errors import held_out

    if report is None:
        raise RunRefused(UNKNOWN)
    limits.spend("run", user_id=place.user.pk, project_id=place.project.pk)
    percent = guesses.provenance["percent"]
    prompts = len(set(held_out(report, percent).values()))
    if prompts < FEWEST_PROMPTS:
        raise RunRefused(
            f"{report.checkpoint.name} answered this version about {prompts} of the prompts that are kept for testing, "
            f"and a test takes {FEWEST_PROMPTS}. Ask it about more pairs first."
        )
    before = report.run.parameters
    labels = {**before["labels"], "last": Reviewed().last(place.project), "percent": 100}
    parameters = {
        "labels": labels,
        "version": guesses.pk,
        "report": report.pk,
        "percent": percent,
        "beyond": report.version_id,
        **{name: before[name] for name in ("most_tokens", "most_cost") if name in before},
    }
    judge, question = report.checkpoint, report.question
    return run_once.start(
        place, hook=TESTING, checkpoint=judge, question=question, parameters=parameters, is_spent=True
    )


@transaction.atomic
def add(place: Place, *, report: RubricReport, key: str) -> RubricVersion:
    """Put a guess that a report on guesses claims at the end of its rubric's newest criteria: a new version, a draft.

    What responses that people prefer do not meet becomes a pitfall. A guess that stands there already is not added
    again. Raises NotClaimed, `rubrics.RubricRefused`, `rubrics.RubricRetired`.
    """
    guesses = report.version
    found = next((one for one in report.figures.get("beyond", ()) if one["key"] == key and one["is_claimed"]), None)
    if found is None or guesses.parent is None:
        raise NotClaimed("Only what tells more than the criteria do, on pairs that it was not guessed from, is added.")
    criterion = _criterion(guesses, key, found["leaning"])
    rubric = Rubric.objects.select_for_update(no_key=True).get(pk=guesses.parent.rubric_id)  # two at once add it once
    newest = rubric.versions.order_by("-number")[0]
    if said_by(newest, criterion["title"]):
        return newest
    return rubrics.new_version(
        rubric,
        by=place.user,
        criteria=[*newest.criteria, criterion],
        note=f"Added what version {guesses.parent.number} does not name: “{criterion['title']}”."[:LONGEST_NOTE],
        provenance={"guesses": guesses.pk, "report": report.pk, "key": key, "seen": guesses.provenance["seen"]},
        parent=newest,
    )


def _criterion(guesses: RubricVersion, key: str, leaning: float) -> Mapping[str, Any]:
    said = next(one for one in guesses.criteria if one["key"] == key)
    written = rubric_drafts.criterion(said["title"], said["kind"], said["origin"])
    return written if leaning > 0 else {**written, "weight": -1}

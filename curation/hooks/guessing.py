"""A writer guesses criteria that a version does not name, from pairs that it gets wrong and others with their labels.

The guesses become a rubric of their own that is put away from the start: they are there to be tested
(`curation.hooks.testing`), and none of them is asked of people before labels speak for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from annotation import opinions, pictures
from annotation.hooks.chosen_items import items_of
from annotation.models import Item, RubricVersion
from annotation.models.rubrics import LONGEST_NAME
from annotation.services import rubrics
from annotation.services.rubrics import RubricRefused
from curation.hooks import pairs
from curation.hooks.evidence import Evidenced
from curation.models import RubricReport
from curation.rubrics.labelled import Labelled
from curation.rubrics.said import Gathered, Said
from curation.services import rubric_drafts
from modelhooks.contracts import Explained, Explaining, Hypotheses
from modelhooks.hooks import Asked, Stored
from modelhooks.models import Run

AT_ONCE = 8  # pairs of one question (`modelhooks.contracts.Explaining`)
ALIKE = 0.8  # of the words
NO_PAIRS = "Of the pairs that were drawn none is left that can be shown with its label."
NOTHING = "It guessed nothing."


class Guessing(Evidenced):
    """Its one subject is the report that says which pairs the version got wrong."""

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        """The pairs that were drawn when the run was started, some at a time."""
        return [_asked(run, report) for report in self.reports(run, subjects)]

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        """All guesses as one draft."""
        refused = {}
        for report in self.reports(run, list(answers)):
            if why := _made(run, report, answers[report.pk]):
                refused[report.pk] = why
        return Stored({"lists of guesses made": len(answers) - len(refused)}, refused)


def _asked(run: Run, report: RubricReport) -> Asked:
    drawn = run.parameters["items"]
    shown = {one.pk: one for one in items_of(run, drawn) if not pictures.why_unseen(one, run.checkpoint)}
    labels = _standing(run, report, list(shown))
    known = tuple(one["title"] for one in report.version.criteria)
    batches = [
        tuple(_explained(shown[item], labels[item].better) for item in drawn[at : at + AT_ONCE] if item in labels)
        for at in range(0, len(drawn), AT_ONCE)
    ]
    inputs = tuple(Explaining(batch, known) for batch in batches if batch)
    return Asked(report.pk, inputs) if inputs else Asked(report.pk, refusal=NO_PAIRS)


def _standing(run: Run, report: RubricReport, items: Sequence[int]) -> dict[int, Labelled]:
    """The labels that the version was held against, where they said the same when the run was started."""
    then = pairs.labels_of(report.run)
    now = replace(then, last=run.parameters["last"]).of(run.project, items)
    found = then.of(run.project, items)
    return {item: one for item, one in found.items() if item in now and now[item].better == one.better}


def _explained(item: Item, better: int) -> Explained:
    return Explained(opinions.prompt_of(item), better=item.text_of(better), worse=item.text_of(1 - better))


def _made(run: Run, report: RubricReport, said: Sequence[Hypotheses]) -> str:
    """Store what came of it; why nothing could, else nothing."""
    found = merged(said)[: run.parameters["most"]]
    if not found:
        return next((one.reason for one in said if one.reason), NOTHING)
    version, parameters = report.version, run.parameters
    seen = Item.objects.filter(project=run.project_id, pk__in=parameters["items"]).order_by("group")
    try:
        rubrics.create(
            run.project,
            by=None,
            name=f"Guesses beyond {version.rubric.name}"[:LONGEST_NAME],
            criteria=[rubric_drafts.criterion(one.text, one.kind, "hypothesis") for one in found],
            source=RubricVersion.Source.HYPOTHESES,
            note=f"What people may go by that version {version.number} of “{version.rubric.name}” does not name.",
            provenance={
                "report": report.pk,
                "percent": parameters["percent"],
                "items": parameters["items"],
                # Every pair that was drawn, shown or not: what may have been seen counts as seen.
                "seen": list(seen.values_list("group", flat=True).distinct()),
                "support": [{"prompts": one.support, "wordings": one.wordings} for one in found],
            },
            run=run,
            parent=version,
            is_put_away=True,
        )
    except RubricRefused as refusal:
        return str(refusal)
    return ""


def merged(said: Sequence[Hypotheses]) -> list[Gathered]:
    """Guesses that are worded nearly alike as one, those that were seen in most pairs first. Loads numpy.

    Only what is nearly the same letter for letter: verdicts tell doubles in other words apart from opposites in nearly
    the same ones, and what is taken for a double here is never tested.
    """
    from curation.rubrics.gathering import gathered

    each = [
        Said(one.text, "principle", f"{number}:{place}", 0.0)
        for number, several in enumerate(said)
        for one in several.found
        for place in one.pairs
    ]
    return gathered(each, share=ALIKE)

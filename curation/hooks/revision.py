"""A writer mends a version of a rubric by pairs that it got wrong: the next version, as a draft."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotation import opinions, pictures
from annotation.hooks.chosen_items import items_of
from annotation.models import Item, RubricVersion
from annotation.models.rubrics import LONGEST_NOTE
from annotation.services import rubrics
from annotation.services.rubrics import RubricRefused, RubricRetired
from curation.hooks import pairs
from curation.hooks.evidence import Evidenced
from curation.models import RubricReport, RubricVerdicts
from curation.rubrics.labelled import Labelled
from curation.services import rubric_drafts
from modelhooks.contracts import Misjudged, Revised, RevisedCriterion, Revision, WrittenCriterion
from modelhooks.hooks import Asked, Stored
from modelhooks.models import Run

NO_ERRORS = "Of the pairs that it got wrong none is left that can be shown with its label."
UNCHANGED = "It left every criterion as it was."
UNDECIDED = "undecided"
OF_ITS_WORDS = ("pass_condition", "failure_examples", "evidence", "needs_evidence")
"""What a criterion has only as long as its words stay."""


class Revising(Evidenced):
    """Its one subject is the report that says which pairs the version got wrong."""

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        """The version's criteria, with the pairs that were drawn when the run was started."""
        return [_asked(run, report) for report in self.reports(run, subjects)]

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        """The next version of the rubric."""
        refused = {}
        for report in self.reports(run, list(answers)):
            if why := _made(run, report, answers[report.pk][0]):
                refused[report.pk] = why
        return Stored({"versions made": len(answers) - len(refused)}, refused)


def _asked(run: Run, report: RubricReport) -> Asked:
    items = [one for one in items_of(run, run.parameters["items"]) if not pictures.why_unseen(one, run.checkpoint)]
    labels = pairs.labels_for(report.run, items)
    said = dict(
        RubricVerdicts.objects.filter(
            version=report.version, fingerprint=report.fingerprint, item__in=items
        ).values_list("item", "said")
    )
    errors = tuple(
        _misjudged(report.version, one, labels[one.pk], said[one.pk])
        for one in items
        if one.pk in labels and one.pk in said
    )
    if not errors:
        return Asked(report.pk, refusal=NO_ERRORS)
    return Asked(report.pk, (Revision(tuple(_written(one) for one in report.version.criteria), errors),))


def _written(criterion: Mapping[str, Any]) -> WrittenCriterion:
    return WrittenCriterion(criterion["title"], criterion["kind"])


def _misjudged(version: RubricVersion, item: Item, label: Labelled, said: Any) -> Misjudged:
    """What was said the first time; the second differs by noise alone."""
    better, worse = said[label.better][0], said[label.worse][0]
    return Misjudged(
        opinions.prompt_of(item),
        better=item.text_of(label.better),
        worse=item.text_of(label.worse),
        verdicts=tuple((_word(one, better), _word(one, worse)) for one in version.criteria),
    )


def _word(criterion: Mapping[str, Any], verdicts: Mapping[str, Any]) -> str:
    value = verdicts.get(criterion["key"])
    if value is None:
        return UNDECIDED
    return f"{value} of {criterion['scale']}" if isinstance(value, int) else str(value)


def _made(run: Run, report: RubricReport, said: Revised) -> str:
    """Store what came of it; why nothing could, else nothing."""
    if not said.criteria:
        return said.reason or "It left nothing of the rubric."
    version = report.version
    criteria = revised(version.criteria, said.criteria)
    if criteria == version.criteria:
        return UNCHANGED
    diagnosis = " ".join(said.diagnosis.split())[:LONGEST_NOTE]
    items = run.parameters["items"]
    seen = Item.objects.filter(project=run.project_id, pk__in=items).order_by("group").values_list("group", flat=True)
    try:
        rubrics.new_version(
            version.rubric,
            by=None,
            criteria=criteria,
            source=RubricVersion.Source.EVOLVED,
            note=diagnosis,
            # Every pair that was drawn, shown or not: what may have been seen counts as seen.
            provenance={"report": report.pk, "diagnosis": diagnosis, "items": items, "seen": list(seen.distinct())},
            run=run,
            parent=version,
        )
    except (RubricRefused, RubricRetired) as refusal:
        return str(refusal)
    return ""


def revised(before: Sequence[Mapping[str, Any]], said: Sequence[RevisedCriterion]) -> list[dict[str, Any]]:
    """The criteria of the next version: what was not at fault as it was; what is reworded keeps its weight and key."""
    found = [_next(None if one.was is None else before[one.was], one) for one in said]
    known = {one["key"] for one in found if "key" in one}
    return [
        {**one, "depends_on": [key for key in one["depends_on"] if key in known]} if "depends_on" in one else one
        for one in found
    ]


def _next(was: Mapping[str, Any] | None, said: RevisedCriterion) -> dict[str, Any]:
    words = " ".join(said.text.split())
    if was is None:
        return rubric_drafts.criterion(words, said.kind)
    if words == was["title"]:
        return dict(was)
    kept = {name: value for name, value in was.items() if name not in OF_ITS_WORDS}
    return {**kept, "title": words[: rubric_drafts.LONGEST_TITLE]}

"""A writer mends what a judge is told by pairs that it got wrong: the next version, which nobody uses yet."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse

from annotation import opinions, pictures
from annotation.hooks.chosen_items import items_of
from annotation.models import Item
from curation.hooks import pairs
from curation.models import JudgeReport, JudgeVerdict
from curation.rubrics.labelled import Labelled
from modelhooks.contracts import Misled, Reworded, Rewording
from modelhooks.hooks import Asked, Named, Stored
from modelhooks.judging.pictures import Resolve
from modelhooks.models import JudgeVersion, Run
from modelhooks.services import instructions
from modelhooks.services.instructions import InstructionsRefused

LENGTH = 20_000
NO_ERRORS = "Of the pairs that it got wrong none is left that can be shown with its label."
WORDS = {"first": "the worse one is better", "second": "the worse one is better", "tie": "neither is better"}
UNDECIDED = "nothing"


class Rewordings:
    """Its one subject is the report that says which pairs the version got wrong."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        """That report."""
        yield run.parameters["report"], LENGTH

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        """The version's instructions, with the pairs that were drawn when the run was started."""
        return [_asked(run, report) for report in _reports(run, subjects)]

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        """The next version."""
        refused = {}
        for report in _reports(run, list(answers)):
            if why := _made(run, report.version, answers[report.pk][0]):
                refused[report.pk] = why
        return Stored({"versions made": len(answers) - len(refused)}, refused)

    def names(self, run: Run, subjects: Sequence[int]) -> Mapping[int, Named]:
        """The version that is reworded."""
        return {
            one.pk: Named(f"{one.version.judge.name}, version {one.version.number}", _address(run, one.version))
            for one in _reports(run, subjects)
        }

    def pictures(self, run: Run) -> Resolve:
        """Out of the project's own store."""
        return pictures.resolver(run.project_id)

    def made_url(self, run: Run) -> str:
        """All versions of the judge, once there is the next one."""
        made = JudgeVersion.objects.filter(run=run).first()
        return "" if made is None else _address(run, made)

    def ended(self, run: Run) -> None:
        """There is nothing to count."""


def _reports(run: Run, subjects: Sequence[int]) -> list[JudgeReport]:
    found = JudgeReport.objects.filter(project=run.project_id, pk__in=subjects)
    return list(found.select_related("version__judge", "version__checkpoint", "version__project", "run__project"))


def _address(run: Run, version: JudgeVersion) -> str:
    return reverse("curation:judge-versions", args=[run.project.slug, version.judge_id])


def _asked(run: Run, report: JudgeReport) -> Asked:
    """As the judge said it when the pairs were drawn, whatever other weights have said since."""
    items = [one for one in items_of(run, run.parameters["items"]) if not pictures.why_unseen(one, run.checkpoint)]
    labels = pairs.labels_for(report.run, items)
    found = JudgeVerdict.objects.filter(version=report.version, fingerprint=run.parameters["fingerprint"])
    said = {one.item_id: one for one in found.filter(item__in=items)}
    errors = tuple(_misled(one, labels[one.pk], said[one.pk]) for one in items if one.pk in labels and one.pk in said)
    if not errors:
        return Asked(report.pk, refusal=NO_ERRORS)
    return Asked(report.pk, (Rewording(report.version.instructions, errors),))


def _misled(item: Item, label: Labelled, verdict: JudgeVerdict) -> Misled:
    return Misled(
        opinions.prompt_of(item),
        better=item.text_of(label.better),
        worse=item.text_of(label.worse),
        said=WORDS.get(verdict.said, UNDECIDED),
        reasons=verdict.reasons,
    )


def _made(run: Run, version: JudgeVersion, said: Reworded) -> str:
    """Store what came of it; why nothing could, else nothing."""
    if not said.instructions:
        return said.reason or "It wrote nothing."
    items = run.parameters["items"]
    seen = Item.objects.filter(project=run.project_id, pk__in=items).order_by("group").values_list("group", flat=True)
    try:
        instructions.write(
            version,
            said.instructions,
            by=None,
            run=run,
            diagnosis=_line(said.diagnosis),
            # Every pair that was drawn, shown or not: what may have been seen counts as seen.
            provenance={"report": run.parameters["report"], "items": items, "seen": list(seen.distinct())},
        )
    except InstructionsRefused as refusal:
        return str(refusal)
    return ""


def _line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())

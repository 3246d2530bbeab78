"""A judge answers a version of a rubric about labelled pairs, without being told the label."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.module_loading import import_string

from annotation import opinions, pictures
from annotation.hooks.chosen_items import items_of, named
from annotation.models import Item, RubricVersion
from curation.hooks import pairs
from curation.models import RubricVerdicts
from modelhooks.asking import Graded
from modelhooks.contracts import Candidate, CriterionVerdicts, Rubric
from modelhooks.hooks import Asked, Named, Stored
from modelhooks.judging.pictures import Resolve
from modelhooks.models import Run

REPORT = "curation.rubrics.reports.write"
"""By name: pages ask a hook for addresses, and the web process has no use for numpy."""
TWICE = 2


class Grading:
    """Each response is graded twice, the second time with the criteria in reversed order: what differs is noise."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        """The labelled pairs."""
        return pairs.labelled_items(run)

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        """Both responses of each, in both orders of the criteria."""
        items = items_of(run, subjects)
        labels = pairs.labels_for(run, items)
        rubric = rubric_of(_version(run))
        return [
            _asked(run, item, rubric) if item.pk in labels else Asked(item.pk, refusal=pairs.UNLABELLED)
            for item in items
        ]

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        """One row for each pair and fingerprint: what the same weights said before is replaced."""
        version = _version(run)
        rows = [
            RubricVerdicts(version=version, item_id=item, fingerprint=run.fingerprint, run=run, said=_said(said))
            for item, said in answers.items()
        ]
        RubricVerdicts.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["version", "fingerprint", "item"],
            update_fields=["run", "said"],
        )
        silent = sum(all(value is None for one in row.said for time in one for value in time.values()) for row in rows)
        return Stored({"pairs without a verdict that can be read": silent} if silent else {})

    def names(self, run: Run, subjects: Sequence[int]) -> Mapping[int, Named]:
        """Items by their keys."""
        return named(run, subjects)

    def pictures(self, run: Run) -> Resolve:
        """Out of the project's own store."""
        return pictures.resolver(run.project_id)

    def made_url(self, run: Run) -> str:
        """The evidence beside each criterion."""
        version = _version(run)
        return reverse("curation:rubric-evidence", args=[run.project.slug, version.rubric.number, version.number])

    def ended(self, run: Run) -> None:
        """What the verdicts say of the version and its criteria."""
        import_string(REPORT)(run, _version(run))


def rubric_of(version: RubricVersion) -> Rubric:
    """The criteria as a judge is asked them."""
    return tuple(opinions.criterion_of(one) for one in version.criteria)


def _asked(run: Run, item: Item, rubric: Rubric) -> Asked:
    if unseen := pictures.why_unseen(item, run.checkpoint):
        return Asked(item.pk, refusal=unseen)
    prompt, reference = opinions.prompt_of(item), str(item.source.get("reference") or "") or None
    candidates = [Candidate(prompt, item.text_of(place), reference) for place in range(pairs.PAIR)]
    return Asked(item.pk, tuple(Graded(one, way) for one in candidates for way in (rubric, rubric[::-1])))


def _said(answers: Sequence[CriterionVerdicts]) -> list[list[dict[str, str | int | None]]]:
    """By response, and for each by time."""
    by_key = [{one.key: one.verdict for one in each.verdicts} for each in answers]
    return [by_key[at : at + TWICE] for at in range(0, len(by_key), TWICE)]


def _version(run: Run) -> RubricVersion:
    return RubricVersion.objects.select_related("rubric").get(
        pk=run.parameters["version"], rubric__project=run.project_id
    )

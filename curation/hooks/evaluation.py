"""A checkpoint says which responses, or steps, of rows whose answer is known are right."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast, Length
from django.urls import reverse
from django.utils.module_loading import import_string

from curation.models import EvaluationRow, EvaluationScore, EvaluationSet
from curation.scoring.ways import Way, way
from curation.scoring.worth import worth
from modelhooks.hooks import Asked, Named, Stored
from modelhooks.judging.pictures import Resolve
from modelhooks.models import Run

MEASURE = "curation.scoring.results.measure"
"""By name: pages ask a hook for addresses, and the web process has no use for numpy."""


class Evaluation:
    """A checkpoint says which responses, or steps, of rows whose answer is known are right."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        """Every row of the set."""
        length = Length(Cast("texts", TextField())) + Length(Cast("messages", TextField()))
        rows = EvaluationRow.objects.filter(evaluation_set=run.parameters["set"]).order_by("pk")
        yield from rows.values_list("pk", length).iterator()

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        """What the contract takes of each."""
        asking = _way(run)
        return [Asked(row.pk, asking.inputs(row)) for row in _rows(subjects)]

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        """One score for each row and fingerprint: what the same weights said before is replaced."""
        asking, layout, threshold = _way(run), _set(run).layout, run.parameters["threshold"]
        scores = []
        for row in _rows(list(answers)):
            said: dict[str, Any] = {asking.kept: asking.read(row, answers[row.pk])}
            found = worth(layout, row.subset, row.right, said, threshold)
            scores.append(
                EvaluationScore(
                    evaluation_set_id=row.evaluation_set_id,
                    row=row,
                    fingerprint=run.fingerprint,
                    run=run,
                    said=said,
                    points=found.points,
                    is_abstained=found.is_abstained,
                )
            )
        EvaluationScore.objects.bulk_create(
            scores,
            update_conflicts=True,
            unique_fields=["evaluation_set", "fingerprint", "row"],
            update_fields=["run", "said", "points", "is_abstained"],
        )
        abstained = sum(one.is_abstained for one in scores)
        return Stored({"rows without an answer that can be read": abstained} if abstained else {})

    def names(self, run: Run, subjects: Sequence[int]) -> Mapping[int, Named]:
        """Rows by their numbers."""
        slug, number = run.project.slug, _set(run).number
        return {
            row.pk: Named(f"row {row.number}", reverse("curation:leaderboard-row", args=[slug, number, row.number]))
            for row in _rows(subjects)
        }

    def pictures(self, run: Run) -> Resolve:
        """They show none."""
        return lambda _media: None

    def made_url(self, run: Run) -> str:
        """What came of it stands on the set's leaderboard."""
        return reverse("curation:leaderboard", args=[run.project.slug, _set(run).number])

    def ended(self, run: Run) -> None:
        """The checkpoint's place on the leaderboard."""
        import_string(MEASURE)(run, _set(run))


def _set(run: Run) -> EvaluationSet:
    return EvaluationSet.objects.get(pk=run.parameters["set"], project=run.project_id)


def _rows(subjects: Sequence[int]) -> list[EvaluationRow]:
    return list(EvaluationRow.objects.filter(pk__in=subjects).order_by("pk"))


def _way(run: Run) -> Way:
    found = way(_set(run).layout, run.checkpoint.contract)
    if found is None:
        raise LookupError("The run was started for rows that its checkpoint cannot be asked about.")
    return found

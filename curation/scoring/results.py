"""The results of a set: written once when a run ends, each compared with the best on the same rows.

`behind` of a result is `{"best", "value", "low", "high", "different", "is_told"}`: the best result's id, how far this
one lies above it (so mostly below zero) with its interval, on how many prompts they differ, and whether the rows tell
the two apart. It is `{}` for the best itself, and where one of the two has no score.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models.functions import Now

from curation.evaluation.graded import Graded
from curation.evaluation.paired import difference
from curation.layouts import LAYOUTS
from curation.models import EvaluationResult, EvaluationRow, EvaluationScore, EvaluationSet
from curation.scoring import grading
from curation.scoring.grading import Answer
from modelhooks.models import Run


def measure(run: Run, evaluation_set: EvaluationSet) -> EvaluationResult:
    """Count what the run's answers come to, and where that leaves the others, in the caller's transaction.

    Rows that the run gave up count as wrong. Called again, it leaves the same.
    """
    EvaluationSet.objects.select_for_update(no_key=True).get(pk=evaluation_set.pk)  # two that end at once
    answers = _answers(evaluation_set, run.fingerprint)
    own = grading.graded(evaluation_set.layout, answers)
    figures = grading.figures(evaluation_set.layout, answers, own)
    score = figures["score"]["value"] if figures["score"] else None
    written = {"checkpoint_id": run.checkpoint_id, "run": run, "score": score, "figures": figures, "behind": {}}
    found, _ = EvaluationResult.objects.update_or_create(
        evaluation_set=evaluation_set, fingerprint=run.fingerprint, defaults={**written, "measured_at": Now()}
    )
    _compare(evaluation_set, {found.pk: own})
    return EvaluationResult.objects.get(pk=found.pk)


def _compare(evaluation_set: EvaluationSet, known: dict[int, Graded]) -> None:
    """Hold every result that needs it against the best: the new ones, or all where the best is a new one."""
    results = list(EvaluationResult.objects.filter(evaluation_set=evaluation_set))
    best, *others = results
    stale = [one for one in others if best.pk in known or one.pk in known or one.behind.get("best") != best.pk]
    for one in [best, *stale]:
        if one.pk not in known and one.score is not None:
            known[one.pk] = grading.graded(evaluation_set.layout, _answers(evaluation_set, one.fingerprint))
    for one in stale:
        EvaluationResult.objects.filter(pk=one.pk).update(behind=_behind(evaluation_set, one, best, known))
    EvaluationResult.objects.filter(pk=best.pk).update(behind={})


def _behind(
    evaluation_set: EvaluationSet, one: EvaluationResult, best: EvaluationResult, known: Mapping[int, Graded]
) -> dict[str, Any]:
    if one.score is None or best.score is None:
        return {}
    found = difference(known[one.pk], known[best.pk], LAYOUTS[evaluation_set.layout].headline)
    if found is None:
        return {}
    return {
        "best": best.pk,
        **(grading.told(found.by) or {}),
        "different": found.different,
        "is_told": found.is_told,
    }


def _answers(evaluation_set: EvaluationSet, fingerprint: str) -> list[Answer]:
    """All rows of the set in order, with what a model said about them."""
    heard = EvaluationScore.objects.filter(evaluation_set=evaluation_set, fingerprint=fingerprint)
    scores = {row: found for row, *found in heard.values_list("row", "said", "points", "is_abstained")}
    rows = EvaluationRow.objects.filter(evaluation_set=evaluation_set).order_by("number")
    return [
        Answer(key, subset, group, right, *scores.get(pk, (None, 0.0, False)))
        for pk, key, subset, group, right in rows.values_list("pk", "key", "subset", "group", "right")
    ]

"""What models kept beside their answers to a question: how sure they were, and what they said in each order."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from scipy.special import logit

from annotation.models import Question
from curation.aggregation import labels
from curation.aggregation.labels import PAIR, Labels
from curation.votes import json_of
from projects.models import Project

CHUNK = 2_000  # rows that the driver holds at once
CLOSEST = 1e-6  # to a certainty that no model has
A, TIE, B = range(PAIR)
SHOWN = {"A": A, "tie": TIE, "B": B}

# Abstentions are there, too: who says otherwise in the other order abstains.
SAID = """
    SELECT a.id, r.checkpoint_id, a.item_id, a.source -> 'p_first', a.source -> 'scores', a.source -> 'by_order',
           a.source -> 'consistent_under_swap', a.answers -> %(question)s IS NULL
    FROM annotation_annotation a JOIN modelhooks_run r ON r.id = a.run_id
    WHERE a.project_id = %(project)s AND a.id <= %(last)s AND r.question = %(question)s
      AND NOT EXISTS (SELECT FROM annotation_annotation b WHERE b.supersedes_id = a.id AND b.id <= %(last)s)
    ORDER BY a.id
"""


@dataclass(frozen=True, slots=True)
class Judgments:
    """M answers and abstentions of models, by annotation."""

    annotation: NDArray[np.int64]
    """[M] Ascending."""
    checkpoint: NDArray[np.int64]
    item: NDArray[np.int64]
    score: NDArray[np.float64]
    """[M] Log-odds that the first of two responses is better, as the model has it; NaN where it does not say."""
    consistent: NDArray[np.int8]
    """[M] 1 where both orders came to the same, 0 where they did not, -1 where there was one order."""
    abstained: NDArray[np.bool_]
    by_order: NDArray[np.int8]
    """[M, 2] Which side won in each order: A, TIE or B as shown, -1 where that is not known."""

    def scores_of(self, annotations: NDArray[np.int64]) -> NDArray[np.float64]:
        """[n] How sure the model was in these annotations; NaN where it does not say."""
        at = np.searchsorted(self.annotation, annotations)
        known = np.append(self.annotation, -1)[at] == annotations
        return np.where(known, np.append(self.score, np.nan)[at], np.nan)

    def in_orders(self, checkpoint: int) -> Labels:
        """One model's verdicts as labels in the stored order of the two, as many as it was asked orders."""
        rows = np.flatnonzero(self.checkpoint == checkpoint)
        _, unit = np.unique(self.item[rows], return_inverse=True)
        said = self.by_order[rows]
        # Of several answers to an item, which runs by another form may leave, the last one counts.
        last = np.zeros(len(rows), bool)
        last[len(rows) - 1 - np.unique(unit[::-1], return_index=True)[1]] = True
        at, order = np.nonzero(last[:, None] & (said >= 0))
        shown = said[at, order].astype(np.int64)
        return labels.make(
            unit[at],
            np.zeros(len(at), np.int64),
            np.where(order == 1, PAIR - 1 - shown, shown),
            value_count=PAIR,
            unit_count=int(unit.max(initial=-1)) + 1,
            annotator_count=1,
            swapped=order,
        )


def read(project: Project, question: Question, last: int) -> Judgments:
    """All that stands as of annotation `last`. One query, read as a stream."""
    rows: list[tuple[int, int, int, float, int, bool, tuple[int, int]]] = []
    with connection.cursor() as cursor:
        wanted: dict[str, Any] = {"project": project.pk, "question": question.key, "last": last}
        for row in cursor.cursor.stream(SAID, wanted, size=CHUNK):
            p_first, scores, by_order, consistent = map(json_of, row[3:7])
            same = -1 if consistent is None else int(consistent)
            rows.append((row[0], row[1], row[2], _score(p_first, scores), same, row[7], _sides(by_order)))
    columns = list(zip(*rows, strict=True)) or [()] * 7
    return Judgments(
        np.array(columns[0], np.int64),
        np.array(columns[1], np.int64),
        np.array(columns[2], np.int64),
        np.array(columns[3], np.float64),
        np.array(columns[4], np.int8),
        np.array(columns[5], bool),
        np.array(columns[6], np.int8).reshape(-1, 2),
    )


def _score(p_first: Any, scores: Any) -> float:
    if isinstance(p_first, float | int):
        return float(logit(min(max(float(p_first), CLOSEST), 1 - CLOSEST)))
    if isinstance(scores, list) and len(scores) == 2 and all(isinstance(one, float | int) for one in scores):
        return float(scores[0] - scores[1])
    return float("nan")


def _sides(by_order: Any) -> tuple[int, int]:
    """The side that most votes of each order are for; -1 where there is no such side."""
    if not isinstance(by_order, list):
        return (-1, -1)
    found = [_winner(one) for one in by_order[:2]] + [-1, -1]
    return (found[0], found[1])


def _winner(votes: Mapping[str, int]) -> int:
    ranked = sorted(votes.items(), key=lambda one: -one[1])
    if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        return -1
    return SHOWN.get(ranked[0][0], -1)

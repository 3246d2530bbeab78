"""From the answers about all rows of a set to a checkpoint's figures.

Figures are JSON; an estimate is `{"value", "low", "high"}`, the bounds null where they cannot be told:

* `headline`, "rows" or "subsets": which mean the set ranks by; `score`, `over_rows` and `over_subsets`;
* `rows`, `prompts`, `answered`; `abstained`, rows where an answer was there and said too little; `unanswered`, rows
  where there was none; `torn`, of judges, how many of their `comparisons` came out otherwise with the sides swapped;
* `subsets`, a list of `{"name", "rows", "wrong", "value", "low", "high"}`;
* `parts`, what the score is made of beyond subsets: a list of `{"words", "value", "low", "high"}`;
* `matrix`, of RM-Bench, three by three.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from curation.aggregation.estimates import Estimate, Measure
from curation.evaluation import points, steps, styles, ties
from curation.evaluation.graded import Graded, Subset, interval, plain
from curation.evaluation.names import ROWS, SUBSETS
from curation.layouts import LAYOUTS
from curation.layouts.rewardbench2 import TIES, role_of
from curation.scoring.worth import Said, won
from modelhooks.head.pairs import Floats, Integers

DIGITS = 6
TIE_WORDS = {
    "tied_right": "Ties: all right ones above the wrong ones",
    "ref_right": "Ties: the same with one right one",
    "preferred": "Ties: right ones closer together than to the wrong ones",
    "preferred_hard": "Ties: the same beside the one right one",
    "lead": "Ties: by how much",
}
Told = dict[str, Any]


class Answer(NamedTuple):
    """A row of a set, and what was said about it: None where nothing was."""

    key: str
    subset: str
    group: str
    right: Sequence[int]
    said: Said | None
    points: float
    is_abstained: bool


def graded(layout: str, answers: Sequence[Answer]) -> Graded:
    """All rows, in the order of the set."""
    met = np.array([one.points for one in answers], float)
    _, clusters = np.unique([_cluster(layout, one) for one in answers], return_inverse=True)
    names = np.array([one.subset for one in answers])
    subsets = [_subset(layout, str(name), np.flatnonzero(names == name), met, answers) for name in np.unique(names)]
    return Graded(met, clusters, subsets)


def figures(layout: str, answers: Sequence[Answer], found: Graded) -> Told:
    """Everything that a leaderboard tells of one checkpoint. Deterministic."""
    headline = LAYOUTS[layout].headline
    means = {name: told(found.estimate(name)) for name in (ROWS, SUBSETS)}
    return {
        "headline": headline,
        "score": means[headline],
        "over_rows": means[ROWS],
        "over_subsets": means[SUBSETS],
        "rows": len(answers),
        "prompts": len(np.unique(found.clusters)),
        "answered": sum(one.said is not None for one in answers),
        "abstained": sum(one.is_abstained for one in answers),
        "unanswered": sum(one.said is None for one in answers),
        **_torn(answers),
        "subsets": [_of_subset(found, one) for one in found.subsets],
        **_more(layout, answers, found),
    }


def told(found: Estimate | None) -> Told | None:
    """An estimate as JSON."""
    if found is None:
        return None
    bounds = {"value": found.value, "low": found.low, "high": found.high}
    return {name: None if number is None else round(number, DIGITS) for name, number in bounds.items()}


def _cluster(layout: str, one: Answer) -> str:
    """Rows of one prompt; of Ties both rows of a number, whose score they make together."""
    return f"{TIES}:{role_of(one.key)[1]}" if _is_tie(layout, one.subset) else one.group


def _is_tie(layout: str, subset: str) -> bool:
    return layout == "rewardbench2" and subset == TIES


def _subset(layout: str, name: str, rows: Integers, met: Floats, answers: Sequence[Answer]) -> Subset:
    own = [answers[row] for row in rows]
    if _is_tie(layout, name):
        return Subset(name, rows, ties.parts([_tie(one) for one in own]), ties.value)
    if layout == "processbench":
        return Subset(name, rows, steps.parts([one.points for one in own], _labels(own)), steps.value)
    return plain(name, rows, met)


def _tie(one: Answer) -> ties.Row:
    role, number = role_of(one.key)
    is_whole = one.said is not None and not one.is_abstained
    return ties.Row(role, number, one.said["scores"] if one.said and is_whole else None, len(one.right))


def _labels(answers: Sequence[Answer]) -> list[int]:
    return [one.right[0] if one.right else points.NO_ERROR for one in answers]


def _of_subset(found: Graded, one: Subset) -> Told:
    wrong = int((found.points[one.rows] < 1).sum())
    score = told(found.of_subset(one)) or {"value": None, "low": None, "high": None}
    return {"name": one.name, "rows": len(one.rows), "wrong": wrong, **score}


def _torn(answers: Sequence[Answer]) -> Told:
    """Of judges: how many comparisons came out otherwise when the sides were swapped."""
    counted: Counter[bool] = Counter()
    for one in answers:
        for verdicts in (one.said or {}).get("orders", ()):
            counted[None not in verdicts and points.FIRST in verdicts and points.SECOND in verdicts] += 1
    return {"torn": counted[True], "comparisons": counted.total()} if counted else {}


def _more(layout: str, answers: Sequence[Answer], found: Graded) -> Told:
    if layout == "rm_bench":
        return _of_styles(answers, found)
    if layout == "processbench":
        return {"parts": _of_steps(answers, found)}
    of_ties = [one for one in found.subsets if _is_tie(layout, one.name)]
    return {"parts": [part for one in of_ties for part in _of_ties(one)]}


def _of_styles(answers: Sequence[Answer], found: Graded) -> Told:
    nothing = [0.0] * points.STYLES**2
    wins = np.array([nothing if one.said is None else won(one.said) for one in answers])
    styled = styles.of(wins.reshape(-1, points.STYLES, points.STYLES), found.clusters)
    parts = [_part(name.capitalize(), one) for name, one in styled.levels.items()]
    return {"parts": parts, "matrix": [[round(cell, DIGITS) for cell in row] for row in styled.matrix.tolist()]}


def _of_steps(answers: Sequence[Answer], found: Graded) -> list[Told]:
    parts = steps.parts([one.points for one in answers], _labels(answers))
    words = {"errors_found": "First errors found", "right_left_alone": "Right solutions left alone"}
    return [
        _part(title, interval(Measure(parts, lambda totals, name=name: steps.named(totals)[name]), found.clusters))  # type: ignore[misc]
        for name, title in words.items()
    ]


def _of_ties(one: Subset) -> list[Told]:
    named = ties.named(one.parts.sum(axis=0))
    return [
        _part(TIE_WORDS[name], None if value is None else Estimate(value, None, None)) for name, value in named.items()
    ]


def _part(words: str, one: Estimate | None) -> Told:
    return {"words": words, **(told(one) or {"value": None, "low": None, "high": None})}

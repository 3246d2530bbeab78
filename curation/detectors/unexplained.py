"""Pairs that no rubric explains: criteria were written to tell why one response is better, and judged by each of them,
without being told the label, nobody finds it again. The commonest cause is a wrong label.

Source: the procedure of OpenRubrics (2025), which drops such pairs; here they are looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np
from django.db.models import Exists, OuterRef, Q

from curation.detectors.contract import Found, Said, described
from curation.detectors.scene import Scene
from curation.hooks import pairs
from curation.models import RubricAttempt
from curation.rubrics import CONTRAST
from curation.rubrics.labelled import Labelled

AT_ONCE = 2_000
SAYS_SOMETHING = Q(outcome="kept") | Q(is_unexplained=True)


def find(scene: Scene) -> Said:
    """By the newest run that came to something about each pair, where its label still is what was asked about."""
    doubted = _doubted(scene)
    found = [
        _found(one, label)
        for _, own in groupby(doubted, key=lambda one: one.run_id)
        for one, label in _as_labelled(scene, list(own))
    ]
    noun = "pair is" if len(doubted) == 1 else "pairs are"
    return Said(found, f"{len(doubted):,} {noun} explained by no rubric; {len(found):,} still labeled as they were.")


def _doubted(scene: Scene) -> list[RubricAttempt]:
    """By run."""
    own = RubricAttempt.objects.filter(run__project=scene.project, run__hook=CONTRAST)
    later = own.filter(SAYS_SOMETHING, item=OuterRef("item"), run__question=OuterRef("run__question"))
    found = own.filter(~Exists(later.filter(pk__gt=OuterRef("pk"))), is_unexplained=True)
    return list(found.select_related("run__checkpoint", "run__project").order_by("run", "pk"))


def _as_labelled(scene: Scene, own: Sequence[RubricAttempt]) -> Iterator[tuple[RubricAttempt, Labelled]]:
    """Those whose label stands, as the analysis sees labels."""
    wanted = replace(pairs.labels_of(own[0].run), last=scene.analysis.last_annotation)
    for start in range(0, len(own), AT_ONCE):
        some = own[start : start + AT_ONCE]
        labels = wanted.of(scene.project, [one.item_id for one in some])
        for one in some:
            label = labels.get(one.item_id)
            if label and label.better == one.better:
                yield one, label


def _found(one: RubricAttempt, label: Labelled) -> Found:
    judged = [tried for tried in one.attempts if tried["margin"] is not None]
    votes = _votes(judged)
    side = ("first", "second")[one.better]
    return Found(
        about=f"item:{one.item_id}",
        words=f"The label prefers the {side} response; of {len(judged)} rubrics written to say why none finds it again:"
        f" {votes['for_the_label']} of {sum(votes.values())} votes are for it.",
        strength=float(np.clip((1 - np.mean([tried["margin"] for tried in judged])) / 2, 0, 1)),
        evidence={
            "rubrics": len(judged),
            **votes,
            "share_of_the_label": round(label.share, 4),
            "votes_of_people": label.votes,
            "writer": one.run.checkpoint.name,
            "run": one.run_id,
        },
        question=one.run.question,
        item=one.item_id,
    )


def _votes(judged: Sequence[Any]) -> dict[str, int]:
    """Over all rubrics and both orders; a judge was told neither label nor which response is which."""
    names = {"for_the_label": "better", "against_it": "worse", "for_neither": "tie"}
    orders = [order for tried in judged for order in tried["by_order"]]
    return {name: sum(order.get(vote, 0) for order in orders) for name, vote in names.items()}


DETECTOR = described("unexplained_pairs", "1", find)

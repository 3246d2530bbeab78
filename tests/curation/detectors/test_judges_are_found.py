"""Judges that follow the order or length, and those that only look as if: what is said of each, from known figures."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from annotation.models import Annotation, Item
from curation.detectors import judged
from curation.detectors.judged import Judge
from curation.models import Finding
from curation.services import analyses
from jobs import runner
from jobs.models import Job
from modelhooks.models import Checkpoint, Run
from projects.access import Place


def said(ask: judged.Ask, *figures: dict[str, Any]) -> list[str]:
    """Of judges with these figures, whom it names."""

    def known(_scene: Any) -> Iterator[Judge]:
        for number, one in enumerate(figures):
            yield Judge(number, "better", "", one)

    scene: Any = None
    return [one.about for one in judged.find(known, ask, "lack", scene).found]


def ordered(first: int, second: int, both: int) -> dict[str, Any]:
    return {"torn": [first, second], "both": both, "bias": 0.0}


def long(own: float, people: float, error: float, pairs: int = 300) -> dict[str, Any]:
    more = own - people
    beyond = {"value": more, "low": more - 1.96 * error, "high": more + 1.96 * error}
    return {"pull": {"value": own}, "people_pull": {"value": people}, "beyond": beyond, "pairs": pairs}


@pytest.mark.parametrize(
    ("first", "second", "both", "is_named"),
    [
        (60, 5, 200, True),
        (5, 60, 200, True),  # the second place is a place, too
        (33, 32, 200, False),  # torn in a third of the pairs, and as often to either side: unsure
        (11, 0, 100, False),  # too few
        (90, 30, 2_000, False),  # certain, and slight
    ],
)
def test_a_judge_follows_the_order_where_its_contradictions_favor_a_place(
    first: int, second: int, both: int, is_named: bool
) -> None:
    assert said(judged.order, ordered(first, second, both)) == (["model:0"] if is_named else [])


@pytest.mark.parametrize(
    ("figures", "is_named"),
    [
        (long(1.2, 0.1, 0.2), True),
        (long(-1.2, -0.1, 0.2), True),  # drawn to what is short
        (long(1.2, 0.8, 0.05), False),  # people like it nearly as much
        (long(-0.1, -0.9, 0.1), False),  # follows people less, in whatever they like
        (long(1.2, 0.1, 0.6), False),  # not certain
        (long(1.2, 0.1, 0.2, pairs=50), False),  # too few
        ({}, False),
    ],
)
def test_a_judge_follows_length_where_it_does_so_beyond_people(figures: dict[str, Any], is_named: bool) -> None:
    assert said(judged.length, figures) == (["model:0"] if is_named else [])


def test_two_thousand_honest_judges_raise_no_alarm_and_the_others_are_named_among_them() -> None:
    draw = np.random.default_rng(1)
    honest = [ordered(first, 60 - first, 200) for first in draw.binomial(60, 0.5, 2_000).tolist()]

    assert len(said(judged.order, *honest)) <= 1
    assert said(judged.order, ordered(50, 10, 200), *honest)[0] == "model:0"


def test_a_judge_that_never_decides_has_no_standing_and_is_named(
    olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> None:
    checkpoint = Checkpoint.objects.create(name="Hasty", contract="preference", backend="fake")
    job = Job.objects.create(kind="run")
    fields: dict[str, Any] = {"question": "better", "job": job, "created_by": olga.user, "hook": "prelabel"}
    run = Run.objects.create(project=olga.project, checkpoint=checkpoint, **fields)
    for number in range(15):
        item = add_item("x", str(number))
        answer(item, "a")
        torn = {"p_first": 0.5, "by_order": [{"A": 1}, {"A": 1}], "consistent_under_swap": False}
        answer(item, "", author=None, run=run, answers={}, source=torn)

    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))

    found = Finding.objects.get(detector="judge_order")
    assert (found.checkpoint, found.question, found.strength) == (checkpoint, "better", 1.0)
    assert found.evidence["always_first"] == 15

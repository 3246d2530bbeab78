"""What an analysis settled, as rows that are written only where something changed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.db import transaction

from annotation.models import Annotation, Item, Question
from curation.analysis.settled import Settled
from curation.models import Analysis, Consensus
from curation.services import consensus_rows
from curation.services.consensus_rows import Changed
from curation.snapshot import last_annotation
from curation.votes import Votes, read
from jobs.models import Job
from projects.access import Place

Analyzed = Callable[[], Analysis]


@pytest.fixture
def analyzed(olga: Place) -> Analyzed:
    """The next analysis of the project."""

    def make() -> Analysis:
        return Analysis.objects.create(
            project=olga.project,
            number=Analysis.objects.count() + 1,
            job=Job.objects.create(kind="analysis"),
            reason="asked",
            last_annotation=last_annotation(olga.project) or 0,
        )

    return make


def said(olga: Place) -> Votes:
    last = last_annotation(olga.project)
    assert last is not None
    return read(olga.project, Question.objects.get(key="better"), last)[""]


def store(analysis: Analysis, votes: Votes, *found: tuple[int, float]) -> Changed:
    """Write what each unit came to: its value and confidence."""
    values, confidence = np.array([one[0] for one in found]), np.array([one[1] for one in found])
    posterior = np.tile([0.2, 0.3, 0.5], (len(found), 1))
    settled = Settled(values, confidence, posterior, np.bincount(votes.unit, minlength=len(found)))
    with transaction.atomic():
        return consensus_rows.store(analysis, [("better", votes, settled)])


def held(**wanted: Any) -> list[tuple[int, str, float, int]]:
    rows = Consensus.objects.filter(**wanted).order_by("item_id")
    return [(row.item_id, row.value, row.confidence, row.labels) for row in rows]


def test_the_first_analysis_writes_a_row_for_each_unit(
    olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation], analyzed: Analyzed
) -> None:
    first, second = add_item("x", "y"), add_item("p", "q")
    answer(first, "a", "Ana"), answer(first, "a", "Ben"), answer(second, "b", "Ana")

    changed = store(analyzed(), said(olga), (0, 0.91234), (-1, 0.4))

    assert changed == Changed(0, 2)
    assert held(until=None) == [(first.pk, "a", 0.9123, 2), (second.pk, "", 0.4, 1)]
    assert Consensus.objects.first().posterior == [0.2, 0.3, 0.5]  # type: ignore[union-attr]


def test_the_next_one_writes_only_what_changed_and_keeps_what_was(
    olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation], analyzed: Analyzed
) -> None:
    items = [add_item("x", str(number)) for number in range(5)]
    for item in items:
        answer(item, "a")
    before = store(one := analyzed(), said(olga), *[(0, 0.92)] * 5)
    answer(items[1], "a", "Ben")

    after = store(two := analyzed(), said(olga), (0, 0.92), (0, 0.92), (2, 0.92), (0, 0.95), (0, 0.924))

    assert (before, after) == (Changed(0, 5), Changed(3, 3))
    assert held(until=two) == [(items[place].pk, "a", 0.92, 1) for place in (1, 2, 3)]
    assert held(since=two) == [(items[1].pk, "a", 0.92, 2), (items[2].pk, "b", 0.92, 1), (items[3].pk, "a", 0.95, 1)]
    assert held(since=one, until=None) == [(items[place].pk, "a", 0.92, 1) for place in (0, 4)]


def test_a_small_step_over_what_counts_as_sure_is_written_so_that_counted_rows_are_what_was_told(
    olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation], analyzed: Analyzed
) -> None:
    for number in range(2):
        answer(add_item("x", str(number)), "a")
    store(analyzed(), said(olga), (0, 0.899), (0, 0.902))

    changed = store(analyzed(), said(olga), (0, 0.901), (0, 0.904))

    assert changed == Changed(1, 1)
    assert [row[2] for row in held(until=None)] == [0.901, 0.902]


def test_what_nobody_speaks_of_any_more_ends(
    olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation], analyzed: Analyzed
) -> None:
    item = add_item("x", "y")
    before = answer(item, "a")
    store(analyzed(), said(olga), (0, 0.9))
    answer(item, "unsure", supersedes=before)

    assert store(analyzed(), said(olga)) == Changed(1, 0)
    assert held(until=None) == []


def test_another_projects_rows_stay(
    olga: Place, add_item: Callable[..., Item], answer: Callable[..., Annotation], analyzed: Analyzed
) -> None:
    answer(add_item("x", "y"), "a")
    votes = said(olga)
    store(analyzed(), votes, (0, 0.9))
    other = analyzed()
    other.project_id = olga.project.pk + 1  # only asked about here: no row of it is written

    with transaction.atomic():
        changed = consensus_rows.store(other, [])

    assert changed == Changed(0, 0)
    assert len(held(until=None)) == 1

"""What an analysis counts for pages: how much is settled, and how far models agree with people."""

from collections.abc import Callable
from typing import Any

import pytest

from annotation.models import Annotation, Item
from curation.models import Consensus, Measure
from curation.models.analyses import SURE
from curation.queries.analyses import report
from projects.access import Place
from tests.curation.test_analyses import analyzed, labeled, machine

__all__ = ["labeled", "machine"]  # fixtures

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]


def test_what_is_counted_is_what_the_rows_would_count_everywhere_and_in_a_slice(
    olga: Place, labeled: dict[int, str]
) -> None:
    analysis = analyzed(olga)

    told = {row.slice: row.figures for row in Measure.objects.filter(analysis=analysis, topic="consensus")}

    for name, tags in (("", {}), ("tag:even", {"item__tags__contains": ["even"]})):
        rows = Consensus.objects.filter(until=None, **tags)
        settled = rows.exclude(value="")
        assert told[name] == {
            "units": rows.count(),
            "items": rows.count(),
            "settled": settled.count(),
            "sure": settled.filter(confidence__gt=SURE).count(),
        }
        assert 0 < told[name]["sure"] < told[name]["units"]


def test_a_judge_is_measured_against_people_as_they_are_among_themselves(
    olga: Place, labeled: dict[int, str], machine: Callable[..., Annotation]
) -> None:
    for number, (item, winner) in enumerate(labeled.items()):
        if number < 60:
            machine(Item.objects.get(pk=item), winner)

    (facet,) = report(analyzed(olga))["questions"]

    (judge,) = facet["agreement"]["models"]
    assert (judge["model"], judge["units"]) == ("Judge", 60)
    assert judge["plain"]["low"] < judge["plain"]["value"] < judge["plain"]["high"]
    # Faultless against four who are right in 85 of 100 and one who draws lots: (4 · .85 + .5) / 5 = .78.
    assert judge["plain"]["value"] == pytest.approx(0.78, abs=0.06)
    assert judge["alpha"]["value"] > facet["agreement"]["alpha"]["value"]
    (sliced,) = facet["slices"]["tag:even"]["models"]
    assert (sliced["units"], facet["slice_counts"]["tag:even"]["units"]) == (30, 60)


def test_what_only_a_model_spoke_of_is_not_counted_and_agrees_with_nobody(
    olga: Place, add_item: AddItem, answer: Answer, machine: Callable[..., Annotation]
) -> None:
    answer(add_item("x", "y"), "a")
    machine(add_item("only", "a model"), "b")

    facet: dict[str, Any] = report(analyzed(olga))["questions"][0]

    assert (facet["units"], facet["agreement"]["models"]) == (1, [])

"""Labels of real people and judges whose truth is known, through the product: imported, looked at, and what it says.

Figures for the mathematics alone: tests/curation/aggregation/test_real_labels.py.
"""

from collections import defaultdict
from typing import Any

import pytest
from django.test import Client

from curation.models import Measure
from curation.queries import analyses as queries
from projects.access import Place
from tests.curation.real_labels import (
    ask,
    bring_in,
    findings,
    lines,
    looked_at,
    mark_some,
    only_with_real_labels,
    page,
    settled,
    table,
)

pytestmark = only_with_real_labels


def labeled(name: str) -> list[dict[str, Any]]:
    """The items of a classic set with what each worker called them; their texts did not come along."""
    said = defaultdict(list)
    for row in table("workers_categorical", name, "label.csv"):
        answer = {"values": [f"value_{row['label']}"]}
        said[row["item"]].append({"annotator": f"worker {row['worker']}", "kind": "choice", "answer": answer})
    return [
        {"key": item, "prompt": f"Item {item}", "responses": ["-"], "labels": labels} for item, labels in said.items()
    ]


@pytest.mark.parametrize(
    ("name", "values", "least", "guessing"), [("web", 5, 0.82, 10), ("rte", 2, 0.925, 5), ("dog", 4, 0.84, 0)]
)
def test_crowds_are_read_better_than_by_counting(
    olga: Place, name: str, values: int, least: float, guessing: int, settings: Any, transactional_db: None
) -> None:
    settings.MAX_IMPORT_BYTES = 2**24
    truth = {row["item"]: f"value_{row['truth']}" for row in table("workers_categorical", name, "truth.csv")}
    options = [{"key": f"value_{value}", "title": str(value)} for value in range(values)]
    ask(olga, ("value", "choice", "item", {"options": options}))
    bring_in(olga, labeled(name))

    done = looked_at(olga)

    found = settled(truth)
    print(f"{name}: {found}")
    assert found.right >= least
    assert found.right < found.confidence < found.right + 0.1
    lots = findings(done, ["draws_lots"])
    assert len(lots) == pytest.approx(guessing, abs=2)
    assert all(one.evidence["low"] < one.evidence["chance"] + 0.05 for one in lots)


def judged_pairs(orders: tuple[str, ...]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Pairs with the verdicts of 65 judges, a name for each judge and order, and which response is better."""
    said = defaultdict(list)
    for row in table("judges_llmbar", "votes.csv"):
        if row["choice"] in {"a", "b", "tie"} and row["shown_swapped"] in orders:
            answer = {"winner": row["choice"], "strength": None if row["choice"] == "tie" else 1}
            name = f"{row['judge']} {row['shown_swapped']}"
            said[row["pair_id"]].append({"annotator": name, "kind": "preference", "answer": answer})
    pairs = lines("judges_llmbar", "pairs.jsonl")
    items = [
        {
            "key": pair["id"],
            "prompt": pair["prompt"],
            "responses": [{"text": pair[side] or "-"} for side in ("response_a", "response_b")],
            "labels": said[pair["id"]],
        }
        for pair in pairs
    ]
    return items, {pair["id"]: pair["gold"] for pair in pairs}


@pytest.mark.nightly
def test_judges_in_one_order_make_nobody_sure_and_twenty_known_pairs_turn_them(
    olga: Place, client: Client, settings: Any, transactional_db: None
) -> None:
    settings.MAX_IMPORT_BYTES = 2**24
    items, truth = judged_pairs(("0",))
    bring_in(olga, items)

    looked_at(olga)

    alone = settled(truth)
    assert alone.right < 0.7
    assert alone.confidence < alone.right + 0.1
    assert alone.sure < 0.3
    told = Measure.objects.get(topic=Measure.Topic.TOGETHER).figures
    assert told["correlation"] > 0.15
    assert told["independent"] < 0.15 * told["labels"]
    assert (told["known"], told["trust"], told["is_anchored"]) == (0, None, False)
    assert f"annotators err together: {told['labels']:.1f} labels are worth {told['independent']:.1f}" in page(
        client, olga
    )

    marked = mark_some(olga, truth, 20)
    done = looked_at(olga)

    turned = settled({key: side for key, side in truth.items() if key not in marked})
    print(f"LLMBar, one order: {alone}; with twenty known: {turned}")
    assert turned.right >= max(0.78, alone.right + 0.1)
    assert turned.confidence == pytest.approx(turned.right, abs=0.1)
    (facet,) = queries.report(done)["questions"]
    assert (facet["together"]["known"], facet["together"]["is_anchored"]) == (20, True)


@pytest.mark.nightly
def test_judges_in_both_orders_are_right_and_still_surer_of_nothing_than_they_may_be(
    olga: Place, settings: Any, transactional_db: None
) -> None:
    settings.MAX_IMPORT_BYTES = 2**24
    items, truth = judged_pairs(("0", "1"))
    bring_in(olga, items)

    looked_at(olga)

    alone = settled(truth)
    assert alone.right >= 0.8
    assert alone.confidence < alone.right

    marked = mark_some(olga, truth, 20)
    looked_at(olga)

    known = settled({key: side for key, side in truth.items() if key not in marked})
    print(f"LLMBar, both orders: {alone}; with twenty known: {known}")
    assert known.right >= 0.8
    assert known.confidence == pytest.approx(known.right, abs=0.1)

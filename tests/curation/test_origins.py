"""Under which licenses rows stand and out of which datasets they come: in the manifest, in the card and in its head."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from annotation.models import Annotation, Item
from curation import store
from curation.models import Release
from curation.origins import LONGEST, MOST, MOST_PAIRS, NONE, OTHERS, Origins

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
Made = Callable[..., Release]


def card_of(made: Release) -> tuple[dict[str, Any], str]:
    text = store.path_of(made.files.get(path="README.md")).read_text()
    _, head, body = text.split("---\n", 2)
    return yaml.safe_load(head), body


def test_each_recipe_counts_its_rows_by_license_and_dataset(add_item: AddItem, answer: Answer, release: Made) -> None:
    sources = [
        {"dataset": "left", "license": "cc-by-4.0"},
        {"dataset": "left", "licence": "cc-by-nc-4.0"},
        {"dataset": "right", "license": "cc-by-nc-4.0"},
        {},
    ]
    for number, source in enumerate(sources):
        answer(add_item("x", str(number), source=source), "tie" if number == 2 else "a")

    made = release("kto", "raw", splits={"train": 100})

    assert made.manifest is not None
    kto, raw = made.manifest["recipes"]
    assert kto["licenses"] == {"cc-by-4.0": 2, "cc-by-nc-4.0": 2, NONE: 2}
    assert kto["datasets"] == {"left": 4, NONE: 2}
    assert raw["licenses"] == made.manifest["snapshot"]["licenses"] == {"cc-by-4.0": 1, "cc-by-nc-4.0": 2, NONE: 1}
    head, body = card_of(made)
    assert "license" not in head
    assert "Licenses of its rows: cc-by-4.0 (2), cc-by-nc-4.0 (2), none named (2)." in body
    assert "Datasets that they come from: left (4), none named (2)." in body


@pytest.mark.parametrize(
    ("named", "head"),
    [
        ("CC-BY-4.0", {"license": "cc-by-4.0"}),
        ("Ours: ask first", {"license": "other", "license_name": "Ours: ask first"}),
        ("", {}),
    ],
)
def test_one_license_of_all_stands_in_the_head_of_the_card(
    add_item: AddItem, answer: Answer, release: Made, named: str, head: dict[str, str]
) -> None:
    answer(add_item("x", "y", source={"license": named} if named else {}), "a")

    told, _ = card_of(release(splits={"train": 100}))

    assert {name: told[name] for name in ("license", "license_name") if name in told} == head


def test_names_without_number_or_end_are_counted_as_others() -> None:
    origins = Origins()
    for number in range(MOST + 5):
        origins.add({"license": f"{number:04}" * LONGEST, "dataset": number})
    origins.add({"license": ["mit"], "dataset": "left"}, rows=3)

    told = origins.told()
    assert len(told["licenses"]) == MOST + 1
    assert told["licenses"][OTHERS] == 5 + 3
    assert all(len(name) <= LONGEST for name in told["licenses"])
    assert told["datasets"] == {NONE: MOST + 5 + 3}


def test_so_many_names_that_nobody_could_keep_them_are_counted_together() -> None:
    origins = Origins()
    for number in range(MOST_PAIRS + 7):
        origins.add({"dataset": f"file {number}"})

    assert sum(origins.told()["datasets"].values()) == MOST_PAIRS + 7
    assert origins.told()["licenses"] == {NONE: MOST_PAIRS, OTHERS: 7}

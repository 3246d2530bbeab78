"""What each layout makes of a row, and what it refuses in which words."""

import json
from typing import Any

import pytest

from annotation.imports.canonical import Refused
from curation.layouts import LAYOUTS, OF_RECIPES, sniff
from curation.recipes import RECIPES
from tests.curation.evaluation_sets import planted_rows as rows

EXAMPLES = {name: json.loads(layout.example) for name, layout in LAYOUTS.items()}
PLANTED: dict[str, dict[str, Any]] = {
    "rewardbench": rows.pair(1, 2, 1),
    "rewardbench2": rows.best_of("x-1", [3], [1, 2]),
    "rm_bench": rows.styled(1, [4, 5, 6], [1, 2, 3]),
    "judgebench": rows.judged(1, 1, 2, "B>A"),
    "processbench": rows.solved("gsm8k-3", [0.9, 0.1], 1),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_reads_its_own_example_and_is_known_by_its_columns(name: str) -> None:
    assert LAYOUTS[name].converter()(EXAMPLES[name]).texts
    assert sniff(EXAMPLES[name]) is LAYOUTS[name]
    assert sniff(PLANTED[name]) is LAYOUTS[name]


def test_no_layout_is_seen_where_there_is_none() -> None:
    assert sniff({"text": "Hello."}) is None


def test_layouts_of_recipes_are_recipes_with_the_columns_of_the_layout() -> None:
    assert set(OF_RECIPES) == {"bestofn_eval", "judge_pairs", "first_error"}
    for recipe, layout in OF_RECIPES.items():
        named = {column.name for column in RECIPES[recipe].schema({"final_answer": "column"})}
        assert named >= set(EXAMPLES[layout.name]) - {"pair_id"}


@pytest.mark.parametrize(
    ("name", "right", "subset"),
    [
        ("rewardbench", [0], "easy"),
        ("rewardbench2", [0], "Focus"),
        ("rm_bench", [0, 1, 2], "chat"),
        ("judgebench", [1], "law"),
        ("processbench", [1], "gsm8k"),
    ],
)
def test_what_is_right_is_known_by_its_place(name: str, right: list[int], subset: str) -> None:
    known = LAYOUTS[name].converter()(PLANTED[name])

    assert (known.right, known.subset) == (right, subset)
    assert known.messages[0]["role"] == "user"
    assert all(text.startswith("score ") for text in known.texts)


def test_a_solution_without_an_error_has_no_right_place_and_other_ids_no_subset() -> None:
    known = LAYOUTS["processbench"].converter()(rows.solved("answers-12", [0.9], -1))

    assert (known.right, known.subset) == ([], "all")


def test_rows_of_one_prompt_are_of_one_group_whatever_their_spacing() -> None:
    convert = LAYOUTS["rewardbench"].converter()

    groups = [convert(rows.pair(1, 1, 0, prompt=text)).group for text in ("Why  so?", "why so?", "Why not?")]

    assert groups[0] == groups[1] != groups[2]
    assert convert({**rows.pair(1, 1, 0), "prompt_id": "group-7"}).group == "group-7"


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("rewardbench", {"chosen": None}, "Text 1 is null, not text."),
        ("rewardbench", {"prompt": " "}, "The prompt is empty."),
        ("rewardbench", {"prompt": [{"role": "alien", "content": "Hello."}]}, "turns of nobody known"),
        ("rewardbench", {"prompt": [{"role": "tool", "content": "7", "tool_call_id": "1"}]}, "calls of tools"),
        ("rewardbench", {"rejected": "a\x00"}, "Text 2 holds a NUL character."),
        ("rewardbench", {"subset": "s" * 81}, "The subset is 81 characters long"),
        ("rewardbench2", {"chosen": ["score 1", "score 2"], "num_correct": 2, "total_completions": 4}, "may be one"),
        ("rewardbench2", {"num_correct": 2}, "The num_correct is 2, and the lists hold 1."),
        ("rewardbench2", {"rejected": []}, "no wrong one"),
        ("rewardbench2", {"subset": "Ties"}, "The id is 'x-1'; in the subset Ties"),
        ("rewardbench2", {"subset": "Ties", "id": "tied:1"}, "two right ones at least"),
        ("rewardbench2", {"rejected": ["x"] * 64, "num_incorrect": 64, "total_completions": 65}, "64 is the limit"),
        ("rm_bench", {"chosen": ["score 1"]}, "one for each style"),
        ("judgebench", {"label": "A=B"}, "The label is 'A=B'; A>B and B>A are known."),
        ("processbench", {"label": 2}, "The label is 2, not a whole number from -1 to 1."),
        ("processbench", {"steps": []}, "has no step"),
    ],
)
def test_what_cannot_be_measured_on_is_refused_with_a_sentence(name: str, change: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused) as refused:
        LAYOUTS[name].converter()({**PLANTED[name], **change})

    assert words in refused.value.reason


def test_a_row_of_ties_stands_once() -> None:
    convert = LAYOUTS["rewardbench2"].converter()
    tied = rows.best_of("tied:1", [2, 2], [1], "Ties")
    convert(tied)
    convert(rows.best_of("ref:1", [2], [1], "Ties"))

    with pytest.raises(Refused, match="There is a row tied:1 before"):
        convert(tied)

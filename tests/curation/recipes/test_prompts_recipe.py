"""prompts and verl_prompts: each prompt once, with the known answer where there is one."""

import pytest

from curation.recipes import RECIPES, Drop
from tests.curation.recipes.made import build, drops, item, rows, said, turn
from tests.curation.recipes.questions import QUESTIONS


def test_a_prompt_is_a_row_however_it_was_answered():
    (row,) = rows(build("prompts", item("x"), said(3, "imported", why="?"), said(4, why="!")))

    assert row == {
        "prompt": [turn("Why?")],
        "pair_id": "item-7",
        "prompt_id": "g" * 64,
        "label_source": "people and imported",
        "annotation_ids": [3, 4],
    }


def test_the_same_prompt_is_a_row_once():
    make = RECIPES["prompts"].builder(RECIPES["prompts"].settle({}, QUESTIONS))

    made = [make(item("x", messages=[turn(words)]), [said(1, why="?")]) for words in ("Why?", "How?", "Why?")]

    assert [len(rows(one)) for one in made] == [1, 1, 0]
    assert made[2] is Drop.REPEATED


def test_verl_is_told_the_known_answer_and_how_to_reward_it():
    known = item("x", source={"dataset": "gsm8k", "answer": 8})

    (row,) = rows(build("verl_prompts", known, said(1, why="?"), ability="math"))
    (bare,) = rows(build("verl_prompts", item("x"), said(1, why="?")))

    assert (row["data_source"], row["ability"]) == ("gsm8k", "math")
    assert row["reward_model"] == {"style": "rule", "ground_truth": "8"}
    assert row["extra_info"] == {"index": 7, "key": "item-7"}
    assert (bare["data_source"], bare["ability"]) == ("goldpan", "general")
    assert bare["reward_model"] == {"style": "model", "ground_truth": ""}


@pytest.mark.parametrize(
    ("subject", "origin", "asked", "reason"),
    [
        (item("x"), "machines", {}, Drop.NO_VOTES),
        (item("x"), "imported", {"sources": ["people"]}, Drop.NO_VOTES),
        (item("x", messages=[]), "people", {}, Drop.NO_PROMPT),
        (item("x", messages=[turn("Be brief.", "system"), turn("?")]), "people", {"system": "drop"}, Drop.SYSTEM_TURN),
    ],
)
def test_why_there_is_no_prompt(subject, origin, asked, reason):
    assert drops(build("prompts", subject, said(1, origin, why="?"), **asked)) == [reason]

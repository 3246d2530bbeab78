"""The layouts of single tools: NeMo RL, LLaMA-Factory, JudgeBench and arenas."""

import pytest

from curation.recipes import RECIPES, Drop
from curation.recipes.contract import RowsFile
from tests.curation.recipes.made import build, drops, item, rows, said, turn

CHAT = [turn("Be brief.", "system"), turn("Hi"), turn("Hello.", "assistant"), turn("Why?")]


def prefer(number, winner, strength=1):
    return said(number, better={"winner": winner, "strength": strength})


def test_nemo_ranks_the_better_completion_zero():
    (row,) = rows(build("nemo_rl", item("no", "yes", messages=CHAT), prefer(1, "b")))

    assert row["context"] == CHAT
    assert row["completions"] == [
        {"rank": 0, "completion": [turn("yes", "assistant")]},
        {"rank": 1, "completion": [turn("no", "assistant")]},
    ]


def test_llamafactory_has_one_message_for_each_side():
    (row,) = rows(build("llamafactory", item("no", "yes", messages=CHAT), prefer(1, "b")))

    assert [turn["from"] for turn in row["conversations"]] == ["system", "human", "gpt", "human"]
    assert (row["chosen"], row["rejected"]) == ({"from": "gpt", "value": "yes"}, {"from": "gpt", "value": "no"})


def test_llamafactory_takes_strict_turns_alone():
    twice = [turn("Hi"), turn("Are you there?")]

    assert drops(build("llamafactory", item("x", "y", messages=twice), prefer(1, "a"))) == [Drop.NON_ALTERNATING]


@pytest.mark.parametrize(
    ("files", "entries"),
    [
        (
            [("train-0.parquet", "train", "parquet"), ("train-0.jsonl", "train", "jsonl")],
            {"train": "train-0.jsonl", "train_parquet": "train-0.parquet"},
        ),
        (
            [("train-0.parquet", "train", "parquet"), ("train-1.parquet", "train", "parquet")],
            {"train_0": "train-0.parquet", "train_1": "train-1.parquet"},
        ),
        (
            [("train-0.jsonl.gz", "train", "jsonl.gz"), ("test-0.jsonl", "test", "jsonl")],
            {"test": "test-0.jsonl"},
        ),
    ],
)
def test_llamafactory_finds_each_file_that_it_reads(files, entries):
    found = RECIPES["llamafactory"].companions([RowsFile(*one) for one in files])["dataset_info.json"]

    assert {name: entry["file_name"] for name, entry in found.items()} == entries
    assert all(entry["ranking"] and entry["formatting"] == "sharegpt" for entry in found.values())


def test_llamafactory_has_nothing_to_say_of_files_that_it_refuses():
    assert RECIPES["llamafactory"].companions([RowsFile("train-0.jsonl.zst", "train", "jsonl.zst")]) == {}


@pytest.mark.parametrize(("winner", "label"), [("a", "A>B"), ("b", "B>A")])
def test_a_judge_sees_the_sides_as_the_item_has_them(winner, label):
    subject = item("one", "two", tags=["math"], source={"dataset": "ours"})

    (row,) = rows(build("judge_pairs", subject, prefer(1, winner)))

    assert (row["response_A"], row["response_B"], row["label"]) == ("one", "two", label)
    assert (row["question"], row["source"], row["original_id"]) == ("Why?", "ours", "item-7")
    assert row["response_model"] == "several models"


def test_the_sides_of_a_ranking_keep_the_item_s_order_too():
    found = rows(build("judge_pairs", item("x", "y", "z"), said(1, order=[[2], [0], [1]]), question="order"))

    assert [(row["pair_id"], row["response_A"], row["response_B"], row["label"]) for row in found] == [
        ("item-7/0-1", "x", "y", "A>B"),
        ("item-7/0-2", "x", "z", "B>A"),
        ("item-7/1-2", "y", "z", "B>A"),
    ]


@pytest.mark.parametrize(
    ("votes", "winner", "p"),
    [
        ("a", "model_a", 1.0),
        ("bba", "model_b", 2 / 3),
        (["tie"], "tie", 0.5),
        (["both_bad", "both_bad", "a"], "both_bad", 0.0),
    ],
)
def test_a_battle_ends_as_most_have_it_ties_included(votes, winner, p):
    (row,) = rows(build("arena", item("x", "y"), *(prefer(n, one) for n, one in enumerate(votes, 1))))

    assert (row["winner"], row["model_a"], row["model_b"]) == (winner, "m0", "m1")
    assert row["p_chosen"] == pytest.approx(p)
    assert row["conversation_b"] == [turn("Why?"), turn("y", "assistant")]


def test_each_vote_may_be_a_battle_as_arenas_have_it():
    found = rows(build("arena", item("x", "y"), prefer(1, "a"), prefer(2, "tie"), prefer(3, "both_bad"), rows="votes"))

    assert [row["winner"] for row in found] == ["model_a", "tie", "both_bad"]
    assert [row["annotation_ids"] for row in found] == [[1], [2], [3]]
    assert [row["p_chosen"] for row in found] == pytest.approx([2 / 3, 0.5, 0])


def test_an_even_split_is_no_battle_but_an_even_half_is_a_tie():
    assert drops(build("arena", item("x", "y"), prefer(1, "a"), prefer(2, "b"))) == [Drop.SPLIT]
    (row,) = rows(build("arena", item("x", "y"), prefer(1, "tie"), prefer(2, "both_bad"), aggregator="soft"))
    assert row["winner"] == "tie"


def test_a_battle_of_nobody_knows_whom_is_none():
    subject = item("x", "y")
    del subject.responses[1]["model"]

    assert drops(build("arena", subject, prefer(1, "a"))) == [Drop.NO_MODEL]

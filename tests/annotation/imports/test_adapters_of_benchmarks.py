"""RewardBench 1 and 2, RM-Bench and JudgeBench: reference labels by an annotator named after the benchmark."""

import json
import os
from pathlib import Path

import pytest

from annotation.imports.adapters import ADAPTERS, columns_of, sniff
from annotation.imports.canonical import validate
from annotation.imports.reading import open_rows

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data"))


def texts(item):
    return [response.messages[-1]["content"] for response in item.responses]


class TestRewardBench:
    ROW = {
        "prompt": "Name a fruit.",
        "chosen": "An apple.",
        "chosen_model": "m1",
        "rejected": "A stone.",
        "rejected_model": "m2",
        "subset": "alpacaeval-easy",
        "id": 7,
    }

    def test_the_chosen_completion_wins_and_the_subset_is_a_tag(self, convert):
        item = convert("rewardbench", self.ROW)

        assert (texts(item), [response.model for response in item.responses]) == (
            ["An apple.", "A stone."],
            ["m1", "m2"],
        )
        assert (item.key, item.tags, item.source) == (
            "alpacaeval-easy/7",
            ["alpacaeval-easy"],
            {"subset": "alpacaeval-easy"},
        )
        assert [(label.annotator, label.answer["winner"]) for label in item.labels] == [("rewardbench", "a")]

    def test_a_prompt_of_several_turns_is_read(self, convert):
        turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes?"}]

        assert convert("rewardbench", self.ROW | {"prompt": turns}).messages == turns

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"chosen": ["An apple."]}, "Response a is a list, not text."),
            ({"rejected": ""}, "Response b is empty."),
            ({"prompt": None}, "The prompt is null, not text."),
            ({"subset": 3}, "The subset is a number, not text."),
            ({"chosen_model": ["m1"]}, "The chosen_model is a list, not text."),
            ({"id": 1.5}, "The id is a number, not text."),
        ],
    )
    def test_broken_rows_are_refused_by_the_name_of_the_field(self, refusal, change, words):
        assert refusal("rewardbench", self.ROW | change) == words


class TestRewardBench2:
    ROW = {
        "id": "12",
        "prompt": "Name a fruit.",
        "chosen": ["An apple."],
        "rejected": ["A stone.", "A rock.", "A pebble."],
        "num_correct": 1,
        "num_incorrect": 3,
        "total_completions": 4,
        "models": ["m1", "m2", "m3", "m4"],
        "subset": "Factuality",
        "additional_metadata": {"category": "fruit"},
    }

    def test_the_correct_completion_stands_above_all_others(self, convert):
        item = convert("rewardbench2", self.ROW)

        assert texts(item) == ["An apple.", "A stone.", "A rock.", "A pebble."]
        assert [response.model for response in item.responses] == ["m1", "m2", "m3", "m4"]
        assert [(label.annotator, label.kind, label.answer) for label in item.labels] == [
            ("rewardbench-2", "ranking", {"groups": [[0], [1, 2, 3]]})
        ]
        assert (item.key, item.tags) == ("12", ["Factuality"])
        assert item.source == {"subset": "Factuality", "additional_metadata": {"category": "fruit"}}

    def test_several_correct_completions_share_the_first_place(self, convert):
        row = {
            "id": "tied:3",
            "prompt": "Name a colour.",
            "chosen": ["Red.", "Blue."],
            "rejected": ["Seven."],
            "num_correct": 2.0,
            "total_completions": 3,
            "models": ["m1", "m2"],
            "subset": "Ties",
        }

        item = convert("rewardbench2", row)

        assert item.labels[0].answer == {"groups": [[0, 1], [2]]}
        assert [response.model for response in item.responses] == [None] * 3

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"num_correct": 2}, "The num_correct is 2, and there are 1 in chosen."),
            ({"num_incorrect": "4"}, "The num_incorrect is 4, and there are 3 in rejected."),
            ({"total_completions": 5}, "The total_completions is 5, and there are 4 in chosen and rejected."),
            ({"num_correct": "one"}, "The num_correct is 'one', not a whole number."),
            ({"rejected": [], "num_incorrect": 0}, "The list rejected is empty."),
            ({"chosen": "An apple."}, "The chosen is text, not a list."),
            ({"chosen": [None]}, "Response a is null, not text."),
            ({"models": "m1"}, "The models is text, not a list."),
            ({"subset": ["Ties"]}, "The subset is a list, not text."),
        ],
    )
    def test_broken_rows_are_refused_by_the_name_of_the_field(self, refusal, change, words):
        assert refusal("rewardbench2", self.ROW | change) == words

    def test_more_than_can_be_ranked_is_refused(self, refusal):
        row = {"prompt": "Name a number.", "chosen": [str(n) for n in range(10)], "rejected": ["x"]}

        assert refusal("rewardbench2", row) == "There are 11 responses to rank; 10 is the limit."


class TestRmBench:
    ROW = json.loads(ADAPTERS["rm_bench"].example)

    def test_every_style_of_the_chosen_stands_above_every_style_of_the_rejected(self, convert):
        item = convert("rm_bench", self.ROW)

        assert texts(item) == [*self.ROW["chosen"], *self.ROW["rejected"]]
        assert [response.params["style"] for response in item.responses] == [
            "concise",
            "detailed",
            "detailed-markdown",
        ] * 2
        assert [(label.annotator, label.answer) for label in item.labels] == [
            ("rm-bench", {"groups": [[0, 1, 2], [3, 4, 5]]})
        ]
        assert (item.key, item.tags) == ("alpacaeval/8", ["alpacaeval"])
        assert item.source == {"subset": "alpacaeval", "error_key": "fruit"}

    def test_a_domain_is_the_subset_too(self, convert):
        item = convert("rm_bench", self.ROW | {"domain": "code"})

        assert (item.key, item.tags) == ("code/8", ["code"])

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"chosen": ["x", "y"]}, "The list chosen holds 2 completions, not one for each of the 3 styles."),
            ({"rejected": None}, "The list rejected holds 0 completions, not one for each of the 3 styles."),
            ({"rejected": {"x": 1}}, "The rejected is an object, not a list."),
            ({"rejected": ["x", None, "z"]}, "Response e is null, not text."),
            ({"prompt": 3}, "The prompt is a number, not text."),
        ],
    )
    def test_broken_rows_are_refused_by_the_name_of_the_field(self, refusal, change, words):
        assert refusal("rm_bench", self.ROW | change) == words


class TestJudgeBench:
    ROW = {
        "pair_id": "e302b0a0-28d5",
        "original_id": "1420",
        "source": "mmlu-pro-law",
        "question": "Name a fruit.",
        "response_model": "m1",
        "response_A": "An apple.",
        "response_B": "A stone.",
        "label": "A>B",
    }

    @pytest.mark.parametrize(("label", "won"), [("A>B", "a"), ("B>A", "b")])
    def test_the_label_says_who_is_right(self, convert, label, won):
        item = convert("judgebench", self.ROW | {"label": label})

        assert (texts(item), [response.model for response in item.responses]) == (
            ["An apple.", "A stone."],
            ["m1", "m1"],
        )
        assert [(one.annotator, one.answer["winner"]) for one in item.labels] == [("judgebench", won)]
        assert (item.key, item.tags) == ("e302b0a0-28d5", ["mmlu-pro-law"])
        assert item.source == {"original_id": "1420", "source": "mmlu-pro-law"}

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"label": "A=B"}, "The label is 'A=B'; A>B and B>A are known."),
            ({"label": 1}, "The label is a number, not text."),
            ({"response_A": None}, "Response a is null, not text."),
            ({"question": " "}, "The prompt is empty."),
            ({"source": []}, "The source is a list, not text."),
        ],
    )
    def test_broken_rows_are_refused_by_the_name_of_the_field(self, refusal, change, words):
        assert refusal("judgebench", self.ROW | change) == words

    @pytest.mark.skipif(
        not (REAL / "judges_judgebench" / "pairs.jsonl").exists(),
        reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA",
    )
    def test_real_pairs_under_the_benchmarks_own_names_keep_their_truth(self):
        names = {"id": "pair_id", "prompt": "question", "response_a": "response_A", "response_b": "response_B"}
        convert = ADAPTERS["judgebench"].converter({})
        with (REAL / "judges_judgebench" / "pairs.jsonl").open("rb") as file:
            pairs = [record.value for record in open_rows(file)]
        rows = [
            {names.get(name, name): value for name, value in pair.items() if name != "gold"}
            | {"label": {"a": "A>B", "b": "B>A"}[pair["gold"]]}
            for pair in pairs
        ]

        items = [convert(row) for row in rows]
        for item in items:
            validate(item)

        assert sniff(columns_of(rows[:5]))[0] == "judgebench"
        assert len(items) == 308
        assert [item.labels[0].answer["winner"] for item in items] == [pair["gold"] for pair in pairs]
        assert {item.labels[0].annotator for item in items} == {"judgebench"}

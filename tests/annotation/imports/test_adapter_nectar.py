"""Nectar, and how ranks become places."""

import json

import pytest

from annotation.imports.adapters import ADAPTERS
from annotation.imports.adapters.ranks import by_rank

ROW = json.loads(ADAPTERS["nectar"].example)


def ranked(*ranks):
    return [{"answer": f"Fruit {n}.", "model": f"m{n}", "rank": rank} for n, rank in enumerate(ranks)]


def test_the_transcript_is_parsed_and_its_open_end_left_out(convert):
    prompt = "\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: Name a fruit.\n\nAssistant: "

    item = convert("nectar", ROW | {"prompt": prompt})

    assert item.messages == [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "Name a fruit."},
    ]
    assert [response.model for response in item.responses] == ["m1", "m2"]
    assert item.source == {"turns": 1, "num_responses": 2, "source": ["anthropic-hh"], "good_natured": True}
    assert item.labels[0].annotator == "nectar"


@pytest.mark.parametrize(
    ("ranks", "groups"),
    [
        ((1.0, 2.0), [[0], [1]]),
        ((3, 1, 2), [[1], [2], [0]]),
        (("2.0", "1", "2"), [[1], [0, 2]]),
        ((7, 7, 1, 4), [[2], [3], [0, 1]]),
        ((1, 1), [[0, 1]]),
    ],
)
def test_the_lowest_rank_is_the_best_and_equal_ones_share_a_place(convert, ranks, groups):
    item = convert("nectar", ROW | {"answers": ranked(*ranks)})

    assert [(label.kind, label.answer) for label in item.labels] == [("ranking", {"groups": groups})]


def test_one_answer_alone_has_no_order(convert):
    assert convert("nectar", ROW | {"answers": ranked(1)}).labels == []
    assert by_rank("ana", []) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"answers": ranked(1, None)}, "The rank of answer b is null, not a whole number."),
        ({"answers": ranked(1.5, 2)}, "The rank of answer a is '1.5', not a whole number."),
        ({"answers": ranked(True, 2)}, "The rank of answer a is true, not a whole number."),
        ({"answers": [{"answer": "x"}]}, "Answer a has no rank."),
        ({"answers": [{"rank": 1}]}, "Answer a has no answer."),
        ({"answers": ["x"]}, "Answer a is text, not an object."),
        ({"answers": {"a": 1}}, "The answers is an object, not a list."),
        ({"answers": ranked(*range(11))}, "There are 11 responses to rank; 10 is the limit."),
        ({"answers": []}, "There is no response."),
        ({"prompt": "\n\nAssistant: "}, "The prompt is empty."),
        ({"prompt": 3}, "The prompt is a number, not text."),
    ],
)
def test_broken_rows_are_refused_by_the_name_of_the_field(refusal, change, words):
    assert refusal("nectar", ROW | change) == words

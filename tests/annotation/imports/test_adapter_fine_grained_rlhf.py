"""Fine-Grained RLHF: marks in the first of four answers, and the order of all four."""

import csv
import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from annotation.imports.adapters import ADAPTERS, BadOptions, columns_of, sniff
from annotation.imports.canonical import validate
from annotation.imports.fitting import fit
from annotation.services import forms

ROOT = Path(__file__).resolve().parents[3]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data")) / "spans_pairs_fgrlhf"
NAME = "fine_grained_rlhf"


def error(start, end, kind="Irrelevant", explanation=""):
    return {"error type": kind, "start": start, "end": end, "explanation": explanation}


FEEDBACK = {
    "errors": [error(11, 17, "Wrong-Grounding", "passage 1"), error(7, 10)],
    "missing-info": [{"error type": "Missing-Answer", "passage_id": 1, "sentence_id": [1]}],
    "corrected-prediction": "Apples.",
}
ROW = {
    "question": "Which fruits are red?",
    "passages": [["Fruit", "Apples can be red.", "Stones are no fruit."], ["Color", "Red is one."]],
    "gold": "Apples are.",
    "prediction 1": "Apples and stones.",
    "prediction 2": "Apples.",
    "prediction 3": "Stones.",
    "prediction 4": "None.",
    "feedback": FEEDBACK,
    "preference": [2, 1, 1, 1, 1, 0],
}


def test_what_was_marked_stands_in_the_answer_that_was_read(convert):
    item = convert(NAME, ROW | {"id": "fg-1"})

    marks, corrected = item.labels
    assert [response.messages[0]["content"] for response in item.responses] == ["Apples and stones."]
    assert marks.answer == {
        "spans": [
            {"response": 0, "start": 11, "end": 17, "type": "wrong_grounding", "note": "passage 1"},
            {"response": 0, "start": 7, "end": 10, "type": "irrelevant"},
        ]
    }
    assert (marks.kind, marks.annotator, marks.source) == (
        "spans",
        "fine-grained-rlhf",
        {"missing_info": FEEDBACK["missing-info"]},
    )
    assert (corrected.kind, corrected.dimension, corrected.answer) == ("text", "corrected", {"text": "Apples."})
    assert (item.key, item.source) == ("fg-1", {"reference": "Apples are."})


def test_the_passages_stand_below_the_question(convert):
    assert convert(NAME, ROW).messages[0]["content"] == (
        "Which fruits are red?\n\n[1] Fruit\nApples can be red. Stones are no fruit.\n\n[2] Color\nRed is one."
    )


def test_an_answer_without_a_mark_was_read(convert):
    row = ROW | {"feedback": {"errors": [], "missing-info": [], "corrected-prediction": ""}}

    (marks,) = convert(NAME, row).labels

    assert (marks.answer, marks.source) == ({"spans": []}, {})


def test_offsets_count_code_points(convert):
    row = ROW | {"prediction 1": "😀 apples", "feedback": {"errors": [error(2, 8)]}}

    item = convert(NAME, row)

    (mark,) = item.labels[0].answer["spans"]
    assert item.responses[0].messages[0]["content"][mark["start"] : mark["end"]] == "apples"


def test_six_comparisons_make_one_order(convert):
    item = convert(NAME, ROW | {"id": "fg-1"}, about="ranking")

    (label,) = item.labels
    assert [response.messages[0]["content"] for response in item.responses] == [
        ROW[f"prediction {number}"] for number in (1, 2, 3, 4)
    ]
    assert (label.kind, label.answer) == ("ranking", {"groups": [[1], [0], [2, 3]]})
    assert (item.key, item.tags) == ("fg-1 ranking", [])


@pytest.mark.parametrize(
    ("preference", "groups"),
    [
        ([1, 1, 1, 1, 1, 1], [[0], [1], [2], [3]]),
        ([2, 2, 2, 2, 2, 2], [[3], [2], [1], [0]]),
        ([0, 0, 0, 0, 0, 0], [[0, 1, 2, 3]]),
        ([0, 1, 1, 1, 1, 0], [[0, 1], [2, 3]]),
        (["2", 0.0, 0, 1, 1, 0], [[1], [0, 2, 3]]),
    ],
)
def test_answers_of_the_same_level_are_ties(convert, preference, groups):
    (label,) = convert(NAME, ROW | {"preference": preference}, about="ranking").labels

    assert label.answer["groups"] == groups


@pytest.mark.parametrize("preference", [[0, 1, 1, 0, 1, 1], [1, 2, 1, 1, 1, 1], [0, 1, 0, 1, 0, 0]])
def test_comparisons_that_contradict_each_other_are_kept_and_are_no_ranking(convert, preference):
    item = convert(NAME, ROW | {"preference": preference}, about="ranking")

    assert (item.labels, item.tags) == ([], ["preferences-without-order"])
    assert item.source["preference"] == preference


def test_there_is_no_third_item_in_a_row():
    with pytest.raises(BadOptions, match="one of spans, ranking"):
        ADAPTERS[NAME].converter({"about": "both"})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"feedback": None}, "The field feedback is null, not an object."),
        ({"feedback": {}}, "The field errors is missing."),
        ({"feedback": {"errors": {}}}, "The field errors is an object, not a list."),
        ({"feedback": {"errors": ["x"]}}, "Error 1 is text, not an object."),
        ({"feedback": {"errors": [{"start": 0, "end": 1}]}}, "Error 1 has no error type."),
        ({"feedback": {"errors": [error(0, 99)]}}, "'fine-grained-rlhf' marks a span that lies outside the response"),
        ({"feedback": {"errors": [error("0", 1)]}}, "'fine-grained-rlhf' marks a span that has a start or end that is"),
        ({"feedback": {"errors": [error(0, 1, kind=None)]}}, "The error type of error 1 is null, not text."),
        ({"feedback": {"errors": [error(0, 1, kind="-")]}}, "The error type of error 1 is '-', which has no letter."),
        ({"feedback": {"errors": [], "missing-info": "x"}}, "The field missing-info is text, not a list."),
        ({"passages": ["x"]}, "Passage 1 is not a list of texts"),
        ({"passages": [["t", "s"], []]}, "Passage 2 is not a list of texts"),
        ({"question": None}, "The prompt is null, not text."),
        ({"prediction 1": None}, "Response a is null, not text."),
    ],
)
def test_broken_marks_are_refused_by_the_name_of_the_field(refusal, change, words):
    assert refusal(NAME, ROW | change).startswith(words)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"preference": [1, 2]}, "The field preference has 2 entries, and there are 6 pairs."),
        ({"preference": [1, 1, 1, 1, 1, 3]}, "Preference 6 is 3, not a whole number from 0 to 2."),
        ({"preference": None}, "The field preference is null, not a list."),
        ({"prediction 3": None}, "Response c is null, not text."),
    ],
)
def test_broken_comparisons_are_refused_by_the_name_of_the_field(refusal, change, words):
    assert refusal(NAME, ROW | change, about="ranking") == words


def real_rows():
    """The real examples in the layout that they were published in."""
    chosen = defaultdict(list)
    with (REAL / "preferences.csv").open() as file:
        for one in csv.DictReader(file):
            chosen[one["example_id"]].append({"tie": 0, "a": 1, "b": 2}[one["choice"]])
    for line in (REAL / "examples.jsonl").read_text().split("\n"):
        if line:
            yield _published(json.loads(line), chosen)


def _published(row, chosen):
    errors = [error(one["start"], one["end"], one["type"], one["explanation"]) for one in row["spans"]]
    return {
        "id": row["id"],
        "question": row["question"],
        "passages": [[one["title"], *one["sentences"]] for one in row["passages"]],
        "gold": row["reference"],
        **{f"prediction {number}": text for number, text in enumerate(row["responses"], 1)},
        "feedback": {"errors": errors, "missing-info": [], "corrected-prediction": row["corrected_response"]},
        "preference": chosen[row["id"]],
        "covered": [one["text"] for one in row["spans"]],
    }


@pytest.mark.skipif(not REAL.exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA")
def test_real_marks_cover_the_words_that_were_marked(convert):
    rows = list(real_rows())

    items = [convert(NAME, row) for row in rows]

    assert sniff(columns_of(rows[:20]))[0] == NAME
    assert len(items) > 200
    questions = forms.check(ADAPTERS[NAME].form)
    for item, row in zip(items, rows, strict=True):
        (one,), left_out = fit(item, questions)
        assert (left_out, len(one.answers["errors"]["spans"])) == (0, len(row["covered"]))
        text = item.responses[0].messages[0]["content"]
        assert [text[one["start"] : one["end"]] for one in item.labels[0].answer["spans"]] == row["covered"]


@pytest.mark.skipif(not REAL.exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA")
def test_real_orders_say_what_each_real_comparison_says(convert):
    rows = list(real_rows())

    items = [convert(NAME, row, about="ranking") for row in rows]

    ranked = [(item, row) for item, row in zip(items, rows, strict=True) if item.labels]
    assert 0.9 < len(ranked) / len(items) < 1
    for item, row in ranked:
        place = {one: at for at, group in enumerate(item.labels[0].answer["groups"]) for one in group}
        pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
        said = [0 if place[a] == place[b] else 1 if place[a] < place[b] else 2 for a, b in pairs]
        assert said == row["preference"]
    for item in items:
        validate(item)

"""Rows of a spans release: a response and what is wrong in it."""

import json

import pytest

from annotation.kinds.quotes import text_hash

TEXT = "😀 Apples and stones."


def error(start=13, end=19, **more):
    return {"error_type": "Unverifiable", "start": start, "end": end, **more}


ROW = {"question": "Which fruits are red?", "prediction": TEXT, "errors": [error()]}


def spans(item):
    (label,) = item.labels
    assert (label.kind, label.annotator) == ("spans", "imported")
    return label.answer["spans"]


def test_errors_stand_where_they_were_marked(convert):
    row = ROW | {"errors": [error(text="stones", severity="Major", explanation="Are they?", n_marked=1)]}

    item = convert("spans", row | {"pair_id": "k", "prompt_id": "g", "response_index": 1, "n_votes": 2})

    assert spans(item) == [
        {"response": 0, "start": 13, "end": 19, "type": "unverifiable", "severity": "major", "note": "Are they?"}
    ]
    assert (item.key, item.group, item.source) == ("k/1", "g", {"n_votes": 2})


def test_what_is_empty_is_unsaid(convert):
    row = ROW | {"errors": [error(text="", severity="", explanation=" ")]}

    assert spans(convert("spans", row)) == [{"response": 0, "start": 13, "end": 19, "type": "unverifiable"}]


def test_no_errors_say_that_it_was_read(convert):
    assert spans(convert("spans", ROW | {"errors": []})) == []


def test_a_table_of_texts_is_read_too(convert):
    assert spans(convert("spans", ROW | {"errors": json.dumps([error()])})) == spans(convert("spans", ROW))


def test_the_text_that_was_marked_is_known_by_its_hash(convert, refusal):
    convert("spans", ROW | {"text_hash": text_hash(TEXT)})

    assert (
        refusal("spans", ROW | {"text_hash": text_hash("x")})
        == "The text_hash is that of another text than this prediction."
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"errors": [error(text="Stones")]}, "Error 1 quotes other words than those at its place."),
        ({"errors": [error(12, 19, text="stones")]}, "Error 1 quotes other words than those at its place."),
        ({"errors": [error(), "x"]}, "Error 2 is text, not an object."),
        ({"errors": [{"start": 0, "end": 1}]}, "Error 1 has no error_type."),
        (
            {"errors": [error(0, 99)]},
            "'imported' marks a span that lies outside the response (0 to 99 of 20 characters).",
        ),
        ({"errors": [error(severity=3)]}, "The severity of error 1 is a number, not text."),
        ({"errors": {}}, "The field errors is an object, not a list."),
        ({"prediction": None}, "The field prediction is null, not text."),
        ({"question": None}, "The prompt is null, not text."),
    ],
)
def test_broken_rows_are_refused_by_the_name_of_the_field(refusal, change, words):
    assert refusal("spans", ROW | change) == words

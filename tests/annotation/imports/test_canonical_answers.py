"""Labels of every kind, as they come with an item: what fits it, and what is refused and in which words."""

import pytest

from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Refused, validate
from annotation.kinds.quotes import text_hash

TEXT = "Add 🙂.\r\nHalve.\r\nSo 3."
STEPS = [{"start": 0, "end": 8}, {"start": 8, "end": 16}, {"start": 16, "end": 21}]
ELSEWHERE = {"start": 4, "end": 5, "hash": text_hash("another text")}


def item(kind="text", answer=None, steps=STEPS):
    labels = [CanonicalLabel(annotator="ana", kind=kind, answer=answer)] if answer is not None else []
    responses = [
        CanonicalResponse(messages=[{"role": "assistant", "content": TEXT}], steps=steps),
        CanonicalResponse(messages=[{"role": "assistant", "content": "No."}]),
    ]
    return CanonicalItem(messages=[{"role": "user", "content": "Go."}], responses=responses, labels=labels)


def reason(broken):
    with pytest.raises(Refused) as refused:
        validate(broken)
    assert refused.value.reason.endswith(".")
    return refused.value.reason


def span(**more):
    return {"spans": [{"response": 0, "start": 4, "end": 5, "type": "odd", **more}]}


def part(**more):
    return {"responses": [{"labels": [1, 0, -1], **more}, None]}


def verdict(found):
    return {"verdicts": {"clear": found}}


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("preference", {"winner": "a", "dimensions": {"tone": {"winner": "tie", "strength": 0}}}),
        ("rating", {"value": 4}),
        ("choice", {"values": ["math", "code"]}),
        ("choice", {"values": [["yes"], None]}),
        ("ranking", {"groups": [[1], [0]]}),
        ("ranking", {"groups": [[0, 1]]}),
        ("rubric", verdict([{"value": "yes", "quote": {"start": 4, "end": 5, "hash": text_hash(TEXT)}}, None])),
        ("rubric", verdict({"value": "tie", "note": "Both."})),
        ("steps", part(errors={"2": ["logic"]}, corrections={"2": "So 4."})),
        ("steps", {"responses": [{"labels": [None, None, -1]}, None]}),
        ("spans", span()),
        ("spans", {"spans": [], "hashes": [text_hash(TEXT), text_hash("No.")]}),
    ],
)
def test_what_fits_the_item_is_accepted(kind, answer):
    validate(item(kind, answer))


@pytest.mark.parametrize(
    ("kind", "answer", "words"),
    [
        ("preference", {"winner": "a", "dimensions": {"tone": {"winner": "c"}}}, "gives 'c' as the winner"),
        ("preference", {"winner": "a", "dimensions": {"tone": "a"}}, "a dimension that is not an object"),
        ("preference", {"winner": "a", "dimensions": ["tone"]}, "dimensions that are not an object"),
        ("rating", {"value": "4"}, "a rating that is not a number"),
        ("choice", {}, "with a list of values"),
        ("choice", {"values": []}, "with a list of values"),
        ("choice", {"values": [3]}, "a choice that is a number"),
        ("choice", {"values": [""]}, "a choice that is empty"),
        ("choice", {"values": ["a", "a"]}, "the same choice twice"),
        ("choice", {"values": [["a"]]}, "one list for each response (2)"),
        ("choice", {"values": [["a"], "b"]}, "one list for each response (2)"),
        ("choice", {"values": [["a"], []]}, "chooses 0 times"),
        ("ranking", {"groups": [[0]]}, "each of the 2 responses once"),
        ("ranking", {"groups": [[0], [0, 1]]}, "each of the 2 responses once"),
        ("ranking", {"groups": [[1], [2]]}, "each of the 2 responses once"),
        ("ranking", {"groups": [[True], [0]]}, "each of the 2 responses once"),
        ("ranking", {"groups": [[0, 1], []]}, "a list of groups"),
        ("rubric", {"verdicts": {}}, "1 to 100 verdicts"),
        ("rubric", verdict([{"value": "yes"}]), "one for each response (2)"),
        ("rubric", verdict([{"value": True}, None]), "criterion 'clear' a verdict without a value"),
        ("rubric", verdict([{"value": "yes", "quote": {"start": 0, "end": 99}}, None]), "outside the response"),
        ("rubric", verdict([{"value": "yes", "quote": ELSEWHERE}, None]), "speaks of another text"),
        ("rubric", verdict({"value": "a", "quote": {"start": 0, "end": 1}}), "belongs to no response"),
        ("steps", {"responses": [None]}, "one entry for each response (2)"),
        ("steps", {"responses": [{"labels": [1]}, None]}, "of response a with 3 labels"),
        ("steps", {"responses": [{"labels": [1, 1, True]}, None]}, "other than 1, 0, -1 or null"),
        ("steps", {"responses": [{"labels": [1, 1, 2]}, None]}, "other than 1, 0, -1 or null"),
        ("steps", {"responses": [None, {"labels": [1]}]}, "judges steps of response b, which brings none"),
        ("steps", part(errors={"3": ["logic"]}), "errors of response a that are not told by the number"),
        ("steps", part(corrections=["So 4."]), "corrections of response a"),
        ("spans", {"spans": [{"response": 2, "start": 0, "end": 1, "type": "odd"}]}, "no response that there is"),
        ("spans", span(end=4), "lies outside the response (4 to 4 of 21 characters)"),
        ("spans", span(end=22), "lies outside the response"),
        ("spans", span(start=-1), "lies outside the response"),
        ("spans", span(start="4"), "not a whole number"),
        ("spans", span(type=""), "whose type is empty"),
        ("spans", span(type=None), "whose type is null"),
        ("spans", span(note="a\0b"), "holds a NUL character in 'spans'"),
        ("spans", {"spans": [], "hashes": [text_hash(TEXT)]}, "marks other texts than these"),
    ],
)
def test_what_fits_no_such_item_is_refused_with_a_sentence(kind, answer, words):
    found = reason(item(kind, answer))

    assert words in found
    assert found.startswith("'ana' ")


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ({"start": 0, "end": 21}, "are an object, not a list"),
        ([[0, 21]], "are not all objects of start and end"),
        ([{"start": 0, "end": 21.0}], "not a whole number"),
        ([{"start": 0, "end": 20}], "do not lie one after another over its whole text (21 characters)"),
        ([{"start": 1, "end": 21}], "do not lie one after another"),
        ([{"start": 0, "end": 8}, {"start": 9, "end": 21}], "do not lie one after another"),
        ([{"start": 0, "end": 8}, {"start": 8, "end": 8}, {"start": 8, "end": 21}], "do not lie one after another"),
    ],
)
def test_steps_that_are_not_the_whole_text_are_refused(steps, words):
    assert words in reason(item(steps=steps))

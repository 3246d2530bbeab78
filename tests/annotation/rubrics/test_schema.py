"""What a criterion of the library may say, and what is refused of it."""

from typing import Any

import pytest

from annotation.kinds import SettingsRefused, rubric_criteria
from annotation.rubrics import schema


def criterion(**more: Any) -> dict[str, Any]:
    return {"key": "correct", "title": "Every claim is correct", **more}


def test_a_criterion_is_kept_with_every_default() -> None:
    (found,) = schema.checked([criterion()])

    assert found == {
        "key": "correct",
        "title": "Every claim is correct",
        "kind": "principle",
        "scale": "yes_no",
        "anchors": [],
        "weight": 1.0,
        "required": False,
        "focus_on": None,
        "pass_condition": "",
        "failure_examples": [],
        "evidence": [],
        "needs_evidence": False,
        "depends_on": [],
        "origin": "human",
    }


def test_a_line_as_a_person_writes_it_is_a_criterion() -> None:
    (found,) = schema.checked(["[hard] correct: Every claim is correct (weight 2) = poor | ok | good"])

    assert (found["kind"], found["weight"], found["scale"], found["origin"]) == ("hard_rule", 2.0, 3, "human")


def test_white_space_in_words_is_one_space() -> None:
    (found,) = schema.checked([criterion(title=" Two\n lines ", scale=2, anchors=["no ", "yes\tyes"])])

    assert (found["title"], found["anchors"]) == ("Two lines", ["no", "yes yes"])


def test_what_was_checked_is_the_same_when_it_is_checked_again() -> None:
    once = schema.checked(
        [
            criterion(
                focus_on="tool_calls",
                pass_condition="No claim is false.",
                failure_examples=["Says that whales are fish."],
                evidence=[
                    {"snippet": "whales", "response": 1, "start": 3, "end": 9},
                    {"snippet": "Name a fish.", "turn": 0, "field": "content"},
                    {"snippet": "A paper says so."},
                ],
                needs_evidence=True,
                origin="contrast",
            ),
            criterion(key="brief", depends_on=["correct"]),
        ]
    )

    assert schema.checked(once) == once


def test_the_part_that_is_asked_is_a_criterion_of_the_kind() -> None:
    other = {"key": "brief", "title": "Brief", "depends_on": ["correct"], "pass_condition": "Short."}
    found = schema.checked([criterion(needs_evidence=True), other])

    correct, brief = schema.asked(found)

    assert rubric_criteria.checked(schema.asked(found)) == schema.asked(found)
    assert (correct["needs_evidence"], brief["depends_on"]) == (True, ["correct"])
    assert not {"depends_on", "pass_condition"} & set(correct)
    assert not {"needs_evidence", "pass_condition"} & set(brief)


def test_a_line_says_what_it_depends_on_and_that_it_wants_a_quote() -> None:
    first, second = schema.checked(["runs: It runs", "right: It is right (after: runs, quote: wanted)"])

    assert (first["depends_on"], first["needs_evidence"]) == ([], False)
    assert (second["depends_on"], second["needs_evidence"]) == (["runs"], True)
    assert schema.in_lines([first, second]) == ["runs: It runs", "right: It is right"]


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("one line", "are a list"),
        ([], "at least one criterion"),
        ([3], "Criterion 1 is neither an object nor a line"),
        ([criterion()] * 41, "at most 40 criteria"),
        ([criterion(), criterion()], "Two criteria have the key “correct”"),
        ([criterion(colour="red")], "Criterion 1: There is no field “colour”"),
        ([criterion(weight=float("nan"))], "A weight is a number"),
        ([criterion(weight=float("inf"))], "A weight is a number"),
        (["[x] Two words"], "“[x]” is not known"),
        ([criterion(key="x", title="Lies (gate)")], "cannot be written as one line"),
        ([criterion(focus_on="style")], "It looks at one of content"),
        ([criterion(pass_condition="x" * 1_001)], "at most 1,000 characters"),
        ([criterion(failure_examples=["x"] * 21)], "at most 20 texts"),
        ([criterion(failure_examples=[""])], "at most 20 texts"),
        ([criterion(evidence=[{"turn": 1}])], "Evidence is a list"),
        ([criterion(evidence=[{"snippet": "a", "page": 3}])], "Evidence is a list"),
        ([criterion(evidence=[{"snippet": "a", "start": 1, "end": 2}])], "Evidence is a list"),
        ([criterion(evidence=[{"snippet": "a", "response": 0, "start": 2, "end": 2}])], "Evidence is a list"),
        ([criterion(evidence=[{"snippet": "a", "response": 0, "start": 2}])], "Evidence is a list"),
        ([criterion(evidence=[{"snippet": "a", "step": 2}])], "Evidence is a list"),
        ([criterion(evidence=[{"snippet": "a"}] * 51)], "Evidence is a list of at most 50"),
        ([criterion(needs_evidence="yes")], "true or false"),
        ([criterion(origin="dream")], "Its origin is one of human"),
        ([criterion(pass_condition="\x00")], "The list of criteria holds a NUL character in .criteria."),
        ([criterion(evidence=[{"snippet": "\ud800"}])], "Evidence is a list"),
    ],
)
def test_what_does_not_hold_together_is_refused_in_a_sentence(raw: Any, sentence: str) -> None:
    with pytest.raises(SettingsRefused, match=sentence.replace("[", r"\[").replace("]", r"\]")):
        schema.checked(raw)


@pytest.mark.parametrize(
    ("needs", "sentence"),
    [
        ({"a": ["b"]}, "“a” depends on “b”, which is no criterion"),
        ({"a": ["a"]}, "in a circle: a"),
        ({"a": ["c"], "b": ["a"], "c": ["b"], "d": []}, "in a circle: a, b, c"),
    ],
)
def test_criteria_depend_on_each_other_in_no_circle(needs: dict[str, list[str]], sentence: str) -> None:
    with pytest.raises(SettingsRefused, match=sentence):
        schema.checked([criterion(key=key, depends_on=wanted) for key, wanted in needs.items()])


def test_criteria_may_depend_on_what_stands_behind_them() -> None:
    found = schema.checked(
        [criterion(key="a", depends_on=["b", "c"]), criterion(key="b", depends_on=["c"]), criterion(key="c")]
    )

    assert [one["depends_on"] for one in found] == [["b", "c"], ["c"], []]


def test_more_than_a_rubric_should_hold_is_refused() -> None:
    long = [{"snippet": "x" * 5_000}] * 50
    with pytest.raises(SettingsRefused, match="500,000 is the limit"):
        schema.checked([criterion(key=f"c{n}", evidence=long) for n in range(3)])

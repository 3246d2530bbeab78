"""Choices: what is stored, in which order, and what is refused."""

from typing import Any

import pytest

from annotation.kinds import KINDS, AnswerRefused, SettingsRefused
from tests.annotation.kind_cases import PAIR, Question
from tests.annotation.kind_cases.choice import OPTIONS

CHOICE = KINDS["choice"]


def question(target: str = "item", several: bool = False) -> Question:
    return Question("choice", target=target, settings={"options": OPTIONS, "several": several})


def test_several_are_stored_in_the_order_of_the_options() -> None:
    assert CHOICE.validate(["math", "code"], question(several=True), PAIR) == ["code", "math"]


def test_what_is_said_about_responses_follows_them_and_what_is_said_about_the_item_stays() -> None:
    assert CHOICE.to_item_order([["code"], ["math"]], [1, 0]) == [["math"], ["code"]]
    assert CHOICE.to_item_order(["code", "math"], [1, 0]) == ["code", "math"]


@pytest.mark.parametrize(
    ("target", "several", "value"),
    [
        ("item", False, "dance"),
        ("item", False, ["code"]),
        ("item", True, "code"),
        ("item", True, []),
        ("item", True, ["code", "code"]),
        ("item", True, [["code"]]),
        ("response", False, ["code", "math"]),
        ("response", False, [["code"], None]),
        ("response", False, [["code", "math"], ["code"]]),
        ("response", True, [["code"]]),
    ],
)
def test_what_no_box_says_is_refused(target: str, several: bool, value: Any) -> None:
    with pytest.raises(AnswerRefused, match=r"“The question”.*\.$"):
        CHOICE.validate(value, question(target, several), PAIR)


def test_a_label_from_elsewhere_may_leave_a_response_out() -> None:
    assert CHOICE.admit({"values": [["code"], None]}, question("response"), PAIR) == [["code"], None]
    assert CHOICE.admit({"values": ["code"]}, question(), PAIR) == "code"
    with pytest.raises(AnswerRefused):
        CHOICE.admit({"values": ["dance"]}, question(), PAIR)


def test_the_answer_is_said_in_the_words_of_the_options() -> None:
    assert CHOICE.words(["code", "math"], question(several=True), PAIR) == "Code, Math"
    assert CHOICE.words([["code"], None], question("response"), PAIR) == "A Code · B no answer"


@pytest.mark.parametrize("options", [[], OPTIONS[:1], OPTIONS + OPTIONS[:1], [{"key": "No!", "title": "x"}] * 2])
def test_options_that_cannot_be_told_apart_are_refused(options: list[dict[str, str]]) -> None:
    with pytest.raises(SettingsRefused, match=r"\.$"):
        CHOICE.check_settings({"options": options}, "item")


def test_an_item_is_not_sent_with_an_answer_that_may_go_on() -> None:
    assert CHOICE.check_settings({"at_once": True}, "response")["at_once"] is True
    with pytest.raises(SettingsRefused, match=r"\.$"):
        CHOICE.check_settings({"at_once": True, "several": True}, "response")

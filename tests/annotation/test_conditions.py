"""Questions that are asked only after certain answers: on the server, in the builder and through the API's rules."""

from typing import Any

import pytest

from annotation import builder, conditions
from annotation.kinds import KINDS
from annotation.models import Annotation, Question
from annotation.refusals import AnswersRefused
from annotation.services import annotations, forms, queue
from projects.access import Place
from tests.journeys.house import House

BETTER = {"key": "better", "kind": "preference", "title": "Which is better?", "settings": {"points": 7}}
TOPIC = {
    "key": "topic",
    "kind": "choice",
    "title": "What is it about?",
    "settings": {"options": [{"key": "code", "title": "Code"}, {"key": "law", "title": "Law"}], "several": True},
}
WHY_TIE = {
    "key": "why",
    "kind": "text",
    "title": "Why does neither win?",
    "condition": {"question": "better", "is": ["tie", "both_bad"]},
}


def question(raw: dict[str, Any]) -> Question:
    return Question(**raw)


@pytest.mark.parametrize(
    ("condition", "fields", "is_met"),
    [
        ({"question": "better", "is": ["tie"]}, {"better": "tie"}, True),
        ({"question": "better", "is": ["a"]}, {"better": "a:3"}, True),
        ({"question": "better", "is": ["a"]}, {"better": "both_bad"}, False),
        ({"question": "better", "is": ["b"]}, {"better": "both_bad"}, False),
        ({"question": "better", "is": ["tie"]}, {}, False),
        ({"question": "topic", "is": ["law"]}, {"topic.law": "on"}, True),
        ({"question": "topic", "is": ["law"]}, {"topic.code": "on"}, False),
    ],
)
def test_a_condition_is_met_by_the_outcome_it_names(
    condition: dict[str, Any], fields: dict[str, str], is_met: bool
) -> None:
    assert conditions.is_met(condition, fields) is is_met


def test_what_hangs_on_a_question_that_is_not_asked_is_not_asked_either() -> None:
    second = {"key": "law", "kind": "text", "title": "?", "condition": {"question": "topic", "is": ["law"]}}
    asked_of = [question(BETTER), question({**TOPIC, "condition": WHY_TIE["condition"]}), question(second)]

    asked = conditions.asked(asked_of, {"better": "a:1", "topic.law": "on"})

    assert [one.key for one in asked] == ["better"]


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"question": "nobody", "is": ["tie"]}, "No question before this one is named “nobody”."),
        ({"question": "better", "is": ["maybe"]}, "is one of a, tie, b, both_bad, unsure."),
        ({"question": "better", "is": []}, "is one of a, tie"),
        ({"question": "better"}, "A condition names a question"),
        ("better", "A condition names a question"),
    ],
)
def test_a_condition_that_can_never_be_met_is_refused(condition: Any, sentence: str) -> None:
    with pytest.raises(forms.FormRefused) as refused:
        forms.check([BETTER, {**WHY_TIE, "condition": condition}])

    assert sentence in refused.value.sentences["1.condition"]


def test_a_text_has_no_outcomes_and_a_question_cannot_wait_for_itself() -> None:
    for named in ("why", "words"):
        words = {"key": "words", "kind": "text", "title": "Words"}
        with pytest.raises(forms.FormRefused):
            forms.check([words, {**WHY_TIE, "condition": {"question": named, "is": ["tie"]}}])


def test_the_builder_reads_what_it_writes() -> None:
    condition = WHY_TIE["condition"]

    assert conditions.read(conditions.written(condition)) == condition
    assert conditions.read("better is tie,both_bad") == condition
    assert conditions.read("  ") is None
    row = builder.rows([{**BETTER, "help": "", "target": "item"}, {**WHY_TIE, "help": "", "target": "item"}])[1]
    assert row.condition == "better = tie, both_bad"


@pytest.fixture
def ana(db: None) -> Place:
    house = House.build(questions=(BETTER, WHY_TIE))
    house.add_item("Name a fruit.", "An apple.", "A stone.")
    return house.place("Ana")


def submit(ana: Place, answers: dict[str, Any]) -> Annotation:
    lease = queue.claim(ana)
    assert lease is not None
    return annotations.submit(ana, lease_id=lease.pk, answers=answers, request_key=lease.pk).annotation


def test_a_question_that_is_not_asked_need_not_be_answered_and_cannot_be(ana: Place) -> None:
    wins = {"winner": "a", "strength": 2}
    with pytest.raises(AnswersRefused, match="not asked after these answers"):
        submit(ana, {"better": wins, "why": "because"})

    assert submit(ana, {"better": wins}).answers.keys() == {"better"}


def test_a_question_that_is_asked_must_be_answered(ana: Place) -> None:
    tie = {"winner": "tie", "strength": 0}
    with pytest.raises(AnswersRefused, match="is not answered yet"):
        submit(ana, {"better": tie})

    assert submit(ana, {"better": tie, "why": "equal"}).answers["why"] == "equal"


def test_every_kind_with_options_can_be_named_in_a_condition() -> None:
    named = {raw["kind"]: conditions.outcomes(question({**raw, "target": "item"})) for raw in (BETTER, TOPIC)}

    assert named == {"preference": ["a", "tie", "b", "both_bad", "unsure"], "choice": ["code", "law"]}
    assert "text" in KINDS

"""Which question an imported label answers, and where what it says beside that is kept."""

import pytest

from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Refused
from annotation.imports.fitting import fit
from annotation.services import forms

ASKED = [
    {"key": "honest", "kind": "rating", "title": "Honest", "target": "response"},
    {"key": "helpful", "kind": "rating", "title": "Helpful", "target": "response"},
    {"key": "better", "kind": "preference", "title": "Which is better?", "settings": {"points": 7}},
    {"key": "why", "kind": "text", "title": "Why?", "is_required": False, "settings": {"max_length": 20}},
]


def rated(*values, **more):
    return CanonicalLabel(**{"annotator": "ana", "kind": "rating", "answer": {"values": list(values)}, **more})


def preferred(winner="a", **more):
    return CanonicalLabel(annotator="ana", kind="preference", answer={"winner": winner, "strength": None}, **more)


@pytest.fixture
def fitted():
    """What labels of one item become in a form of two ratings, a preference and a reason."""
    questions = forms.check(ASKED)

    def go(*labels):
        responses = [CanonicalResponse(messages=[{"role": "assistant", "content": text}]) for text in ("x", "y")]
        messages = [{"role": "user", "content": "?"}]
        return fit(CanonicalItem(messages=messages, responses=responses, labels=list(labels)), questions)

    return go


def test_a_dimension_names_its_question_and_none_means_the_first_of_the_kind(fitted):
    (one,), left_out = fitted(rated(1, 2, dimension="helpful"), rated(3, None))

    assert (one.answers, left_out) == ({"helpful": [1, 2], "honest": [3, None]}, 0)


def test_what_no_question_asks_for_is_counted(fitted):
    assert fitted(rated(1, 2, dimension="brief"), CanonicalLabel(annotator="b", kind="ranking", answer={})) == ([], 2)


def test_a_label_that_its_question_does_not_take_refuses_the_row(fitted):
    with pytest.raises(Refused, match="The label of ana does not fit: “Honest” takes a whole number from 1 to 5"):
        fitted(rated(1, 9))


def test_the_reason_for_the_whole_answers_the_forms_text(fitted):
    (one,), _ = fitted(preferred(rationale="It is shorter."))

    assert (one.answers["why"], one.source) == ("It is shorter.", {})


def test_a_reason_that_is_too_long_for_the_form_is_kept_beside_it(fitted):
    (one,), _ = fitted(preferred(rationale="It is shorter. " * 5))

    assert ("why" in one.answers, one.source) == (False, {"rationale": "It is shorter. " * 5})


@pytest.mark.parametrize("text_comes_first", [True, False])
def test_a_reason_never_takes_the_place_of_a_text(fitted, text_comes_first):
    labels = [CanonicalLabel(annotator="ana", kind="text", answer={"text": "Said."}), preferred(rationale="Because.")]

    (one,), _ = fitted(*labels if text_comes_first else reversed(labels))

    assert (one.answers["why"], one.source) == ("Said.", {"rationale": "Because."})


def test_the_reason_for_a_dimension_is_not_the_reason_for_the_whole(fitted):
    (one,), _ = fitted(
        rated(1, 2, dimension="honest", rationale="A lies."), rated(3, 4, dimension="helpful", rationale="B helps.")
    )

    assert "why" not in one.answers
    assert one.source == {"honest.rationale": "A lies.", "helpful.rationale": "B helps."}


def test_every_label_of_an_annotator_keeps_its_source(fitted):
    (one,), _ = fitted(
        rated(1, 2, dimension="honest", source={"types": ["x"], "batch": 3}),
        rated(3, 4, dimension="helpful", source={"types": ["y"], "batch": 3, "page": 1}),
    )

    assert one.source == {"types": ["x"], "batch": 3, "page": 1, "helpful.types": ["y"]}

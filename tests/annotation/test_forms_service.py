"""New versions of a form, and sentences about what does not hold together."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from annotation.models import Form, Item
from annotation.services import annotations, forms, queue
from annotation.services.presets import PRESETS
from audit.models import Event
from projects.access import Place
from projects.models import Role

WHICH = {"key": "better", "kind": "preference", "title": "Which is better?"}
WHY = {"key": "why", "kind": "text", "title": "Why?", "is_required": False}


@pytest.fixture
def olga(place: Callable[..., Place]) -> Place:
    return place("Olga", Role.OWNER)


def refused(*questions: Any) -> dict[str, str]:
    """What is wrong with these questions."""
    with pytest.raises(forms.FormRefused) as refusal:
        forms.check(questions)
    return refusal.value.sentences


def test_a_change_makes_a_new_version_and_leaves_the_old_one(olga: Place) -> None:
    saved = forms.save_form(olga, [WHICH, {**WHY, "title": "In one sentence, why?"}])

    assert saved.version == 2
    assert Form.objects.get(project=olga.project, version=1).questions.get(key="why").title == "Why?"
    assert Event.objects.latest("id").detail == {"version": 2, "questions": ["better:preference", "why:text"]}


def test_the_same_questions_are_no_new_version(olga: Place) -> None:
    first = forms.save_form(olga, [WHICH, WHY])
    again = forms.save_form(olga, [WHICH, WHY])

    assert again.pk == first.pk
    assert Event.objects.filter(verb="form.save").count() == 1


def test_the_order_of_the_questions_is_part_of_the_form(olga: Place) -> None:
    forms.save_form(olga, [WHICH, WHY])

    saved = forms.save_form(olga, [WHY, WHICH])

    assert list(saved.questions.order_by("position").values_list("key", flat=True)) == ["why", "better"]


def test_defaults_of_a_kind_are_written_down(olga: Place) -> None:
    saved = forms.save_form(olga, [WHICH])

    assert saved.questions.get().settings == {"points": 7, "both_bad": True, "unsure": True, "dimensions": []}


def test_an_answer_keeps_the_version_it_was_given_to(
    olga: Place, place: Callable[..., Place], add_items: Callable[..., list[Item]], request_key: Callable[[], Any]
) -> None:
    add_items(1)
    ana = place("Ana")
    lease = queue.claim(ana)
    assert lease is not None
    forms.save_form(olga, [{**WHICH, "title": "Which one would you send?"}])

    answers = {"better": {"winner": "a", "strength": 1}}
    done = annotations.submit(ana, lease_id=lease.pk, answers=answers, request_key=request_key())

    assert done.annotation.form.version == 1


@pytest.fixture
def request_key() -> Callable[[], Any]:
    import uuid

    return uuid.uuid4


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_holds_together(name: str) -> None:
    assert len(forms.check(PRESETS[name].questions)) == len(PRESETS[name].questions)


def test_an_empty_form_is_refused() -> None:
    assert refused() == {"form": "A form asks at least one question."}


def test_too_many_questions_are_refused() -> None:
    many = [{**WHY, "key": f"why_{number}"} for number in range(21)]

    assert refused(*many)["form"] == "A form asks at most 20 questions; there are 21."


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("key", "", "A key starts with a letter"),
        ("key", "Better", "A key starts with a letter"),
        ("key", "a" * 41, "A key starts with a letter"),
        ("key", None, "A key starts with a letter"),
        ("title", "  ", "A question needs words"),
        ("title", "x" * 201, "A question needs words"),
        ("title", "a\x00b", "cannot be stored"),
        ("help", "half \ud800", "cannot be stored"),
        ("settings", {"dimensions": [{"key": "tone", "title": "a\x00b"}]}, "cannot be stored"),
        ("help", "x" * 501, "at most 500 characters"),
        ("kind", "BANANA", "The kind is one of preference, rating, text"),
        ("target", "step", "A question is asked about one of item, response."),
        ("is_required", "yes", "true or false"),
        ("settings", [], "The settings are an object."),
        ("settings", {"points": 6}, "“Points on the scale” is one of 2, 3, 5 or 7."),
        ("settings", {"colour": "red"}, "There is no setting “colour”."),
    ],
)
def test_a_fault_is_a_sentence_about_its_field(field: str, value: Any, sentence: str) -> None:
    errors = refused({**WHICH, field: value})

    assert sentence in errors[f"0.{field}"]
    assert errors[f"0.{field}"].endswith(".")


def test_a_number_out_of_bounds_names_its_bounds() -> None:
    errors = refused({"key": "good", "kind": "rating", "title": "Good", "settings": {"high": 11}})

    assert errors == {"0.settings": "“Highest” is a whole number from 1 to 10."}


@pytest.mark.parametrize("key", ["seconds", "request_key", "revises"])
def test_a_key_that_the_labeling_page_uses_itself_is_refused(key: str) -> None:
    with pytest.raises(forms.FormRefused, match="taken"):
        forms.check([{"key": key, "kind": "text", "title": "How long?"}])


def test_two_questions_with_one_key_are_refused() -> None:
    assert refused(WHICH, {**WHY, "key": "better"}) == {
        "1.key": "Question 2 has the key “better”, and so has one before it."
    }


def test_every_fault_is_told_at_once() -> None:
    errors = refused({**WHICH, "title": ""}, {**WHY, "kind": "BANANA", "key": "2"})

    assert set(errors) == {"0.title", "1.kind", "1.key"}


def test_a_refused_form_changes_nothing(olga: Place) -> None:
    with pytest.raises(forms.FormRefused):
        forms.save_form(olga, [{**WHICH, "title": ""}])

    assert Form.objects.filter(project=olga.project).count() == 1


ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["key", "kind", "title", "help", "target", "is_required", "settings", "more"]


@example([{"key": [], "kind": "text"}, {"key": "why", "kind": "text", "title": "Why?"}])
@given(some.lists(some.dictionaries(some.sampled_from(FIELDS), ANYTHING, max_size=8), max_size=4))
def test_whatever_comes_is_accepted_or_refused_in_sentences(questions: list[dict[str, Any]]) -> None:
    try:
        checked = forms.check(questions)
    except forms.FormRefused as refusal:
        assert all(sentence.endswith(".") for sentence in refusal.sentences.values())
    else:
        assert len(checked) == len(questions)

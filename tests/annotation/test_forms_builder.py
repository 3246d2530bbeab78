"""The form builder: plain fields in, plain fields out, and the page around them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotation import builder
from annotation.kinds import KINDS
from annotation.models import Form
from annotation.services import forms
from annotation.services.presets import PRESETS
from projects.access import Place
from projects.models import Project, Role


def fields_of(questions: list[dict[str, Any]]) -> dict[str, str]:
    """What a browser sends back when nobody touches the builder."""
    sent = {"count": str(len(questions))}
    for row in builder.rows(questions):
        sent |= {f"{row.prefix}.{name}": str(row.raw[name]) for name in ("key", "kind", "title", "help", "target")}
        if row.raw["is_required"]:
            sent[f"{row.prefix}.is_required"] = "on"
        sent |= {one.name: one.value for one in row.settings if one.control != "check" or one.value}
    return sent


@pytest.mark.parametrize("name", PRESETS)
def test_a_form_comes_back_from_its_fields_as_it_went_in(name: str) -> None:
    asked = forms.check(PRESETS[name].questions)

    read = builder.read(fields_of([builder.raw_of(one) for one in asked]))

    assert forms.check(read) == asked


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_added_as_it_is(kind: str) -> None:
    questions = builder.act([], f"add:{kind}")

    assert forms.check(questions)[0].kind == kind


def test_added_questions_have_keys_of_their_own() -> None:
    questions: list[dict[str, Any]] = []
    for _ in range(3):
        questions = builder.act(questions, "add:text")

    assert [question["key"] for question in questions] == ["text", "text_2", "text_3"]


@pytest.mark.parametrize(
    ("action", "keys"),
    [
        ("up:1", "bac"),
        ("down:1", "acb"),
        ("remove:1", "ac"),
        ("up:0", "abc"),
        ("down:2", "abc"),
        ("up:9", "abc"),
        ("down:-1", "abc"),
        ("remove:x", "abc"),
        ("add:BANANA", "abc"),
        ("explode", "abc"),
    ],
)
def test_questions_move_and_nonsense_moves_nothing(action: str, keys: str) -> None:
    questions = [{**builder.new("text"), "key": key} for key in "abc"]

    found = builder.act(questions, action)

    assert [question["key"] for question in found] == list(keys)


def test_dimensions_and_anchors_are_lines() -> None:
    sent = fields_of([builder.new("preference"), builder.new("rating")])
    sent["q.0.settings.dimensions"] = "Honest\r\nusefulness: Helpful to a cook\r\n\r\n"
    sent["q.1.settings.anchors"] = "1 = poor\n5=excellent"

    preference, rating = builder.read(sent)

    assert preference["settings"]["dimensions"] == [
        {"key": "honest", "title": "Honest"},
        {"key": "usefulness", "title": "Helpful to a cook"},
    ]
    assert rating["settings"]["anchors"] == {"1": "poor", "5": "excellent"}


def test_criteria_are_lines_in_a_grammar_of_their_own_and_faults_stay_as_typed() -> None:
    lines = ["[hard] Cites a source", "clear: Says it clearly (weight 2) = poor | ok | good"]
    question = {**builder.new("rubric"), "settings": {"criteria": lines}}

    (asked,) = forms.check([question])
    (row,) = builder.rows([builder.raw_of(asked)])
    (typed,) = builder.rows([{**question, "settings": {"criteria": [*lines, "[soft] Kind"]}}])

    assert row.settings[0].value == "\n".join(lines)
    assert typed.settings[0].value.endswith("\n[soft] Kind")
    with pytest.raises(forms.FormRefused, match=r"Criterion 3: “\[soft\]” is not known"):
        forms.check([typed.raw])


def test_a_question_without_a_key_gets_one_from_its_words() -> None:
    sent = fields_of([builder.new("text"), builder.new("text")])
    sent |= {"q.0.key": "", "q.0.title": "What is wrong with it?", "q.1.key": "", "q.1.title": "2nd thoughts"}

    assert [question["key"] for question in builder.read(sent)] == ["what_is_wrong_with_it", "q_2nd_thoughts"]


def test_fields_that_make_no_sense_are_refused_and_never_raise() -> None:
    sent = {"count": "2", "q.0.kind": "BANANA", "q.1.kind": "rating", "q.1.settings.high": "eleven"}

    with pytest.raises(forms.FormRefused) as refusal:
        forms.check(builder.read(sent))

    assert {"0.kind", "0.title", "1.settings"} <= set(refusal.value.sentences)
    assert builder.rows(builder.read(sent), refusal.value.sentences)[0].errors["kind"]


@pytest.mark.parametrize("count", ["", "x", "-1", "9" * 40, "٣"])
def test_a_count_that_is_no_number_is_none(count: str) -> None:
    assert len(builder.read({"count": count})) == 0


@pytest.fixture
def owner(place: Callable[..., Place]) -> Client:
    client = Client()
    client.force_login(place("Olga", Role.OWNER).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


ADDRESS = "/projects/answers/form/"
SENT = {"q.0.title": "Which one would you send?"}


def start(project: Project) -> dict[str, str]:
    form = Form.objects.get(project=project, version=1)
    return fields_of([builder.raw_of(one) for one in form.questions.order_by("position")])


def test_saving_makes_a_version_and_says_so(owner: Client, project: Project) -> None:
    response = owner.post(ADDRESS, {**start(project), **SENT, "act": "save"}, follow=True)

    assert "Version 2 is in force." in response.content.decode()
    assert Form.objects.get(version=2).questions.get(position=0).title == "Which one would you send?"


def test_a_fault_comes_back_with_everything_that_was_typed(owner: Client, project: Project) -> None:
    sent = {**start(project), **SENT, "q.1.key": "Not A Key", "act": "save"}

    response = owner.post(ADDRESS, sent)

    html = response.content.decode()
    assert response.status_code == 422
    assert "A key starts with a letter" in html
    assert 'value="Which one would you send?"' in html
    assert Form.objects.count() == 1


def test_adding_and_moving_save_nothing(owner: Client, project: Project) -> None:
    added = owner.post(ADDRESS, {**start(project), "act": "add:rating"}).content.decode()
    moved = owner.post(ADDRESS, {**start(project), "act": "down:0"}).content.decode()

    assert 'name="q.2.kind" value="rating"' in added
    assert moved.index('value="text"') < moved.index('value="preference"')
    assert Form.objects.count() == 1


def test_the_preview_is_the_dock_that_annotators_see(owner: Client, project: Project) -> None:
    sent = {**start(project), **SENT, "q.0.settings.points": "3"}

    html = owner.post(f"{ADDRESS}preview/", sent, headers={"HX-Request": "true"}).content.decode()

    assert html.strip().startswith('<section id="preview"')
    assert "Which one would you send?" in html
    assert html.count('name="better"') == 5  # A, tie, B, both bad, unsure
    assert Form.objects.count() == 1


def test_the_preview_says_what_is_wrong_with_which_question(owner: Client, project: Project) -> None:
    sent = {**start(project), "q.1.title": ""}

    html = owner.post(f"{ADDRESS}preview/", sent, headers={"HX-Request": "true"}).content.decode()

    assert "Question 2: A question needs words" in html


def test_the_builder_works_without_scripts(owner: Client, project: Project) -> None:
    html = owner.get(ADDRESS).content.decode()

    assert "Save as version 2" in html
    assert 'name="act" value="up:1"' in html
    assert 'name="act" value="add:preference"' in html


def test_a_preset_is_offered_and_only_saving_takes_it(owner: Client, project: Project) -> None:
    html = owner.get(f"{ADDRESS}?preset=ratings").content.decode()
    nonsense = owner.get(f"{ADDRESS}?preset=BANANA")

    assert 'value="quality"' in html
    assert nonsense.status_code == 200
    assert Form.objects.count() == 1


def test_the_form_of_a_layout_is_found_by_its_name_and_not_among_those_for_people(
    owner: Client, project: Project
) -> None:
    html = owner.get(f"{ADDRESS}?preset=ultrafeedback").content.decode()

    assert 'value="truthfulness"' in html
    assert "?preset=ultrafeedback" not in html

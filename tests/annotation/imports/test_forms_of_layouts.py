"""Each layout's own form takes the labels that its files bring."""

import json

import pytest

from annotation.imports.adapters import ADAPTERS, suggest
from annotation.imports.canonical import validate
from annotation.imports.fitting import fit
from annotation.services import forms
from annotation.services.layout_forms import FORMS, LAYOUT_FORMS, form_for
from annotation.services.presets import PRESETS


def converted(name):
    row = json.loads(ADAPTERS[name].example)
    item = ADAPTERS[name].convert(row, suggest([row]) if name == "mapping" else {})
    validate(item)
    return item


@pytest.mark.parametrize("name", ADAPTERS)
def test_no_label_of_the_example_is_left_out_of_the_layouts_own_form(name):
    item = converted(name)
    questions = forms.check(FORMS[form_for(name)].questions)

    fitted, left_out = fit(item, questions)

    assert left_out == 0
    assert {one.annotator for one in fitted} == {label.annotator for label in item.labels}


@pytest.mark.parametrize("name", LAYOUT_FORMS)
def test_people_can_answer_a_layouts_form_too(name):
    questions = forms.check(LAYOUT_FORMS[name].questions)

    assert any(question.is_required for question in questions)


def test_no_layout_takes_the_name_of_a_form_for_people():
    assert not set(PRESETS) & set(ADAPTERS)


def test_a_layout_of_preferences_alone_has_the_form_for_preferences():
    assert form_for("hh_rlhf") == "preference"

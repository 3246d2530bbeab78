"""What recipes declare: every parameter settles, says what it takes, and reaches form, API, commands and docs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.forms import WishForm
from curation.recipes import RECIPES, BadParameters
from curation.recipes import parameters as kinds
from curation.recipes.columns import RESERVED
from curation.recipes.common import WEIGHTS
from tests.curation.recipes.questions import QUESTIONS

DOCS = (Path(__file__).resolve().parents[3] / "docs" / "exports.md").read_text()
DECLARED = [(name, one) for name, recipe in RECIPES.items() for one in recipe.parameters]


@pytest.mark.parametrize("recipe", RECIPES)
def test_settled_parameters_can_be_asked_for_again(recipe):
    settled = RECIPES[recipe].settle({}, QUESTIONS)

    assert RECIPES[recipe].settle(settled, QUESTIONS) == settled
    assert set(settled) == {one.name for one in RECIPES[recipe].parameters if one.is_for(settled, QUESTIONS)}


@pytest.mark.parametrize(("recipe", "parameter"), DECLARED)
@pytest.mark.parametrize("wrong", [object(), [], {"$ne": 1}, -1, 0.5j, "no such thing\x00"])
def test_a_value_that_no_form_could_mean_is_refused_with_a_sentence(recipe, parameter, wrong):
    with pytest.raises(BadParameters, match=r"\.$"):
        RECIPES[recipe].settle({parameter.name: wrong}, QUESTIONS)


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_form_draws_a_field_for_each_parameter(recipe):
    form = WishForm(questions=QUESTIONS)
    chosen = WishForm({"recipes": [recipe], **_filled(form)}, questions=QUESTIONS)

    assert chosen.is_valid(), chosen.errors
    (asked,) = chosen.wish()["recipes"]
    assert RECIPES[recipe].settle(asked["parameters"], QUESTIONS) == RECIPES[recipe].settle({}, QUESTIONS)
    for parameter in RECIPES[recipe].parameters:
        name = parameter.name if parameter.is_common else f"{recipe}.{parameter.name}"
        assert isinstance(parameter, kinds.DimensionOf) or form.fields[name].label == parameter.title


def test_the_form_says_nothing_about_parameters_of_other_kinds_of_question():
    filled = {**_filled(WishForm(questions=QUESTIONS)), "recipes": ["kto"], "kto.question": "good"}
    form = WishForm(filled, questions=QUESTIONS)

    assert form.is_valid(), form.errors
    (asked,) = form.wish()["recipes"]
    assert (asked["parameters"]["good"], asked["parameters"]["bad"]) == (["yes"], ["no"])
    assert not {"both_bad", "good_from", "bad_to"} & set(asked["parameters"])


def test_what_the_question_has_no_use_for_is_no_fault():
    filled = {**_filled(WishForm(questions=QUESTIONS)), "recipes": ["kto"], "kto.good_from": "", "kto.good": []}

    assert WishForm(filled, questions=QUESTIONS).is_valid()
    assert not WishForm({**filled, "kto.question": "helpful"}, questions=QUESTIONS).is_valid()


def test_a_parameter_for_another_kind_of_question_is_refused():
    with pytest.raises(BadParameters, match="good_from is for rating questions, and better is none"):
        RECIPES["kto"].settle({"good_from": 4}, QUESTIONS)


@pytest.mark.parametrize(
    ("kinds_", "recipe"),
    [
        (["text", "preference", "rating"], "rm_pairs"),
        (["ranking"], "rm_pairs"),
        (["choice"], "kto"),
        (["rating", "text"], "ratings"),
        (["steps", "choice"], "kto"),
        (["steps"], "stepwise"),
        (["rubric"], "rubrics"),
        (["spans"], "spans"),
        (["text"], "raw"),
    ],
)
def test_the_form_begins_with_what_its_questions_are_mostly_asked_for(kinds_, recipe):
    form = WishForm(questions=[question for question in QUESTIONS if question.kind in kinds_])

    assert form["recipes"].value() == [recipe]


def test_what_stands_in_the_fields_of_a_recipe_that_nobody_chose_is_no_fault():
    filled = {**_filled(WishForm(questions=QUESTIONS)), "recipes": ["raw"], "rm_pairs.question": "no such"}

    assert WishForm(filled, questions=QUESTIONS).is_valid()
    assert not WishForm({**filled, "recipes": ["raw", "rm_pairs"]}, questions=QUESTIONS).is_valid()


def test_a_form_without_preferences_offers_what_it_can_fill_and_says_why_not_the_rest():
    form = WishForm(questions=[question for question in QUESTIONS if question.kind == "text"])

    assert {pick["name"] for pick in form.picks()} == {"raw", "prompts", "verl_prompts"}
    assert form["recipes"].value() == ["raw"]
    assert {one["name"]: one["why"] for one in form.unfitting()}["rm_pairs"] == (
        "The form has no preference question, nor a ranking one, nor a choice one, nor a rating one, "
        "so this recipe has nothing to read."
    )


@pytest.mark.parametrize(("recipe", "parameter"), DECLARED)
def test_the_docs_name_each_recipe_and_parameter(recipe, parameter):
    assert f"`{recipe}`" in DOCS
    assert f"`{parameter.name}`" in DOCS


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_schema_has_each_column_once_and_nothing_null(recipe):
    schema = RECIPES[recipe].schema(RECIPES[recipe].settle({}, QUESTIONS))

    assert len(set(schema.names)) == len(schema.names)
    assert not [field.name for field in schema if field.nullable]


WEIGHED = sorted(name for name, one in RECIPES.items() if WEIGHTS in one.parameters)
ALWAYS_READ = {"critique_sft"}
"""What reads how annotations came about whatever is asked for: reasons stand there."""


def test_what_has_votes_behind_it_takes_weights():
    assert set(RECIPES) - set(WEIGHED) == {"raw", "prompts", "verl_prompts"}


@pytest.mark.parametrize("recipe", WEIGHED)
def test_weights_are_one_more_column_that_no_trainer_reads(recipe):
    bare = RECIPES[recipe].settle({}, QUESTIONS)
    weighed = RECIPES[recipe].settle({"weights": True}, QUESTIONS)

    more = set(RECIPES[recipe].schema(weighed).names) - set(RECIPES[recipe].schema(bare).names)

    assert more == {"weight"}
    assert not more & RESERVED
    assert RECIPES[recipe].reads_circumstances(bare) is (recipe in ALWAYS_READ)
    assert RECIPES[recipe].reads_circumstances(weighed)


@given(st.text(st.characters(exclude_categories=["C"]) | st.sampled_from("\n\t\\nt"), max_size=20))
def test_a_text_survives_the_way_people_write_it(text):
    assert kinds.unescaped(kinds.escaped(text)) == text
    assert "\n" not in kinds.escaped(text)


def _filled(form):
    """What a browser sends of the form as it stands, without the recipes."""
    values = {name: form[name].value() for name in form.fields if name != "recipes"}
    return {name: value for name, value in values.items() if value is not None and value is not False}

"""docs/exports.md says of every recipe what it declares. `make golden` writes that part anew."""

from pathlib import Path

import pytest

from annotation.kinds import KINDS
from curation.describe.reference import reference
from curation.recipes import RECIPES, QuestionRecord
from tests.curation.golden.planted import QUESTIONS
from tests.curation.golden.rows import WRITES

DOCS = Path(__file__).resolve().parents[3] / "docs" / "exports.md"
BEGIN = "<!-- every recipe: from here on nobody writes by hand -->\n"
END = "<!-- every recipe: to here -->"


@pytest.fixture(scope="module")
def written():
    return reference([_record(question) for question in QUESTIONS])


def test_the_docs_say_of_every_recipe_what_it_declares(written):
    before, rest = DOCS.read_text().split(BEGIN)
    there, after = rest.split(END)
    if WRITES:
        DOCS.write_text(f"{before}{BEGIN}\n{written}\n{END}{after}")
        there = f"\n{written}\n"

    assert there == f"\n{written}\n", "docs/exports.md is stale: run make golden"


@pytest.mark.parametrize("name", RECIPES)
def test_what_is_said_of_a_recipe_names_its_columns_its_parameters_and_its_losses(written, name):
    recipe = RECIPES[name]
    section = written.split(f"#### `{name}`: ")[1].split("\n#### ")[0].split("\n### ")[0]

    assert recipe.description in section
    assert all(f"| `{one.name}` | {one.title} | {one.takes} |" in section for one in recipe.own_parameters)
    assert all(f"`{one.name}`" in section for one in recipe.common_parameters)
    assert all(f"- {sentence}" in section for sentence in recipe.loses)
    settled = recipe.settle({}, [_record(question) for question in QUESTIONS])
    assert all(f"`{field.name}`" in section for field in recipe.schema(settled))


@pytest.mark.parametrize("name", RECIPES)
def test_the_overview_by_hand_names_every_recipe(name):
    assert f"| `{name}` |" in DOCS.read_text().split(BEGIN)[0]


def test_what_a_parameter_is_by_itself_is_what_settling_gives():
    questions = [_record(question) for question in QUESTIONS]
    for recipe in RECIPES.values():
        settled = recipe.settle({}, questions)
        for one in recipe.parameters:
            if one.name in settled and hasattr(one, "default"):
                assert one.read(one.by_itself.strip("`")) == settled[one.name], (recipe.name, one.name)


def _record(question):
    target = question.get("target", "item")
    settings = KINDS[question["kind"]].check_settings(question.get("settings", {}), target)
    dimensions = tuple(one["key"] for one in settings.get("dimensions", []))
    return QuestionRecord(question["key"], question["kind"], question["title"], dimensions, target, settings)

"""What people said leaves in the rows of a recipe and comes back through the import layout that the recipe names.

The rows are the golden ones, of people who answered through the queue. Imported into an empty project they are labels
there, and a release of those has the same rows again, but for whose votes stand behind them.
"""

import io
import json

import pytest

from accounts.models import User
from annotation.imports.adapters import ADAPTERS
from annotation.models import Import
from annotation.services import forms, imports
from annotation.services.layout_forms import FORMS, form_for
from curation import store
from curation.models import Release
from curation.recipes import RECIPES
from curation.recipes.columns import PROVENANCE
from curation.recipes.contract import never
from curation.services import releases
from curation.snapshot import questions_of
from jobs import runner
from projects.access import Place
from projects.models import Membership, Project, Role
from tests.curation.golden.planted import QUESTIONS
from tests.curation.golden.rows import WISHES, golden, path_of, recipe_of

VOTES = {field.name for field in PROVENANCE} | {"response_index"}
"""Columns that say whose votes stand behind a row and about which response: here those of an import of rows."""
NOT_IN_WORDS = {"rubrics": {"criteria", "verdicts"}}
"""Columns that the layout does not read, as the recipe says under `loses`."""
COME_BACK = [
    *("rm_pairs", "dpo_pairs", "text_pairs", "kto", "kto.single", "stepwise", "first_error", "ranking", "rubrics"),
    *("spans", "bestofn_eval", "judge_pairs", "arena", "critique_sft.collected"),
]
SEEN_ELSEWHERE = {
    "ratings": "of the five respects of HelpSteer2, in test_recipes_round_trip.py",
    "vision_pairs": "with their pictures, in test_recipes_round_trip.py",
    "raw": "with all that it holds, in test_raw_round_trip.py, test_layouts_round_trip.py, test_answers_round_trip.py",
}


@pytest.fixture
def elsewhere(db, settings, tmp_path):
    """Olga's place in a project without anything."""
    settings.HOME = tmp_path / "home"
    olga = User.objects.create_user("olga@example.org", None, name="Olga")
    project = Project.objects.create(slug="elsewhere", name="Elsewhere", created_by=olga)
    Membership.objects.create(project=project, user=olga, role=Role.OWNER)
    return Place(olga, project, Role.OWNER)


@pytest.mark.parametrize("wish", COME_BACK)
def test_golden_rows_come_back_with_their_labels(elsewhere, wish):
    recipe, layout, rows = recipe_of(wish), layout_of(wish), golden(wish)
    forms.save_form(elsewhere, asking(recipe, layout))

    came = bring(elsewhere, path_of(wish).read_bytes())
    made = released(elsewhere, recipe, WISHES[wish])

    assert (came.adapter, came.ok, came.refused, came.labels) == (layout, len(rows), 0, len(rows)), came.job.message
    assert told(recipe, made) == told(recipe, rows)


def test_every_recipe_comes_back_or_says_that_it_does_not():
    back = {name for name, recipe in RECIPES.items() if recipe.read_back is not never}

    assert back == {recipe_of(wish) for wish in COME_BACK} | SEEN_ELSEWHERE.keys()
    assert not {recipe_of(wish) for wish in COME_BACK} & SEEN_ELSEWHERE.keys()


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_says_what_its_rows_leave_behind(name):
    assert RECIPES[name].loses
    assert len(set(RECIPES[name].loses)) == len(RECIPES[name].loses)
    assert all(sentence.endswith(".") for sentence in RECIPES[name].loses)


def layout_of(wish):
    """The layout that the recipe names under the parameters of the wish."""
    recipe = RECIPES[recipe_of(wish)]
    defaults = {one.name: one.options[0].value for one in recipe.parameters if hasattr(one, "options")}
    layout = recipe.read_back({**defaults, **WISHES[wish]})
    assert layout in ADAPTERS
    return layout


def asking(recipe, layout):
    """The layout's own form; marks are of the kinds that were asked for where they were made."""
    if recipe == "spans":
        return [{**one, "is_required": False} for one in QUESTIONS if one["kind"] == "spans"]
    return FORMS[form_for(layout)].questions


def bring(place, content):
    started = imports.start(place, upload=io.BytesIO(content), file_name="train-00000-of-00001.jsonl")
    runner.execute(str(started.job_id))
    return Import.objects.select_related("job").get(pk=started.pk)


def released(place, recipe, parameters):
    keys = {question.key for question in questions_of(place.project)}
    fitting = {name: value for name, value in parameters.items() if name != "question" or value in keys}
    wish = [{"name": recipe, "parameters": fitting}]
    asked, _ = releases.freeze(place, recipes=wish, formats=["jsonl"], splits={"train": 100})
    runner.execute(str(asked.job_id))
    made = Release.objects.select_related("job").get(pk=asked.pk)
    assert made.is_frozen, made.job.message
    lines = store.path_of(made.files.get(path__startswith=f"{recipe}/train")).read_bytes().splitlines()
    return [json.loads(line) for line in lines]


def told(recipe, rows):
    left = VOTES | NOT_IN_WORDS.get(recipe, set())
    return [{name: _marks(value) for name, value in row.items() if name not in left} for row in rows]


def _marks(value):
    """Marks without how many people made them."""
    is_list = isinstance(value, list)
    return (
        [{**one, "n_marked": 1} if isinstance(one, dict) and "n_marked" in one else one for one in value]
        if is_list
        else value
    )

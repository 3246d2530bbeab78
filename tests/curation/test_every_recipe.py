"""Every recipe from the database to its files, on items that answer every kind of question."""

import json

import pyarrow.parquet as pq
import pytest

from annotation.kinds import KINDS, Judged, Subject
from annotation.models import Annotation, Segmentation
from annotation.splitting import VERSION, split
from curation import store
from curation.queries import releases as queries
from curation.recipes import RECIPES
from curation.services.wishes import settle
from curation.snapshot import questions_of
from tests.curation.labeled import FROM_MODELS, TEXTS, answer_everything, answers, ask_everything
from tests.curation.recipes.questions import ASKED, CRITERIA

ITEMS = 5
READS_EVERYTHING = {"raw", "prompts", "verl_prompts"}
"""What gives a row whatever was asked."""


@pytest.fixture
def labeled(olga, person, add_item):
    """Items answered by two people, and one that has an answer to nothing but why."""
    form = ask_everything(olga.project, olga.user)
    for number in range(ITEMS):
        item = add_item(responses=FROM_MODELS)
        for who in ("Ana", "Ben"):
            answer_everything(form, item, person(who), number)
    bare = add_item("x", "y")
    return Annotation.objects.create(
        project=olga.project, item=bare, form=form, author=person("Ana"), answers={"why": "?"}, shown=[0, 1]
    )


@pytest.fixture
def fitting(olga, labeled):
    asked = questions_of(olga.project)
    return [name for name, recipe in RECIPES.items() if not recipe.missing(asked, shows_files=False)]


def test_every_recipe_writes_rows_that_fit_their_schema_and_accounts_for_each_item(fitting, release):
    made = release(*fitting, formats=["parquet", "jsonl"], splits={"train": 100})

    assert made.is_frozen, made.job.message
    assert {recipe["name"] for recipe in made.manifest["recipes"]} == set(fitting)
    for recipe in made.manifest["recipes"]:
        stem = f"{recipe['name']}/train-00000-of-00001"
        table = pq.read_table(store.path_of(made.files.get(path=f"{stem}.parquet")))
        lines = store.path_of(made.files.get(path=f"{stem}.jsonl")).read_text().splitlines()
        assert table.schema.equals(RECIPES[recipe["name"]].schema(recipe["parameters"]))
        assert table.to_pylist() == [json.loads(line) for line in lines if line]
        assert recipe["rows"] == table.num_rows > 0
        assert recipe["loses"] == list(RECIPES[recipe["name"]].loses) != []
        assert recipe["read_back"] == RECIPES[recipe["name"]].read_back(recipe["parameters"])
        assert recipe["items_with_rows"] + sum(recipe["items_dropped"].values()) == ITEMS + 1
        if recipe["name"] not in READS_EVERYTHING:
            assert recipe["items_with_rows"] == ITEMS
            assert recipe["items_dropped"] == {"question_missing": 1}
        assert [column["name"] for column in recipe["schema"]][-1] == "annotation_ids" or recipe["name"] == "raw"


def test_the_card_and_croissant_speak_of_every_recipe(fitting, release):
    made = release(*fitting, splits={"train": 100})

    card = store.path_of(made.files.get(path="README.md")).read_text()
    described = json.loads(store.path_of(made.files.get(path="croissant.json")).read_text())
    for name in fitting:
        assert f"## {name}: {RECIPES[name].title.lower()}" in card
        assert f"- config_name: {name}" in card
        section = card.split(f"## {name}: ")[1].split("\n## ")[0]
        assert [line[2:] for line in section.splitlines() if line.startswith("- ")] == list(RECIPES[name].loses)
        assert any(one["name"].startswith(f"{name}/") for one in described["recordSet"])
    assert "| `response_index` |" in card


def test_the_same_wish_gives_the_same_bytes_for_every_recipe(fitting, release, person, olga, add_item, answer):
    first = release(*fitting, splits={"train": 100})
    answer(add_item("later", "much later"), "a")

    second = release(*fitting, splits={"train": 100}, note="again")

    assert second.pk != first.pk
    for file in first.files.exclude(path__in=["README.md", "manifest.json", "croissant.json"]):
        reads = RECIPES[file.path.partition("/")[0]].reads
        if reads and "preference" not in reads:  # which is what was answered
            assert second.files.get(path=file.path).digest == file.digest, file.path


def test_a_preview_counts_as_the_release_does(fitting, release, olga):
    made = release(*fitting, splits={"train": 100})
    wish = settle(olga.project, recipes=[{"name": name} for name in fitting], shares={"train": 100})

    preview = queries.preview(olga.project, wish.recipes, wish.splits)

    assert preview is not None
    assert {one.recipe: one.rows for one in preview.funnels} == {
        recipe["name"]: recipe["rows"] for recipe in made.manifest["recipes"]
    }


def test_steps_that_a_person_cut_are_those_of_the_rows(olga, person, add_item, release):
    form = ask_everything(olga.project, olga.user)
    item = add_item(*TEXTS)
    ends = [len(TEXTS[0]) // 2, len(TEXTS[0])]
    by_hand = Segmentation.objects.create(item=item, response=0, ends=ends, author=olga.user)
    said = {"steps": [{"splitter": by_hand.cut_by, "labels": [1, 1], "final": "right"}, None]}
    Annotation.objects.create(
        project=olga.project, item=item, form=form, author=person("Ana"), answers=said, shown=[0, 1]
    )

    made = release("first_error", formats=["jsonl"], splits={"train": 100})

    (row,) = map(json.loads, store.path_of(made.files.get(path__endswith=".jsonl")).read_text().splitlines())
    assert row["steps"] == [TEXTS[0][: ends[0]].strip(), TEXTS[0][ends[0] :].strip()]
    assert made.manifest["recipes"][0]["rows_left_out"] == {"question_missing": 1}


def test_answers_are_read_under_the_form_that_they_were_given_under(olga, person, add_item, release):
    asked = ask_everything(olga.project, olga.user)
    item = add_item(*TEXTS)
    answer_everything(asked, item, person("Ana"), 1)
    newer = ask_everything(olga.project, olga.user)
    newer.questions.filter(key="list").update(settings={"criteria": CRITERIA[1:], "source": "form"})

    made = release("rubrics", formats=["jsonl"], splits={"train": 100})

    (row,) = map(json.loads, store.path_of(made.files.get(path__endswith=".jsonl")).read_text().splitlines())
    assert [one["key"] for one in row["criteria"]] == ["correct", "clear"]


def test_questions_of_every_kind_are_planted_and_answered():
    assert {question.kind for question in ASKED.values()} == KINDS.keys()
    assert answers(1).keys() == ASKED.keys()


def test_the_planted_answers_are_ones_that_their_kinds_take():
    subject = Subject(tuple(Judged(text, split(text), VERSION) for text in TEXTS))
    for key, value in answers(1).items():
        question = ASKED[key]
        if question.kind in KINDS and key != "list":
            assert KINDS[question.kind].validate(value, _Question(question), subject) == value


class _Question:
    """A question as kinds see it."""

    def __init__(self, record):
        self.key, self.title, self.target, self.is_required = record.key, record.title, record.target, False
        self.settings = KINDS[record.kind].check_settings(record.settings, record.target)

"""A release in the layout of a public dataset comes back through the adapter of that layout and says the same."""

import io
import json
import zipfile

import pytest

from annotation.imports.adapters import ADAPTERS
from annotation.models import Annotation, Import, Item
from annotation.services import forms, imports
from annotation.services.layout_forms import FORMS, form_for
from curation import store
from jobs import runner
from projects.access import Place
from projects.models import Membership, Project, Role
from tests.annotation.media import samples

ASKED = {"role": "user", "content": "Name a fruit."}
APPLE = {"role": "assistant", "content": "An apple. 🍏"}
STONE = {"role": "assistant", "content": " A stone.\n"}
MORE = [{"role": "system", "content": "Be brief."}, ASKED, APPLE, {"role": "user", "content": "Another."}]
SOLUTION = {"problem": "2 + 3 + 4?", "steps": ["2 + 3 is 5.", "5 + 4 is 8."]}
ATTRIBUTES = {"correctness": 3, "coherence": 4, "complexity": 0, "verbosity": 1}
ROWS = {
    "trl_stepwise": [
        {"prompt": "2 + 3 + 4?", "completions": ["2 + 3 is 5.", "5 + 4 is 8.", "So 8."], "labels": [True, False, True]},
        {"prompt": "1 + 1?", "completions": ["2."], "labels": [True]},
    ],
    "processbench": [
        {**SOLUTION, "id": "p0", "generator": "m1", "final_answer_correct": False, "label": 1},
        {
            **SOLUTION,
            "id": "p1",
            "generator": "m1",
            "final_answer_correct": True,
            "label": -1,
            "steps": ["9, of course."],
        },
    ],
    "trl_unpaired": [
        {"prompt": "Name a fruit.", "completion": "An apple.", "label": True},
        {"prompt": "Name a fruit.", "completion": "A stone.", "label": False},
    ],
    "spans": [
        {
            "question": "Which fruits are red?",
            "prediction": "Apples 😀 and stones.",
            "errors": [
                {"error_type": "unverifiable", "start": 13, "end": 19, "severity": "major", "explanation": "Are they?"},
                {"error_type": "irrelevant", "start": 7, "end": 8, "severity": "minor"},
            ],
        },
        {"question": "Which fruits are red?", "prediction": "Apples.", "errors": []},
    ],
    "helpsteer2": [
        {"prompt": "Name a fruit.", "response": "An apple.", "helpfulness": 4, **ATTRIBUTES},
        {"prompt": "Name a fruit.", "response": "A stone.", "helpfulness": 0, **ATTRIBUTES},
    ],
    "trl_explicit": [
        {"prompt": [ASKED], "chosen": [APPLE], "rejected": [STONE]},
        {"prompt": MORE, "chosen": [STONE], "rejected": [APPLE]},
    ],
    "trl_implicit": [
        {"chosen": [ASKED, APPLE], "rejected": [ASKED, STONE]},
        {"chosen": [*MORE, STONE], "rejected": [*MORE, APPLE]},
    ],
    "nectar": [
        {
            "prompt": "Name a fruit.",
            "answers": [
                {"answer": "An apple.", "model": "m1", "rank": 1},
                {"answer": "A pear.", "model": "m2", "rank": 1},
                {"answer": "A stone.", "model": "m3", "rank": 3},
            ],
        },
        {
            "prompt": "Name a stone.",
            "answers": [
                {"answer": "Basalt.", "model": "m1", "rank": 1},
                {"answer": "An apple.", "model": "m2", "rank": 2},
            ],
        },
    ],
    "openrubrics": [
        {
            "instruction": "Name a fruit.",
            "response_a": "An apple.",
            "response_b": "A stone.",
            "winner": winner,
            "rubric": f"1. The response {said}. [Hard Rule]\n2. The response is brief. [Principle]",
        }
        for winner, said in (("A", "names a fruit"), ("B", "names no fruit"))
    ],
}
RECIPES = {
    "trl_explicit": "dpo_pairs",
    "trl_implicit": "rm_pairs",
    "nectar": "ranking",
    "openrubrics": "rubrics",
    "trl_stepwise": "stepwise",
    "processbench": "first_error",
    "trl_unpaired": "kto",
    "spans": "spans",
    "helpsteer2": "ratings",
}


AS_MESSAGES = "preferences leave as messages, which trl_explicit and trl_implicit read"
AS_GOLDEN = "its recipe's rows come back in golden/test_golden_rows_come_back.py"
UNWRITTEN = {
    "goldpan": "the recipe raw has tests of its own (test_raw_round_trip.py, test_layouts_round_trip.py)",
    **dict.fromkeys(("hh_rlhf", "ultrafeedback_binarized", "helpsteer2_preference", "helpsteer3"), AS_MESSAGES),
    **dict.fromkeys(("lmsys_55k", "rewardbench", "feedback", "mapping"), AS_MESSAGES),
    **dict.fromkeys(("arena_140k", "judgebench", "rewardbench2", "feedback_collection"), AS_GOLDEN),
    "rm_bench": "rankings leave as Nectar's",
    **dict.fromkeys(("prm800k", "math_shepherd", "prmbench"), "steps leave as ProcessBench's and TRL's"),
    "ultrafeedback": "ratings leave one response a row, as HelpSteer2's",
    "fine_grained_rlhf": "marks leave as the layout spans",
    "wildbench": "it brings no labels",
    **dict.fromkeys(("argilla", "label_studio"), "these tools import what other recipes write"),
}
"""Layouts whose recipes are not tried here, and why; what they bring leaves in a raw release, too."""


def test_every_layout_is_read_back_or_says_why_no_recipe_writes_it():
    assert RECIPES.keys() | UNWRITTEN.keys() == ADAPTERS.keys()
    assert not RECIPES.keys() & UNWRITTEN.keys()
    assert RECIPES.keys() == ROWS.keys()


@pytest.fixture
def elsewhere(person, settings):
    """Another project of Olga's."""
    settings.MAX_IMPORT_BYTES = 2**20
    project = Project.objects.create(slug="elsewhere", name="Elsewhere", created_by=person("Olga"))
    Membership.objects.create(project=project, user=person("Olga"), role=Role.OWNER)
    return Place(person("Olga"), project, Role.OWNER)


def bring(place, content, name):
    started = imports.start(place, upload=io.BytesIO(content), file_name=name)
    runner.execute(str(started.job_id))
    return Import.objects.select_related("job").get(pk=started.pk)


def told(project):
    """Each item's texts and steps with what is said of them, whatever its name is."""
    found = Annotation.objects.filter(project=project).select_related("item")
    return sorted(
        (json.dumps([one.item.messages, one.item.responses, one.item.group, one.answers], sort_keys=True))
        for one in found
    )


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
@pytest.mark.parametrize("name", ROWS)
def test_labels_survive_the_recipe_of_their_layout(olga, elsewhere, release, name, suffix):
    for place in (olga, elsewhere):
        forms.save_form(place, FORMS[form_for(name)].questions)
    came = bring(olga, "".join(f"{json.dumps(row)}\n" for row in ROWS[name]).encode(), "file.jsonl")
    made = release(RECIPES[name], formats=[suffix], splits={"train": 100})

    path = store.path_of(made.files.get(path__startswith=RECIPES[name]))
    back = bring(elsewhere, path.read_bytes(), f"release.{suffix}")

    assert (came.adapter, came.ok, came.labels) == (name, 2, 2), came.job.message
    assert (back.adapter, back.ok, back.refused, back.labels) == (name, 2, 0, 2), back.job.message
    assert made.manifest["recipes"][0]["read_back"] == back.adapter
    assert told(elsewhere.project) == told(olga.project)
    assert Item.objects.count() == 4


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
def test_pairs_come_back_with_the_pictures_of_their_prompts(olga, elsewhere, kept, showing, answer, release, suffix):
    forms.save_form(elsewhere, FORMS["preference"].questions)
    map_of_it, photo = kept(samples.png()), kept(samples.jpeg())
    answer(showing([map_of_it, photo]), "a")
    made = release("vision_pairs", formats=[suffix], splits={"train": 100})

    back = bring(elsewhere, *with_pictures(made))

    assert (back.adapter, back.ok, back.labels) == ("trl_explicit", 1, 1), back.job.message
    item = Item.objects.get(project=elsewhere.project)
    assert [one["sha256"] for one in item.messages[0]["media"]] == [map_of_it["sha256"], photo["sha256"]]
    assert [turn["content"] for one in item.responses for turn in one["messages"]] == ["good", "bad"]
    assert item.annotations.get().answers["preference"]["winner"] == "a"


@pytest.mark.parametrize("suffix", ["jsonl", "parquet"])
@pytest.mark.parametrize("texts", [("", ""), ("good", "bad")])
def test_pairs_of_pictures_come_back_with_each_picture_on_its_side(
    olga, elsewhere, kept, showing, answer, release, texts, suffix
):
    forms.save_form(elsewhere, FORMS["preference"].questions)
    one, two = kept(samples.png()), kept(samples.jpeg())
    answer(showing([], [one], [two], texts=texts), "b")
    wish = [{"name": "vision_pairs", "parameters": {"pictures": "responses"}}]
    made = release(recipes=wish, formats=[suffix], splits={"train": 100})

    back = bring(elsewhere, *with_pictures(made))

    assert made.manifest["recipes"][0]["read_back"] == back.adapter
    assert (back.ok, back.refused, back.labels) == (1, 0, 1), back.job.message
    item = Item.objects.get(project=elsewhere.project)
    shown = [[ref["sha256"] for ref in response["messages"][0]["media"]] for response in item.responses]
    assert shown == [[two["sha256"]], [one["sha256"]]]  # the better one first, as rows have them
    assert [response["messages"][0]["content"] for response in item.responses] == list(texts[::-1])
    assert item.annotations.get().answers["preference"]["winner"] == "a"


def with_pictures(made):
    """The rows with their pictures, and a file name: Parquet holds them, JSON lines are zipped with the folder."""
    path = store.path_of(made.files.get(path__startswith="vision_pairs/train"))
    if path.suffix == ".parquet":
        return path.read_bytes(), path.name
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for one in sorted(path.parent.rglob("*")):
            if one.is_file():
                archive.write(one, one.relative_to(path.parent))
    return packed.getvalue(), "vision_pairs.zip"

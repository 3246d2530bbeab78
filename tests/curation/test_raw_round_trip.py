"""A raw release comes back through the goldpan import layout: items whole, and what their current labels say."""

import json

import pytest

from annotation.imports.adapters import ADAPTERS, columns_of, sniff
from annotation.kinds import KINDS, rubric_criteria
from annotation.kinds.quotes import text_hash
from annotation.models import Form, Import, Item, Question
from annotation.services import imports, segmentations
from curation import store
from curation.files.formats import FORMATS
from jobs import runner
from projects.access import Place
from projects.models import Membership, Project, Role

SAME = ("key", "group", "messages", "responses", "principle", "language", "tags", "source")


@pytest.fixture
def elsewhere(person, settings):
    """Another project with the same form."""
    settings.MAX_IMPORT_BYTES = 2**20
    project = Project.objects.create(slug="elsewhere", name="Elsewhere", created_by=person("Olga"))
    form = Form.objects.create(project=project, version=1, created_by=person("Olga"))
    Question.objects.create(form=form, position=0, key="better", kind="preference", title="Which is better?")
    Question.objects.create(form=form, position=1, key="why", kind="text", title="Why?", is_required=False)
    Membership.objects.create(project=project, user=person("Olga"), role=Role.OWNER)
    return Place(person("Olga"), project, Role.OWNER)


@pytest.mark.parametrize("suffix", list(FORMATS))
def test_items_and_labels_come_back_as_they_were(add_item, answer, release, elsewhere, suffix):
    spaced = [{"role": "assistant", "content": " spaced \u2028 "}]
    called = [
        {"role": "assistant", "content": "", "tool_calls": [{"name": "f", "arguments": "{}"}], "reasoning": "Hm."},
        {"role": "tool", "content": "no", "name": "f", "is_error": True},
        *spaced,
    ]
    said = {"messages": called, "model": "m1", "params": {"t": 0.5}}
    full = add_item(
        "x",
        "y",
        responses=[
            said,
            {
                **said,
                "messages": spaced * 2,
                "key": "r2",
                "steps": [{"start": 0, "end": 2}, {"start": 2, "end": 22}],
            },
        ],
        tags=["a"],
    )
    plain = add_item("good", "bad", language="de", principle="Be kind.", source={"dataset": "d", "n": 1})
    first = answer(full, "b", strength=3)
    answer(full, "a", strength=2, supersedes=first, reason="A slip.")
    answer(full, "tie", who="Ben")
    answer(plain, "b", answers={"better": {"winner": "b", "strength": None}, "why": "Because."})
    made = release("raw", formats=[suffix], splits={"train": 100})

    with store.path_of(made.files.get(path__startswith="raw/")).open("rb") as file:
        started = imports.start(elsewhere, upload=file, file_name=f"raw.{suffix}")
    runner.execute(str(started.job_id))

    started = Import.objects.get(pk=started.pk)
    assert (started.adapter, started.ok, started.refused, started.labels) == ("goldpan", 2, 0, 3), started.job.message
    for old in (full, plain):
        new = Item.objects.get(project=elsewhere.project, key=old.key)
        assert {name: getattr(new, name) for name in SAME} == {name: getattr(old, name) for name in SAME}
    assert said_of(elsewhere.project, full.key) == [{"winner": "a", "strength": 2}, {"winner": "tie", "strength": 0}]
    assert said_of(elsewhere.project, plain.key) == [{"winner": "b", "strength": None}]


def said_of(project, key):
    annotations = Item.objects.get(project=project, key=key).annotations.order_by("id")
    return [annotation.answers["better"] for annotation in annotations]


def test_the_layout_is_recognized(add_item, answer, release):
    answer(add_item("good", "bad"), "a")
    made = release("raw", formats=["jsonl"], splits={"train": 100})
    rows = imports.open_rows(store.path_of(made.files.get(path__startswith="raw/")).open("rb"))

    found, _why = sniff(columns_of([row.value for row in rows]))

    assert found == "goldpan"
    assert found in ADAPTERS


def test_which_suggestion_was_shown_leaves_with_the_answer(add_item, answer, release):
    told = {"suggested": {"better": 7}, "mode": "after", "first": {"better": {"winner": "b", "strength": 1}}}
    answer(add_item("good", "bad"), "a", source=told)
    made = release("raw", formats=["jsonl"], splits={"train": 100})

    (row,) = imports.open_rows(store.path_of(made.files.get(path__startswith="raw/")).open("rb"))

    (label,) = json.loads(row.value["labels"])
    (annotation,) = row.value["annotations"]
    assert json.loads(annotation["source"]) == told
    assert label["source"] == {**told, "release": label["source"]["release"]}


OPTIONS = [{"key": "a", "title": "A"}, {"key": "b", "title": "B"}]
FORM = [
    {"key": "rank", "kind": "ranking", "title": "Which order?"},
    {"key": "topic", "kind": "choice", "title": "What about?", "settings": {"options": OPTIONS}},
    {"key": "level", "kind": "rating", "title": "How good?"},
    {"key": "own", "kind": "rubric", "title": "Its criteria", "target": "response", "settings": {"source": "item"}},
    {"key": "steps", "kind": "steps", "title": "Right so far?", "target": "response"},
]


def ask(place, questions):
    """A form of any kinds in force, as the builder would make it."""
    form = Form.objects.create(project=place.project, version=2, created_by=place.user)
    for position, given in enumerate(questions):
        target = given.get("target", "item")
        settings = KINDS[given["kind"]].check_settings(given.get("settings", {}), target)
        Question.objects.create(form=form, position=position, **{**given, "target": target, "settings": settings})
    return form


def test_every_kind_comes_back_with_the_steps_and_criteria_that_it_speaks_of(
    olga, add_item, answer, release, elsewhere
):
    text = "Add 🙂.\n\nHalve.\n\nSo 3."
    item = add_item(text, "No.", rubric=rubric_criteria.checked(["clear: Says it clearly = 1..5"]))
    form = ask(olga, FORM)
    ask(elsewhere, FORM)
    cut = segmentations.join(olga, item_id=item.pk, response=0, cut_by="1", at=8)
    said = {
        "rank": [[1], [0]],
        "topic": "a",
        "level": 4,
        "own": {"verdicts": {"clear": [{"value": 2, "quote": {"start": 4, "end": 5, "hash": text_hash(text)}}, None]}},
        "steps": [{"splitter": cut.cut_by, "labels": [1, -1], "corrections": {"1": "So 4 🙂."}}, None],
    }
    answer(item, "a", answers=said, form=form)
    made = release("raw", formats=["jsonl"], splits={"train": 100})

    with store.path_of(made.files.get(path__startswith="raw/")).open("rb") as file:
        started = imports.start(elsewhere, upload=file, file_name="raw.jsonl")
    runner.execute(str(started.job_id))

    assert Import.objects.get(pk=started.pk).labels == 1
    new = Item.objects.get(project=elsewhere.project)
    assert new.rubric == item.rubric
    assert new.responses[0]["steps"] == [{"start": 0, "end": 16}, {"start": 16, "end": 21}]
    assert new.annotations.get().answers == {
        **said,
        "steps": [{**said["steps"][0], "splitter": "import"}, None],
    }

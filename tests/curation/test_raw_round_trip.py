"""A raw release comes back through the goldpan import layout: items whole, and what their current labels say."""

import pytest

from annotation.imports.adapters import ADAPTERS, columns_of, sniff
from annotation.models import Form, Import, Item, Question
from annotation.services import imports
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
    said = {"messages": [{"role": "assistant", "content": " spaced \u2028 "}], "model": "m1", "params": {"t": 0.5}}
    full = add_item(
        "x",
        "y",
        responses=[said, {**said, "messages": said["messages"] * 2, "key": "r2", "steps": [{"start": 0, "end": 2}]}],
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

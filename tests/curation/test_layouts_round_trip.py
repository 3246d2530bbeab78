"""What files of every layout say comes in, leaves in a raw release, and comes back the same."""

import io
import json

import pytest

from annotation.models import Annotation, Form, Import, Item
from annotation.services import forms, imports
from annotation.services.layout_forms import FORMS, form_for
from curation import store
from jobs import runner
from projects.access import Place
from projects.models import Membership, Project, Role
from tests.annotation.imports.layouts import LAYOUTS

SAME = ("key", "group", "messages", "responses", "rubric", "principle", "language", "tags", "source")
BY_RELEASE = {"import", "release"}
"""What says where an annotation came from last, and so is never the same."""


@pytest.fixture
def elsewhere(person, settings):
    """Another project of Olga's."""
    settings.MAX_IMPORT_BYTES = 2**20
    project = Project.objects.create(slug="elsewhere", name="Elsewhere", created_by=person("Olga"))
    Membership.objects.create(project=project, user=person("Olga"), role=Role.OWNER)
    return Place(person("Olga"), project, Role.OWNER)


def bring(place, content, name, **more):
    started = imports.start(place, upload=io.BytesIO(content), file_name=name, **more)
    runner.execute(str(started.job_id))
    return Import.objects.select_related("job").get(pk=started.pk)


def told(project):
    """What each annotator says of each item, for how long, and with what signals, weights and reasons."""
    found = Annotation.objects.filter(project=project).order_by("item__key", "id")
    return [
        (one.answers, one.seconds, {name: said for name, said in one.source.items() if name not in BY_RELEASE})
        for one in found
    ]


def judge_by_hand(olga, item):
    """A file of items without labels waits for somebody, and without labels there is no release."""
    verdicts = {one["key"]: [{"value": "yes", "note": "So it is."} for _ in item.responses] for one in item.rubric}
    form = Form.objects.filter(project=olga.project).latest("version")
    said = {form.questions.get(kind="rubric").key: {"verdicts": verdicts}}
    Annotation.objects.create(
        project=olga.project, item=item, form=form, author=olga.user, answers=said, shown=[0, 1], seconds=2.5
    )


@pytest.mark.parametrize("name", LAYOUTS)
def test_items_and_labels_survive_a_release(olga, elsewhere, release, name):
    for place in (olga, elsewhere):
        forms.save_form(place, FORMS[form_for(name)].questions)
    layout = LAYOUTS[name]
    came = bring(olga, json.dumps([layout.row]).encode(), "file.json", adapter=name, options=layout.options)
    labels = came.labels
    if not labels:
        judge_by_hand(olga, Item.objects.get())
        labels = 1
    made = release("raw", formats=["jsonl"], splits={"train": 100})

    path = store.path_of(made.files.get(path__startswith="raw/"))
    back = bring(elsewhere, path.read_bytes(), "raw.jsonl")

    assert (came.ok, came.refused, came.labels_left_out) == (1, 0, 0), came.job.message
    assert (back.adapter, back.ok, back.labels, back.labels_left_out) == ("goldpan", 1, labels, 0), back.job.message
    first, second = (Item.objects.get(project=place.project) for place in (olga, elsewhere))
    assert {field: getattr(second, field) for field in SAME} == {field: getattr(first, field) for field in SAME}
    assert told(elsewhere.project) == told(olga.project) != []


def test_everything_that_people_did_with_a_response_comes_to_its_one_item(olga):
    forms.save_form(olga, FORMS["feedback"].questions)
    shown = b'{"prompt": "Name a fruit.", "response": "An apple.", '
    log = [b'"signal": "thumb", "value": "up", "user": "u1", "weight": 0.5}', b'"signal": "copy", "user": "u1"}']
    log += [b'"signal": "thumb", "value": "down", "user": "u2"}', log[0]]

    came = bring(olga, b"\n".join(shown + line for line in log), "log.jsonl")

    assert (came.adapter, came.ok, came.duplicate, came.refused) == ("feedback", 1, 3, 0)
    found = Annotation.objects.filter(project=olga.project).order_by("imported_name")
    assert [(one.imported_name, one.answers) for one in found] == [
        ("u1:copy", {"copy": [["yes"]]}),
        ("u1:thumb", {"thumb": [["up"]]}),
        ("u2:thumb", {"thumb": [["down"]]}),
    ]
    assert found[1].source["weight"] == 0.5

"""Asking with a rubric of the library, and which version a form asks with from then on."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from annotation.kinds.rubric_criteria import Criterion
from annotation.models import Form, Question, RubricUse, RubricVersion
from annotation.queries.forms import current_form
from annotation.rubrics import schema
from annotation.services import forms, rubric_publishing, rubrics
from audit.models import Event
from projects.access import Place
from projects.models import Project
from tests.annotation.rubrics.conftest import CRITERIA

pytestmark = pytest.mark.django_db
Write = Callable[..., RubricVersion]


def asked(form: Form) -> dict[str, Any]:
    return {one.key: one.settings.get("criteria") for one in form.questions.order_by("position")}


def uses(form: Form) -> dict[str, int]:
    return dict(RubricUse.objects.filter(form=form).values_list("question_key", "version"))


def edited(form: Form, **changes: Any) -> list[dict[str, Any]]:
    """The questions of a form as the builder sends them, the rubric question changed."""
    raw = [asdict(one) for one in forms.as_asked(form)]
    return [{**one, **changes} if one["kind"] == "rubric" else one for one in raw]


def test_publishing_adds_a_question_with_the_criteria_in_a_new_version_of_the_form(write: Write, chen: Place) -> None:
    version = write()

    form = rubric_publishing.publish(chen, version)

    assert form.version == 2
    assert list(asked(form)) == ["better", "why", "rubric"]
    assert asked(form)["rubric"] == schema.asked(version.criteria)
    added = Question.objects.get(form=form, key="rubric")
    assert (added.title, added.target) == ("Helpfulness", "response")
    assert uses(form) == {"rubric": version.pk}
    event = Event.objects.get(verb="rubric.published")
    assert event.detail == {"number": 1, "version": 1, "form": 2, "question": "rubric"}


def test_publishing_again_changes_nothing(write: Write, chen: Place) -> None:
    version = write()
    form = rubric_publishing.publish(chen, version)

    assert rubric_publishing.publish(chen, version) == form
    assert rubric_publishing.publish(chen, version, question_key="rubric") == form
    assert Event.objects.filter(verb="rubric.published").count() == 1


def test_the_next_version_is_asked_where_the_rubric_is_asked_already(write: Write, chen: Place) -> None:
    first = write()
    before = rubric_publishing.publish(chen, first)
    second = rubrics.new_version(first.rubric, by=chen.user, criteria=CRITERIA[:2])

    form = rubric_publishing.publish(chen, second)

    assert list(asked(form)) == ["better", "why", "rubric"]
    assert asked(form)["rubric"] == schema.asked(second.criteria)
    assert (uses(before), uses(form)) == ({"rubric": first.pk}, {"rubric": second.pk})
    assert asked(before)["rubric"] == schema.asked(first.criteria)


def test_another_rubric_with_the_same_words_is_another_version_of_the_form(
    write: Write, chen: Place, project: Project
) -> None:
    first = write()
    before = rubric_publishing.publish(chen, first)
    forked = rubrics.fork(project, by=chen.user, version=first, name="Forked")

    form = rubric_publishing.publish(chen, forked, question_key="rubric")

    assert form.version == before.version + 1
    assert (uses(before), uses(form)) == ({"rubric": first.pk}, {"rubric": forked.pk})


def test_a_second_rubric_gets_a_question_of_its_own(write: Write, chen: Place) -> None:
    rubric_publishing.publish(chen, write())

    form = rubric_publishing.publish(chen, write("Safety", ["Does no harm"]), title="Is it safe?", target="item")

    assert list(asked(form)) == ["better", "why", "rubric", "rubric_2"]
    assert (form.questions.get(key="rubric_2").title, form.questions.get(key="rubric_2").target) == (
        "Is it safe?",
        "item",
    )


def test_a_form_that_changes_elsewhere_goes_on_asking_with_the_version(write: Write, chen: Place) -> None:
    version = write()
    before = rubric_publishing.publish(chen, version)

    form = forms.save_form(chen, edited(before, title="How good is it?"))

    assert form.version == before.version + 1
    assert uses(form) == {"rubric": version.pk}


def test_criteria_edited_in_the_form_are_no_longer_the_librarys(write: Write, chen: Place) -> None:
    before = rubric_publishing.publish(chen, write())

    form = forms.save_form(chen, edited(before, settings={"criteria": ["Something else"]}))

    assert uses(form) == {}


def test_what_cannot_be_asked_is_refused_and_the_form_stays(write: Write, chen: Place, project: Project) -> None:
    version = write()
    sliced = write(scope="slice", sliced_by={"tag": "maths"})
    own = [{"key": "own", "kind": "rubric", "title": "Its own", "target": "response", "settings": {"source": "item"}}]
    before = forms.save_form(chen, own)

    with pytest.raises(rubric_publishing.NotPublished, match="no rubric question “better”"):
        rubric_publishing.publish(chen, version, question_key="better")
    with pytest.raises(rubric_publishing.NotPublished, match="each item's own criteria"):
        rubric_publishing.publish(chen, version, question_key="own")
    with pytest.raises(rubric_publishing.NotPublished, match="this rubric is of some of them"):
        rubric_publishing.publish(chen, sliced)
    rubrics.set_status(version, status="retired", by=chen.user)
    with pytest.raises(rubric_publishing.NotPublished, match="version was retired"):
        rubric_publishing.publish(chen, version)
    rubrics.retire(version.rubric, by=chen.user)
    with pytest.raises(rubrics.RubricRetired):
        rubric_publishing.publish(chen, version)

    assert current_form(project.pk) == before


def test_a_project_without_a_form_gets_one(write: Write, chen: Place, project: Project) -> None:
    Question.objects.all().delete()
    Form.objects.all().delete()

    form = rubric_publishing.publish(chen, write())

    assert (form.version, list(asked(form))) == (1, ["rubric"])


def test_the_database_keeps_what_a_form_asked_with(write: Write, chen: Place) -> None:
    form = rubric_publishing.publish(chen, write())

    for change in (lambda rows: rows.update(question_key="other"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(RubricUse.objects.filter(form=form))


def test_what_criteria_depend_on_is_asked_and_outlives_the_lines_of_the_builder(write: Write, chen: Place) -> None:
    criteria = ["runs: It runs", "right: Its result is right (after: runs, quote: wanted)"]
    version = write(criteria=criteria)
    form = rubric_publishing.publish(chen, version)
    lines = [Criterion(**one).as_line() for one in asked(form)["rubric"]]

    saved = forms.save_form(chen, edited(form, title="Another title", settings={"criteria": lines}))

    assert lines == criteria
    assert saved.version == form.version + 1
    assert asked(saved)["rubric"] == asked(form)["rubric"]
    assert asked(saved)["rubric"][1]["depends_on"] == ["runs"]
    assert uses(saved) == {"rubric": version.pk}

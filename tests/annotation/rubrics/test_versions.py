"""Rubrics and their versions: numbers without gaps, forks, retirement, and what the database itself refuses."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from annotation.models import Item, Rubric, RubricVersion
from annotation.services import rubrics
from audit.models import Event
from projects.access import Place
from projects.models import Project
from tests.annotation.rubrics.conftest import CRITERIA

pytestmark = pytest.mark.django_db
Write = Callable[..., RubricVersion]


def test_a_rubric_begins_with_a_draft_and_tells_the_trail(write: Write, project: Project, chen: Place) -> None:
    version = write(note=" First. ", provenance={"prompt": "v1"})

    rubric = version.rubric
    assert (rubric.number, rubric.name, rubric.scope, rubric.slice) == (1, "Helpfulness", "project", {})
    assert (version.number, version.status, version.source, version.note) == (1, "draft", "human", "First.")
    assert [one["key"] for one in version.criteria] == ["follows", "correct", "brief"]
    event = Event.objects.get(verb="rubric.created")
    assert (event.actor_id, event.project_id) == (chen.user.pk, project.pk)
    assert event.detail == {"number": 1, "version": 1, "source": "human", "criteria": 3}


def test_rubrics_of_a_project_are_numbered_by_themselves(write: Write) -> None:
    assert [write(f"Rubric {n}").rubric.number for n in range(3)] == [1, 2, 3]


def test_a_change_is_the_next_version_and_the_same_again_is_none(write: Write, chen: Place) -> None:
    first = write()

    same = rubrics.new_version(first.rubric, by=chen.user, criteria=CRITERIA)
    second = rubrics.new_version(first.rubric, by=chen.user, criteria=CRITERIA[:2], note="Brevity is no virtue.")

    assert (same, second.number, second.parent) == (first, 2, first)
    assert first.rubric.versions.count() == 2


def test_a_worker_writes_without_a_person(project: Project) -> None:
    version = rubrics.create(project, by=None, name="Found", criteria=CRITERIA, source="contrast")

    assert (version.created_by, version.rubric.created_by, version.source) == (None, None, "contrast")
    assert Event.objects.get(verb="rubric.created").actor_id is None


def test_a_fork_begins_with_the_same_criteria_and_goes_its_own_way(write: Write, project: Project, chen: Place) -> None:
    first = write()

    forked = rubrics.fork(project, by=chen.user, version=first, name="Brevity")
    rubrics.new_version(forked.rubric, by=chen.user, criteria=CRITERIA[2:])

    assert (forked.rubric.number, forked.number, forked.source, forked.parent) == (2, 1, "forked", first)
    assert forked.criteria == first.criteria
    assert first.rubric.versions.count() == 1


def test_a_retired_rubric_takes_no_versions_until_it_is_restored(write: Write, chen: Place) -> None:
    rubric = write().rubric
    rubrics.retire(rubric, by=chen.user)
    rubrics.retire(rubric, by=chen.user)

    with pytest.raises(rubrics.RubricRetired):
        rubrics.new_version(rubric, by=chen.user, criteria=CRITERIA[:1])
    rubrics.restore(rubric, by=chen.user)

    assert rubrics.new_version(rubric, by=chen.user, criteria=CRITERIA[:1]).number == 2
    assert Event.objects.filter(verb="rubric.retired").count() == 1


def test_a_status_changes_and_is_told_once(write: Write, chen: Place) -> None:
    version = write()

    for _ in range(2):
        rubrics.set_status(version, status="validated", by=chen.user)

    assert RubricVersion.objects.get(pk=version.pk).status == "validated"
    assert Event.objects.get(verb="rubric.status").detail == {"number": 1, "version": 1, "status": "validated"}
    with pytest.raises(rubrics.RubricRefused, match="one of draft, validated, retired"):
        rubrics.set_status(version, status="perfect", by=chen.user)


@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        ({"name": " "}, "name", "needs a name"),
        ({"name": "x" * 121}, "name", "120 is the limit"),
        ({"name": "a\x00b"}, "name", "holds a NUL"),
        ({"criteria": []}, "criteria", "at least one criterion"),
        ({"criteria": [{"title": "a", "hue": 1}]}, "criteria", "no field “hue”"),
        ({"scope": "world"}, "scope", "one of project, slice, item"),
        ({"scope": "slice"}, "slice", "at least one filter"),
        ({"sliced_by": {"tag": "maths"}}, "slice", "only a slice is"),
        ({"scope": "slice", "sliced_by": {"state": "done"}}, "slice", "A slice is said by tag, key, import"),
        ({"scope": "slice", "sliced_by": {"tag": 3}}, "slice", "is text"),
        ({"scope": "slice", "sliced_by": {"import": "three"}}, "slice", "not the id of an import"),
        ({"scope": "item"}, "item", "names an item of this project"),
        ({"source": "dream"}, "source", "comes from one of"),
        ({"note": "x" * 2_001}, "note", "2,000 is the limit"),
        ({"provenance": {"x": float("nan")}}, "provenance", "something that JSON cannot say"),
        ({"provenance": {"x": "y" * 70_000}}, "provenance", "64,000 is the limit"),
        ({"provenance": {"x": "\x00"}}, "provenance", "holds a NUL"),
    ],
)
def test_what_does_not_hold_together_is_refused_and_leaves_nothing(
    write: Write, more: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(rubrics.RubricRefused, match=sentence) as refused:
        write(**more)

    assert list(refused.value.errors) == [field]
    assert not Rubric.objects.exists()


def test_a_rubric_is_of_a_slice_or_of_one_item(write: Write, add_items: Callable[..., list[Item]]) -> None:
    (item,) = add_items(1)

    sliced = write(scope="slice", sliced_by={"tag": "maths", "key": "a"}).rubric
    single = write(scope="item", item=item).rubric

    assert (sliced.slice, single.item) == ({"tag": "maths", "key": "a"}, item)


def test_an_item_of_another_project_is_refused(write: Write, add_items: Callable[..., list[Item]], chen: Place) -> None:
    (item,) = add_items(1)
    other = Project.objects.create(slug="other", name="Other", created_by=chen.user)

    with pytest.raises(rubrics.RubricRefused, match="names an item of this project"):
        rubrics.create(other, by=chen.user, name="Hers", criteria=CRITERIA, scope="item", item=item)


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(criteria=[{"title": "Other"}]),
        lambda rows: rows.update(note="Other"),
        lambda rows: rows.update(number=7),
        lambda rows: rows.update(status="validated", source="rar"),
        lambda rows: rows.delete(),
    ],
)
def test_the_database_lets_only_the_status_change(write: Write, change: Callable[[Any], Any]) -> None:
    version = write()

    with pytest.raises(DatabaseError), transaction.atomic():
        change(RubricVersion.objects.filter(pk=version.pk))


@pytest.mark.django_db(transaction=True)
def test_versions_written_at_once_have_numbers_without_gaps(write: Write, chen: Place) -> None:
    rubric = write().rubric

    def add(number: int) -> None:
        try:
            rubrics.new_version(rubric, by=chen.user, criteria=[f"Criterion of thread {number}"])
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(rubric.versions.values_list("number", flat=True)) == list(range(1, 8))

"""The library: looking through it, comparing versions, and what was answered under each."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from annotation import access
from annotation.models import Annotation, Item, RubricVersion
from annotation.queries import rubrics as queries
from annotation.queries.rubrics import Wanted
from annotation.rubrics import schema
from annotation.services import annotations, queue, rubric_publishing, rubrics
from projects.access import Place
from projects.models import Project, Role
from tests.annotation.rubrics.conftest import CRITERIA

pytestmark = pytest.mark.django_db
Write = Callable[..., RubricVersion]
AddItems = Callable[..., list[Item]]


def names(project: Project, **wanted: Any) -> list[str]:
    return [one.name for one in queries.listed(project, Wanted(**wanted)).order_by("number")]


def test_words_are_found_in_names_and_in_the_newest_criteria(write: Write, project: Project, chen: Place) -> None:
    first = write("Helpfulness")
    write("Safety", ["Does no harm"])
    rubrics.new_version(first.rubric, by=chen.user, criteria=["Names every source"])

    assert names(project) == ["Helpfulness", "Safety"]
    assert names(project, words="HELP") == ["Helpfulness"]
    assert names(project, words="harm does") == ["Safety"]
    assert names(project, words="sour") == ["Helpfulness"]
    assert names(project, words="instruction") == []  # of an older version
    assert names(project, words="safety sources") == []


@pytest.mark.parametrize("words", ["'", "a & | ! :*", "\\", "_", "((", "%", "x" * 3_000, "\x00", "die Größe"])
def test_whatever_is_typed_is_a_search(project: Project, words: str) -> None:
    assert names(project, words=words) == []


def test_the_library_is_filtered(write: Write, project: Project, chen: Place, add_items: AddItems) -> None:
    (item,) = add_items(1)
    whole = write("Whole")
    write("Slice", scope="slice", sliced_by={"tag": "maths"})
    write("Item", scope="item", item=item)
    rubrics.set_status(whole, status="validated", by=chen.user)
    rubrics.retire(write("Old").rubric, by=chen.user)

    assert names(project, scope="slice") == ["Slice"]
    assert names(project, item_id=item.pk) == ["Item"]
    assert names(project, status="validated") == ["Whole"]
    assert names(project, is_retired=True) == ["Old"]


def test_a_line_tells_the_newest_version_and_which_one_is_asked(write: Write, project: Project, chen: Place) -> None:
    first = write()
    rubric_publishing.publish(chen, first)
    rubrics.new_version(first.rubric, by=chen.user, criteria=CRITERIA[:2], source="evolved")

    (line,) = queries.lines(queries.uses_in_force(project), queries.listed(project, Wanted()))

    assert line.newest == queries.Newest(2, "draft", "evolved", 2)
    assert line.asks == (queries.Asks("rubric", 1),)


def test_a_longer_list_asks_no_more(write: Write, project: Project, chen: Place) -> None:
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            queries.lines(queries.uses_in_force(project), queries.listed(project, Wanted(words="e")))
        return len(asked)

    rubric_publishing.publish(chen, write())
    few = count()
    for number in range(8):
        write(f"Every {number}")

    assert count() == few <= 4


def test_versions_are_compared_criterion_by_criterion() -> None:
    old = schema.checked(["a: Is true", "b: Is brief (weight 2)", "c: Is kind"])
    new = schema.checked(["c: Is kind", "b: Is very brief", "d: Is new"])

    found = queries.compare(old, new)

    assert [one["key"] for one in found.added] == ["d"]
    assert [one["key"] for one in found.removed] == ["a"]
    assert [(one.key, one.fields) for one in found.changed] == [("b", ("weight",))]
    assert ("add", "very ") in found.changed[0].words.changes
    assert (found.unchanged, found.is_reordered, found.is_same) == (1, True, False)
    assert queries.compare(old, old).is_same


@pytest.fixture
def answer(place: Callable[..., Place], add_items: AddItems) -> Callable[..., Annotation]:
    """Someone's answers to the next item, with a verdict of yes on each criterion."""

    def give(name: str, *, verdicts: bool = True) -> Annotation:
        ana = place(name)
        lease = queue.claim(ana)
        assert lease is not None
        answers: dict[str, Any] = {"better": {"winner": "a", "strength": 2}}
        if verdicts:
            criteria = lease.form.questions.get(key="rubric").settings["criteria"]
            answers["rubric"] = {"verdicts": {one["key"]: [{"value": "yes"}] * 2 for one in criteria}}
        return annotations.submit(ana, lease_id=lease.pk, answers=answers, request_key=uuid.uuid4()).annotation

    return give


def test_labels_are_counted_under_the_version_that_was_asked(
    write: Write, chen: Place, add_items: AddItems, answer: Callable[..., Annotation]
) -> None:
    add_items(3, overlap=2)
    first = write()
    answer("Ana", verdicts=False)  # before anything was asked
    rubric_publishing.publish(chen, first)
    answer("Ana")
    answer("Ben")
    second = rubrics.new_version(first.rubric, by=chen.user, criteria=CRITERIA[:2])
    rubric_publishing.publish(chen, second)
    answer("Ben")

    assert queries.answered_under(first.uses.all()) == queries.AnsweredUnder(by_people=2, by_others=0, items=2)
    assert queries.answered_under(second.uses.all()) == queries.AnsweredUnder(by_people=1, by_others=0, items=1)


def test_the_library_is_for_those_who_may_view(
    write: Write, chen: Place, place: Callable[..., Place], project: Project
) -> None:
    first = write()
    ana, vera = place("Ana"), place("Vera", Role.VIEWER)
    other = Project.objects.create(slug="other", name="Other", created_by=chen.user)
    elsewhere = Place(user=chen.user, project=other, role=Role.OWNER)

    assert access.rubric(vera, 1) == first.rubric
    assert access.rubric_version(chen, 1, 1) == first
    for who in (ana, elsewhere):
        for hidden in (lambda who=who: access.rubric(who, 1), lambda who=who: access.rubric_version(who, 1, 1)):
            with pytest.raises(Http404):
                hidden()

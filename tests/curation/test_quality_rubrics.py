"""The page of quality tells how well each rubric in use says what people say, and what it gained."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from annotation.models import Item, RubricVersion
from annotation.services import rubric_publishing, rubrics
from curation.queries import quality_rubrics
from projects.access import Place
from tests.curation.rubrics.conftest import pairs  # noqa: F401
from tests.curation.rubrics.looking import looked
from tests.curation.rubrics.test_grading import DIGIT, REASON, STOP, graded, version_of

ADDRESS = "/projects/answers/quality/rubrics/"


@pytest.fixture
def planted(pairs: Callable[..., list[Item]]) -> list[Item]:  # noqa: F811
    """Forty pairs: people prefer the response with a reason; one without a full stop."""
    return pairs(40, better="7, because 3 and 4 are 7", worse="7 it is.")


def told(place: Place) -> list[tuple[int, int]]:
    return [(one.rubric, one.version) for one in quality_rubrics.held(place.project).rows]


def test_each_rubric_stands_by_its_newest_version_with_a_report_beside_what_it_gained(
    olga: Place, planted: list[Item], client: Client
) -> None:
    first = version_of(olga, REASON, {**STOP, "weight": 2})
    graded(olga, first)
    second = rubrics.new_version(first.rubric, by=olga.user, criteria=[REASON])
    graded(olga, second)
    rubrics.new_version(first.rubric, by=olga.user, criteria=[REASON, DIGIT])  # no judge was asked about it
    client.force_login(olga.user)

    (row,) = quality_rubrics.held(olga.project).rows
    page = client.get(ADDRESS).content.decode()

    assert (row.rubric, row.version, row.pairs, row.is_unseen) == (1, 2, 40, True)
    assert row.right
    assert row.right["value"] == 1
    assert "Version 1 was right in 0 % of 40 unseen pairs of both; this one gains 100 points" in page
    assert 'href="/projects/answers/rubrics/1/versions/2/evidence/"' in page


def test_retired_rubrics_are_left_out_unless_the_form_asks_with_them(olga: Place, planted: list[Item]) -> None:
    past, asked, live = (version_of(olga, one) for one in (STOP, DIGIT, REASON))
    for version in (past, asked, live):
        graded(olga, version)
    rubric_publishing.publish(olga, asked)
    for version in (past, asked):
        rubrics.retire(version.rubric, by=olga.user)

    assert told(olga) == [(live.rubric.number, 1), (asked.rubric.number, 1)]


def test_a_version_that_was_retired_gives_way_to_the_one_before(olga: Place, planted: list[Item]) -> None:
    first = version_of(olga, REASON)
    second = rubrics.new_version(first.rubric, by=olga.user, criteria=[STOP])
    for version in (first, second):
        graded(olga, version)
    RubricVersion.objects.filter(pk=second.pk).update(status="retired")

    assert told(olga) == [(1, 1)]


def test_some_are_shown_and_the_library_has_the_others(
    olga: Place, planted: list[Item], client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    graded(olga, version_of(olga, REASON))
    client.force_login(olga.user)
    alone = client.get(ADDRESS).content.decode()
    graded(olga, version_of(olga, STOP))
    monkeypatch.setattr(quality_rubrics, "MOST", 1)

    assert told(olga) == [(2, 1)]
    assert "The others stand in" not in alone
    assert "The others stand in" in client.get(ADDRESS).content.decode()


def test_it_costs_one_query_however_many_there_are(olga: Place, planted: list[Item]) -> None:
    for criterion in (REASON, STOP, DIGIT):
        graded(olga, version_of(olga, criterion))

    with CaptureQueriesContext(connection) as asked:
        quality_rubrics.held(olga.project)

    assert len(asked) == 1


def test_where_no_judge_was_asked_it_says_what_to_do(olga: Place, planted: list[Item], client: Client) -> None:
    version_of(olga, REASON)
    client.force_login(olga.user)

    page = client.get(ADDRESS).content.decode()

    assert "No rubric was held against these labels." in page
    assert 'href="/projects/answers/rubrics/written/"' in page


def test_the_page_of_quality_asks_for_it_when_it_is_there(olga: Place, planted: list[Item], client: Client) -> None:
    looked(olga)
    client.force_login(olga.user)

    page = client.get("/projects/answers/quality/").content.decode()
    part = client.get(ADDRESS, headers={"HX-Request": "true"}).content.decode()

    assert f'hx-get="{ADDRESS}" hx-trigger="load, click"' in page
    assert part.strip().startswith('<div id="rubrics">')

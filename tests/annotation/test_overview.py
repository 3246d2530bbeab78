"""What the overview counts, foretells and suggests, and what an annotator may not see of it."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from annotation.models import Form, Item
from annotation.queries import overview as queries
from annotation.queries import projects as waiting
from annotation.services import annotations, queue
from annotation.views.steps import next_steps
from projects.access import Place
from projects.models import Membership, Project, Role
from projects.services import guidelines

AddItems = Callable[..., list[Item]]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANSWERS = {"better": {"winner": "a", "strength": 2}}


def answer(place: Place, times: int = 1, seconds: float = 30.0) -> None:
    for _ in range(times):
        lease = queue.claim(place)
        assert lease is not None
        annotations.submit(place, lease_id=lease.pk, answers=ANSWERS, request_key=uuid.uuid4(), seconds=seconds)


@pytest.fixture
def olga(place: Callable[..., Place]) -> Place:
    return place("Olga", Role.OWNER)


@pytest.fixture
def browser() -> Callable[[Place], Client]:
    def get(place: Place) -> Client:
        client = Client()
        client.force_login(place.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return get


def test_an_item_is_done_when_every_annotation_it_wants_is_in(
    olga: Place, place: Callable[..., Place], add_items: AddItems
) -> None:
    add_items(2, overlap=2)

    answer(place("Ana"), 2)
    half = queries.totals(olga.project)
    answer(place("Ben"))
    one = queries.totals(olga.project)

    assert (half.items, half.done, half.missing) == (2, 0, 2)
    assert (one.done, one.missing) == (1, 1)


def test_an_empty_project_has_nothing_and_fails_nowhere(olga: Place) -> None:
    found = queries.overview(olga, now=NOW)

    assert (found.totals.items, found.totals.share, found.pace.highest) == (0, 0.0, 0)
    assert [person.answers for person in found.people] == [0]


def test_almost_everything_is_never_called_everything() -> None:
    totals = queries.Totals(items=1_000, done=999, missing=1, has_form=True, has_guideline=True)

    assert totals.share == 0.99


def test_people_are_counted_with_their_pace(olga: Place, place: Callable[..., Place], add_items: AddItems) -> None:
    add_items(6)
    answer(place("Ana"), 5, seconds=40.0)
    answer(place("Ben"))

    people = {person.name: person for person in queries.overview(olga, now=NOW).people}

    assert (people["Ana"].answers, people["Ana"].today, people["Ana"].seconds) == (5, 5, 40.0)
    assert (people["Ben"].answers, people["Ben"].seconds) == (1, None)  # too few to say
    assert people["Olga"].answers == 0


def test_a_changed_answer_is_still_one_answer(olga: Place, place: Callable[..., Place], add_items: AddItems) -> None:
    add_items(1)
    ana = place("Ana")
    answer(ana)
    first = annotations.Annotation.objects.get()

    annotations.revise(
        ana, annotation_id=first.pk, answers={"better": {"winner": "tie", "strength": 0}}, request_key=uuid.uuid4()
    )

    found = queries.overview(olga, now=NOW)
    assert (found.people[0].answers, found.pace.week, found.totals.done) == (1, 1, 1)


def test_whoever_has_left_keeps_their_answers_on_the_page(
    olga: Place, place: Callable[..., Place], add_items: AddItems
) -> None:
    add_items(1)
    answer(place("Ana"))
    Membership.objects.filter(user__name="Ana").delete()

    people = {person.name: person for person in queries.overview(olga, now=NOW).people}

    assert (people["Ana"].answers, people["Ana"].role) == (1, "")


def test_people_of_other_projects_are_not_shown(olga: Place, person: Callable[[str], Any]) -> None:
    other = Project.objects.create(slug="other", name="Other", created_by=person("Sam"))
    Membership.objects.create(project=other, user=person("Sam"), role=Role.OWNER)

    assert [one.name for one in queries.overview(olga, now=NOW).people] == ["Olga"]


def test_the_end_is_foretold_from_the_week_and_not_from_too_little() -> None:
    rows = [{"author_id": 1, "days_ago": day, "answers": 10} for day in range(14)]

    enough = queries._pace(rows, 70, NOW)
    too_few = queries._pace(rows[:1], 70, NOW)
    finished = queries._pace(rows, 0, NOW)

    assert enough.end == NOW + timedelta(days=7)
    assert (too_few.end, finished.end) == (None, None)


def test_bars_are_as_high_as_their_share_and_name_their_day() -> None:
    rows = [{"author_id": 1, "days_ago": 0, "answers": 5}, {"author_id": 1, "days_ago": 1, "answers": 10}]

    bars = queries._pace(rows, 0, NOW).bars

    assert [bar.height for bar in bars[-2:]] == [queries.STRIP_HEIGHT, queries.STRIP_HEIGHT // 2]
    assert [bar.label for bar in bars[-2:]] == ["yesterday", "the last 24 hours"]
    assert all(bar.x + 34 <= 560 for bar in bars)


def test_imported_labels_are_counted_apart(olga: Place) -> None:
    rows = [{"author_id": None, "days_ago": 0, "answers": 500}]

    assert queries._pace(rows, 0, NOW).week == 0


def test_what_waits_is_what_the_queue_would_give(place: Callable[..., Place], add_items: AddItems) -> None:
    add_items(4, overlap=2)
    ana = place("Ana")
    answer(ana, 1)
    skipped = queue.claim(ana)
    assert skipped is not None
    queue.skip(ana, skipped.pk, reason="No.")

    counted = waiting.waits_for(ana)

    taken = 0
    while lease := queue.claim(ana):
        taken += 1
        annotations.submit(ana, lease_id=lease.pk, answers=ANSWERS, request_key=uuid.uuid4())
    assert counted == taken == 2


def test_nothing_waits_for_whoever_may_not_label(place: Callable[..., Place], add_items: AddItems) -> None:
    add_items(1)

    assert waiting.waits_for(place("Vera", Role.VIEWER)) == 0


def test_more_than_a_hundred_are_not_counted_to_the_end(place: Callable[..., Place], add_items: AddItems) -> None:
    add_items(120)

    assert waiting.waits_for(place("Ana")) == waiting.MOST_COUNTED + 1


def test_a_new_project_is_told_its_first_steps_in_order(olga: Place) -> None:
    Form.objects.filter(project=olga.project).delete()

    steps = next_steps(olga, queries.overview(olga, now=NOW), 0)

    assert [step.verb for step in steps] == ["Build", "Import", "Write", "Invite"]


def test_a_finished_project_is_told_to_release(olga: Place, place: Callable[..., Place], add_items: AddItems) -> None:
    add_items(1)
    answer(place("Ana"))
    guidelines.save(olga, text="Prefer what helps.")

    steps = next_steps(olga, queries.overview(olga, now=NOW), 0)

    assert [step.verb for step in steps] == ["Release"]


def test_a_curator_is_not_sent_to_owners_pages(place: Callable[..., Place], add_items: AddItems) -> None:
    add_items(1)
    chen = place("Chen", Role.CURATOR)

    steps = next_steps(chen, queries.overview(chen, now=NOW), 1)

    assert [step.verb for step in steps] == ["Label"]


def test_the_page_opens_with_its_answer(
    olga: Place, place: Callable[..., Place], add_items: AddItems, browser: Callable[[Place], Client]
) -> None:
    add_items(3)
    answer(place("Ana"))

    html = browser(olga).get("/projects/answers/").content.decode()

    assert "1 of 3 items are labeled" in html
    assert "1 person worked in the last 24 hours" in " ".join(html.split())


def test_an_annotator_sees_their_own_progress_and_nobody_elses(
    olga: Place, place: Callable[..., Place], add_items: AddItems, browser: Callable[[Place], Client]
) -> None:
    add_items(3, overlap=2)
    guidelines.save(olga, text="Prefer **what helps**.")
    answer(place("Ben"), 3)
    answer(place("Ana"), 1)

    html = browser(place("Ana")).get("/projects/answers/").content.decode()

    assert "2 items wait for you" in html
    assert "You have answered 1 item," in html
    assert "<strong>what helps</strong>" in html
    for hidden in ("Ben", "Olga", "Who labels", "model-0", "/items/"):
        assert hidden not in html


def test_the_list_of_projects_says_where_items_wait(
    place: Callable[..., Place], add_items: AddItems, browser: Callable[[Place], Client]
) -> None:
    add_items(3)

    html = browser(place("Ana")).get("/").content.decode()

    assert "3 items wait for you in <bdi>Helpful answers</bdi>" in html

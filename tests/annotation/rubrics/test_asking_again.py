"""Items answered under earlier versions of a rubric: counted, asked again, and their old labels kept."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from annotation.models import Annotation, Item, RubricVersion, Slot
from annotation.models.items import FIRST_EXTRA
from annotation.queries.rubrics import uses_of
from annotation.services import annotations, discards, gold, queue, rubric_asking, rubric_publishing, rubrics, slots
from audit.models import Event
from projects.access import Place
from projects.models import Role
from tests.annotation.rubrics.conftest import CRITERIA
from tests.world import program, token_for

pytestmark = pytest.mark.django_db
Write = Callable[..., RubricVersion]
SECOND = "/projects/answers/rubrics/1/versions/2/"


def label(place: Place) -> Annotation:
    """Somebody's answer to the next item, with a verdict of yes on each criterion."""
    lease = queue.claim(place)
    assert lease is not None
    criteria = lease.form.questions.get(key="rubric").settings["criteria"]
    answers: dict[str, Any] = {
        "better": {"winner": "a", "strength": 2},
        "rubric": {"verdicts": {one["key"]: [{"value": "yes"}] * 2 for one in criteria}},
    }
    return annotations.submit(place, lease_id=lease.pk, answers=answers, request_key=uuid.uuid4()).annotation


@pytest.fixture
def second(
    write: Write, chen: Place, place: Callable[..., Place], add_items: Callable[..., list[Item]]
) -> RubricVersion:
    """Asked since Ana has answered two items under the first version; a third waits."""
    add_items(3, overlap=1)
    first = write()
    rubric_publishing.publish(chen, first)
    for _ in range(2):
        label(place("Ana"))
    version = rubrics.new_version(first.rubric, by=chen.user, criteria=CRITERIA[:2])
    rubric_publishing.publish(chen, version)
    return version


def labeled() -> list[int]:
    return list(Annotation.objects.order_by("pk").values_list("item", flat=True))


def test_items_answered_before_come_to_others_first_and_old_labels_stay(
    second: RubricVersion, chen: Place, place: Callable[..., Place]
) -> None:
    old = list(Annotation.objects.order_by("pk").values())

    assert rubric_asking.ask_again(chen, second) == 2

    new = [label(place("Ben")) for _ in range(2)]
    assert [one.item_id for one in new] == [row["item_id"] for row in old]
    assert all(list(one.answers["rubric"]["verdicts"]) == ["follows", "correct"] for one in new)
    assert list(Annotation.objects.order_by("pk").values())[:2] == old
    assert Event.objects.get(verb="rubric.asked_again").detail == {"number": 1, "version": 2, "items": 2}


def test_asking_twice_wants_no_second_answer(second: RubricVersion, chen: Place) -> None:
    rubric_asking.ask_again(chen, second)
    rubric_asking.ask_again(chen, second)

    assert Slot.objects.filter(annotation__isnull=True).count() == 3


def test_what_is_answered_under_the_version_is_not_asked_again(
    second: RubricVersion, chen: Place, place: Callable[..., Place]
) -> None:
    rubric_asking.ask_again(chen, second)
    label(place("Ben"))

    assert rubric_asking.ask_again(chen, second) == 1


def test_what_is_discarded_or_known_is_left_out(second: RubricVersion, chen: Place) -> None:
    first, other = Item.objects.filter(pk__in=labeled()).order_by("pk")
    discards.discard(chen, first, reason="It is broken.")
    gold.mark(chen, item_id=other.pk, answers={"better": {"accepted": [{"winner": "a", "strength": 2}]}})

    assert rubric_asking.ask_again(chen, second) == 0


def test_an_item_with_all_slots_taken_takes_no_more(second: RubricVersion, chen: Place) -> None:
    item = labeled()[0]
    Slot.objects.filter(item=item).update(number=FIRST_EXTRA - 1)

    assert rubric_asking.ask_again(chen, second) == 1


def test_a_slot_beyond_the_overlap_is_no_free_one(second: RubricVersion, chen: Place) -> None:
    item = labeled()[0]
    Slot.objects.create(project=chen.project, item_id=item, number=FIRST_EXTRA)

    slots.ask_about_many(chen, [item])

    added = Slot.objects.filter(item=item, annotation__isnull=True).order_by("number")
    assert list(added.values_list("number", "priority")) == [(1, slots.SOON), (FIRST_EXTRA, 0)]


def test_labels_under_a_later_version_are_not_earlier_ones(
    second: RubricVersion, chen: Place, place: Callable[..., Place]
) -> None:
    label(place("Ana"))
    first = second.rubric.versions.get(number=1)
    rubric_publishing.publish(chen, first)

    assert rubric_asking.ask_again(chen, first) == 0


def test_a_version_that_is_not_asked_asks_nothing_again(second: RubricVersion, chen: Place) -> None:
    first = second.rubric.versions.get(number=1)
    third = rubrics.new_version(second.rubric, by=chen.user, criteria=CRITERIA[:1])

    for version in (first, third):
        with pytest.raises(rubric_asking.NotAsked):
            rubric_asking.ask_again(chen, version)


def test_many_items_take_what_one_takes(second: RubricVersion, chen: Place) -> None:
    (answered, _), waiting = labeled(), Item.objects.order_by("-pk")[0]

    assert slots.ask_about_many(chen, [answered, waiting.pk, 10**9]) == 2

    assert list(Slot.objects.filter(item=answered).order_by("number").values_list("number", "priority")) == [
        (0, 0),
        (1, slots.SOON),
    ]
    assert list(Slot.objects.filter(item=waiting).values_list("number", "priority")) == [(0, slots.SOON)]


def test_the_page_of_the_version_says_so_and_asks(
    second: RubricVersion, chen: Place, person: Callable[[str], User], django_assert_max_num_queries: Any
) -> None:
    page = Client()
    page.force_login(person("Chen"), backend="django.contrib.auth.backends.ModelBackend")
    page.get(SECOND)  # what a process remembers of forms, it reads once

    with django_assert_max_num_queries(12):
        shown = page.get(SECOND).content.decode()

    assert "2 labels of 2 items were given under earlier versions, and stay." in shown
    assert "2 items were answered by people under earlier versions and not under this one." in shown
    done = page.post(f"{SECOND}ask-again/", follow=True).content.decode()
    assert "2 items will be asked again, before all others." in done
    refused = page.post("/projects/answers/rubrics/1/versions/1/ask-again/")
    assert refused.status_code == 409
    assert "Ask them again" not in page.get("/projects/answers/rubrics/1/versions/1/").content.decode()


def test_a_page_looks_at_so_many_labels_and_says_at_least(
    second: RubricVersion, chen: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rubric_asking, "LOOKED_AT", 1)

    found = rubric_asking.countable(chen, second, uses_of(second.rubric))

    assert found == rubric_asking.Again(1, is_more=True)


def test_a_program_asks_again(second: RubricVersion, chen: Place, place: Callable[..., Place]) -> None:
    place("Vera", Role.VIEWER)
    address = "/api/v1/projects/answers/rubrics/1/versions/2/"
    api, vera = program(token_for("chen")), program(token_for("vera"))

    assert api.get(address).json()["answered"] == {"by_people": 0, "by_others": 0, "items": 0}
    assert api.post(f"{address}ask-again/").json() == {"items": 2}
    assert vera.post(f"{address}ask-again/").status_code == 404

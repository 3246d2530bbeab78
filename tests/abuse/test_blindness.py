"""AB-04: an annotator cannot tell whose responses they judge, nor rely on where the better one stands."""

import re
import uuid
from typing import Any

from annotation.models import Annotation
from tests.world import ANSWERS, World, add_items

SECRET = re.compile(rb"secret-[a-z-]+")


def told(response: Any) -> set[bytes]:
    """What an answer gives away, in its body and its headers."""
    headers = repr(dict(response.headers)).encode()
    return set(SECRET.findall(response.content + headers))


def test_ab_04_a_program_of_an_annotator_is_told_no_origin(world: World) -> None:
    ana = world.api("ana")
    work = ana.post("/api/v1/projects/answers/next/")
    address = f"/api/v1/leases/{work.json()['lease']['id']}"
    answers = [
        work,
        ana.put(f"{address}/draft/", {"answers": ANSWERS}, content_type="application/json"),
        ana.post(f"{address}/extend/"),
        ana.post(
            f"{address}/submit/?next=1",
            {"answers": ANSWERS},
            content_type="application/json",
            headers={"Idempotency-Key": str(uuid.uuid4())},
        ),
        ana.get(f"/api/v1/annotations/{world.annotation.pk}/"),
        ana.get("/api/v1/projects/answers/"),
        ana.get("/api/v1/projects/"),
    ]

    assert [answer.status_code for answer in answers] == [200, 204, 200, 200, 200, 200, 200]
    assert set().union(*map(told, answers)) == set()


def test_ab_04_a_page_of_an_annotator_shows_no_origin(world: World) -> None:
    ana, label = world.browser("ana"), "/projects/answers/label/"
    pages = [
        ana.get(label),
        ana.get(f"{label}next/?ahead_of={world.held.pk}", headers={"X-Requested-With": "goldpan"}),
        ana.get(f"{label}items/{world.annotation.item_id}/"),
        ana.get(f"{label}items/{world.annotation.item_id}/raw/"),
        ana.get("/projects/answers/"),
        ana.get("/"),
    ]

    assert {page.status_code for page in pages} == {200}
    assert set().union(*map(told, pages)) == set()


def test_ab_04_those_who_may_view_are_told(world: World) -> None:
    item = world.api("vera").get(f"/api/v1/items/{world.answers.items[0].pk}/")

    assert {b"secret-model-one", b"secret-source"} <= told(item)


def test_ab_04_sides_differ_between_people_and_items_and_are_taken_back(world: World) -> None:
    add_items(world.answers.owner, 30)
    long_first = {}
    for name in ("ana", "ben"):
        client = world.api(name)
        work = client.post("/api/v1/projects/answers/next/").json()
        while work:
            first, _second = work["item"]["responses"]
            stands_first = first["messages"][0]["content"].startswith("A long")
            long_first[name, work["item"]["id"]] = stands_first
            winner = "a" if stands_first else "b"
            work = client.post(
                f"/api/v1/leases/{work['lease']['id']}/submit/?next=1",
                {"answers": {"preference": {"winner": winner, "strength": 2}}},
                content_type="application/json",
                headers={"Idempotency-Key": str(uuid.uuid4())},
            ).json()["next"]

    shown = list(long_first.values())
    both = [item for name, item in long_first if name == "ana"]
    given = Annotation.objects.exclude(pk=world.annotation.pk)
    assert 0.25 < sum(shown) / len(shown) < 0.75
    assert any(long_first["ana", item] != long_first["ben", item] for item in both)
    assert {one.answers["preference"]["winner"] for one in given} == {"a"}  # the long one stands first in the item
    assert {tuple(one.shown) for one in given} == {(0, 1), (1, 0)}

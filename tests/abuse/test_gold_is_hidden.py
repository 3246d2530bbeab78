"""AB-03: whoever labels cannot tell an item whose answer is known, whatever of the site they look at."""

import re
import uuid
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from scipy.stats import mannwhitneyu

from annotation.models import Item, Slot
from annotation.services import gold
from projects.access import Place
from projects.models import Project
from tests.world import ANSWERS, World

# What differs from any item to any other: numbers, ids, tokens.
OWN = re.compile(rb"[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f-]{27}|name=\"csrfmiddlewaretoken\" value=\"\w+\"|[0-9]+")
SCRIPT = {"X-Requested-With": "goldpan"}
ITEMS, KNOWN = 60, 30


@dataclass
class Watched:
    """What an observer gets with each item, the item's own content aside."""

    known: list[Any] = field(default_factory=list)
    others: list[Any] = field(default_factory=list)

    def add(self, is_known: bool, one: Any) -> None:
        (self.known if is_known else self.others).append(one)


def seen(response: Any) -> tuple[Any, ...]:
    """Status, headers and body with what is every item's own made equal."""
    headers = sorted((name, OWN.sub(b"#", value.encode())) for name, value in response.headers.items())
    return response.status_code, tuple(headers), OWN.sub(b"#", response.content)


def add_twins(place: Place) -> list[Item]:
    """Items whose responses differ in a number, so that pages differ in nothing that is shown of them."""
    items = Item.objects.bulk_create(
        Item(
            project=place.project,
            key=f"twins-{number}",
            digest=number.to_bytes(32),
            group=f"group-{number}",
            messages=[{"role": "user", "content": f"Question {number}?"}],
            responses=[{"messages": [{"role": "assistant", "content": f"It is {one}."}]} for one in range(2)],
        )
        for number in range(ITEMS)
    )
    Slot.objects.bulk_create(Slot(project=place.project, item=item, number=0) for item in items)
    return items


@pytest.fixture
def known(world: World) -> set[int]:
    """Half of what is new is gold, at the head, in the middle and at the end of the file, given every second time."""
    Slot.objects.filter(project__slug="answers", annotation=None, lease=None).delete()
    items = add_twins(world.answers.owner)
    marked = items[:10] + items[25:35] + items[50:]
    for item in marked:
        accepted = {"preference": {"accepted": [{"winner": "b", "strength": 1}]}}
        gold.mark(world.answers.places["chen"], item_id=item.pk, answers=accepted, note="A secret-note.")
    Project.objects.filter(slug="answers").update(gold_percent=50)
    assert len(marked) == KNOWN
    return {item.pk for item in marked}


def item_behind(work: Any) -> int:
    """Which item a lease is really for; the observer does not know it."""
    return Item.objects.get(leases__pk=work["lease"]["id"]).pk


def submit(client: Any, lease: str) -> Any:
    return client.post(
        f"/api/v1/leases/{lease}/submit/?next=true",
        {"answers": ANSWERS},
        content_type="application/json",
        headers={"Idempotency-Key": str(uuid.uuid4())},
    )


def test_ab_03_a_program_gets_the_same_bytes_headers_and_queries(world: World, known: set[int]) -> None:
    ben, watched, queries, numbers = world.api("ben"), Watched(), Watched(), Watched()
    work = ben.post("/api/v1/projects/answers/next/").json()
    for _ in range(40):
        is_known = item_behind(work) in known
        lease = work["lease"]["id"]
        with CaptureQueriesContext(connection) as taken:
            again = ben.post("/api/v1/projects/answers/next/")
        with CaptureQueriesContext(connection) as given:
            done = submit(ben, lease)
        following = done.json()["next"]
        own = {name: value for name, value in done.json().items() if name != "next"}
        mine = ben.get(f"/api/v1/annotations/{own['annotation']}/")
        watched.add(is_known, (seen(again), tuple(sorted(own)), seen(mine), mine.json()["item"] == own["item"]))
        queries.add(is_known, (len(taken), len(given)))
        numbers.add(is_known, work["item"]["id"])
        work = following

    assert len(watched.known) >= 5
    assert len(watched.others) >= 5
    assert set(watched.known) == set(watched.others)
    assert set(queries.known) == set(queries.others)
    assert not {*numbers.known, *numbers.others} & set(Item.objects.values_list("pk", flat=True))
    assert mannwhitneyu(numbers.known, numbers.others).pvalue > 1e-4


def test_ab_03_a_browser_gets_the_same_bytes_headers_and_queries(world: World, known: set[int]) -> None:
    ben, watched, queries = world.browser("ben"), Watched(), Watched()
    totals = []
    for _ in range(24):
        with CaptureQueriesContext(connection) as taken:
            page = ben.get("/projects/answers/label/")
        lease = uuid.UUID(re.search(rb'data-lease="([^"]+)"', page.content)[1].decode())  # type: ignore[index]
        is_known = Item.objects.get(leases__pk=lease).pk in known
        done, total = (
            int(re.search(name + rb">([0-9]+)<", page.content)[1])  # type: ignore[index]
            for name in (rb"data-done", rb"data-total")
        )
        totals.append((done, total))
        key = {"request_key": str(uuid.uuid4()), "preference": "a:2"}
        with CaptureQueriesContext(connection) as given:
            answer = ben.post(f"/projects/answers/label/{lease}/submit/", key, headers=SCRIPT)
        number = answer.json()["item"]
        raw = ben.get(f"/projects/answers/label/items/{number}/raw/", headers=SCRIPT)
        again = ben.get(f"/projects/answers/label/items/{number}/", headers=SCRIPT)
        if done:  # the first page has nothing to go back to
            watched.add(is_known, tuple(map(seen, (page, answer, raw, again))))
            queries.add(is_known, (len(taken), len(given)))

    assert len(watched.known) >= 3
    assert len(watched.others) >= 3
    assert set(watched.known) == set(watched.others)
    assert set(queries.known) == set(queries.others)
    assert [two[0] - one[0] for one, two in pairwise(totals)] == [1] * 23
    assert len({total for _, total in totals}) == 1


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/projects/answers/items/?is_gold=1",
        "/api/v1/projects/answers/items/?gold__answers=1",
        "/api/v1/projects/answers/annotations/?gold=1",
        "/projects/answers/items/?gold=1",
    ],
)
def test_ab_03_nobody_who_labels_may_ask_for_it(world: World, known: set[int], address: str) -> None:
    for client in (world.api("ben"), world.browser("ben")):
        assert client.get(address).status_code in {302, 400, 401, 404}


def test_ab_03_an_items_own_number_opens_nothing(world: World, known: set[int]) -> None:
    ben = world.browser("ben")
    held: dict[bool, int] = {}
    while len(held) < 2:
        work = world.api("ben").post("/api/v1/projects/answers/next/").json()
        held[item_behind(work) in known] = item_behind(work)
        submit(world.api("ben"), work["lease"]["id"])

    for item in held.values():
        for way in ("", "raw/"):
            assert ben.get(f"/projects/answers/label/items/{item}/{way}").status_code == 404
        assert ben.post(f"/projects/answers/label/items/{item}/draft/", {"reason": "x"}).status_code == 404


def test_ab_03_no_word_of_what_is_known_reaches_who_labels(world: World, known: set[int]) -> None:
    ben, program = world.browser("ben"), world.api("ben")
    pages = ["/", "/projects/answers/", "/projects/answers/label/", "/projects/answers/label/guideline/"]
    for _ in range(10):
        work = program.post("/api/v1/projects/answers/next/").json()
        told = [ben.get(page) for page in pages]
        told += [program.get("/api/v1/projects/answers/"), program.get("/api/v1/projects/")]
        told += [submit(program, work["lease"]["id"])]
        assert {one.status_code for one in told} == {200}
        assert not any(re.search(rb"secret-note|gold_|screening|is_gold|accepted", one.content) for one in told)


def test_ab_03_who_may_view_knows_items_by_their_own_numbers(world: World, known: set[int]) -> None:
    work = world.api("chen").post("/api/v1/projects/answers/next/").json()

    assert work["item"]["id"] == item_behind(work)

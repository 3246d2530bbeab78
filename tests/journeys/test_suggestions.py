"""What models suggest while people label: taken by key, told after one's own answer, and recorded as shown."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Item, Lease
from annotation.queries import anchoring
from annotation.services import annotations, queue, suggestions
from annotation.services.annotations import side_order
from tests.annotation.suggesting import show, suggest
from tests.journeys.house import WHY, House, rating
from tests.journeys.test_label_by_keyboard import answer, labeling, saved
from tests.journeys.test_look import BREAD, MANY_TIPS, ONE_CAUSE, WIDTHS, every_size, look

OpenPage = Callable[..., Page]
BETTER = {"key": "better", "kind": "preference", "title": "Which response is better?", "settings": {"points": 3}}
FIRST_WINS = {"better": {"winner": "a", "strength": None}}


def suggesting(mode: str, items: int = 1) -> House:
    """Pairs of which a model says that the first response is better, whatever side it is shown on."""
    house = House.build("Suggested", [BETTER, rating("clear", "Clear"), WHY])
    show(house.project, mode)
    for _ in range(items):
        suggest(house.place("Olga"), house.add_item(BREAD, ONE_CAUSE, MANY_TIPS), FIRST_WINS)
    return house


def letter(house: House, item: Item, winner: str) -> str:
    """The side on which Ana sees one of the item's own responses."""
    return "AB"[side_order(house.place("Ana"), item).index("ab".index(winner))]


def key_for(house: House, item: Item, winner: str) -> str:
    return {"A": "1", "B": "3"}[letter(house, item, winner)]


def told(page: Page) -> list[str]:
    words: list[str] = page.locator(".advice .hinted b").all_inner_texts()
    return words


def only_item() -> Item:
    return Item.objects.get()


def source_of(house: House) -> dict[str, Any]:
    (row,) = [row for row in house.annotations() if row.author_id]
    return row.source


def offered() -> dict[str, int]:
    offers: dict[str, int] = Lease.objects.get().suggested["offered"]
    return offers


def test_from_the_start_it_is_read_and_taken_by_key(page_for: OpenPage, transactional_db: None) -> None:
    house = suggesting("start")
    page = labeling(page_for, house)

    expect(page.locator("input:checked")).to_have_count(0)
    assert told(page) == [f"{letter(house, only_item(), 'a')} better"]
    answer(page, "q", "4", "2")

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    saved(page)
    assert source_of(house) == {"suggested": offered(), "mode": "start", "taken": ["better"]}


def test_what_is_taken_and_then_answered_anew_was_not_taken(page_for: OpenPage, transactional_db: None) -> None:
    house = suggesting("start")
    page = labeling(page_for, house)
    own = key_for(house, only_item(), "a")

    page.keyboard.press("q")
    answer(page, "k", "2", own, "j", "4", "2")

    saved(page)
    assert source_of(house) == {"suggested": offered(), "mode": "start"}


def test_an_item_fetched_ahead_has_its_own(page_for: OpenPage, transactional_db: None) -> None:
    house = suggesting("start", items=2)
    page = labeling(page_for, house)

    answer(page, "q", "4", "2")
    answer(page, "q", "4", "2")

    saved(page)
    rows = [row for row in house.annotations() if row.author_id]
    leases = {lease.item_id: lease.suggested["offered"] for lease in Lease.objects.all()}
    assert [row.source["suggested"] for row in rows] == [leases[row.item_id] for row in rows]
    assert len({row.source["suggested"]["better"] for row in rows}) == 2


def test_it_is_told_once_ones_own_answer_is_in_and_that_may_change(page_for: OpenPage, transactional_db: None) -> None:
    house = suggesting("after")
    page = labeling(page_for, house)
    item = only_item()
    assert told(page) == []

    page.keyboard.press(key_for(house, item, "b"))
    expect(page.locator(".advice .hinted b")).to_have_text(f"{letter(house, item, 'a')} better")
    expect(page.locator("[role=status][data-said]")).to_contain_text("better")
    page.wait_for_timeout(300)  # the words become something to take
    answer(page, "k", "q", "j", "4", "2")

    saved(page)
    source = source_of(house)
    assert (source["mode"], source["suggested"], source["taken"]) == ("after", offered(), ["better"])
    assert source["first"]["better"]["winner"] == "b"
    assert [row.answers["better"]["winner"] for row in house.annotations() if row.author_id] == ["a"]


def test_a_page_loaded_again_and_a_second_tab_show_what_was_told(page_for: OpenPage, transactional_db: None) -> None:
    house = suggesting("after")
    page = labeling(page_for, house)
    second = page_for(house.people["Ana"], house.label, context=page.context)
    assert told(second) == []

    page.keyboard.press(key_for(house, only_item(), "b"))
    expect(page.locator(".advice .hinted b")).to_have_count(1)
    first = Lease.objects.get().suggested["first"]
    for each in (page, second):
        each.reload()
        expect(each.locator(".advice .hinted b")).to_have_count(1)

    page.wait_for_timeout(400)
    answer(page, "k", "k", "2", "j", "4", "2")
    saved(page)
    assert source_of(house)["first"] == first


def test_offline_the_answer_is_as_good_without_it(page_for: OpenPage, transactional_db: None) -> None:
    house = suggesting("after")
    page = labeling(page_for, house)

    page.context.set_offline(True)
    answer(page, "2", "4", "2")
    page.context.set_offline(False)

    saved(page)
    assert source_of(house) == {}


def test_looking_back_shows_it_beside_the_own_answer(page_for: OpenPage, transactional_db: None) -> None:
    house = suggesting("after", items=2)
    page = labeling(page_for, house)
    page.context.route("**/suggestion/", lambda route: route.abort())  # quicker than the network

    answer(page, "2", "4", "2")
    saved(page)
    page.keyboard.press("z")
    expect(page.locator(".advice .hinted b")).to_have_count(1)
    page.wait_for_timeout(400)
    answer(page, "k", "k", "q")

    saved(page)
    old, new = [row for row in house.annotations() if row.author_id]
    assert (old.source, new.supersedes_id) == ({}, old.pk)
    assert (new.source["taken"], new.source["first"]["better"]["winner"]) == (["better"], "tie")


def test_without_a_script_it_is_words_from_the_start_and_nothing_after_an_answer(
    page_for: OpenPage, transactional_db: None
) -> None:
    for mode, shown in (("start", 1), ("after", 0)):
        house = suggesting(mode)
        page = page_for(house.people["Ana"], house.label, java_script_enabled=False)

        expect(page.locator(".advice .hinted b")).to_have_count(shown)
        page.locator('input[name="better"][value="tie"]').check(force=True)
        for place in "01":
            page.locator(f'input[name="clear.{place}"][value="3"]').check(force=True)
        page.get_by_role("button", name="Submit").click()
        expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
        assert ("suggested" in source_of(house)) == bool(shown)


@every_size
def test_screens_of_suggestions(page_for: OpenPage, transactional_db: None, theme: str, width: int) -> None:
    house = suggesting("after")
    page = labeling(page_for, house, theme=theme, width=width, height=WIDTHS[width])
    look(page, "suggestion-waits", theme, width)

    page.keyboard.press("2")
    expect(page.locator(".advice .hinted b")).to_have_count(1)
    page.keyboard.press("k")
    page.wait_for_timeout(300)
    look(page, "suggestion-told", theme, width)

    owner = page_for(house.people["Olga"], f"/projects/{house.project.slug}/settings/", theme=theme, width=width)
    look(owner, "suggestion-settings", theme, width, whole=True)


@every_size
def test_screens_of_what_became_of_suggestions(
    page_for: OpenPage, transactional_db: None, monkeypatch: pytest.MonkeyPatch, theme: str, width: int
) -> None:
    house = suggesting("after", items=2)
    ana = house.place("Ana")
    for first, final in (("b", "a"), ("a", "a")):
        lease = queue.claim(ana)
        assert lease
        sides = {winner: letter(house, lease.item, winner).lower() for winner in "ab"}
        own = {winner: {"better": {"winner": sides[winner], "strength": None}} for winner in "ab"}
        suggestions.reveal(ana, lease.pk, answers=own[first])
        answers = {**own[final], "clear": [3, 3]}
        annotations.submit(ana, lease_id=lease.pk, answers=answers, request_key=uuid.uuid4())
    options: dict[str, Any] = {"theme": theme, "width": width}
    overview = f"/projects/{house.project.slug}/"

    page = page_for(house.people["Olga"], overview, **options)
    look(page, "anchoring-few", theme, width, whole=True)
    monkeypatch.setattr(anchoring, "FEWEST", 2)
    page.goto(overview)
    expect(page.locator("dl dd", has_text="of 2 answers")).to_have_count(2)
    look(page, "anchoring", theme, width, whole=True)

    page.goto(f"{overview}items/{lease.item_id}/")
    expect(page.get_by_text("Saw the suggestion")).to_have_count(1)
    look(page, "suggestion-item", theme, width, whole=True)

"""Rankings by keys alone, by dragging, and across everything that may come between."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import WHY, House
from tests.journeys.test_label_by_keyboard import answer, labeling, saved, side_of
from tests.journeys.test_look import ARABIC, ARABIC_CAUSE, ARABIC_TIPS, FORMULAS, MANY_TIPS, ONE_CAUSE, look

OpenPage = Callable[..., Page]
RANK = {"key": "order", "kind": "ranking", "title": "Best first", "settings": {"ties": True}}
ANSWERS = ("The first answer.", "The second answer.", "The third answer.", "The fourth answer.")


@pytest.fixture
def ranked(transactional_db: None) -> House:
    house = House.build("Rankings", (RANK, WHY))
    house.add_item("Which is best?", *ANSWERS)
    return house


def keys_for(page: Page, places: dict[str, str]) -> list[str]:
    """The keys that give each text its place, from response A on."""
    letters = {side_of(page, text): place for text, place in places.items()}
    return [letters[letter] for letter in sorted(letters)]


def test_four_responses_take_four_keys(page_for: OpenPage, ranked: House) -> None:
    page = labeling(page_for, ranked)
    keys = keys_for(page, dict(zip(ANSWERS, "2132", strict=True)))

    for key in keys:
        page.keyboard.press(key)
    named = {side_of(page, text): place for text, place in zip(ANSWERS, "2132", strict=True)}
    groups = [sorted(each for each in named if named[each] == place) for place in "123"]
    words = " > ".join(" = ".join(group) for group in groups)
    expect(page.locator("[data-words]")).to_have_text(f"Order: {words}")
    answer(page)

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert ranked.annotations()[0].answers == {"order": [[1], [0, 3], [2]]}


def test_a_letter_puts_its_response_in_turn_and_z_takes_back(page_for: OpenPage, ranked: House) -> None:
    page = labeling(page_for, ranked)

    for key in ("c", "1", "z", "c", "4", "a", "1", "2", "3"):
        page.keyboard.press(key)
    answer(page)
    saved(page)

    by_letter = {0: 0, 1: 1, 2: 3, 3: 2}
    shown = ranked.annotations()[0].shown
    expected: list[list[int]] = [[], [], [], []]
    for place, index in enumerate(shown):
        expected[by_letter[place]] = [index]
    assert ranked.annotations()[0].answers["order"] == expected


def test_dragging_a_card_sets_the_places(page_for: OpenPage, ranked: House) -> None:
    page = labeling(page_for, ranked)
    for key in "1234":
        page.keyboard.press(key)
    cards = page.locator("[data-order] li:not([data-gap])")

    cards.nth(3).locator(".letter").drag_to(cards.nth(0))  # D beside A
    expect(page.locator("[data-words]")).to_have_text("Order: A = D > B > C")
    page.locator("[data-order] .letter.C").drag_to(page.locator('[data-order] li[data-gap="0"]'))
    expect(page.locator("[data-words]")).to_have_text("Order: C > A = D > B")
    page.keyboard.press("z")
    expect(page.locator("[data-words]")).to_have_text("Order: A = D > B > C")
    answer(page)
    saved(page)

    shown = ranked.annotations()[0].shown
    assert ranked.annotations()[0].answers["order"] == [sorted([shown[0], shown[3]]), [shown[1]], [shown[2]]]


def test_half_a_ranking_survives_the_network_and_a_second_tab(page_for: OpenPage, ranked: House) -> None:
    page = labeling(page_for, ranked)
    page.keyboard.press("1")
    page.context.set_offline(True)
    page.keyboard.press("2")
    page.wait_for_timeout(300)
    page.context.set_offline(False)
    page.wait_for_timeout(2_500)
    saved(page)

    second = page_for(None, ranked.label, context=page.context)

    expect(second.locator("[data-words]")).to_have_text("Order: A > B")
    second.wait_for_timeout(400)
    second.keyboard.press("Enter")
    expect(second.locator("[data-say]")).to_contain_text("Still open: Best first, place of response C")
    answer(second, "3", "4")
    saved(second)
    shown = ranked.annotations()[0].shown
    assert ranked.annotations()[0].answers["order"] == [[index] for index in shown]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_screens_of_rankings(page_for: OpenPage, transactional_db: None, theme: str, width: int) -> None:
    house = House.build("Rankings", (RANK, WHY))
    house.add_item("Why is my bread dense?", ONE_CAUSE, MANY_TIPS, FORMULAS)
    house.add_item(ARABIC, ARABIC_CAUSE, ARABIC_TIPS, "لا.", ONE_CAUSE, MANY_TIPS)
    page = labeling(page_for, house, theme=theme, width=width, height=900)
    for key in "213":
        page.keyboard.press(key)
    look(page, "label-ranking", theme, width)
    answer(page)
    for key in "1122":
        page.keyboard.press(key)
    look(page, "label-ranking-arabic", theme, width)

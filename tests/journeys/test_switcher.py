"""Three and more responses on a narrow window: one in view, switched by number."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.test_label_by_keyboard import answer, labeling
from tests.journeys.test_look import MANY_TIPS, ONE_CAUSE, THEMES, look
from tests.journeys.test_ranking import ANSWERS, RANK

OpenPage = Callable[..., Page]
NARROW = {"width": 1024, "height": 768}


@pytest.fixture
def ranked(transactional_db: None) -> House:
    house = House.build("Rankings", (RANK,))
    house.add_item("Which is best?", *ANSWERS)
    return house


def in_view(page: Page) -> str:
    """The letters of the responses that can be seen."""
    return "".join(letter for letter in "ABCD" if page.locator(f"#side-{letter}").is_visible())


def test_shift_and_a_number_show_a_response_and_answer_nothing(page_for: OpenPage, ranked: House) -> None:
    page = labeling(page_for, ranked, **NARROW)
    assert in_view(page) == "A"

    page.keyboard.press("Shift+Digit3")

    assert in_view(page) == "C"
    expect(page.get_by_role("button", name="Response C")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-words]")).not_to_contain_text("C")
    page.get_by_role("button", name="Response B").click()
    assert in_view(page) == "B"


def test_the_response_in_turn_comes_into_view_by_itself(page_for: OpenPage, ranked: House) -> None:
    page = labeling(page_for, ranked, **NARROW)

    page.keyboard.press("1")
    assert in_view(page) == "B"
    answer(page, "2", "3", "4")

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    (stored,) = ranked.annotations()
    assert sorted(one for group in stored.answers["order"] for one in group) == [0, 1, 2, 3]


@pytest.mark.parametrize("width", [1280, 390])
def test_where_all_can_be_seen_nothing_is_switched(page_for: OpenPage, ranked: House, width: int) -> None:
    page = labeling(page_for, ranked, width=width, height=800)

    page.keyboard.press("Shift+Digit3")

    assert in_view(page) == "ABCD"
    expect(page.locator(".switch")).to_be_hidden()


def test_without_a_script_every_response_can_be_reached(page_for: OpenPage, ranked: House) -> None:
    page = page_for(ranked.people["Ana"], ranked.label, java_script_enabled=False, **NARROW)

    assert in_view(page) == "ABCD"


def test_screens_of_the_switcher(page_for: OpenPage, transactional_db: None) -> None:
    house = House.build("Rankings", (RANK,))
    house.add_item("Which is best?", ONE_CAUSE, MANY_TIPS * 4, "Short.", "لا أعرف.")
    for theme in THEMES:
        for width in (1024, 800):
            page = labeling(page_for, house, theme=theme, width=width, height=768)
            page.keyboard.press("1")
            look(page, "switcher", theme, width)

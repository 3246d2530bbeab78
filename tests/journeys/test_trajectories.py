"""Trajectories judged turn by turn, by keys alone: calls folded in their turns, errors named, stored by turn."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation.kinds import KINDS
from annotation.models import Item
from annotation.services.presets import PRESETS
from tests.journeys.house import House
from tests.journeys.test_conversations import ASKED, HASTY, ODD, THOROUGH
from tests.journeys.test_label_by_keyboard import answer, labeling, saved
from tests.journeys.test_look import WIDTHS, look, sizes

OpenPage = Callable[..., Page]


def house_of(*responses: Any, prompt: Any = ASKED, **settings: Any) -> House:
    (asked,) = PRESETS["trajectory"].questions[:1]
    given = KINDS["steps"].check_settings({**asked["settings"], **settings}, "response")
    house = House.build("Coding agents", [{**asked, "settings": given}])
    house.add_item(prompt, *responses)
    return house


def stored(house: House) -> list[Any]:
    return [row.answers["turns"] for row in house.annotations()]


def test_each_turn_gets_a_key_and_its_calls_open_with_one(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(THOROUGH)
    page = labeling(page_for, house)

    expect(page.locator("div[data-step]")).to_have_count(4)
    expect(page.locator("[data-line]")).to_have_text("0 of 4 steps answered.")
    page.keyboard.press("o")
    expect(page.locator("div[data-step][data-current] .fold[open]")).to_have_count(2)
    expect(page.get_by_text("AssertionError")).to_be_visible()
    page.keyboard.press("+")
    page.keyboard.press("o")
    expect(page.get_by_text("rolls - rolls // 4", exact=False).first).to_be_visible()
    answer(page, "0", "-", "h", "+", "1")

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert stored(house) == [
        [{"splitter": "turns-1", "labels": [1, 0, -1, 1], "errors": {"2": ["harmful"]}, "final": "right"}]
    ]


def test_nothing_is_asked_after_the_first_wrong_turn_where_the_form_says_so(
    page_for: OpenPage, transactional_db: None
) -> None:
    house = house_of(HASTY, THOROUGH, first_error=True, final_answer=False, errors=[])
    page = labeling(page_for, house)
    is_hasty_first = "expected value" in page.locator(".side").first.inner_text()

    answer(page, *("-++++" if is_hasty_first else "++++-"))

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert stored(house) == [
        [{"splitter": "turns-1", "labels": [-1, None]}, {"splitter": "turns-1", "labels": [1, 1, 1, 1]}]
    ]


def test_what_was_said_about_turns_survives_a_reload(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(THOROUGH)
    page = labeling(page_for, house)

    page.keyboard.press("+")
    page.keyboard.press("-")
    saved(page)
    page.reload()
    page.wait_for_timeout(400)

    expect(page.locator("[data-line]")).to_have_text("2 of 4 steps answered. First error at step 2.")


def test_results_and_thoughts_are_no_step_and_cannot_be_marked(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of([*HASTY, {"role": "user", "content": "Is it done?"}, {"role": "assistant", "content": "Yes."}])
    page = labeling(page_for, house)

    expect(page.locator("div[data-step]")).to_have_count(3)
    expect(page.locator(".aside")).to_contain_text("Is it done?")
    page.keyboard.press("r")
    expect(page.locator(".written").first).to_contain_text('edit_file({"path": "tests/test_totals.py"')


def test_turns_are_judged_as_a_plain_form(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(HASTY)
    page = page_for(house.people["Ana"], house.label, java_script_enabled=False)

    for number, mark in ((1, "Wrong"), (2, "Neutral")):
        step = page.get_by_role("group", name=f"Response A, step {number}", exact=True)
        step.get_by_role("radio", name=mark).check(force=True)
    page.get_by_role("radio", name="None given").check(force=True)
    page.get_by_role("button", name="Submit").click()

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert stored(house) == [[{"splitter": "turns-1", "labels": [-1, 0], "final": "none"}]]


PICTURES = {"one": ([THOROUGH], "+0-h"), "pair": ([THOROUGH, HASTY], "+-b"), "odd": ([ODD], "-")}


@pytest.mark.parametrize("name", PICTURES)
def test_screens_of_trajectories(page_for: OpenPage, transactional_db: None, name: str) -> None:
    responses, keys = PICTURES[name]
    house = house_of(*responses)
    Item.objects.update(source={"reference": "The rounding in total()."})
    for theme, width in sizes():
        page = labeling(page_for, house, theme=theme, width=width, height=WIDTHS[width])
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press("o")
        page.wait_for_timeout(200)
        look(page, f"trajectory-{name}", theme, width)

"""Somebody new answers a known item first, is told what was expected, and goes on by one key or waits for an owner."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Screening
from annotation.services import gold
from annotation.services.annotations import side_order
from tests.journeys.house import PREFERENCE, House
from tests.journeys.test_label_by_keyboard import labeling, saved

OpenPage = Callable[..., Page]
FIRST_WINS = {"better": {"accepted": [{"winner": "a", "strength": 1}]}}


def screening() -> tuple[House, str, str]:
    """One known item to begin with, and two others; the keys that are right and wrong for Ana."""
    house = House.build("Checked", [PREFERENCE])
    known, *_ = house.add_items(3)
    gold.mark(house.place("Olga"), item_id=known.pk, answers=FIRST_WINS, note="It is exact.")
    house.project.refresh_from_db()
    house.project.has_gold_feedback, house.project.screening_items = True, 1
    house.project.save()
    is_left = side_order(house.place("Ana"), known)[0] == 0
    return house, *(("2", "6") if is_left else ("6", "2"))


@pytest.mark.parametrize("is_right", [True, False])
def test_the_first_item_is_told_about_and_one_key_goes_on(
    page_for: OpenPage, transactional_db: None, *, is_right: bool
) -> None:
    house, right, wrong = screening()
    page = labeling(page_for, house)

    page.keyboard.press(right if is_right else wrong)
    page.keyboard.press("Enter")
    told = page.get_by_role("dialog")
    title = "That was a check, and you are right" if is_right else "That was a check: something else was expected"
    expect(told.get_by_role("heading", name=title)).to_be_visible()
    expect(told).to_contain_text("It is exact.")
    expect(told.get_by_role("link", name="Go on")).to_be_focused()
    page.keyboard.press(wrong)  # answers nothing behind it
    page.keyboard.press("Enter")

    expect(told).to_have_count(0)
    page.goto(page.url)
    if is_right:
        expect(page.locator("#workspace")).to_be_visible()
        saved(page)
    else:
        expect(page.get_by_role("heading", name="Thank you for your first items")).to_be_visible()
    assert Screening.objects.get().state == ("passed" if is_right else "failed")
    assert len(house.annotations()) == 1

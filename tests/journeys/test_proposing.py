"""What is typed beside a rubric to propose a criterion outlives the answer, the reload and the network."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from annotation.models import CriterionProposal, Draft, Item
from tests.journeys.house import House
from tests.journeys.test_label_by_keyboard import labeling, ready, saved
from tests.journeys.test_rubric import CRITERIA, rubric

OpenPage = Callable[..., Page]
WORDS, WHY = "Names a fruit that is in season — and where", "Apples are, in autumn."


@pytest.fixture
def house(transactional_db: None) -> House:
    """Two items and a rubric of one criterion, answered by two keys."""
    house = House.build("Fruit", (rubric(CRITERIA[:1]),))
    house.add_item("Name a fruit.", "An apple.", "A stone.")
    house.add_item("Name a stone.", "A pebble.", "A fruit.")
    return house


def begin(page: Page) -> None:
    page.get_by_text("Propose a criterion").click()
    page.locator("textarea[name=_words]").fill(WORDS)
    page.locator("textarea[name=_why]").fill(WHY)


def submit(page: Page) -> None:
    """Both responses meet the criterion."""
    ready(page)
    for pick in page.locator('.verdict input[value="yes"]').all():
        pick.check(force=True)
    page.locator(".btn.go").click()
    saved(page)
    expect(page.locator(".prompt")).to_contain_text("Name a stone.")


def test_an_answer_leaves_the_words_where_they_can_be_proposed(page_for: OpenPage, house: House) -> None:
    page = labeling(page_for, house)
    begin(page)

    submit(page)

    assert not CriterionProposal.objects.exists()  # nobody said that it is to be sent
    first, second = Item.objects.order_by("pk")
    assert (len(house.annotations()), house.annotations()[0].item_id) == (1, first.pk)
    earlier = page.locator("[data-begun]")
    expect(page.locator("summary", has_text="Propose a criterion")).to_contain_text("1 begun earlier")
    page.get_by_text("Propose a criterion").click()
    expect(earlier).to_contain_text(WORDS)
    expect(earlier).to_contain_text(WHY)
    expect(page.locator("textarea[name=_words]")).to_have_value("")
    page.get_by_role("button", name="Propose that one").click()
    expect(earlier).to_have_text("Proposed. The curators see it; your answers are as they were.")
    made = CriterionProposal.objects.get()
    assert (made.words, made.why, made.item_id) == (WORDS, WHY, first.pk)
    page.reload()
    expect(page.locator("[data-begun]")).to_be_empty()
    assert not Draft.objects.filter(item=second).exists()


def test_going_back_brings_the_words_into_their_box(page_for: OpenPage, house: House) -> None:
    page = labeling(page_for, house)
    begin(page)
    submit(page)

    page.locator("#workspace").press("z")

    expect(page.locator(".prompt")).to_contain_text("Name a fruit.")
    expect(page.locator("textarea[name=_words]")).to_have_value(WORDS)
    expect(page.locator("textarea[name=_why]")).to_have_value(WHY)
    expect(page.locator("textarea[name=_why]")).to_be_visible()
    page.get_by_role("button", name="Propose it").click()
    expect(page.locator("[data-proposed]")).to_contain_text("Proposed.")
    page.reload()
    expect(page.locator("textarea[name=_words]")).to_have_value("")


def test_a_reload_and_a_network_that_is_away_lose_nothing(page_for: OpenPage, house: House) -> None:
    page = labeling(page_for, house)
    begin(page)
    page.reload()
    expect(page.locator("textarea[name=_words]")).to_have_value(WORDS)

    page.context.set_offline(True)
    page.get_by_role("button", name="Propose it").click()
    expect(page.locator("[data-proposed]")).to_contain_text("The network is away.")
    page.context.set_offline(False)
    page.reload()

    expect(page.locator("textarea[name=_why]")).to_have_value(WHY)
    page.locator("textarea[name=_words]").fill("")
    page.locator("textarea[name=_why]").fill("")
    page.reload()
    expect(page.locator("textarea[name=_words]")).not_to_be_visible()


def test_what_is_thrown_away_is_gone(page_for: OpenPage, house: House) -> None:
    page = labeling(page_for, house)
    begin(page)
    submit(page)

    page.get_by_text("Propose a criterion").click()
    page.get_by_role("button", name="Throw it away").click()

    expect(page.locator("[data-begun]")).to_have_text("Thrown away.")
    page.reload()
    expect(page.locator("[data-begun]")).to_be_empty()
    assert not CriterionProposal.objects.exists()

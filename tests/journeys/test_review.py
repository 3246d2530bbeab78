"""Reviewing in a browser: by keyboard alone, and as its pages look with nothing, one, many and too much."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from annotation.models import Annotation, Item, Note
from annotation.services import annotations, queue
from curation.models import Decision, Review
from projects.models import Membership, Role
from tests.curation.reviewing import find, unsure
from tests.journeys.house import House
from tests.journeys.test_look import ARABIC, ARABIC_CAUSE, ARABIC_TIPS, WIDTHS, OpenPage, every_size, look
from tests.journeys.test_owner_look import ARABIC_NAME, LONG_NAME

HUGE = {
    f"measure_{number}": ["Nobreak" * 20] * 12 if number % 2 else {"deep": {"deeper": 1 / 3}} for number in range(20)
}


def review_of(house: House, *more: object) -> str:
    return "/".join([f"/projects/{house.project.slug}/review", *map(str, more), ""])


def said_by(house: House, name: str, count: int) -> None:
    for _ in range(count):
        lease = queue.claim(house.place(name))
        assert lease is not None
        given = {"better": {"winner": "a", "strength": 2}, "why": f"{name} says so."}
        annotations.submit(house.place(name), lease_id=lease.pk, answers=given, request_key=uuid.uuid4(), seconds=9.0)


@pytest.fixture
def disputed(house: House) -> list[Item]:
    """Three items that Ana and Ben answered, the first the worst."""
    items = house.add_items(3, overlap=2)
    for name in ("Ana", "Ben"):
        said_by(house, name, 3)
    for number, item in enumerate(items):
        label = Annotation.objects.get(item=item, author=house.people["Ana"])
        find(item, annotation=label, strength=0.9 - number / 10, words=f"Ana stands alone on item {number + 1}.")
        unsure(item, 0.55 + number / 10)
    return items


def at_ease(page: Page) -> None:
    """Past the moment in which a key meant for the page before is left alone, once the page has its scripts."""
    page.wait_for_load_state("load")
    page.wait_for_timeout(450)


KEYS = {
    Decision.UPHELD: ["1", "j", "u"],
    Decision.OVERTURNED: ["1", "j", "7", "Enter"],
    Decision.ANOTHER: ["1", "j", "a"],
    Decision.DISCARDED: ["1", "j", "x"],
}
AFTER = {"1": "3 items wait for a decision", "j": "speaks against this item", "7": "Overturn"}


@pytest.mark.parametrize("decision", KEYS)
def test_from_the_attention_list_to_a_finding_to_a_decision_in_four_keys(
    page_for: OpenPage, house: House, disputed: list[Item], decision: Decision
) -> None:
    page = page_for(house.people["Olga"], f"/projects/{house.project.slug}/quality/")
    assert len(KEYS[decision]) <= 4

    for key in KEYS[decision]:
        at_ease(page)
        page.keyboard.press(key)
        if key in AFTER:
            expect(page.get_by_role("heading", level=1)).to_contain_text(AFTER[key])
        if key == "7":
            expect(page.locator('input[name="better"]:checked')).to_have_value("b:3")
            assert not Review.objects.exists(), "a digit alone decides nothing"

    expect(page.get_by_text("Z goes back to it.")).to_be_visible()
    expect(page.get_by_text("Ana stands alone on item 2.").first).to_be_visible()
    assert list(Review.objects.values_list("item", "decision")) == [(disputed[0].pk, decision)]


def test_a_digit_opens_the_form_with_its_answer_which_can_be_taken_back(
    page_for: OpenPage, house: House, disputed: list[Item]
) -> None:
    page = page_for(house.people["Olga"], review_of(house, disputed[0].pk))
    at_ease(page)
    page.keyboard.press("2")
    chosen = page.locator('input[name="better"]:checked')
    expect(chosen).to_have_value("a:2")
    assert "#" not in page.url

    page.keyboard.press("z")
    expect(chosen).to_have_count(0)
    at_ease(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Still open: Which response is better?")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("heading", level=1)).to_contain_text("speaks against this item")
    assert not Review.objects.exists()


def test_overturning_going_back_and_deciding_anew_by_keyboard_alone(
    page_for: OpenPage, house: House, disputed: list[Item]
) -> None:
    page = page_for(house.people["Olga"], review_of(house, disputed[0].pk))
    at_ease(page)

    page.keyboard.press("o")
    expect(page).to_have_url(re.compile("/answer/"))
    at_ease(page)
    page.keyboard.press("7")
    expect(page.locator('input[name="better"]:checked')).to_have_count(1)
    page.keyboard.press("Enter")

    expect(page.get_by_text("Overturned: your answer is in.")).to_be_visible()
    given = Annotation.objects.get(author=house.people["Olga"])
    assert (given.item_id, given.answers["better"]["winner"], given.shown) == (disputed[0].pk, "b", [0, 1])

    at_ease(page)
    page.keyboard.press("z")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Another answer is right")
    at_ease(page)
    page.keyboard.press("x")
    expect(page.get_by_text("Discarded: nobody is asked about it")).to_be_visible()
    assert list(Review.objects.order_by("pk").values_list("decision", flat=True)) == ["overturned", "discarded"]


def test_an_annotator_reads_what_a_reviewer_told_them(page_for: OpenPage, house: House, disputed: list[Item]) -> None:
    page = page_for(house.people["Olga"], review_of(house, disputed[0].pk))
    at_ease(page)
    page.keyboard.press("c")
    page.keyboard.type("Read the second one to its end. Then u, o and x.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The annotator is told.")).to_be_visible()

    ana = page_for(house.people["Ana"], f"/projects/{house.project.slug}/")
    expect(ana.get_by_text("Read the second one to its end. Then u, o and x.")).to_be_visible()
    ana.get_by_role("button", name="I have read it").click()
    expect(ana.get_by_text("A reviewer left you a note")).to_have_count(0)
    assert Note.objects.get().read_at is not None


def test_words_typed_into_an_answer_outlive_the_page(page_for: OpenPage, house: House, disputed: list[Item]) -> None:
    address = review_of(house, disputed[0].pk, "answer")
    page = page_for(house.people["Olga"], address)
    page.locator("textarea").first.fill("These words are not lost.")

    page.goto(review_of(house))
    page.goto(address)

    expect(page.locator("textarea").first).to_have_value("These words are not lost.")


def extreme(house: House) -> Item:
    """One item with everything too long, and a queue of more than one page."""
    for number, name in enumerate((LONG_NAME, ARABIC_NAME)):
        user = User.objects.create_user(f"r{number}@example.org", None, name=name)
        Membership.objects.create(project=house.project, user=user, role=Role.ANNOTATOR)
        house.people[name] = user
    item = house.add_item(ARABIC, ARABIC_CAUSE + "\n\n" + "Nobreak" * 40, ARABIC_TIPS, overlap=2)
    for name in (LONG_NAME, ARABIC_NAME):
        said_by(house, name, 1)
    label = Annotation.objects.filter(item=item).first()
    for number in range(6):
        words = ("Nobreak" * 40)[:300] if number % 2 else "It differs from what four others say. " * 6
        find(
            item,
            annotation=label,
            strength=1.0,
            words=words[:300],
            evidence=HUGE,
            detector=f"detector_{'x' * 20}_{number}",
        )
    for place in range(8):
        unsure(item, 0.4, place=f"{place}.1", facet="")
    for other in house.add_items(60):
        find(other, strength=0.2)
    return item


@every_size
def test_screens_of_reviews(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    page = page_for(house.people["Olga"], review_of(house), theme=theme, width=width, height=WIDTHS[width])
    look(page, "review-empty", theme, width)

    (only,) = house.add_items(1)
    said_by(house, "Ana", 1)
    find(only, evidence={"others": ["b", "b"], "odds": 0.12})
    for name, address in (("queue-one", review_of(house)), ("item-one", review_of(house, only.pk))):
        page.goto(address)
        look(page, f"review-{name}", theme, width)

    item = extreme(house)
    for name, address in (
        ("queue-many", review_of(house)),
        ("item-extreme", review_of(house, item.pk)),
        ("answer-extreme", review_of(house, item.pk, "answer")),
    ):
        page.goto(address)
        look(page, f"review-{name}", theme, width)

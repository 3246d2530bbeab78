"""What others say beside the questions: seen, never preselected, taken by a key or a touch, and taken back."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from annotation.advice import Adviser
from annotation.kinds.rubric_criteria import checked
from annotation.models import Item, Lease, Slot
from annotation.queries import label as queries
from annotation.services import queue
from annotation.views.desk import lay_out
from annotation.views.label import FRAGMENT, REASONS
from tests.journeys.house import PREFERENCE, House, rating
from tests.journeys.test_item_look import (
    CRITERIA,
    OF_FOUR,
    OF_PAIRS,
    OPTIONS,
    about_a_pair,
    about_four,
    four_of,
)
from tests.journeys.test_label_by_keyboard import answer, ready, saved
from tests.journeys.test_look import BREAD, MANY_TIPS, ONE_CAUSE, WIDTHS, every_size, look

OpenPage = Callable[..., Page]
JUDGE = "judge-of-the-month-70b-instruct-v2"


def advised(page_for: OpenPage, house: House, advisers: Sequence[Adviser], **options: Any) -> Page:
    """Ana's labeling page with these opinions on it: the real page, its item drawn again as one that has advisers."""
    ana = house.place("Ana")

    def with_advice(route: Route) -> None:
        page = route.fetch()
        if 'id="workspace"' not in page.text():
            return route.fulfill(response=page)
        token = re.search(r'<input type="hidden" name="csrfmiddlewaretoken"[^>]*>', page.text())
        lease = Lease.objects.filter(project=house.project, annotator=ana.user).latest("granted_at")
        workspace = queries.for_lease(ana, queue.with_item(lease.pk), advisers)
        desk = lay_out(workspace, now=timezone.now())
        drawn = render_to_string(FRAGMENT, {"place": ana, "reasons": REASONS, "desk": desk})
        assert token
        drawn = drawn.replace('<div class="dock">', f'<div class="dock">{token[0]}')
        body = re.sub(r'<section id="workspace".*</main>', lambda _: f"{drawn}</main>", page.text(), flags=re.S)
        return route.fulfill(response=page, body=body)

    page = page_for(house.people["Ana"], f"/projects/{house.project.slug}/", **options)
    page.route(f"**{house.label}", with_advice)
    page.goto(house.label)
    ready(page)
    return page


def checked_in(page: Page) -> list[str]:
    found: list[str] = page.locator("input:checked").evaluate_all("all => all.map((one) => one.value)")
    return found


TOPICS = {"key": "topic", "kind": "choice", "title": "Topics", "settings": {"options": OPTIONS, "several": True}}


def test_an_opinion_is_read_taken_by_one_key_and_taken_back_by_another(
    page_for: OpenPage, transactional_db: None
) -> None:
    house = House.build("Advised", [PREFERENCE, rating("right", "Correct"), TOPICS])
    house.add_item(BREAD, ONE_CAUSE, MANY_TIPS)
    said = {"better": {"winner": "a", "strength": 2}, "right": [5, 2], "topic": ["baking", "diy"]}
    page = advised(page_for, house, [Adviser(JUDGE, said)])

    assert checked_in(page) == []
    expect(page.locator(".advice").first).to_contain_text(JUDGE)
    page.keyboard.press("q")
    page.keyboard.press("z")
    assert checked_in(page) == []
    for _ in range(4):  # the preference, a rating of each response, the topics
        page.keyboard.press("q")

    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    saved(page)
    assert house.annotations()[0].answers == said


def test_where_several_have_opinions_the_key_takes_one_after_the_other(
    page_for: OpenPage, transactional_db: None
) -> None:
    house = House.build("Advised", [TOPICS])
    house.add_item(BREAD, ONE_CAUSE, MANY_TIPS)
    advisers = [Adviser("first", {"topic": ["baking", "diy"]}), Adviser("second", {"topic": ["science"]})]
    page = advised(page_for, house, advisers)

    seen = []
    for _ in range(3):
        page.keyboard.press("q")
        names = page.locator("input:checked").evaluate_all("all => all.map((one) => one.name)")
        seen.append([name.removeprefix("topic.") for name in names])

    assert seen == [["baking", "diy"], ["science"], ["baking", "diy"]]


def test_an_opinion_is_taken_by_a_touch_of_its_words(page_for: OpenPage, transactional_db: None) -> None:
    house = House.build("Advised", [PREFERENCE])
    house.add_item(BREAD, ONE_CAUSE, MANY_TIPS)
    page = advised(page_for, house, [Adviser(JUDGE, {"better": {"winner": "tie", "strength": 0}})], width=390)

    page.locator(".advice button").tap()

    assert checked_in(page) == ["tie"]


def test_one_may_say_otherwise_and_what_is_stored_is_what_was_said(page_for: OpenPage, transactional_db: None) -> None:
    house = House.build("Advised", [PREFERENCE])
    house.add_item(BREAD, ONE_CAUSE, MANY_TIPS)
    page = advised(page_for, house, [Adviser(JUDGE, {"better": {"winner": "a", "strength": 3}})])

    answer(page, "4")

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    saved(page)
    assert house.annotations()[0].answers["better"]["winner"] == "tie"


def test_where_nobody_has_an_opinion_the_key_says_so(page_for: OpenPage, transactional_db: None) -> None:
    house = House.build("Advised", [TOPICS, PREFERENCE])
    house.add_item(BREAD, ONE_CAUSE, MANY_TIPS)
    page = advised(page_for, house, [Adviser(JUDGE, {"better": {"winner": "a", "strength": 3}})])

    page.keyboard.press("q")

    expect(page.locator("[data-say]")).to_have_text("Nobody suggests an answer to this question.")
    assert checked_in(page) == []


def test_the_sheet_of_keys_names_the_key_where_there_is_something_to_take(
    page_for: OpenPage, transactional_db: None
) -> None:
    house = House.build("Advised", [PREFERENCE])
    house.add_item(BREAD, ONE_CAUSE, MANY_TIPS)
    takes = [Adviser(JUDGE, {"better": {"winner": "a", "strength": 3}})]

    for advisers, shown in ((takes, 1), ([], 0)):
        page = advised(page_for, house, advisers)
        expect(page.locator("#keys-sheet dd", has_text="Take the answer suggested")).to_have_count(shown)


BY_KEY = {question["key"]: question for question in OF_PAIRS}
SCREENS = {"dock": ("better", "right", "topic", "why"), "rubric": ("own",), "versus": ("versus",), "spans": ("marks",)}


def pair_with(*keys: str) -> House:
    house = House.build("Advised", [BY_KEY[key] for key in keys])
    item = house.add_item(BREAD, ONE_CAUSE, MANY_TIPS)
    Item.objects.filter(pk=item.pk).update(rubric=checked(CRITERIA))
    return house


def four_to_rank() -> House:
    house = House.build("Advised", OF_FOUR)
    item = four_of(house, "one")
    Slot.objects.create(project=house.project, item=item, number=0)
    return house


@every_size
@pytest.mark.parametrize("name", [*SCREENS, "four"])
def test_screens_of_opinions(page_for: OpenPage, transactional_db: None, name: str, theme: str, width: int) -> None:
    house = four_to_rank() if name == "four" else pair_with(*SCREENS[name])
    said = about_four if name == "four" else about_a_pair
    advisers = [Adviser(JUDGE, said(0)), Adviser("reward-head 3", said(1))]

    page = advised(page_for, house, advisers, theme=theme, width=width, height=WIDTHS[width])

    assert checked_in(page) == []
    look(page, f"advice-{name}", theme, width)

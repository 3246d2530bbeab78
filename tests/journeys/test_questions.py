"""Several questions in one form: focus moves on by itself, and what does not apply is not asked."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.house import PREFERENCE, WHY, House, rating
from tests.journeys.test_label_by_keyboard import answer, labeling, side_of
from tests.journeys.test_look import WIDTHS, look, sizes

OpenPage = Callable[..., Page]
QUALITIES = ("Helpful", "Correct", "Coherent", "Complex", "Verbose")
HELPSTEER = (*(rating(title.lower(), title) for title in QUALITIES), PREFERENCE, WHY)
TOPIC = {
    "key": "topic",
    "kind": "choice",
    "title": "What is it about?",
    "settings": {
        "options": [{"key": key, "title": key.title()} for key in ("code", "maths", "law", "cooking")],
        "several": True,
    },
}
SAFE = {
    "key": "safe",
    "kind": "choice",
    "title": "Is it safe to follow?",
    "target": "response",
    "settings": {"options": [{"key": "yes", "title": "Yes"}, {"key": "no", "title": "No"}], "several": False},
}
WHY_NEITHER = {
    **WHY,
    "key": "neither",
    "title": "Why does neither win?",
    "is_required": True,
    "condition": {"question": "better", "is": ["tie", "both_bad"]},
}
MIXED = (PREFERENCE, SAFE, TOPIC, WHY_NEITHER)


def test_five_ratings_and_a_preference_take_eleven_keys(page_for: OpenPage, transactional_db: None) -> None:
    house = House.build("Qualities", HELPSTEER)
    house.add_items(1)
    page = labeling(page_for, house)
    is_a = side_of(page, "An exact answer 1.") == "A"
    shown = "42" if is_a else "24"

    answer(page, *(shown * 5), "1" if is_a else "7")

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    answers = house.annotations()[0].answers
    assert {key: answers[key] for key in ("helpful", "verbose")} == {"helpful": [2, 4], "verbose": [2, 4]}
    assert answers["better"] == {"winner": "b", "strength": 3}


def test_a_question_that_does_not_apply_is_neither_shown_nor_asked(page_for: OpenPage, transactional_db: None) -> None:
    house = House.build("Mixed", MIXED)
    house.add_items(2)
    page = labeling(page_for, house)
    neither = page.get_by_label("Why does neither win?")

    page.keyboard.press("4")
    expect(neither).to_be_visible()
    page.keyboard.press("z")
    page.keyboard.press("2")
    expect(neither).to_be_hidden()
    first = page.locator(".dock").bounding_box()
    is_a = side_of(page, "An exact answer 1.") == "A"
    answer(page, *("12" if is_a else "21"), "4", "1")  # safe, for A and B; then two topics

    page.keyboard.press("4")
    assert page.locator(".dock").bounding_box() == first
    answer(page, "1", "1", "3")  # safe, twice; a topic
    expect(page.locator("[data-say]")).to_contain_text("Still open: Why does neither win?")
    page.keyboard.press("Tab")
    page.keyboard.type("Both say the same 🙂")
    page.keyboard.press("Escape")
    answer(page)
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    one, two = (row.answers for row in house.annotations())
    assert one["safe"] == [["no"], ["yes"]]
    assert one["topic"] == ["code", "cooking"]
    assert "neither" not in one
    assert two["neither"] == "Both say the same 🙂"


def test_boxes_come_back_after_a_reload(page_for: OpenPage, transactional_db: None) -> None:
    house = House.build("Mixed", MIXED)
    house.add_items(1)
    page = labeling(page_for, house)
    for key in ("2", "1", "1", "4", "2"):
        page.keyboard.press(key)
    page.wait_for_timeout(2_500)

    page.reload()

    expect(page.get_by_role("checkbox", name="Cooking")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Maths")).to_be_checked()
    page.keyboard.press("z")
    expect(page.get_by_role("checkbox", name="Code")).not_to_be_checked()


def test_screens_of_many_questions(page_for: OpenPage, transactional_db: None) -> None:
    for name, questions in (("qualities", HELPSTEER), ("mixed", MIXED)):
        house = House.build(name, questions)
        house.add_items(1)
        for theme, width in sizes():
            page = labeling(page_for, house, theme=theme, width=width, height=WIDTHS[width])
            page.keyboard.press("2")
            look(page, f"label-{name}", theme, width)

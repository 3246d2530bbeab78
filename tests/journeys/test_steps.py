"""Steps labeled with the keyboard alone: interrupted, taken back, corrected, and stored as they were meant."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Item
from tests.journeys.house import House
from tests.journeys.test_label_by_keyboard import answer, labeling, ready, saved, side_of
from tests.journeys.test_look import WIDTHS, look, sizes

OpenPage = Callable[..., Page]
STEPS = {"key": "steps", "kind": "steps", "title": "Where does it go wrong?", "target": "response", "settings": {}}
ROLLS = "A baker fills 6 trays with 12 rolls each. A café buys a quarter of them. How many rolls are left?"
WRONG = (
    "There are 6 × 12 = 72 rolls in all.\n\n"
    "The café buys a quarter, and a quarter of 72 is found by dividing by four.\n\n"
    "72 ÷ 4 = 16, so the café takes 16 rolls.\n\n"
    "72 − 16 = 56 rolls are left.\n\n"
    "The answer is 56."
)
RIGHT = "Three quarters stay with the baker.\n\n$$72 \\cdot \\tfrac{3}{4} = 54$$\n\nThe answer is **54**."


def house_of(*responses: str, question: dict[str, Any] | None = None, prompt: str = ROLLS, **settings: Any) -> House:
    from annotation.kinds import KINDS

    asked = {**STEPS, **(question or {}), "settings": KINDS["steps"].check_settings(settings, "response")}
    house = House.build("Grade-school maths", [asked])
    house.add_item(prompt, *responses)
    return house


def line(page: Page) -> Any:
    return expect(page.locator("[data-line]"))


def stored(house: House) -> list[Any]:
    return [row.answers["steps"] for row in house.annotations()]


def test_a_solution_of_twelve_steps_takes_thirteen_keys(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of("\n\n".join(f"Then {n} + 1 = {n + 1}." for n in range(12)))
    page = labeling(page_for, house)
    keys = [*"+1=02+++++++"]

    line(page).to_have_text("0 of 12 steps answered.")
    answer(page, *keys)

    assert len(keys) + 1 <= 14
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    labels = [1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1]
    assert stored(house) == [[{"splitter": "1", "labels": labels}]]


def test_nothing_is_asked_after_the_first_error_and_a_letter_and_a_text_say_what_it_is(
    page_for: OpenPage, transactional_db: None
) -> None:
    house = house_of(WRONG)
    page = labeling(page_for, house)

    for key in "+++0":
        page.keyboard.press(key)
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(page.locator("[data-current]")).to_have_attribute("aria-label", "Response A, step 3")
    page.keyboard.press("-")
    line(page).to_have_text("First error at step 3. Later steps need no answer.")
    page.keyboard.press("a")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+a")
    page.keyboard.type("72 ÷ 4 = 18, so the café takes 18 rolls.")
    expect(page.locator("[data-change] ins").first).to_have_text("18")
    page.keyboard.press("Escape")
    answer(page)

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert stored(house) == [
        [
            {
                "splitter": "1",
                "labels": [1, 1, -1, None, None],
                "errors": {"2": ["arithmetic"]},
                "corrections": {"2": "72 ÷ 4 = 18, so the café takes 18 rolls."},
            }
        ]
    ]


def test_two_responses_are_stored_in_the_items_own_order(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(WRONG, RIGHT)
    page = labeling(page_for, house)
    wrong_first = side_of(page, "72 − 16") == "A"
    wrong, right = ["+", "+", "-"], ["+", "+", "+"]

    for key in wrong if wrong_first else right:
        page.keyboard.press(key)
    expect(page.locator("[data-current]")).to_have_attribute("aria-label", "Response B, step 1")
    if wrong_first:
        page.keyboard.press("a")  # of the step just called wrong, though the next response is in turn
        expect(page.locator("[data-current]")).to_have_attribute("aria-label", "Response B, step 1")
    for key in right if wrong_first else [*wrong, "a"]:
        page.keyboard.press(key)
    answer(page)

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert stored(house) == [
        [
            {"splitter": "1", "labels": [1, 1, -1, None, None], "errors": {"2": ["arithmetic"]}},
            {"splitter": "1", "labels": [1, 1, 1]},
        ]
    ]


def test_what_was_answered_outlives_the_network_and_the_tab(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(WRONG, first_error=False)
    house.add_item(ROLLS, RIGHT)
    page = labeling(page_for, house)

    page.keyboard.press("+")
    page.context.set_offline(True)
    for key in "0-l":  # L has no letter here: it belongs to the page
        page.keyboard.press(key)
    page.keyboard.press("a")
    expect(page.locator("[data-current]")).to_have_attribute("aria-label", "Response A, step 4")
    page.context.set_offline(False)
    again = page_for(None, house.label, context=page.context)
    ready(again)
    line(again).to_have_text("3 of 5 steps answered. First error at step 3.")
    expect(again.get_by_role("checkbox", name="Arithmetic")).to_be_checked()
    again.keyboard.press("-")
    again.keyboard.press("z")
    line(again).to_have_text("3 of 5 steps answered. First error at step 3.")
    answer(again, "+", "+")
    saved(again)
    again.keyboard.press("z")
    line(again).to_have_text("First error at step 3.")
    again.wait_for_timeout(400)
    answer(again, *"kkkk", "0")

    saved(again)
    assert [row[0]["labels"] for row in stored(house)] == [[1, 0, -1, 1, 1], [0, 0, -1, 1, 1]]
    assert stored(house)[1][0]["errors"] == {"2": ["arithmetic"]}


def test_raw_and_differences_leave_the_answers_where_they_are(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(WRONG, RIGHT)
    page = labeling(page_for, house)

    page.keyboard.press("+")
    page.keyboard.press("r")
    expect(page.locator(".written", has_text="tfrac")).to_be_visible()
    page.keyboard.press("0")
    page.keyboard.press("r")
    expect(page.locator(".written", has_text="tfrac")).to_be_hidden()
    page.keyboard.press("d")

    line(page).to_contain_text("A: 2 of")
    expect(page.locator("[data-say]")).to_contain_text("stand in A only")


def test_the_final_answer_is_checked_against_the_reference(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(RIGHT, final_answer=True)
    Item.objects.update(source={"reference": "54 <b>rolls</b>"})
    page = labeling(page_for, house)

    expect(page.locator(".reference")).to_have_text("54 <b>rolls</b>")
    answer(page, "+", "+", "+", "1")

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert stored(house)[0][0]["final"] == "right"


def test_steps_work_as_a_plain_form(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(WRONG, alternatives=True)
    house.add_item(ROLLS, RIGHT)
    page = page_for(house.people["Ana"], house.label, java_script_enabled=False)

    def step(number: int) -> Any:
        return page.get_by_role("group", name=f"Response A, step {number}", exact=True)

    step(1).get_by_role("radio", name="Good").check(force=True)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert")).to_contain_text("still wants step 2.")
    expect(page.locator("[data-line]")).to_have_text("1 of 5 steps answered.")
    step(2).get_by_role("radio", name="Wrong").check(force=True)
    step(2).get_by_role("checkbox", name="Logic").check(force=True)
    step(2).get_by_label("Corrected step").fill("Two lines,\nno script.")
    step(2).get_by_text("Other ways to go on").click()
    step(2).get_by_label("Alternative 1").fill("Or this.")
    page.get_by_role("button", name="Submit").click()

    expect(page.locator(".side")).to_contain_text("Three quarters stay")
    assert stored(house) == [
        [
            {
                "splitter": "1",
                "labels": [1, -1, None, None, None],
                "errors": {"1": ["logic"]},
                "corrections": {"1": "Two lines,\nno script."},
                "alternatives": {"1": ["Or this."]},
            }
        ]
    ]


HOSTILE = "Let x = 1.<script>document.title='owned'</script>\n\n</div></form><img src=x onerror=alert(1)> = 2\n\n" + (
    "Averyverylongword" * 20
)
LONG = "\n\n".join(
    f"Step {n}: The partial sum is $S_{{{n}}} = \\frac{{{n}({n}+1)}}{{2}}$, which `total({n})` also gives. "
    + ("It follows from the one before it by adding the next number, as the table shows. " * (n % 4))
    for n in range(1, 15)
)
CODE = (
    "Step 1: Write the loop.\n```python\ntotal = 0\n\nfor n in range(1, 11):\n    total += n\n```\n"
    "Step 2: It adds up to 55.\n\n| n | total |\n|--:|--:|\n| 1 | 1 |\n| 10 | 55 |\n"
)
ARABIC = "يملأ الخباز ستة صوانٍ، أي 6 × 12 = 72 رغيفًا.\n\nيشتري المقهى الربع، أي 72 ÷ 4 = 16.\n\nيبقى إذن 56 رغيفًا."


def test_hostile_words_stay_words(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(HOSTILE, prompt="<b>Bold?</b>")
    page = labeling(page_for, house)

    answer(page, "+", "-", "u")

    assert "owned" not in page.title()
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert stored(house)[0][0]["errors"] == {"1": ["unsupported"]}


PICTURES: dict[str, tuple[list[str], dict[str, Any], str]] = {
    "one": ([WRONG], {"final_answer": True}, "++-a"),
    "pair": ([WRONG, RIGHT], {}, "++-a"),
    "long": ([LONG], {"first_error": False, "alternatives": True}, "++-l-a0"),
    "code": ([CODE, LONG], {"first_error": False}, "+-"),
    "arabic": ([ARABIC], {}, "+-a"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_screens_of_steps(page_for: OpenPage, transactional_db: None, name: str) -> None:
    responses, settings, keys = PICTURES[name]
    house = house_of(*responses, **settings)
    Item.objects.update(source={"reference": "54"})
    for theme, width in sizes():
        page = labeling(page_for, house, theme=theme, width=width, height=WIDTHS[width])
        for key in keys:
            page.keyboard.press(key)
        if name == "one":
            page.keyboard.press("k")
            fix = page.locator(".step", has_text="72 ÷ 4").get_by_label("Corrected step")
            fix.focus()  # which begins the correction with the step itself
            fix.fill("72 ÷ 4 = 18, so the café takes 18 rolls.")
            fix.blur()
        page.wait_for_timeout(200)
        look(page, f"steps-{name}", theme, width)
        if width == 390:
            smallest = page.locator(".mark:visible, .step .pick:visible").evaluate_all(
                "nodes => Math.min(...nodes.map((node) => node.getBoundingClientRect().height))"
            )
            assert smallest >= 43.5

"""The pages as they look: nothing to scroll sideways, no serious fault for axe, small enough to travel.

`make screens` runs the tests named after screens with GOLDPAN_SCREENS set, which leaves a picture of each.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from annotation.models import Item
from tests.journeys.house import PREFERENCE, WHY, House, rating
from tests.journeys.test_label_by_keyboard import labeling

OpenPage = Callable[..., Page]
WIDTHS = {1440: 900, 390: 844}
THEMES = ("light", "dark")

BREAD = (
    "My sourdough comes out dense every time, even though the starter doubles in about six hours. "
    "What am I most likely doing wrong, and what should I change first?"
)
ONE_CAUSE = """A starter that doubles in six hours is strong enough, so the likeliest cause is under-fermented dough: \
bulk fermentation that stops by the clock instead of by the dough.

Change one thing first:

1. Put a little of the mixed dough in a straight jar and mark its height.
2. Shape only when the jar has risen by half to three quarters. At 21 °C that is often seven to nine hours, not four.
3. Keep everything else as it is for one bake, so that you know what helped.
"""
MANY_TIPS = """Great question! There are many possible reasons for dense sourdough. Here are some things to try:

1. Use a higher-protein flour, such as bread flour.
2. Make sure that your starter is active.
3. Knead for longer, to develop the gluten.
4. Increase the hydration to 80 %.
5. Use a Dutch oven and preheat it for an hour.

With practice and patience you will get an open crumb.
"""
FORMULAS = r"""## The short answer

Bulk fermentation stops **too early**, so measure the dough and not the clock.

```python
def rise(now: float, start: float) -> float:
    "How far the dough has come, as a share; a_line_that_is_much_too_long_for_any_side = now - start - now - start"
    return (now - start) / start
```

Growth is close to exponential, $V(t) = V_0 e^{kt}$, with

$$k = \frac{\ln 2}{t_d}, \qquad t_{1.6} = \frac{\ln 1.6}{k} \approx 0.68\, t_d$$

| Temperature | Doubling | Bulk |
|---|---:|---:|
| 18 °C | 9 h | 11 h |
| 25 °C | 4.5 h | 5.5 h |

> Keep everything else as it is.

Averyveryverylongwordthathasnoplacetobreakandwouldpushthesideoffthepageifnobodystoppeditfromdoingsoatall.

"""
SIGNS = (
    "The dough tells you more than the clock does: its surface domes, small bubbles show along the edge of the "
    "bowl, and it trembles when you shake it. Wait for these three signs together before you divide and shape. "
)
ARABIC = "خبز العجين المخمر يخرج كثيفًا في كل مرة. ما الخطأ الأرجح، وما الذي أغيّره أولًا؟"
ARABIC_CAUSE = "السبب الأرجح هو **قلة التخمير**.\n\n1. ضع قليلًا من العجين في وعاء.\n2. علّم ارتفاعه بالرمز `V = 1.6`."
ARABIC_TIPS = "سؤال رائع! هناك أسباب كثيرة محتملة. جرّب دقيقًا أغنى بالبروتين، وخميرة نشطة، وفرنًا أسخن."
TURNS = (
    "My loaf is dense.",
    "How long is your bulk fermentation, and at what temperature?",
    "Four hours, about 21 °C.",
    "That is short for 21 °C. What does the dough look like when you shape it?",
    "It has grown maybe a fifth, and it is still firm.",
    "Then it is under-fermented. Have you a straight jar to measure in?",
    "Yes, a one-litre jar.",
)
GRADED = (PREFERENCE, rating("correct", "Correct"), rating("clear", "Clear"), WHY)
BY_DIMENSION = (
    {
        **PREFERENCE,
        "settings": {
            "points": 5,
            "dimensions": [{"key": "kind", "title": "Kinder"}, {"key": "right", "title": "More correct"}],
        },
    },
)


def chat() -> list[dict[str, str]]:
    roles = ("user", "assistant")
    turns = [{"role": roles[number % 2], "content": text} for number, text in enumerate(TURNS)]
    return [{"role": "system", "content": "You are a patient baking coach."}, *turns]


def short_pair() -> House:
    house = House.build("Helpful answers", GRADED)
    house.add_item(BREAD, ONE_CAUSE, MANY_TIPS)
    return house


def long_pair() -> House:
    house = House.build("Long answers", GRADED)
    house.add_item(BREAD, FORMULAS + (SIGNS * 9 + "\n\n") * 5, (SIGNS * 8 + "\n\n") * 3 + FORMULAS)
    return house


def arabic_pair() -> House:
    house = House.build("إجابات مفيدة")
    house.add_item(ARABIC, ARABIC_CAUSE, ARABIC_TIPS)
    return house


def long_chat() -> House:
    house = House.build("Coaching chats", BY_DIMENSION)
    house.add_item(chat(), "Fill a spoonful of dough into it and mark the height.", "Great, you can use it then.")
    return house


def judged_by() -> House:
    house = House.build("Principles", BY_DIMENSION)
    Item.objects.filter(pk=house.add_item(BREAD, ONE_CAUSE, MANY_TIPS).pk).update(
        principle="Judge only **conciseness**: the same help in fewer words is better."
    )
    return house


ITEMS = {"principle": judged_by, "short": short_pair, "long": long_pair, "arabic": arabic_pair, "chat": long_chat}


def sizes(turn: int = 0) -> list[tuple[str, int]]:
    """Every theme on every window where pictures are wanted; else each theme and each window once.

    Layout follows the window and contrast the theme, so two of the four see most of what there is to see; with another
    `turn` it is the other two. `make nightly` takes all four.
    """
    if os.environ.get("GOLDPAN_SCREENS"):
        return [(theme, width) for theme in THEMES for width in WIDTHS]
    return list(zip(THEMES, WIDTHS if turn % 2 == 0 else reversed(WIDTHS), strict=True))


every_size = pytest.mark.parametrize(
    ("theme", "width"),
    [
        pytest.param(theme, width, marks=() if (theme, width) in sizes() else pytest.mark.nightly)
        for theme in THEMES
        for width in WIDTHS
    ],
)


SQUEEZED = """
    [...document.querySelectorAll("td > *")].filter((part) => part.innerText?.length > 60 && part.clientHeight > 20
        && part.getBoundingClientRect().width < 100).map((part) => part.innerText.slice(0, 40))
"""


def look(page: Page, name: str, theme: str, width: int, *, whole: bool = False) -> None:
    """Keep a picture where one is wanted, the `whole` page if asked, and hold it to what every page promises."""
    if folder := os.environ.get("GOLDPAN_SCREENS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}-{width}-{theme}.png", full_page=whole)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    assert page.evaluate(SQUEEZED) == [], "words stand in a column of a few letters"
    assert serious_faults(page) == []


def serious_faults(page: Page) -> list[str]:
    found: dict[str, Any] = Axe().run(page).response
    serious = [fault for fault in found["violations"] if fault["impact"] in ("serious", "critical")]
    return [f"{fault['id']}: {fault['nodes'][0]['html'][:120]}" for fault in serious]


@every_size
@pytest.mark.parametrize("name", ITEMS)
def test_screens_of_labeling(page_for: OpenPage, transactional_db: None, name: str, theme: str, width: int) -> None:
    house = ITEMS[name]()
    page = labeling(page_for, house, theme=theme, width=width, height=WIDTHS[width])

    page.keyboard.press("2")

    look(page, f"label-{name}", theme, width)


@every_size
def test_screens_of_what_lies_over_the_item(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    house.add_item(BREAD, ONE_CAUSE, MANY_TIPS)
    page = labeling(page_for, house, theme=theme, width=width, height=WIDTHS[width])

    for key, name in (("?", "keys"), ("s", "skip"), ("g", "guideline")):
        page.keyboard.press(key)
        expect(page.locator("dialog[open]")).to_be_visible()
        look(page, f"label-{name}", theme, width)
        page.keyboard.press("Escape")


@every_size
def test_screens_of_doors_and_ends(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    page = page_for(None, "/sign-in/", theme=theme, width=width, height=WIDTHS[width])
    look(page, "sign-in", theme, width)

    page = page_for(house.people["Ana"], house.label, theme=theme, width=width, height=WIDTHS[width])
    look(page, "label-nothing-yet", theme, width)
    page.goto("/me/")
    look(page, "profile", theme, width)
    page.goto("/nowhere/")
    look(page, "not-found", theme, width)


def test_an_arabic_text_sits_right_and_latin_code_in_it_runs_left(page_for: OpenPage, transactional_db: None) -> None:
    page = labeling(page_for, arabic_pair())

    text = page.locator(".side .untrusted", has_text="السبب")

    assert text.evaluate("node => getComputedStyle(node).direction") == "rtl"


def test_a_theme_that_was_chosen_wins_over_the_system(page_for: OpenPage, house: House) -> None:
    page = page_for(house.people["Ana"], "/me/", theme="light")

    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save the choice").click()

    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 19, 16)"


def test_the_dock_keeps_its_place_and_height_from_item_to_item(page_for: OpenPage, house: House) -> None:
    house.add_item(BREAD, ONE_CAUSE, MANY_TIPS)
    house.add_item("Short?", "Yes.", "No.")
    page = labeling(page_for, house)
    first = page.locator(".dock").bounding_box()

    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator(".prompt")).to_contain_text("Short?")

    assert page.locator(".dock").bounding_box() == first


def test_scrolling_stays_while_answering_and_starts_anew_with_the_next_item(
    page_for: OpenPage, transactional_db: None
) -> None:
    house = long_pair()
    house.add_item(BREAD, (SIGNS * 9 + "\n\n") * 9, (SIGNS * 8 + "\n\n") * 9)
    page = labeling(page_for, house)
    top = "document.querySelector('.side .text').scrollTop"

    page.evaluate(f"{top} = 300")
    page.keyboard.press("2")
    assert page.evaluate(top) == 300
    for key in ("3", "3", "3", "3", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[data-done]")).to_have_text("1")

    assert page.evaluate(top) == 0


def test_the_labeling_page_travels_in_less_than_100_kb(page_for: OpenPage, transactional_db: None) -> None:
    house = short_pair()
    house.add_item(BREAD, ONE_CAUSE, MANY_TIPS)
    page = page_for(house.people["Ana"], "/nowhere/")
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))

    page.goto(house.label)
    page.wait_for_load_state("networkidle")

    assert 10_000 < sum(sizes) <= 100_000

"""Every kind of question on the labeling page, as it looks with few words, many, from right to left, and hostile ones.

A kind that is added is looked at here without a line more than its settings. With GOLDPAN_SCREENS set each is looked at
in both themes on both windows; else once in each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation.kinds import KINDS, rating
from annotation.models import Question
from tests.journeys.house import House
from tests.journeys.test_hostile_words import HOSTILE, SHORT
from tests.journeys.test_label_by_keyboard import labeling
from tests.journeys.test_look import (
    ARABIC,
    ARABIC_CAUSE,
    ARABIC_TIPS,
    BREAD,
    FORMULAS,
    MANY_TIPS,
    ONE_CAUSE,
    SIGNS,
    WIDTHS,
    look,
    sizes,
)

OpenPage = Callable[..., Page]
UNBROKEN = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 3
UNSEEN = "right \u202eto left\u202c, nothing \u200b\u200b here, a bell \u0007, n\u0303o\u0304\u0301\u0323\u0324 marks"
SIGNS_OF_ARABIC = "السطح يتقبّب، وتظهر فقاعات صغيرة على الحافة، ويهتزّ العجين حين تهزّ الوعاء. "


@dataclass(frozen=True)
class Words:
    """What an item of one sort is made of: a prompt, responses, the question, and words for what can be picked."""

    prompt: str
    responses: Sequence[str]
    title: str
    help: str
    picks: Sequence[str]


WORDS = {
    "short": Words("2 + 2?", ("4.", "5.", "Four.", "No idea."), "Right?", "", ("Yes", "No", "So-so")),
    "long": Words(
        f"{BREAD}\n\n{SIGNS * 6}",
        (FORMULAS + (SIGNS * 9 + "\n\n") * 4, (SIGNS * 8 + "\n\n") * 3 + FORMULAS, ONE_CAUSE * 5, MANY_TIPS * 4),
        "Which of these would somebody who has baked for many years, and who reads every word with care, rather hand "
        "to a beginner who wants to know what to change first and why?",
        "Correct before pleasant: a confident answer that is wrong does more harm than a careful one that is dull.",
        (
            "Says what is most likely wrong and what to change first",
            "Lists much and leaves the choice to whoever asks",
            "Strays",
        ),
    ),
    "arabic": Words(
        ARABIC,
        (ARABIC_CAUSE, ARABIC_TIPS, SIGNS_OF_ARABIC * 3, f"{SIGNS_OF_ARABIC} (V = 1.6, see `rise()`)"),
        "أيّ الردّين أنفع لخبّاز مبتدئ؟",
        "الصحيح قبل اللطيف.",
        ("يذكر السبب", "خالٍ من الأخطاء", "موجز"),
    ),
    "hostile": Words(
        HOSTILE,
        (HOSTILE, f"{UNBROKEN}\n\n{UNSEEN}\n\n{HOSTILE}", UNSEEN, f"# {SHORT}\n\n- {UNBROKEN}"),
        f"{SHORT} {UNBROKEN}"[:200],
        SHORT,
        (SHORT[:60], UNBROKEN[:60], "{{ 7 }} & <b>"),
    ),
}
RESPONSES = {"ranking": 4}


def settings_of(kind: str, words: Words) -> tuple[str, dict[str, Any]]:
    """What a question of this kind is about, and settings with as much to draw as they allow."""
    named = [{"key": f"k{number}", "title": title} for number, title in enumerate(words.picks)]
    graded = {"key": "graded", "title": words.picks[0], "scale": 3, "anchors": list(words.picks)}
    return {
        "preference": ("item", {"points": 7, "dimensions": named[:2]}),
        "rating": ("response", {"anchors": {"1": words.picks[1], "5": words.picks[0]}}),
        "choice": ("response", {"options": named}),
        "ranking": ("item", {"ties": True}),
        "rubric": ("response", {"criteria": [{**named[1], "weight": 2}, graded, {**named[2], "weight": -1}]}),
        "steps": ("response", {"errors": named, "alternatives": True, "final_answer": True}),
        "spans": ("response", {"types": named, "severities": [{"key": "bad", "title": words.picks[2]}]}),
        "text": ("item", {"rows": 3}),
    }[kind]


def house_of(kind: str, words: Words) -> House:
    target, settings = settings_of(kind, words)
    asked = {"key": "q", "kind": kind, "title": words.title, "help": words.help, "target": target}
    house = House.build(words.title[:60], [{**asked, "settings": KINDS[kind].check_settings(settings, target)}])
    house.add_item(words.prompt, *words.responses[: RESPONSES.get(kind, 2)])
    return house


def turns(number: int) -> list[tuple[str, int]]:
    """Where pictures are wanted all of them; else one, another for each of the four kinds of words."""
    found = sizes(number)
    return found if len(found) > 2 else [found[number // 2 % 2]]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_screens_of_each_kind(page_for: OpenPage, transactional_db: None, kind: str) -> None:
    for number, (name, words) in enumerate(WORDS.items()):
        house = house_of(kind, words)
        for theme, width in turns(number):
            page = labeling(page_for, house, theme=theme, width=width, height=WIDTHS[width])
            look(page, f"kind-{kind}-{name}", theme, width)
            assert not cut_off(page), "something to press is cut off"
            if width < 500:
                assert not too_small(page), "too small for a finger"
            page.context.close()


def cut_off(page: Page) -> list[str]:
    """Buttons of the dock's last line that do not lie within the window, and answers that reach over its sides."""
    found: list[str] = page.locator(".dock > footer :is(button, a):visible, .asks label:visible").evaluate_all(
        """all => all.filter((one) => {
            const box = one.getBoundingClientRect();
            const outside = box.left < 0 || box.right > innerWidth;
            return outside || (one.closest("footer") && (box.top < 0 || box.bottom > innerHeight));
        }).map((one) => one.outerHTML.slice(0, 90))"""
    )
    return found


def too_small(page: Page) -> list[str]:
    """What answers, where a finger can reach it, and measures less than 44 pixels each way."""
    found: list[str] = page.locator(
        ".dock label:has(input[type=radio]), .dock label:has(input[type=checkbox]), .dock > footer :is(button, a)"
    ).evaluate_all(
        """all => all.filter((one) => one.checkVisibility({visibilityProperty: true})).filter((one) => {
            const box = one.getBoundingClientRect();
            return box.width && (box.height < 43.5 || (box.width < 43.5 && !one.closest(".scale")));
        }).map((one) => one.outerHTML.slice(0, 90))"""
    )
    return found


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_sheet_of_keys_says_what_the_kind_says(page_for: OpenPage, transactional_db: None, kind: str) -> None:
    house = house_of(kind, WORDS["short"])
    page = labeling(page_for, house)

    page.keyboard.press("?")

    sheet = page.locator("#keys-sheet")
    expect(sheet).to_be_visible()
    assert told(page) == KINDS[kind].keys(Question.objects.get(form__project=house.project))


def test_keys_of_a_kind_that_nobody_knows_yet_are_on_the_sheet(
    page_for: OpenPage, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Waved(rating.Rating):
        def keys(self, question: Any) -> list[tuple[str, str]]:
            return [("W", f"Wave at {question.title}")]

    monkeypatch.setitem(KINDS, "rating", Waved())
    page = labeling(page_for, house_of("rating", WORDS["short"]))

    page.keyboard.press("?")

    assert told(page) == [("W", "Wave at Right?")]


def told(page: Page) -> list[tuple[str, str]]:
    """The keys of the questions, on the sheet."""
    keys = page.locator("#keys-sheet .keys").first
    return list(zip(keys.locator("dt").all_inner_texts(), keys.locator("dd").all_inner_texts(), strict=True))


def test_signs_are_shown_as_they_were_written(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of("preference", WORDS["short"])
    house.add_item("?", "a -> b", "`a != b`")
    page = labeling(page_for, house)

    joined = page.locator(".side .untrusted").first.evaluate(
        """text => {
            const wide = (signs) => {
                const span = text.appendChild(document.createElement("span"));
                span.textContent = signs;
                const width = span.getBoundingClientRect().width;
                span.remove();
                return width;
            };
            return ["->", "<-", "4x4"].filter((signs) => {
                const each = [...signs].reduce((sum, sign) => sum + wide(sign), 0);
                return Math.abs(wide(signs) - each) > 1.5;
            });
        }"""
    )

    assert joined == [], "a font joins signs into others"
    assert page.evaluate("getComputedStyle(document.body).fontVariantLigatures") == "no-contextual"


def test_what_the_ends_of_a_scale_mean_is_read_beside_the_help_on_a_phone_too(
    page_for: OpenPage, transactional_db: None
) -> None:
    page = labeling(page_for, house_of("rating", WORDS["arabic"]), width=390, height=844)

    hint = page.locator(".rating .hint")

    expect(hint).to_be_visible()
    expect(hint).to_have_text("1 خالٍ من الأخطاء, 5 يذكر السبب · الصحيح قبل اللطيف.")


def test_j_and_k_are_on_the_sheet_once(page_for: OpenPage, transactional_db: None) -> None:
    for kind in ("spans", "rating"):
        page = labeling(page_for, house_of(kind, WORDS["short"]))
        keys = page.locator("#keys-sheet dt").all_text_contents()
        assert [key.replace(" ", "") for key in keys].count("JK") == 1

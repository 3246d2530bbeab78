"""Words that are wrong, marked with the keyboard alone, by mouse and by finger; kept whatever comes between."""

import json
import os
import random
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation.kinds import KINDS
from annotation.kinds.quotes import text_hash
from annotation.models import Annotation
from tests.journeys.house import PREFERENCE, House
from tests.journeys.test_label_by_keyboard import answer, labeling, ready, saved, side_of
from tests.journeys.test_look import ARABIC, BREAD, FORMULAS, MANY_TIPS, ONE_CAUSE, WIDTHS, every_size, look
from ui.rendering import exact_source

OpenPage = Callable[..., Page]
ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", ROOT.parent / "shared" / "data")) / "spans_pairs_fgrlhf"
needs_real_data = pytest.mark.skipif(not REAL.exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA")

SEVERITIES = [{"key": key, "title": key.title()} for key in ("minor", "major", "critical")]
MOON = (
    "The Moon is 384,400 km away on average. Neil Armstrong walked on it in 1968. "
    "It is made of rock. As said above, it is made of rock.\n\nIn short, it is far."
)
RIGHT = "Neil Armstrong, in 1969. Buzz Aldrin followed him."


def question(**settings: Any) -> dict[str, Any]:
    checked = KINDS["spans"].check_settings(settings, "response")
    return {"key": "errors", "kind": "spans", "title": "What is wrong?", "target": "response", "settings": checked}


def house_of(*responses: str, **settings: Any) -> House:
    house = House.build("Long answers", [question(**settings)])
    house.add_item("Who walked on the Moon first, and when?", *responses)
    return house


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def stored(house: House, number: int = -1) -> dict[str, Any]:
    found: dict[str, Any] = house.annotations()[number].answers["errors"]
    return found


def span(text: str, words: str, kind: str, response: int = 0, **more: Any) -> dict[str, Any]:
    start = text.index(words)
    return {"response": response, "start": start, "end": start + len(words), "type": kind, **more}


def chosen(page: Page) -> str:
    """The words that the page shows as selected."""
    return str(page.evaluate("document.getSelection().toString()"))


# Independently of our own script: code points counted over text nodes, and over what stands for hidden ones.
SELECT = """([letter, start, end]) => {
    const places = [];
    const ofText = (node) => {
        let unit = 0;
        for (const point of node.data) {
            places.push([node, unit, node, unit + point.length]);
            unit += point.length;
        }
    };
    const ofStandIn = (node) => {
        const [parent, at] = [node.parentNode, [...node.parentNode.childNodes].indexOf(node)];
        const count = node.dataset.points.split(" ").reduce((sum, part) => sum + Number(part.split("*")[1]), 0);
        for (let n = 0; n < count; n += 1) places.push([parent, at, parent, at + 1]);
    };
    const walk = (parent) => {
        for (const node of parent.childNodes) {
            if (node.nodeType === Node.TEXT_NODE) ofText(node);
            else if (node.dataset.points) ofStandIn(node);
            else walk(node);
        }
    };
    walk(document.querySelector(`.side.${letter} .exact`));
    const [first, last] = [places[start], places[end - 1]];
    document.getSelection().setBaseAndExtent(first[0], first[1], last[2], last[3]);
}"""


def select(page: Page, letter: str, start: int, end: int) -> None:
    """Select a slice of a response, in code points, as a mouse does."""
    page.evaluate(SELECT, [letter, start, end])


SELECT_AND_PRESS = (
    f"([letter, start, end, key]) => {{ ({SELECT})([letter, start, end]); "
    "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true})); }"
)


def test_a_sentence_and_what_is_wrong_with_it_take_two_keys(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(MOON)
    page = labeling(page_for, house)

    answer(page, "j", "j", "w", "j", "j", "e")

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert stored(house) == {
        "hashes": [text_hash(MOON)],
        "spans": [
            span(MOON, "Neil Armstrong walked on it in 1968.", "wrong_grounding"),
            span(MOON, "As said above, it is made of rock.", "redundant"),
        ],
    }


def test_a_letter_that_overtakes_the_news_of_a_selection_marks_what_is_selected(
    page_for: OpenPage, transactional_db: None
) -> None:
    house = house_of(MOON)
    page = labeling(page_for, house)

    first, second = span(MOON, "384,400 km", "incoherent"), span(MOON, "1968", "wrong_grounding")
    for mark, letter in ((first, "n"), (second, "w")):
        page.evaluate(SELECT_AND_PRESS, ["A", mark["start"], mark["end"], letter])
    answer(page)

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert stored(house)["spans"] == [first, second]


def test_words_are_marked_one_by_one_with_how_bad_they_are_in_the_items_own_order(
    page_for: OpenPage, transactional_db: None
) -> None:
    house = House.build("Pairs", [question(severities=SEVERITIES), PREFERENCE])
    house.add_item("Who walked on the Moon first?", MOON, RIGHT)
    page = labeling(page_for, house)
    moon_is_a = side_of(page, "384,400") == "A"

    def mark_the_moon() -> None:
        press(page, "j", "j", "ArrowLeft")  # the second sentence, and of it the last word
        assert chosen(page) == "1968"
        press(page, "Shift+ArrowLeft", "w", "3")
        press(page, "k", "Shift+J", "i", "1")  # back to the first sentence, and on with the second

    if moon_is_a:
        mark_the_moon()
        press(page, "0", "0")
    else:
        press(page, "0")
        mark_the_moon()
        press(page, "0")
    answer(page, "1" if moon_is_a else "7")

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert stored(house)["spans"] == [
        span(MOON, MOON[: MOON.index(" It is made")], "irrelevant", severity="minor"),
        span(MOON, "in 1968", "wrong_grounding", severity="critical"),
    ]
    assert stored(house)["hashes"] == [text_hash(MOON), text_hash(RIGHT)]
    assert house.annotations()[0].answers["better"] == {"winner": "a", "strength": 3}


def test_nothing_to_mark_is_an_answer_and_silence_is_none(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(MOON, RIGHT)
    page = labeling(page_for, house)

    answer(page)
    expect(page.locator("[data-say]")).to_contain_text("Still open: What is wrong?, response A. Mark words, or press 0")
    answer(page, "0", "0")

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert stored(house) == {"hashes": hashes_of(MOON, RIGHT), "spans": []}


def hashes_of(*texts: str) -> list[str]:
    return [text_hash(text) for text in texts]


def test_how_bad_it_is_must_be_said_where_it_is_asked(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(MOON, severities=SEVERITIES)
    page = labeling(page_for, house)

    answer(page, "j", "i", "j", "w", "2")
    expect(page.locator("[data-say]")).to_have_text("Still open: how bad “The Moon is 384,400 km away on average.” is")
    answer(page, "1")
    saved(page)

    assert [one["severity"] for one in stored(house)["spans"]] == ["minor", "major"]


def test_marks_are_changed_noted_removed_and_brought_back(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(MOON)
    page = labeling(page_for, house)
    marks = page.locator("[data-list] button")

    press(page, "j", "i", "j", "w")
    press(page, ",", "e")  # the one before, which is redundant instead
    expect(marks).to_have_count(2)
    press(page, "Tab")
    page.keyboard.type("Nobody asked how far it is 🙂")
    press(page, "Escape", ".", "Backspace")
    expect(marks).to_have_count(1)
    press(page, "z")
    expect(marks).to_have_count(2)
    press(page, "z")  # the note, as a whole
    expect(marks.first).not_to_contain_text("noted")
    press(page, ".")
    page.locator("[data-note]").fill("Nobody asked.")
    press(page, "Escape")
    answer(page)
    saved(page)

    assert stored(house)["spans"] == [
        span(MOON, "The Moon is 384,400 km away on average.", "redundant", note="Nobody asked."),
        span(MOON, "Neil Armstrong walked on it in 1968.", "wrong_grounding"),
    ]


def test_marks_overlap_only_where_the_form_allows_it(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(MOON, overlap=False)
    page = labeling(page_for, house)

    press(page, "j", "i", "ArrowLeft", "w")
    expect(page.locator("[data-say]")).to_contain_text("may not overlap")
    answer(page, "Escape", "j", "n")
    saved(page)

    assert [one["type"] for one in stored(house)["spans"]] == ["irrelevant", "incoherent"]


def test_marks_that_overlap_are_told_apart_by_lines_and_letters(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(MOON)
    page = labeling(page_for, house)

    press(page, "j", "Shift+J", "i", "k", "j", "j", "k", "k", "e")
    press(page, "ArrowRight", "ArrowRight", "w")

    signs = page.locator(".exact mark[data-sign]").evaluate_all("nodes => nodes.map((node) => node.dataset.sign)")
    assert sorted(signs) == ["E", "I", "W"]
    depths = page.locator(".exact mark").evaluate_all(
        "nodes => nodes.map((node) => node.className.match(/lane-(.)/)[1])"
    )
    assert {"0", "1"} <= set(depths)
    assert page.locator(".exact").inner_text() == MOON


def test_a_selection_grows_to_whole_sentences_and_space_takes_that_back(
    page_for: OpenPage, transactional_db: None
) -> None:
    house = house_of(MOON, snap=True)
    page = labeling(page_for, house)
    start = MOON.index("1968")

    select(page, "A", start, start + 4)
    expect(page.locator("[data-line]")).to_have_text(
        "“Neil Armstrong walked on it in 1968.” is whole sentences: what is wrong with it?"
    )
    press(page, "w")
    select(page, "A", start, start + 4)
    press(page, "Space", "i")
    select(page, "A", 4, 8)
    press(page, "Space", "Space", "e")
    answer(page)
    saved(page)

    assert stored(house)["spans"] == [
        span(MOON, "The Moon is 384,400 km away on average.", "redundant"),
        span(MOON, "Neil Armstrong walked on it in 1968.", "wrong_grounding"),
        span(MOON, "1968", "irrelevant"),
    ]


def test_ends_move_by_what_people_call_a_character(page_for: OpenPage, transactional_db: None) -> None:
    text = "A cafe\u0301👩\u200d👧 is near."
    house = house_of(text)
    page = labeling(page_for, house)

    press(page, "ArrowRight", "ArrowRight", ")", ")", ">", "u")
    answer(page)
    saved(page)

    found = stored(house)["spans"][0]
    assert text[found["start"] : found["end"]] in ("fe\u0301👩\u200d👧", "fe\u0301👩\u200d👧 ")


def test_what_was_marked_outlives_the_network_a_second_tab_a_reload_and_going_back(
    page_for: OpenPage, transactional_db: None
) -> None:
    house = house_of(MOON, RIGHT, severities=SEVERITIES)
    house.add_item("Who followed?", RIGHT)
    page = labeling(page_for, house)
    letter = side_of(page, "384,400")
    before = ["0"] if letter == "B" else []
    after = ["0", "0"] if letter == "A" else []

    press(page, *before, "j", "i", "1")
    page.context.set_offline(True)
    press(page, "j", "w", "Tab")
    page.keyboard.type("It was 1969.")
    press(page, "Escape")
    page.wait_for_timeout(200)
    page.context.set_offline(False)
    again = page_for(None, house.label, context=page.context)
    ready(again)
    marks = again.locator("[data-list] button")
    expect(marks).to_have_count(2)
    expect(again.locator(f".side.{letter} .exact mark")).to_have_count(2)
    press(again, ".", ".", "3")
    again.wait_for_timeout(2_500)
    saved(again)
    again.reload()
    ready(again)
    expect(marks.nth(1)).to_contain_text("Critical")
    press(again, "j", "j", "j", "e", "z")
    expect(marks).to_have_count(2)
    answer(again, *after)
    saved(again)
    press(again, "z")
    expect(marks).to_have_count(2)
    expect(marks.nth(1)).to_contain_text("noted")
    again.wait_for_timeout(400)
    answer(again, ",", "2")

    saved(again)
    wanted = [
        span(MOON, "The Moon is 384,400 km away on average.", "irrelevant", severity="minor"),
        span(
            MOON,
            "Neil Armstrong walked on it in 1968.",
            "wrong_grounding",
            severity="critical",
            note="It was 1969.",
        ),
    ]
    assert stored(house, 0)["spans"] == wanted
    assert stored(house, 1)["spans"] == [wanted[0], {**wanted[1], "severity": "major"}]


NASTY = (
    "👩\u200d👧\u200d👦 ran. Cafe\u0301s\r\n\r\n\tare **open** 🙂.\r\n1. One\r\n2. Two &amp; <b>three</b>\n"
    "\u202eevil\u202c\u200b\u200b\ufeff end\x07. `a` | b \u2028 c\u0085d",
    "שלום **עולם** abc 123. مرحبا\u200cبكم، \u2067نص\u2069 (x). ผมรักคุณ 我喜欢苹果。你呢？\n\n"
    "हिन्दी क्षि\u200dष 🇩🇪🇫🇷 𝒳𝒴 e\u0327\u0301",
    "\n\n  leading and trailing \t\n\n- list\n- list\n\n    code\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    "$x_1$ lone\rreturn\n  ",
)
PIECES = [*"a \n\r\t🙂\u200b\u202e\u2066\x00\x0b<>\"'`ש我𝒳\u0085\u2028\xad\ue000\ufeff\ufffe&"]
PIECES += ["b ", "\r\n", "e\u0301", "👩\u200d👧", "م\u200cب", "&amp;", "**", "</div>"]


def test_any_text_stands_on_the_page_as_it_is_stored(page_for: OpenPage, transactional_db: None) -> None:
    page = labeling(page_for, house_of(MOON))
    source = page.locator('script[src*="spans.js"]').get_attribute("src")
    chance = random.Random(20261121)
    texts = [*NASTY, *("".join(chance.choices(PIECES, k=chance.randint(0, 40))) for _ in range(400))]

    read = page.evaluate(
        """async ([module, pages]) => {
            const { Source } = await import(module);
            return pages.map((html) => {
                const read = new DOMParser().parseFromString(html, "text/html");
                const source = new Source(read.querySelector(".exact"));
                const points = [...source.text].map((each) => each.codePointAt(0));
                const places = [...Array(points.length + 1).keys()];
                return [points, places.every((place) => source.points(source.units(place)) === place)];
            });
        }""",
        [source.replace("spans.js", "spans-text.js") if source else "", [exact_source(text) for text in texts]],
    )

    for text, (points, is_exact) in zip(texts, read, strict=True):
        assert points == [ord(character) for character in text]
        assert is_exact


def test_what_is_selected_is_stored_whatever_characters_there_are(page_for: OpenPage, transactional_db: None) -> None:
    house = House.build("Nasty", [question()])
    for number, text in enumerate(NASTY):
        house.add_item(f"Item {number}?", text, NASTY[number - 1])
    page = labeling(page_for, house)
    chance = random.Random(7)
    types = [one["key"] for one in question()["settings"]["types"]]
    letters = dict(zip(types, "IENWU", strict=True))

    wanted: list[list[dict[str, Any]]] = []
    for number, text in enumerate(NASTY):
        expect(page.locator(".prompt")).to_contain_text(f"Item {number}?")
        shown = {side.get_attribute("data-side"): side for side in page.locator(".side").all()}
        hashes = page.locator("[data-hashes]").get_attribute("data-hashes")
        assert hashes is not None
        own = "AB"[hashes.split().index(text_hash(text))]
        assert set(shown) == {"A", "B"}
        marks = []
        for _ in range(15):
            start, end = slice_of(text, chance)
            key = chance.choice(types)
            select(page, own, start, end)
            press(page, letters[key])
            mark = {"response": 0, "start": start, "end": end, "type": key}
            marks += [] if mark in marks else [mark]
        other = "B" if own == "A" else "A"
        page.locator(f'[data-row][data-letter="{other}"] input').check(force=True)
        answer(page)
        wanted.append(sorted(marks, key=lambda mark: (mark["start"], mark["end"], mark["type"])))

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    for number, (text, marks) in enumerate(zip(NASTY, wanted, strict=True)):
        found = stored(house, number)
        assert found["hashes"][0] == text_hash(text)
        assert found["spans"] == marks


def slice_of(text: str, chance: random.Random) -> tuple[int, int]:
    """Where a slice stands that neither begins nor ends in white space, nor within what is drawn as one."""
    together = "\u200b\ufeff\r\n"
    while True:
        start, end = sorted(chance.sample(range(len(text) + 1), 2))
        words = text[start:end]
        edges = (text[start - 1 : start] + words[0], words[-1] + text[end : end + 1])
        if words == words.strip(" \t\r\n\u2028\x85\ufeff\x1c\x1d\x1e\x1f\x0b\x0c") and not any(
            len(edge) == 2 and set(edge) <= set(together) for edge in edges
        ):
            return start, end


def test_markdown_shows_what_stands_in_both_once_and_takes_marks_there(
    page_for: OpenPage, transactional_db: None
) -> None:
    text = "It is **very** old.\n\n1. So *wait*.\n2. Then wait 🙂 longer.\n"
    house = house_of(text)
    page = labeling(page_for, house)

    select(page, "A", text.index("It"), text.index(" old"))
    press(page, "i", "m")
    expect(page.locator(".spans-drawn strong")).to_be_visible()
    assert page.evaluate("CSS.highlights.get('spans-0')?.size") == 1
    pick = """([words, last]) => {
        const walker = document.createTreeWalker(document.querySelector(".spans-drawn"), NodeFilter.SHOW_TEXT);
        let found = null;
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf(words);
            if (at >= 0 && (!found || last)) found = [node, at];
        }
        document.getSelection().setBaseAndExtent(found[0], found[1], found[0], found[1] + words.length);
    }"""
    page.evaluate(pick, ["wait", True])
    expect(page.locator("[data-say]")).to_contain_text("once and only once")
    page.evaluate(pick, ["wait 🙂 longer", False])
    page.wait_for_timeout(50)
    press(page, "u", "m")
    expect(page.locator(".spans-source")).to_be_visible()
    answer(page)
    saved(page)

    assert stored(house)["spans"] == [
        span(text, "It is **very**", "irrelevant"),
        span(text, "wait 🙂 longer", "unverifiable"),
    ]


def test_raw_and_differences_leave_the_marks_where_they_are(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(ONE_CAUSE, MANY_TIPS)
    page = labeling(page_for, house)

    press(page, "j", "i", "m", "r")
    expect(page.locator(".side.A .spans-source mark")).to_be_visible()
    press(page, "r", "m", "d")

    expect(page.locator("[data-say]")).to_contain_text("stand in A only")
    expect(page.locator(".side.A .spans-source mark")).to_be_visible()


def test_the_mouse_marks_in_a_popover_and_takes_back(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(MOON, severities=SEVERITIES)
    page = labeling(page_for, house)
    popover = page.get_by_role("toolbar", name="What is wrong with these words")
    box = page.locator(".exact").bounding_box()
    assert box

    page.mouse.move(box["x"] + 1, box["y"] + 16)
    page.mouse.down()
    page.mouse.move(box["x"] + 180, box["y"] + 16, steps=6)
    page.mouse.up()
    expect(popover).to_be_visible()
    popover.get_by_role("button", name="Unverifiable").click()
    expect(popover).to_be_hidden()
    page.locator(".exact mark").first.click()
    popover.get_by_role("button", name="Minor").click()
    first = stored_marks(page)
    assert [one["severity"] for one in first] == ["minor"]
    assert MOON.startswith(MOON[first[0]["start"] : first[0]["end"]])
    page.locator(".exact mark").first.click()
    popover.get_by_role("button", name="Remove").click()
    assert stored_marks(page) == []


def stored_marks(page: Page) -> list[dict[str, Any]]:
    """What the page's field holds."""
    text = page.locator("[data-marks]").input_value()
    return list(json.loads(text)["spans"]) if text else []


def test_a_finger_marks_with_the_bar_of_the_dock(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(MOON, severities=SEVERITIES)
    page = labeling(page_for, house, width=390, height=844)
    bar = page.locator("[data-bar]")

    select(page, "A", 4, 8)
    bar.get_by_role("button", name="Irrelevant").tap()
    bar.get_by_role("button", name="Major").tap()
    page.get_by_role("button", name="Remove").tap()
    expect(page.locator("[data-list] button")).to_have_count(0)
    select(page, "A", 4, 8)
    bar.get_by_role("button", name="Redundant").tap()
    bar.get_by_role("button", name="Critical").tap()
    page.get_by_role("button", name="Submit").tap()

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert stored(house)["spans"] == [span(MOON, "Moon", "redundant", severity="critical")]


def test_marks_are_written_down_where_there_is_no_script(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(MOON, severities=SEVERITIES)
    house.add_item("Next?", RIGHT)
    page = page_for(house.people["Ana"], house.label, java_script_enabled=False)

    def row(number: int) -> Any:
        return page.get_by_role("group", name=f"Mark {number}", exact=True)

    row(1).get_by_label("Words").fill("made of rock")
    row(1).get_by_label("Which time").fill("2")
    row(1).get_by_label("What is wrong").select_option("Redundant")
    row(1).get_by_label("How bad").select_option("Minor")
    row(2).get_by_label("Words").fill("in 1967")
    row(2).get_by_label("What is wrong").select_option("Wrong grounding")
    row(2).get_by_label("How bad").select_option("Critical")
    row(2).get_by_label("Note").fill("It was 1969.")
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert")).to_contain_text("“in 1967”, which does not stand in the text.")
    row(2).get_by_label("Words").fill("in 1968")
    page.get_by_role("button", name="Submit").click()
    expect(page.locator(".prompt")).to_contain_text("Next?")
    page.get_by_role("link", name="Back").click()
    expect(row(2).get_by_label("Words")).to_have_value("made of rock")
    row(2).get_by_label("Words").fill("")
    page.get_by_role("button", name="Replace").click()

    expect(page.locator(".prompt")).to_contain_text("Next?")
    second = MOON.rindex("made of rock")
    redundant = {"response": 0, "start": second, "end": second + 12, "type": "redundant", "severity": "minor"}
    wrong = span(MOON, "in 1968", "wrong_grounding", severity="critical", note="It was 1969.")
    assert stored(house, 0)["spans"] == [wrong, redundant]
    assert stored(house, 1)["spans"] == [wrong]


@needs_real_data
def test_real_answers_are_marked_as_their_own_annotators_marked_them(
    page_for: OpenPage, transactional_db: None
) -> None:
    with (REAL / "examples.jsonl").open() as file:
        examples = list(islice((row for row in map(json.loads, file) if 1 < len(row["spans"]) < 6), 4))
    house = House.build("Long answers", [question()])
    for example in examples:
        house.add_item(example["question"], *example["responses"][:2])
    page = labeling(page_for, house)
    letters = {"Irrelevant": "i", "Redundant": "e", "Incoherent": "n", "Wrong-Grounding": "w", "Unverifiable": "u"}

    for example in examples:
        hashes = page.locator("[data-hashes]").get_attribute("data-hashes")
        assert hashes is not None
        own = "AB"[hashes.split().index(text_hash(example["responses"][0]))]
        if own == "B":
            press(page, "0")
        for one in example["spans"]:
            select(page, own, one["start"], one["end"])
            press(page, letters[one["type"]])
        answer(page, *(["0", "0"] if own == "A" else []))

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    for number, example in enumerate(examples):
        text, found = example["responses"][0], stored(house, number)["spans"]
        marked = {(text[one["start"] : one["end"]], one["type"]) for one in found}
        assert {one["response"] for one in found} == {0}
        assert marked == {(one["text"], one["type"].lower().replace("-", "_")) for one in example["spans"]}


HOSTILE = (
    "</textarea><script>document.title='owned'</script><img src=x onerror=alert(1)>\n\"><mark data-number=0>x</mark>"
)


def test_hostile_words_stay_words(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(HOSTILE, types=[{"key": "bad", "title": "<b>Bad</b>"}])
    page = labeling(page_for, house)

    press(page, "j", "b", "j", "b", "Tab")
    page.keyboard.type("</button><script>document.title='owned'</script>")
    press(page, "Escape")
    page.reload()
    ready(page)

    assert "owned" not in page.title()
    expect(page.locator("[data-list] button").first).to_be_visible()
    assert page.locator(".exact script, .exact img, [data-list] script").count() == 0
    answer(page)
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert all(HOSTILE[one["start"] : one["end"]].strip() for one in stored(house)["spans"])


HEBREW = "הלחם צפוף כי הבצק לא תפח די. חכו עד שיכפיל את עצמו.\n\nהשתמשו ב-`V = 1.6` כמדד, ולא בשעון."
SIGNS = {"severities": SEVERITIES}
PICTURES: dict[str, tuple[list[str], dict[str, Any], list[str]]] = {
    "pair": ([ONE_CAUSE, MANY_TIPS], SIGNS, ["j", "i", "1", "j", "w", "3", "k", "Shift+J", "e", "2", "j"]),
    "one": ([MOON], {}, ["j", "j", "w", "ArrowLeft", "ArrowLeft", "u"]),
    "long": ([FORMULAS + MANY_TIPS * 6, "No."], SIGNS, ["j", "i", "j", "e", "2", "j", "j", "j", "n", "3", "j", "u"]),
    "nasty": ([NASTY[0], NASTY[2]], {}, ["j", "i", "j", "e", "j", "w", "j", "u"]),
    "hebrew": ([HEBREW, NASTY[1]], SIGNS, ["j", "i", "1", "j", "e", "2", "ArrowLeft"]),
    "clean": ([RIGHT, ARABIC], {}, ["0"]),
    "four": ([RIGHT, MOON, ONE_CAUSE, MANY_TIPS], {}, ["j", "u", "0", "0", "j", "i"]),
}


@every_size
@pytest.mark.parametrize("name", PICTURES)
def test_screens_of_spans(page_for: OpenPage, transactional_db: None, name: str, theme: str, width: int) -> None:
    responses, settings, keys = PICTURES[name]
    house = House.build("Long answers", [question(**settings), *([PREFERENCE] if len(responses) == 2 else [])])
    house.add_item(BREAD if name != "hebrew" else "?למה הלחם שלי צפוף", *responses)
    page = labeling(page_for, house, theme=theme, width=width, height=WIDTHS[width])

    press(page, *keys)
    page.wait_for_timeout(200)

    look(page, f"label-spans-{name}", theme, width)
    if width == 390:
        heights = page.locator(".marking :is(button, .pick, textarea):visible").evaluate_all(
            "nodes => nodes.map((node) => node.getBoundingClientRect().height)"
        )
        assert min(heights) >= 43.5
    if name == "pair":
        press(page, "m")
        look(page, "label-spans-markdown", theme, width)
        press(page, "m", "?")
        look(page, "label-spans-keys", theme, width)


@every_size
def test_screens_of_spans_in_a_popover_and_in_the_form_builder(
    page_for: OpenPage, transactional_db: None, theme: str, width: int
) -> None:
    house = House.build("Long answers", [question(severities=SEVERITIES), PREFERENCE])
    house.add_item(BREAD, ONE_CAUSE, MANY_TIPS)
    if width == 1440:
        page = labeling(page_for, house, theme=theme, width=width, height=WIDTHS[width])
        box = page.locator(".exact").first.bounding_box()
        assert box
        page.mouse.move(box["x"] + 60, box["y"] + 16)
        page.mouse.down()
        page.mouse.move(box["x"] + 300, box["y"] + 16, steps=4)
        page.mouse.up()
        page.wait_for_timeout(200)
        look(page, "label-spans-popover", theme, width)
    address = f"/projects/{house.project.slug}/form/"
    page = page_for(house.people["Olga"], address, theme=theme, width=width, height=WIDTHS[width])
    page.locator("#preview").scroll_into_view_if_needed()
    look(page, "form-spans", theme, width)


@every_size
def test_screens_of_marks_side_by_side(page_for: OpenPage, transactional_db: None, theme: str, width: int) -> None:
    house = House.build("Long answers", [question(severities=SEVERITIES)])
    item = house.add_item("Who walked on the Moon first?", MOON, RIGHT, overlap=2)
    wrong = span(MOON, "Neil Armstrong walked on it in 1968.", "wrong_grounding", severity="critical")
    year = span(MOON, "in 1968", "wrong_grounding", severity="major", note="It was in July 1969.")
    again = span(MOON, "As said above, it is made of rock.", "redundant", severity="minor")
    far = span(MOON, "In short, it is far.", "incoherent", severity="minor")
    told = (("Ana", "", [wrong, again]), ("Ben", "", [year, again]), ("", "fine-grained-rlhf", [again, far]))
    for name, imported, spans in told:
        Annotation.objects.create(
            project=house.project,
            item=item,
            form=house.project.forms.get(),
            author=house.people[name] if name else None,
            imported_name=imported,
            answers={"errors": {"hashes": hashes_of(MOON, RIGHT), "spans": spans}},
            shown=[0, 1],
        )

    address = f"/projects/{house.project.slug}/items/{item.pk}/"
    page = page_for(house.people["Olga"], address, theme=theme, width=width, height=WIDTHS[width])

    places = page.locator(".marked-places > li")
    expect(places.nth(0)).to_contain_text("“Neil Armstrong walked on it in 1968.”")
    assert [" ".join(call.split("(")[-1].split()) for call in places.nth(0).locator("li").all_inner_texts()] == [
        "critical) Ana Example",
        "major) Ben Example",
        "not marked by fine-grained-rlhf , imported",
    ]
    expect(places.nth(1)).to_contain_text("All say redundant (minor).")
    expect(page.locator(".answers").first).to_contain_text("A 1 redundant, 1 wrong grounding · B nothing marked")
    expect(page.locator(".answers").first).to_contain_text("A “As said above, it is made of rock.”: redundant, minor")
    look(page, "item-spans", theme, width)
    page.locator(".board").scroll_into_view_if_needed()
    look(page, "item-spans-board", theme, width)

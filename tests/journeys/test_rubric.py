"""Rubrics by keys alone, with evidence from the text, and across everything that may come between."""

import itertools
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from annotation.kinds.quotes import text_hash
from annotation.kinds.rubric_criteria import Criterion, checked
from annotation.kinds.rubric_score import held_back, percent, score, share_of_a
from annotation.models import Item
from tests.journeys.house import PREFERENCE, WHY, House
from tests.journeys.test_label_by_keyboard import answer, labeling, saved, side_of
from tests.journeys.test_look import (
    ARABIC,
    ARABIC_CAUSE,
    ARABIC_TIPS,
    BREAD,
    FORMULAS,
    MANY_TIPS,
    ONE_CAUSE,
    WIDTHS,
    every_size,
    look,
)

OpenPage = Callable[..., Page]
CRITERIA = checked(
    [
        "[hard] instructions: Says what is wrong and what to change first",
        "correct: Every claim about fermentation is correct (weight 2)",
        "complete: Nothing that a home baker needs is missing (weight 2)",
        "clear: Can be understood at the first reading",
        "brief: Says it as briefly as it can",
        "flatters: Praises the question or the person who asks it (weight -1)",
    ]
)
GRADED = checked(
    [
        "[hard] safe: Advises nothing that could hurt anyone",
        "cause: Finds the likeliest cause (weight 3) = names no cause | lists many | names one and says why",
        "change: Gives one change that can be tested = 1..5",
        "off: Strays from what was asked (weight -1.5)",
    ]
)
KEYS = [one["key"] for one in CRITERIA]


def rubric(criteria: list[dict[str, object]], target: str = "response", **more: object) -> dict[str, object]:
    settings = {"criteria": criteria, "source": "form"}
    return {"key": "judged", "kind": "rubric", "title": "Checklist", "target": target, "settings": settings, **more}


@pytest.fixture
def checklist(transactional_db: None) -> House:
    house = House.build("Baking advice", (rubric(CRITERIA),))
    house.add_item(BREAD, ONE_CAUSE, MANY_TIPS)
    return house


def press(page: Page, keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def stored(house: House, number: int = 0) -> dict[str, list[object]]:
    """Each criterion's verdicts in the item's own response order, without evidence."""
    verdicts = house.annotations()[number].answers["judged"]["verdicts"]
    return {key: [one and one["value"] for one in row] for key, row in verdicts.items()}


def select(page: Page, words: str) -> None:
    """Select words in a response as a mouse does, across whatever marks and lines lie between them."""
    found = page.evaluate(
        """words => {
            for (const side of document.querySelectorAll(".side .text")) {
                const walker = document.createTreeWalker(side, NodeFilter.SHOW_TEXT);
                let text = ""; const nodes = [];
                for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                    nodes.push([node, text.length]); text += node.data;
                }
                const at = text.indexOf(words);
                if (at < 0) continue;
                const place = (index) => {
                    const [node, start] = nodes.findLast((each) => each[1] <= index);
                    return [node, index - start];
                };
                const [from, to] = [place(at), place(at + words.length - 1)];
                document.getSelection().setBaseAndExtent(from[0], from[1], to[0], to[1] + 1);
                return true;
            }
            return false;
        }""",
        words,
    )
    assert found, words


def test_six_criteria_about_two_responses_take_thirteen_keys(page_for: OpenPage, checklist: House) -> None:
    page = labeling(page_for, checklist)
    is_a = side_of(page, "the likeliest cause is") == "A"
    first, second = "yyyyyn", "nnyyny"

    keys = [key for pair in zip(*((first, second) if is_a else (second, first)), strict=True) for key in pair]
    answer(page, *keys)

    assert len(keys) + 1 <= 14
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    said = {"y": "yes", "n": "no"}
    assert stored(checklist) == {
        key: [said[one], said[other]] for key, one, other in zip(KEYS, first, second, strict=True)
    }


def test_digits_letters_and_the_minus_say_the_same_and_levels_take_digits(
    page_for: OpenPage, transactional_db: None
) -> None:
    house = House.build("Graded", (rubric(GRADED),))
    house.add_item(BREAD, ONE_CAUSE, ONE_CAUSE)
    page = labeling(page_for, house)

    press(page, "1" + "0" + "y3" + "2" + "5" + "-")  # y means nothing on a scale of levels
    answer(page, "n", "y")
    saved(page)

    assert house.annotations()[0].shown in ([0, 1], [1, 0])
    swapped = house.annotations()[0].shown == [1, 0]
    wanted = {"safe": ["yes", "na"], "cause": [3, 2], "change": [5, "na"], "off": ["no", "yes"]}
    assert stored(house) == {key: row[::-1] if swapped else row for key, row in wanted.items()}


def test_an_answer_by_key_opens_the_next_criterion_and_z_goes_back(page_for: OpenPage, checklist: House) -> None:
    page = labeling(page_for, checklist)
    opened = page.locator("[data-criterion]:has([data-current]) .title")

    expect(opened).to_have_text(CRITERIA[0]["title"])
    press(page, "yn")
    expect(opened).to_have_text(CRITERIA[1]["title"])
    press(page, "z")
    expect(opened).to_have_text(CRITERIA[0]["title"])
    press(page, "y")
    page.get_by_text(CRITERIA[4]["title"], exact=True).click()
    expect(opened).to_have_text(CRITERIA[4]["title"])
    press(page, "k")
    expect(opened).to_have_text(CRITERIA[3]["title"])


def test_enter_names_the_verdict_that_is_open(page_for: OpenPage, checklist: House) -> None:
    page = labeling(page_for, checklist)

    press(page, "yyy")
    answer(page)

    expect(page.locator("[data-say]")).to_have_text(f"Still open: {CRITERIA[1]['title']}, response B")
    assert checklist.annotations() == []


def test_selected_words_become_evidence_in_code_points_of_the_text_as_written(
    page_for: OpenPage, transactional_db: None
) -> None:
    text = "🍞 Bread rises.\r\n\r\n1. It is **too** early 🙂, so wait.\r\n2. Wait 🙂 more, so wait."
    house = House.build("Evidence", (rubric(CRITERIA[:1]),))
    house.add_item("When?", text, "Later.")
    page = labeling(page_for, house)
    letter = side_of(page, "Bread rises")

    select(page, "is too early 🙂, so wait.\nWait 🙂")
    press(page, "e")
    expect(page.locator("[data-say]")).to_have_text(f"Quoted from response {letter}.")
    expect(page.locator(f'[data-letter="{letter}"] [data-quote]')).to_have_value(
        "is **too** early 🙂, so wait.\n2. Wait 🙂"
    )
    answer(page, "y", "y")
    saved(page)

    quote = house.annotations()[0].answers["judged"]["verdicts"]["instructions"][0]["quote"]
    assert text[quote["start"] : quote["end"]] == "is **too** early 🙂, so wait.\r\n2. Wait 🙂"
    assert quote["hash"] == text_hash(text)


def test_of_words_that_stand_there_twice_the_selected_ones_are_quoted(
    page_for: OpenPage, transactional_db: None
) -> None:
    text = "🍞 So *wait*. Then wait 🙂. And wait."
    house = House.build("Evidence", (rubric(CRITERIA[:1]),))
    house.add_item("When?", text, "Later.")
    page = labeling(page_for, house)

    page.locator(".side", has_text="Then").locator(".text p").evaluate(
        """node => {
            const at = node.lastChild.data.lastIndexOf("wait");
            document.getSelection().setBaseAndExtent(node.lastChild, at, node.lastChild, at + 4);
        }"""
    )
    press(page, "e")
    answer(page, "y", "y")
    saved(page)

    quote = house.annotations()[0].answers["judged"]["verdicts"]["instructions"][0]["quote"]
    assert quote["start"] == text.rindex("wait")


def test_typed_evidence_must_stand_in_the_response(page_for: OpenPage, checklist: House) -> None:
    page = labeling(page_for, checklist)
    letter = side_of(page, "the likeliest cause is")
    row = page.locator(f'[data-criterion]:has([data-current]) [data-letter="{letter}"]')
    row.locator("summary").click()
    quote = row.locator("[data-quote]")

    quote.fill("cold ovens")
    expect(row.locator("[data-fault]")).to_contain_text("do not stand in the response")
    page.keyboard.press("Escape")
    press(page, ("k" if letter == "B" else "") + "yyyyyyyyyyyy")
    answer(page)
    expect(page.locator("[data-say]")).to_contain_text(f"Still open: {CRITERIA[0]['title']}, response {letter}")
    quote.fill("starter that doubles")
    expect(row.locator("[data-fault]")).to_be_empty()
    row.locator("[data-note]").fill("It says so in its first words 🙂")
    page.keyboard.press("Escape")
    answer(page)

    saved(page)
    verdict = checklist.annotations()[0].answers["judged"]["verdicts"]["instructions"][0]
    assert verdict["note"] == "It says so in its first words 🙂"
    assert ONE_CAUSE[verdict["quote"]["start"] : verdict["quote"]["end"]] == "starter that doubles"


def test_verdicts_evidence_and_notes_survive_the_network_a_second_tab_and_going_back(
    page_for: OpenPage, checklist: House
) -> None:
    checklist.add_item("Is rye bread dense?", "Yes.", "No.")
    page = labeling(page_for, checklist)
    letter = side_of(page, "the likeliest cause is")
    press(page, "yn")
    page.context.set_offline(True)
    select(page, "bulk fermentation that stops")
    press(page, "ey")
    page.wait_for_timeout(300)
    page.context.set_offline(False)
    page.wait_for_timeout(2_500)
    saved(page)

    second = page_for(None, checklist.label, context=page.context)
    second.wait_for_timeout(400)
    row = second.locator("[data-criterion]").nth(1).locator(f'[data-letter="{letter}"]')
    expect(row.locator("[data-quote]")).to_have_value("bulk fermentation that stops")
    assert second.locator("[data-criterion] input:checked").count() == 3
    answer(second, *"nyyyyyyyy")
    expect(second.locator(".prompt")).to_contain_text("Is rye bread dense?")
    press(second, "z")
    expect(row.locator("[data-quote]")).to_have_value("bulk fermentation that stops")
    second.wait_for_timeout(400)
    second.keyboard.press("Enter")

    expect(second.locator(".prompt")).to_contain_text("Is rye bread dense?")
    saved(second)
    first, again = checklist.annotations()
    assert first.answers == again.answers
    quote = again.answers["judged"]["verdicts"]["correct"][0]["quote"]
    assert ONE_CAUSE[quote["start"] : quote["end"]] == "bulk fermentation that stops"


def test_z_takes_back_words_that_were_taken(page_for: OpenPage, checklist: House) -> None:
    page = labeling(page_for, checklist)
    quotes = page.locator("[data-criterion]").first.locator("[data-quote]")

    select(page, "starter that doubles")
    press(page, "e")
    assert "starter that doubles" in quotes.evaluate_all("nodes => nodes.map((node) => node.value)")
    press(page, "z")

    assert quotes.evaluate_all("nodes => nodes.map((node) => node.value)") == ["", ""]
    assert page.locator("[data-at]").evaluate_all("nodes => nodes.filter((node) => node.value).length") == 0


def test_the_page_and_the_server_come_to_the_same_totals(page_for: OpenPage, transactional_db: None) -> None:
    criteria = [GRADED[0], GRADED[1], GRADED[3]]
    house = House.build("Totals", (rubric(criteria),))
    house.add_item(BREAD, ONE_CAUSE, ONE_CAUSE)
    page = labeling(page_for, house)
    signs = {"y": "yes", "n": "no", "-": "na", "1": 1, "2": 2, "3": 3, "0": "na"}

    for safe, cause, off in itertools.product("yn-", "1230", "yn"):
        page.locator("[data-row]").first.locator("input").first.focus()
        for number, key in enumerate((safe, cause, off)):
            page.locator("[data-row]").nth(2 * number).locator("input").first.focus()
            page.keyboard.press(key)
        values = dict(zip((one["key"] for one in criteria), (signs[safe], signs[cause], signs[off]), strict=True))
        wanted = score(criteria, values)
        shown = page.locator('[data-total="A"]')
        assert shown.locator("[data-share]").text_content() == (percent(wanted.share) or "–"), values
        failed = shown.locator("[data-failed]").text_content()
        assert failed == (f"fails: {', '.join(wanted.failed)}" if wanted.failed else "")


CHAIN = checked(
    [
        "cause: Finds the likeliest cause",
        "[hard] change: Gives one change that can be tested (after: cause, weight 2)",
        "why: Says why it helps (after: change) = no | in part | yes",
        "brief: Says it as briefly as it can",
    ]
)


@pytest.fixture
def chained(transactional_db: None) -> House:
    house = House.build("Chained", (rubric(CHAIN),))
    house.add_item(BREAD, ONE_CAUSE, MANY_TIPS)
    return house


def pick(page: Page, key: str, value: str, place: int = 0) -> None:
    """As a click does, on a criterion that is folded, too."""
    picks = page.locator(f'[data-criterion][data-key="{key}"] input[value="{value}"]')
    picks.nth(place).evaluate("node => { node.click(); }")


def test_what_depends_on_something_unmet_is_not_asked_and_keys_pass_it(page_for: OpenPage, chained: House) -> None:
    page = labeling(page_for, chained)
    change = page.locator('[data-criterion][data-key="change"] [data-row]')

    press(page, "yn")
    expect(change.nth(0).get_by_text("Not asked")).to_be_hidden()
    expect(change.nth(1).get_by_text("Not asked")).to_be_visible()
    expect(change.nth(1).locator(".pick").first).to_be_hidden()
    press(page, "y3" + "y")
    answer(page, "n")

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    said = {"cause": ["yes", "no"], "change": ["yes", None], "why": [3, None], "brief": ["yes", "no"]}
    swapped = chained.annotations()[0].shown == [1, 0]
    assert stored(chained) == {key: row[::-1] if swapped else row for key, row in said.items()}


def test_an_answer_that_is_not_asked_any_more_comes_back_and_is_kept(page_for: OpenPage, chained: House) -> None:
    page = labeling(page_for, chained)
    change = page.locator('[data-criterion][data-key="change"] [data-row]').nth(0)

    press(page, "yyyn")
    page.get_by_text(CHAIN[1]["title"], exact=True).first.click()
    change.locator("summary").click()
    change.get_by_label("Note").fill("One at a time.")
    pick(page, "cause", "no")
    expect(change.get_by_text("Not asked")).to_be_visible()
    pick(page, "cause", "yes")
    expect(change.get_by_text("Not asked")).to_be_hidden()
    assert change.get_by_label("Note").input_value() == "One at a time."
    assert change.locator("input:checked").input_value() == "yes"

    pick(page, "cause", "no")
    for place in (0, 1):
        pick(page, "brief", "yes", place)
    answer(page)
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    verdicts = chained.annotations()[0].answers["judged"]["verdicts"]
    assert {"value": "yes", "note": "One at a time."} in verdicts["change"]


def test_words_without_a_verdict_stay_in_sight_when_nothing_is_asked(page_for: OpenPage, chained: House) -> None:
    page = labeling(page_for, chained)
    change = page.locator('[data-criterion][data-key="change"] [data-row]').nth(0)
    page.get_by_text(CHAIN[1]["title"], exact=True).first.click()
    change.locator("summary").click()
    change.get_by_label("Note").fill("One at a time.")

    pick(page, "cause", "no")
    page.get_by_text(CHAIN[1]["title"], exact=True).first.click()

    expect(change.get_by_label("Note")).to_be_visible()
    expect(change.get_by_text("Not asked")).to_be_hidden()
    change.get_by_label("Note").fill("")
    expect(change.get_by_text("Not asked")).to_be_visible()


def test_the_page_and_the_server_hold_back_the_same(page_for: OpenPage, chained: House) -> None:
    page = labeling(page_for, chained)
    for values in itertools.product(("yes", "no", "na"), ("yes", "no", "na"), ("1", "2", "na"), ("yes", "no")):
        page.evaluate(
            """values => document.querySelectorAll("[data-criterion]").forEach((criterion, at) => {
                const input = criterion.querySelector(`[data-row] input[value="${values[at]}"]`);
                input.checked = true;
                input.dispatchEvent(new Event("input", { bubbles: true }));
            })""",
            list(values),
        )
        said = {
            one["key"]: int(value) if value.isdecimal() else value for one, value in zip(CHAIN, values, strict=True)
        }
        wanted, shown = score(CHAIN, said), page.locator('[data-total="A"]')
        assert shown.locator("[data-share]").text_content() == (percent(wanted.share) or "–"), said
        failed = f"fails: {', '.join(wanted.failed)}" if wanted.failed else ""
        assert shown.locator("[data-failed]").text_content() == failed, said
        folded = page.locator("[data-criterion]:has([data-row]:first-of-type[data-held-back])")
        assert set(folded.evaluate_all("nodes => nodes.map((node) => node.dataset.key)")) == held_back(CHAIN, said)


def test_a_criterion_that_wants_words_waits_for_them_where_it_is_met(
    page_for: OpenPage, transactional_db: None
) -> None:
    house = House.build("Shown", (rubric(checked(["cause: Finds the likeliest cause (quote: wanted)"])),))
    house.add_item("When?", "It is too early.", "Later.")
    page = labeling(page_for, house)
    letter = side_of(page, "too early")
    first = page.locator("[data-row]").nth("AB".index(letter))

    press(page, "n" if letter == "B" else "")
    press(page, "1")
    expect(page.locator("[data-say]")).to_contain_text("Quote the words that show it")
    expect(first.get_by_label("Words of response")).to_be_visible()
    answer(page, *("n" if letter == "A" else ""))
    assert house.annotations() == []
    select(page, "too early")
    press(page, "e")
    if letter == "A":
        page.locator('[data-letter="B"] input[value="no"]').check(force=True)
    answer(page)
    saved(page)

    assert house.annotations()[0].answers["judged"]["verdicts"]["cause"][0]["quote"]["start"] == 6


@every_size
def test_screens_of_criteria_that_hang_together(page_for: OpenPage, chained: House, theme: str, width: int) -> None:
    page = labeling(page_for, chained, theme=theme, width=width, height=WIDTHS[width])

    press(page, "yny")

    look(page, "label-rubric-chained", theme, width)
    if width > 760:
        page.locator('[data-criterion][data-key="change"] .title').click()
        look(page, "label-rubric-not-asked", theme, width)


def test_two_responses_are_compared_on_each_criterion(page_for: OpenPage, transactional_db: None) -> None:
    house = House.build("Compared", (rubric(CRITERIA, "item"), WHY))
    house.add_item(BREAD, ONE_CAUSE, MANY_TIPS)
    page = labeling(page_for, house)
    is_a = side_of(page, "the likeliest cause is") == "A"

    press(page, "aabbt-" if is_a else "bbaat-")
    share = share_of_a(CRITERIA, dict(zip(KEYS, ("a", "a", "b", "b", "tie", "na"), strict=True)))
    expect(page.locator(f'[data-total="{"A" if is_a else "B"}"] [data-share]')).to_have_text(percent(share))
    answer(page)

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    verdicts = house.annotations()[0].answers["judged"]["verdicts"]
    assert [verdicts[key]["value"] for key in KEYS] == ["a", "a", "b", "b", "tie", "na"]


def test_an_item_s_own_criteria_are_asked_and_an_item_without_any_goes_on(
    page_for: OpenPage, transactional_db: None
) -> None:
    house = House.build("Own", (rubric([], settings={"criteria": [], "source": "item"}),))
    own = house.add_item("First?", "One.", "Two.")
    Item.objects.filter(pk=own.pk).update(rubric=checked(["Counts from <b>one</b>", "Ends in a full stop"]))
    house.add_item("Second?", "Three.", "Four.")
    page = labeling(page_for, house)

    expect(page.locator("[data-criterion] .title").first).to_have_text("Counts from <b>one</b>")
    answer(page, *"yyyy")
    expect(page.get_by_text("This item came without criteria")).to_be_visible()
    answer(page)

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert stored(house) == {"counts_from_b_one_b": ["yes", "yes"], "ends_in_a_full_stop": ["yes", "yes"]}
    assert stored(house, 1) == {}


def test_a_rubric_is_answered_without_a_script(page_for: OpenPage, checklist: House) -> None:
    page = page_for(checklist.people["Ana"], checklist.label, java_script_enabled=False)
    letter = side_of(page, "the likeliest cause is")
    place = 0 if letter == "A" else 1
    for key in KEYS:
        for number in (0, 1):
            page.locator(f'input[name="judged.{key}.{number}"][value="no"]').check(force=True)
    page.locator(f'[data-letter="{letter}"] summary').first.click()
    page.locator(f'[name="judged.instructions.{place}.quote"]').fill("starter that doubles")

    page.get_by_role("button", name="Submit").click()

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    quote = checklist.annotations()[0].answers["judged"]["verdicts"]["instructions"][0]["quote"]
    assert ONE_CAUSE[quote["start"] : quote["end"]] == "starter that doubles"


LONG = [
    {"title": f"Criterion {n}: {MANY_TIPS[: n * 12]}".strip().replace("\n", " "), "weight": n % 5 - 1}
    for n in range(1, 21)
]
SCREENS = {
    "checklist": ("Baking advice", (rubric(CRITERIA),), (BREAD, ONE_CAUSE, MANY_TIPS), "ynyy"),
    "graded": ("Baking advice", (rubric(GRADED), PREFERENCE), (BREAD, FORMULAS, MANY_TIPS), "yn3"),
    "compared": ("Baking advice", (rubric(CRITERIA, "item"), WHY), (BREAD, ONE_CAUSE, MANY_TIPS), "abt"),
    "long": ("Long lists", (rubric(checked(LONG)),), (BREAD, FORMULAS, "No."), "ynyyny"),
    "arabic": (
        "إجابات مفيدة",
        (rubric(checked(["[hard] a: يذكر السبب الأرجح", "b: خالٍ من الأخطاء (weight 2)", "c: موجز"])),),
        (ARABIC, ARABIC_CAUSE, ARABIC_TIPS),
        "yn",
    ),
    "one": ("One response", (rubric(GRADED),), (BREAD, ONE_CAUSE), "n2"),
}


@every_size
@pytest.mark.parametrize("name", SCREENS)
def test_screens_of_rubrics(page_for: OpenPage, transactional_db: None, name: str, theme: str, width: int) -> None:
    title, questions, item, keys = SCREENS[name]
    house = House.build(title, questions)
    house.add_item(*item)
    page = labeling(page_for, house, theme=theme, width=width, height=WIDTHS[width])

    press(page, keys)
    if name == "checklist":
        select(page, "starter that doubles in six hours is strong enough")
        press(page, "e")
        page.evaluate("document.getSelection().removeAllRanges()")

    look(page, f"label-rubric-{name}", theme, width)


@every_size
def test_screens_of_criteria_in_the_form_builder(
    page_for: OpenPage, transactional_db: None, theme: str, width: int
) -> None:
    house = House.build("Baking advice", (rubric(GRADED),))
    address = f"/projects/{house.project.slug}/form/"
    page = page_for(house.people["Olga"], address, theme=theme, width=width, height=WIDTHS[width])
    lines = page.get_by_label("Criteria", exact=True)

    expect(lines).to_have_value("\n".join(Criterion(**one).as_line() for one in GRADED))
    lines.fill("[hard] Cites a source\n[soft] Kind")
    expect(page.locator("#preview")).to_contain_text("Criterion 2: “[soft]” is not known; [hard] marks a hard rule.")
    lines.fill("[hard] Cites a source\nclear: Says it clearly (weight 2) = poor | ok | good\nStrays (weight -1)")
    expect(page.locator("#preview [data-criterion]")).to_have_count(3)

    look(page, "form-rubric", theme, width)
    page.locator("#preview").scroll_into_view_if_needed()
    look(page, "form-rubric-preview", theme, width)

"""Labeling from the first item to the last, as someone does who never touches the mouse."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from projects.access import Place
from tests.journeys.house import House, rating

OpenPage = Callable[..., Page]
# Scripts have run before a page is loaded, so its first item was shown by then.
KEYS_COUNT = """() => {
    const loaded = performance.getEntriesByType("navigation")[0].loadEventEnd;
    return loaded && performance.now() - loaded > 350;
}"""


def labeling(page_for: OpenPage, house: House, name: str = "Ana", **options: object) -> Page:
    """The labeling page, ready for keys: the next item is there, or nothing more waits."""
    page = page_for(house.people[name], house.label, **options)
    ready(page)
    return page


def ready(page: Page) -> None:
    """Wait until the page has fetched what it wants to have, and keys count.

    Keys pressed for an item that was not there yet are not for this one: for a third of a second it takes none.
    """
    page.wait_for_load_state("networkidle")
    page.wait_for_function(KEYS_COUNT)


def side_of(page: Page, text: str) -> str:
    """The letter under which a response is shown."""
    letter = page.locator(".side", has_text=text).get_attribute("data-side")
    assert letter
    return letter


def answer(page: Page, *keys: str) -> None:
    """Press keys, submit, and wait until the page can take the next item's keys."""
    for key in keys:
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    page.wait_for_timeout(400)


def saved(page: Page) -> None:
    expect(page.locator("[data-lamp]")).to_have_text("Saved")


def test_a_project_is_labeled_to_its_end_with_keys_alone(page_for: OpenPage, house: House) -> None:
    house.add_items(3)
    page = labeling(page_for, house)

    for number in (1, 2, 3):
        answer(page, "2" if side_of(page, f"An exact answer {number}.") == "A" else "6")

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert [row.answers["better"] for row in house.annotations()] == [{"winner": "b", "strength": 2}] * 3


def test_every_key_of_the_scale_says_what_it_shows(page_for: OpenPage, house: House) -> None:
    house.add_items(1)
    page = labeling(page_for, house)
    chosen = {}

    for key in "12345670u":
        page.keyboard.press(key)
        chosen[key] = page.locator("input:checked").get_attribute("value")

    expected = ["a:3", "a:2", "a:1", "tie", "b:1", "b:2", "b:3", "both_bad", "unsure"]
    assert chosen == dict(zip("12345670u", expected, strict=True))


def test_enter_goes_to_what_is_open_before_it_submits(page_for: OpenPage, house: House) -> None:
    graded = House.build("Graded", [*questions_of(house), rating("correct", "Correct")])
    graded.add_items(1)
    page = labeling(page_for, graded)

    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator("[data-say]")).to_have_text("Still open: Correct, response A")
    answer(page, "4", "j", "3")

    saved(page)
    assert sorted(graded.annotations()[0].answers["correct"]) == [3, 4]


def questions_of(house: House) -> list[dict[str, object]]:
    form = house.project.forms.get()
    return list(form.questions.values("key", "kind", "title", "help", "is_required", "settings"))


def test_nothing_is_sent_while_a_question_is_open(page_for: OpenPage, house: House) -> None:
    house.add_items(2)
    page = labeling(page_for, house)

    answer(page)

    expect(page.locator("[data-say]")).to_have_text("Still open: Which response is better?")
    assert house.annotations() == []


def test_pressing_enter_twice_makes_one_annotation(page_for: OpenPage, house: House) -> None:
    house.add_items(2)
    page = labeling(page_for, house)

    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")

    saved(page)
    assert len(house.annotations()) == 1
    expect(page.locator(".prompt")).to_contain_text("Question 2?")


def test_keys_do_nothing_but_write_while_someone_writes(page_for: OpenPage, house: House) -> None:
    house.add_items(2)
    page = labeling(page_for, house)

    page.keyboard.press("Tab")
    page.keyboard.type("1 2 7 u s z d r / ?")
    page.keyboard.press("Enter")

    expect(page.locator("textarea")).to_have_value("1 2 7 u s z d r / ?\n")
    assert page.locator("input:checked").count() == 0
    assert page.locator("dialog[open]").count() == 0
    assert house.annotations() == []


def test_escape_leaves_the_text_and_keys_answer_again(page_for: OpenPage, house: House) -> None:
    house.add_items(1)
    page = labeling(page_for, house)

    page.keyboard.press("Tab")
    page.keyboard.type("It names the cause.")
    page.keyboard.press("Escape")
    answer(page, "3")

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert house.annotations()[0].answers["why"] == "It names the cause."


def test_keys_with_modifiers_belong_to_the_browser(page_for: OpenPage, house: House) -> None:
    house.add_items(1)
    page = labeling(page_for, house)

    for chord in ("Control+1", "Alt+2", "Meta+3"):
        page.keyboard.press(chord)

    assert page.locator("input:checked").count() == 0


def test_undo_takes_back_an_answer_and_then_goes_to_the_last_item(page_for: OpenPage, house: House) -> None:
    house.add_items(2)
    page = labeling(page_for, house)
    answer(page, "2")
    saved(page)

    page.keyboard.press("5")
    page.keyboard.press("z")
    assert page.locator("input:checked").count() == 0
    page.keyboard.press("z")
    expect(page.locator(".prompt")).to_contain_text("Question 1?")
    expect(page.locator("input:checked")).to_have_value("a:2")
    page.wait_for_timeout(400)
    answer(page, "6")

    saved(page)
    expect(page.locator(".prompt")).to_contain_text("Question 2?")
    first, second = house.annotations()
    assert second.supersedes == first
    assert first.answers["better"]["winner"] != second.answers["better"]["winner"]


def test_an_item_is_skipped_with_a_reason_by_number(page_for: OpenPage, house: House, ana: Place) -> None:
    first, _second = house.add_items(2)
    page = labeling(page_for, house)

    page.keyboard.press("s")
    page.keyboard.press("2")

    expect(page.locator(".prompt")).to_contain_text("Question 2?")
    saved(page)
    skipped = first.leases.get(annotator=ana.user)
    assert (skipped.outcome, skipped.reason) == ("skipped", "The text is broken or cut off")


def test_views_answer_to_their_keys(page_for: OpenPage, house: House) -> None:
    house.add_item("Which?", "The *same* words here.", "The *same* words there.\u200b")
    page = labeling(page_for, house)

    page.keyboard.press("d")
    expect(page.locator("[data-say]")).to_contain_text("stand in A only")
    page.keyboard.press("r")
    expect(page.locator(".side .text", has_text="there.")).to_contain_text("*same* words there.U+200B")
    page.keyboard.press("r")
    expect(page.locator(".side .text", has_text="there.").locator("em")).to_have_text("same")
    page.keyboard.press("g")
    expect(page.get_by_role("dialog", name="Guideline")).to_contain_text("careful expert")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("B much better")


def test_the_jump_box_leads_to_the_projects(page_for: OpenPage, house: House) -> None:
    house.add_items(1)
    page = labeling(page_for, house)

    page.keyboard.press("/")
    page.keyboard.type("goldpan")
    page.keyboard.press("Enter")

    page.wait_for_function("location.pathname === '/'")
    expect(page.get_by_role("main")).to_contain_text("Helpful answers")


def test_the_next_item_is_there_within_fifty_milliseconds(page_for: OpenPage, house: House) -> None:
    house.add_items(7)
    page = labeling(page_for, house)
    page.evaluate(
        """() => {
            window.waits = [];
            let pressed = 0;
            addEventListener("keydown", (event) => { if (event.key === "Enter") pressed = performance.now(); }, true);
            new MutationObserver(() => { if (pressed && document.getElementById("workspace")) {
                requestAnimationFrame(() => { window.waits.push(performance.now() - pressed); pressed = 0; });
            } }).observe(document.getElementById("main"), { childList: true });
        }"""
    )

    for _ in range(5):
        answer(page, "1")
        saved(page)

    # The best of five: a busy machine makes any of them late, a page that asks its server makes all of them late.
    assert min(page.evaluate("window.waits")) <= 50


def test_the_page_works_as_a_plain_form(page_for: OpenPage, house: House) -> None:
    house.add_items(2)
    page = page_for(house.people["Ana"], house.label, java_script_enabled=False)

    page.get_by_role("radio", name="B much better").check(force=True)
    page.get_by_label("Why?").fill("Two lines,\nno script.")
    page.get_by_role("button", name="Submit").click()

    expect(page.locator(".prompt")).to_contain_text("Question 2?")
    assert house.annotations()[0].answers["why"] == "Two lines,\nno script."


def test_nothing_on_the_page_names_a_model(page_for: OpenPage, house: House) -> None:
    house.add_items(2)
    page = labeling(page_for, house)

    assert "secret-model" not in page.content()
    assert "secret-model" not in page.request.get(f"{house.label}next/").text()

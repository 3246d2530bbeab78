"""Chats and trajectories on the labeling page, by keys alone: what is compared, what is folded, what opens."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation.kinds import KINDS
from annotation.models import Item
from tests.journeys.house import PREFERENCE, House
from tests.journeys.test_label_by_keyboard import answer, labeling, side_of
from tests.journeys.test_look import ARABIC, ARABIC_CAUSE, ONE_CAUSE, SIGNS, WIDTHS, chat, look, sizes

OpenPage = Callable[..., Page]
ASKED = "The test `test_totals` fails since yesterday. Find out why and mend it; change as little as you can."
LOG = "\n".join(f"tests/test_totals.py::test_{n} PASSED" for n in range(80))
HOSTILE = "<script>document.title='owned'</script></pre></details><img src=x onerror=alert(1)>\u202egnp.exe"


def calls(content: str, name: str, arguments: Any, **more: Any) -> dict[str, Any]:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return {
        "role": "assistant",
        "content": content,
        "tool_calls": [{"id": f"toolu_{name}", "name": name, "arguments": text}],
        **more,
    }


def gives(name: str, content: str, **more: Any) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": f"toolu_{name}", "content": content, **more}


def says(content: str, **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content, **more}


THOROUGH = [
    calls(
        "I run the failing test first, to see what it says.",
        "run",
        {"command": "pytest tests/test_totals.py -x", "timeout": 60},
        reasoning="The user wants a small change. Seeing the failure costs one call and tells most.",
    ),
    gives(
        "run", f"{LOG}\nE   AssertionError: assert 54 == 56\nFAILED tests/test_totals.py::test_totals", is_error=True
    ),
    calls("", "read_file", {"path": "shop/totals.py", "from": 10, "to": 24}),
    gives("read_file", "def total(rolls: int) -> int:\n    return rolls - rolls // 4\n"),
    calls(
        "The quarter is rounded down before it is taken off. I change that line alone.",
        "edit_file",
        {"path": "shop/totals.py", "old": "rolls - rolls // 4", "new": "rolls - round(rolls / 4)"},
    ),
    gives("edit_file", ""),
    says("`total` rounded the quarter **down**; it rounds to the nearest roll now, and the test passes."),
]
HASTY = [
    calls("", "edit_file", {"path": "tests/test_totals.py", "old": "== 56", "new": "== 54"}),
    gives("edit_file", "ok"),
    says("I changed the expected value, so the test passes now."),
]
ODD = [
    calls("", "write", {"path": "note.txt", "text": HOSTILE, "more": "م" * 20}),
    gives("write", "x" * 300_000),
    calls("", "run", "{not json " + HOSTILE),
    says(ARABIC_CAUSE),
]


def agents(*responses: Any, prompt: Any = ASKED) -> House:
    house = House.build("Coding agents", [PREFERENCE])
    house.add_item(prompt, *responses)
    return house


def test_trajectories_are_read_and_compared_with_keys_alone(page_for: OpenPage, transactional_db: None) -> None:
    house = agents(THOROUGH, HASTY)
    page = labeling(page_for, house)
    opened = page.locator("details.fold[open]")

    expect(page.locator("details.fold.call")).to_have_count(4)
    expect(opened).to_have_count(0)
    expect(page.locator(".fold.failed summary")).to_contain_text("pytest tests/test_totals.py -x")
    page.keyboard.press("Shift+O")
    expect(opened).to_have_count(5)
    expect(page.get_by_text("AssertionError")).to_be_visible()
    page.keyboard.press("Shift+O")
    expect(opened).to_have_count(0)
    page.keyboard.press(".")
    page.keyboard.press("o")
    expect(page.locator("[data-here] .fold[open]")).not_to_have_count(0)
    answer(page, "2" if side_of(page, "rounds to the nearest") == "A" else "6")

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert [row.answers["better"] for row in house.annotations()] == [{"winner": "a", "strength": 2}]


def test_keys_jump_from_turn_to_turn_and_open_what_came_before(page_for: OpenPage, transactional_db: None) -> None:
    house = agents("Fill a spoonful of dough into it.", "Great.", prompt=chat())
    page = labeling(page_for, house)
    here, said = page.locator("[data-here]"), page.locator("[data-say]")

    expect(page.get_by_text("7 earlier turns")).to_be_visible()
    expect(page.get_by_text("Yes, a one-litre jar.")).to_be_in_viewport()
    expect(page.get_by_text("How long is your bulk")).to_be_hidden()
    expect(page.locator(".compared").first).to_have_text("Turn 9")
    page.keyboard.press(",")
    expect(here).to_contain_text("Yes, a one-litre jar.")
    page.keyboard.press(",")
    expect(here).to_contain_text("Have you a straight jar")
    expect(here).to_be_in_viewport()
    expect(said).to_have_text("Turn 7, Assistant")
    for _ in range(3):
        page.keyboard.press(".")
    expect(said).to_have_text("Turn 9, Assistant, response B")
    page.keyboard.press(".")
    expect(said).to_have_text("This is the last turn.")


def test_the_whole_prompt_opens_what_is_folded_in_it(page_for: OpenPage, transactional_db: None) -> None:
    page = labeling(page_for, agents("Yes.", "No.", prompt=chat()))

    page.keyboard.press("p")
    expect(page.get_by_text("How long is your bulk")).to_be_visible()
    page.keyboard.press("p")

    expect(page.get_by_text("How long is your bulk")).to_be_hidden()


def test_what_is_cut_is_shown_whole_on_demand_and_hostile_words_stay_words(
    page_for: OpenPage, transactional_db: None
) -> None:
    page = labeling(page_for, agents(ODD, HASTY))
    fold = page.locator(".fold", has=page.get_by_text("note.txt"))

    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    rest = fold.get_by_role("link", name="Show all")
    expect(rest).to_be_visible()
    rest.focus()
    page.keyboard.press("Enter")

    expect(rest).to_have_count(0)
    assert len(fold.locator("pre").last.inner_text()) == 300_000
    assert "owned" not in page.title()
    expect(fold.locator(".badge-char").first).to_be_visible()
    expect(fold.locator("summary")).to_be_focused()


def test_raw_shows_calls_as_they_were_written(page_for: OpenPage, transactional_db: None) -> None:
    page = labeling(page_for, agents(THOROUGH, HASTY))

    page.keyboard.press("r")

    expect(page.get_by_text('"timeout": 60}')).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_text('"timeout": 60}')).to_be_hidden()


def test_folds_open_without_a_script(page_for: OpenPage, transactional_db: None) -> None:
    page = page_for((house := agents(ODD, HASTY)).people["Ana"], house.label, java_script_enabled=False)
    fold = page.locator(".fold", has=page.get_by_text("note.txt"))

    fold.locator("summary").click()
    fold.get_by_role("link", name="Show all").click()

    expect(page.get_by_role("heading", name="The texts as they were written")).to_be_visible()
    assert len(page.locator(".fold[open] pre", has_text="xxxxxxxx").first.inner_text()) == 300_000


CHATTY = [*chat()[:6], {"role": "user", "content": SIGNS * 3}]
PICTURES: dict[str, tuple[Any, ...]] = {
    "agents": (ASKED, THOROUGH, HASTY),
    "odd": (
        [{"role": "user", "content": ARABIC}, says("هل من مزيد؟"), {"role": "user", "content": ARABIC}],
        ODD,
        HASTY,
    ),
    "chat": (CHATTY, ONE_CAUSE, [says("Wait."), {"role": "user", "content": "For how long?"}, says("A day.")]),
    "alone": ([*chat()[:3], *THOROUGH[:3], {"role": "user", "content": "And?"}], THOROUGH),
}


@pytest.mark.parametrize("name", PICTURES)
def test_screens_of_conversations(page_for: OpenPage, transactional_db: None, name: str) -> None:
    prompt, *responses = PICTURES[name]
    house = House.build("Coding agents", [PREFERENCE if len(responses) > 1 else THUMB])
    house.add_item(prompt, *responses)
    for theme, width in sizes(list(PICTURES).index(name)):
        page = labeling(page_for, house, theme=theme, width=width, height=WIDTHS[width])
        look(page, f"turns-{name}", theme, width)
        page.keyboard.press(".")
        page.keyboard.press("o")
        page.wait_for_timeout(150)
        look(page, f"turns-{name}-open", theme, width)
        if width == 390:
            smallest = page.locator(".fold > summary:visible, .earlier > summary:visible").evaluate_all(
                "nodes => Math.min(99, ...nodes.map((node) => node.getBoundingClientRect().height))"
            )
            assert smallest >= 43.5


THUMB = {"key": "good", "kind": "choice", "title": "Is this response good?", "target": "response", "settings": {}}


def test_where_words_are_marked_in_a_text_what_stands_around_it_can_be_read(
    page_for: OpenPage, transactional_db: None
) -> None:
    asked = {"key": "marks", "kind": "spans", "title": "What is wrong?", "target": "response"}
    house = House.build("Marks", [{**asked, "settings": KINDS["spans"].check_settings({}, "response")}])
    house.add_item(ASKED, THOROUGH)
    page = labeling(page_for, house)

    around = page.locator("details.around")
    expect(around.get_by_text("I run the failing test first")).to_be_hidden()
    around.locator("summary").first.click()
    expect(around.get_by_text("I run the failing test first")).to_be_visible()
    page.keyboard.press("Shift+O")
    expect(around.get_by_text("AssertionError")).to_be_visible()


def test_screens_of_conversations_that_are_read(page_for: OpenPage, transactional_db: None) -> None:
    house = agents(THOROUGH, ODD, prompt=CHATTY)
    item = Item.objects.get()
    for theme, width in sizes():
        size = {"theme": theme, "width": width, "height": WIDTHS[width]}
        page = page_for(house.people["Olga"], f"/projects/{house.project.slug}/items/{item.pk}/", **size)
        page.locator(".fold summary").first.click()
        look(page, "turns-item", theme, width)
        page = labeling(page_for, house, **size)
        page.goto(f"{house.label}items/{item.pk}/raw/")
        look(page, "turns-raw", theme, width)

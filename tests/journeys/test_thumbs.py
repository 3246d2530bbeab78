"""Single responses, good or bad: one key labels an item and brings the next one."""

import io
import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from annotation.models import Import
from annotation.services import imports
from annotation.services.presets import PRESETS
from curation.recipes import RECIPES
from curation.snapshot import Snapshot, last_annotation, questions_of
from jobs import runner
from tests.journeys.house import House
from tests.journeys.test_label_by_keyboard import labeling, saved
from tests.journeys.test_look import BREAD, ONE_CAUSE, WIDTHS, look, sizes

OpenPage = Callable[..., Page]
ANSWERS = {"An apple.": "good", "A stone.": "bad", "A pear.": "good"}


def house_of(*responses: str) -> House:
    """A project with the preset's form and single responses, imported as any file is."""
    from annotation.services.forms import save_form

    house = House.build("Thumbs")
    save_form(house.place("Olga"), [dict(question) for question in PRESETS["thumbs"].questions])
    rows = [json.dumps({"prompt": f"Name a fruit, {n}.", "responses": [text]}) for n, text in enumerate(responses)]
    upload = io.BytesIO("\n".join(rows).encode())
    started = imports.start(house.place("Olga"), upload=upload, file_name="answers.jsonl")
    runner.execute(str(started.job_id))
    assert Import.objects.get(pk=started.pk).ok == len(responses)
    return house


def stored(house: House) -> list[Any]:
    return [row.answers["verdict"] for row in house.annotations()]


def kto_rows(house: House) -> list[Any]:
    """What a kto release of the project holds: the completion and its label."""
    recipe = RECIPES["kto"]
    build = recipe.builder(recipe.settle({}, questions_of(house.project)))
    newest = last_annotation(house.project)
    assert newest is not None
    made = [row for item, said in Snapshot(house.project, newest).labeled() for row in build(item, said)]
    return [(row["completion"][0]["content"], row["label"]) for row in made]


def test_as_many_keys_as_items_and_each_is_a_row_for_a_trainer(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(*ANSWERS)
    page = labeling(page_for, house)

    for verdict in ANSWERS.values():
        page.keyboard.press("1" if verdict == "good" else "2")
        page.wait_for_timeout(500)

    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    assert stored(house) == [[["good"]], [["bad"]], [["good"]]]
    assert kto_rows(house) == [("An apple.", True), ("A stone.", False), ("A pear.", True)]


def test_z_brings_the_item_back_and_one_key_replaces_its_answer(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(*ANSWERS)
    page = labeling(page_for, house)

    page.keyboard.press("2")
    expect(page.locator(".side")).to_contain_text("A stone.")
    page.wait_for_timeout(400)
    page.keyboard.press("z")
    expect(page.locator(".side")).to_contain_text("An apple.")
    page.wait_for_timeout(400)
    page.keyboard.press("1")
    expect(page.locator(".side")).to_contain_text("A stone.")
    saved(page)

    assert stored(house) == [[["bad"]], [["good"]]]
    assert house.annotations()[1].supersedes_id == house.annotations()[0].pk


def test_a_key_held_or_pressed_twice_answers_one_item(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(*ANSWERS)
    page = labeling(page_for, house)

    page.keyboard.press("1")
    page.keyboard.press("1")
    expect(page.locator(".side")).to_contain_text("A stone.")
    saved(page)

    assert stored(house) == [[["good"]]]
    assert page.locator("input:checked").count() == 0


def test_a_touch_sends_and_arrows_only_choose(page_for: OpenPage, transactional_db: None) -> None:
    house = house_of(*ANSWERS)
    page = labeling(page_for, house, width=390, height=844)

    page.get_by_role("radio", name="Good").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Bad")).to_be_checked()
    expect(page.locator(".side")).to_contain_text("An apple.")
    page.get_by_role("radio", name="Good").tap(force=True)
    expect(page.locator(".side")).to_contain_text("A stone.")
    saved(page)

    assert stored(house) == [[["good"]]]


def test_nothing_is_sent_while_another_question_is_open(page_for: OpenPage, transactional_db: None) -> None:
    why = {"key": "why", "kind": "text", "title": "Why?", "is_required": False}
    house = House.build("Thumbs", [*(dict(question) for question in PRESETS["thumbs"].questions), why])
    house.add_item("Name a fruit.", "An apple.")
    page = labeling(page_for, house)

    page.keyboard.press("1")
    page.wait_for_timeout(300)

    expect(page.locator(".side")).to_contain_text("An apple.")
    assert stored(house) == []


def test_screens_of_thumbs(page_for: OpenPage, transactional_db: None) -> None:
    house = House.build("Thumbs", [dict(question) for question in PRESETS["thumbs"].questions])
    house.add_item(BREAD, ONE_CAUSE)
    for theme, width in sizes():
        page = labeling(page_for, house, theme=theme, width=width, height=WIDTHS[width])
        look(page, "thumbs", theme, width)

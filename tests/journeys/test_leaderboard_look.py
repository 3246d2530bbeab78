"""Leaderboards in a browser: every state of them, at a desk and on a phone, and by keyboard from a set to a row."""

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from curation.models import EvaluationSet
from curation.services import evaluating, evaluation_sets
from jobs import runner
from modelhooks.models import Checkpoint
from modelhooks.services import loading
from projects.access import Place
from projects.models import Role
from tests.curation.evaluation_sets import planted_rows as rows
from tests.curation.evaluation_sets.planted_models import Planted
from tests.journeys.house import House
from tests.journeys.test_look import WIDTHS, OpenPage, every_size, look

PAIRS = [
    rows.pair(
        n, 2, 1, ("helpfulness", "safety", "reasoning")[n % 3], prompt=f"{'Odd' if n % 4 else 'Even'} prompt {n:03}"
    )
    for n in range(120)
]


@pytest.fixture
def place(house: House) -> Place:
    return Place(house.people["Olga"], house.project, Role.OWNER)


@pytest.fixture
def _loads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A checkpoint is wrong about the prompts that its seed names."""
    loading.forget()
    monkeypatch.setattr(loading, "_loaded", lambda one: Planted(one.name, turned=one.options["seed"]))
    yield
    loading.forget()


def make_set(place: Place, found: list[dict[str, Any]], name: str) -> EvaluationSet:
    file = io.BytesIO("\n".join(map(json.dumps, found)).encode())
    return evaluation_sets.from_file(place, name=name, file=file, file_name="pairs.jsonl")


def ask(place: Place, made: EvaluationSet, name: str, turned: str) -> None:
    loading.forget()
    options = {"seed": turned}
    checkpoint = Checkpoint.objects.create(name=name, contract="reward", backend="fake", options=options)
    runner.execute(str(evaluating.start(place, made, checkpoint).job_id))


@every_size
@pytest.mark.usefixtures("_loads")
def test_screens_of_leaderboards(page_for: OpenPage, house: House, place: Place, theme: str, width: int) -> None:
    here = f"/projects/{house.project.slug}/leaderboards/"
    page = page_for(house.people["Olga"], here, theme=theme, width=width, height=WIDTHS[width])
    expect(page.get_by_role("heading", level=1)).to_have_text("Which model is right most often?")
    look(page, "leaderboards-empty", theme, width)

    made = make_set(place, [*PAIRS, {**PAIRS[0], "chosen": None}], "Our own pairs")
    styled = make_set(place, [rows.styled(n, [2, 4, 6], [1, 3, 5]) for n in range(12)], "Three styles")
    page.goto(f"{here}1/")
    look(page, "leaderboard-nobody", theme, width)
    ask(place, made, "A reward model of eight billion parameters", "Even prompt 00")
    ask(place, made, "A smaller one", "Even prompt 01")
    ask(place, made, "The one before", "Even")
    ask(place, styled, "In styles", "nothing")

    page.goto(here)
    look(page, "leaderboards", theme, width)
    page.goto(f"{here}1/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("cannot be told apart at the top")
    look(page, "leaderboard", theme, width, whole=True)
    page.get_by_role("link", name="The one before").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The one before scores 75.0 %")
    look(page, "leaderboard-result", theme, width, whole=True)
    page.get_by_role("link", name="1", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Row 1 of")
    look(page, "leaderboard-row", theme, width)
    page.goto(f"{here}2/")
    page.get_by_role("link", name="In styles").click()
    look(page, "leaderboard-styles", theme, width, whole=True)


@pytest.mark.usefixtures("_loads")
def test_from_the_list_to_a_row_by_keyboard(page_for: OpenPage, house: House, place: Place) -> None:
    made = make_set(place, PAIRS, "Our own pairs")
    ask(place, made, "The one before", "Even")
    page = page_for(house.people["Olga"], f"/projects/{house.project.slug}/leaderboards/")

    for name in ("Our own pairs", "The one before", "5"):
        page.get_by_role("link", name=name, exact=True).focus()
        page.keyboard.press("Enter")
        page.wait_for_load_state()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Row 5 of")
    expect(page.get_by_label("Response 1")).to_contain_text("-2")


@pytest.mark.usefixtures("_loads")
def test_a_board_follows_the_run_that_asks(page_for: OpenPage, house: House, place: Place) -> None:
    made = make_set(place, PAIRS, "Our own pairs")
    Checkpoint.objects.create(name="Max", contract="reward", backend="fake", options={"seed": "Even"})
    page = page_for(house.people["Olga"], f"/projects/{house.project.slug}/leaderboards/{made.number}/")

    page.get_by_role("button", name="Ask about 120 rows").click()
    expect(page.locator("#board")).to_contain_text("Max is being asked")
    runner.execute(str(evaluating.start(place, made, Checkpoint.objects.get()).job_id))

    expect(page.get_by_role("heading", level=1)).to_have_text("Max scores 75.0 %")

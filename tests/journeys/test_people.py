"""An annotator with a planted position bias is found in a browser, with the evidence on one page; and how it looks."""

import random
import re

import pytest
from playwright.sync_api import expect

from annotation.models import Annotation, Form
from curation.services import analyses
from jobs import runner
from tests.journeys.house import House
from tests.journeys.test_look import WIDTHS, OpenPage, every_size, look


@pytest.fixture
def labeled(house: House) -> House:
    """Sixty pairs: three names that came with an import look, Ben looks, and Ana leans to what is shown first."""
    draw = random.Random(3)
    form = Form.objects.get(project=house.project)
    for number, item in enumerate(house.add_items(60)):
        truth = draw.choice("ab")
        for who in ("reader one", "reader two", "reader three"):
            _say(house, form, item, truth if draw.random() < 0.9 else "tie", imported_name=who)
        _say(house, form, item, truth, author=house.people["Ben"], seconds=20.0 + number)
        order = draw.choice([[0, 1], [1, 0]])
        first = "ab"[order[0]]
        chosen = first if draw.random() < 0.8 else truth
        _say(house, form, item, chosen, author=house.people["Ana"], shown=order, seconds=9.0)
    asked = analyses.start(house.place("Olga"))
    runner.execute(str(asked.job_id))
    return house


def _say(house: House, form: Form, item: object, winner: str, **who: object) -> None:
    answers = {"better": {"winner": winner, "strength": 1 if winner in {"a", "b"} else None}}
    fields = {"project": house.project, "item": item, "form": form, "answers": answers, "shown": [0, 1], **who}
    Annotation.objects.create(**fields)


def people_of(house: House) -> str:
    return f"/projects/{house.project.slug}/quality/people/"


def test_a_position_bias_is_found_with_its_evidence_on_one_page(page_for: OpenPage, labeled: House) -> None:
    page = page_for(labeled.people["Olga"], people_of(labeled))
    expect(page.get_by_role("heading", level=1)).to_have_text("One of 5 stands out by how they label")

    page.get_by_role("row", name="prefers a side").get_by_role("link").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("chooses the response shown first")
    evidence = page.get_by_role("row", name="Chooses the response shown first")
    expect(evidence).to_contain_text("stands out")
    expect(page.get_by_role("row", name="Shown first").last).to_be_visible()
    expect(page.get_by_role("heading", name="Where they and the labels together differ")).to_be_visible()
    page.get_by_role("region", name="Where they and the labels together differ").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/items/"))


@every_size
def test_screens_of_people(page_for: OpenPage, labeled: House, theme: str, width: int) -> None:
    page = page_for(labeled.people["Olga"], people_of(labeled), theme=theme, width=width, height=WIDTHS[width])
    look(page, "people", theme, width, whole=True)

    with page.expect_navigation():
        page.get_by_role("link", name="Ana Example").click()
    look(page, "person-leans", theme, width, whole=True)
    page.goto(people_of(labeled))
    with page.expect_navigation():
        page.get_by_role("link", name="reader one").click()
    look(page, "person-imported", theme, width, whole=True)


@every_size
def test_screens_before_anybody_is_known(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    page = page_for(house.people["Olga"], people_of(house), theme=theme, width=width, height=WIDTHS[width])

    look(page, "people-empty", theme, width)

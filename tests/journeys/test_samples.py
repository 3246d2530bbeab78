"""Labeling a sample anew in a browser, by keyboard alone; and how its pages look."""

import pytest
from playwright.sync_api import expect

from annotation.models import Annotation, Form, Item
from curation.models import SampledItem
from curation.services import analyses, samples
from jobs import runner
from tests.journeys.house import House
from tests.journeys.test_look import WIDTHS, OpenPage, every_size, look
from tests.journeys.test_review import at_ease


def say(house: House, item: Item, name: str, winner: str, **more: str) -> Annotation:
    """Somebody's answer, in the item's own order."""
    return Annotation.objects.create(
        project=house.project,
        item=item,
        form=Form.objects.get(project=house.project),
        author=house.people[name],
        answers={"better": {"winner": winner, "strength": 2}, **more},
        shown=[0, 1],
    )


@pytest.fixture
def settled(house: House) -> list[Item]:
    """Three items on which Ana and Ben agree."""
    items = house.add_items(3, overlap=2)
    for item in items:
        for name in ("Ana", "Ben"):
            say(house, item, name, "a", why=f"{name} says so.")
    asked = analyses.start(house.place("Olga"))
    runner.execute(str(asked.job_id))
    return items


@pytest.mark.usefixtures("settled")
def test_a_sample_is_drawn_and_labeled_anew_by_keyboard(page_for: OpenPage, house: House) -> None:
    page = page_for(house.people["Olga"], f"/projects/{house.project.slug}/quality/samples/")
    page.get_by_role("button", name="Draw").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("3 items wait to be labeled anew")

    page.keyboard.press("j")
    for number in range(3):
        expect(page.get_by_text("You see nothing of what others said.")).to_be_visible()
        expect(page.get_by_text("Ana says so.")).to_have_count(0)
        at_ease(page)
        page.keyboard.press("1" if number else "7")
        expect(page.locator('input[name="better"]:checked')).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.locator('input[name="better"]:checked')).to_have_count(0)

    expect(page.get_by_role("heading", level=1)).to_have_text("1 of 3 labels was wrong so far")
    expect(page.get_by_text("3 of 3 labeled anew")).to_be_visible()
    assert SampledItem.objects.filter(annotation__author=house.people["Olga"]).count() == 3
    assert Annotation.objects.filter(author=house.people["Olga"]).count() == 3


@every_size
def test_screens_of_samples(page_for: OpenPage, house: House, settled: list[Item], theme: str, width: int) -> None:
    at = f"/projects/{house.project.slug}/quality/samples/"
    page = page_for(house.people["Olga"], at, theme=theme, width=width, height=WIDTHS[width])
    look(page, "samples-empty", theme, width)

    sample = samples.draw(house.place("Olga"), size=50)
    page.goto(f"{at}1/next/")
    look(page, "samples-answer", theme, width)
    for one in sample.items.select_related("item").order_by("position"):
        given = say(house, one.item, "Olga", "b" if one.position == 1 else "a")
        SampledItem.objects.filter(pk=one.pk).update(annotation=given)
    page.goto(at)
    look(page, "samples", theme, width, whole=True)

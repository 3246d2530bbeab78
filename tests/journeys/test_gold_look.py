"""Pages of known answers in a browser: with nothing, some and too much, and made known on a phone, too."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from annotation.models import Annotation, Form, Gold, Item
from annotation.services import gold
from projects.models import Membership, Role
from tests.journeys.house import House
from tests.journeys.test_look import ARABIC, ARABIC_CAUSE, ARABIC_TIPS, WIDTHS, OpenPage, every_size, look
from tests.journeys.test_owner_look import ARABIC_NAME, LONG_NAME

ANSWERS = [{"winner": "a", "strength": strength} for strength in (1, 2, 3)]


def gold_of(house: House, item: Item | None = None) -> str:
    return f"/projects/{house.project.slug}/{f'items/{item.pk}/' if item else ''}gold/"


def extreme(house: House) -> Item:
    """More than a page of known items, the first with long words and an Arabic text, which two people answered."""
    first = house.add_item(ARABIC, ARABIC_CAUSE, ARABIC_TIPS)
    form = Form.objects.get(project=house.project)
    for number, name in enumerate((LONG_NAME, ARABIC_NAME)):
        user = User.objects.create_user(f"g{number}@example.org", None, name=name)
        Membership.objects.create(project=house.project, user=user, role=Role.ANNOTATOR)
        said = {"better": {"winner": "a", "strength": number + 1}}
        Annotation.objects.create(
            project=house.project, item=first, form=form, author=user, answers=said, shown=[0, 1], guideline_version=1
        )
    accepted = {"better": {"accepted": ANSWERS}}
    gold.mark(house.place("Olga"), item_id=first.pk, answers=accepted, note="Nobreak" * 40)
    for item in house.add_items(60):
        gold.mark(house.place("Olga"), item_id=item.pk, answers={"better": {"accepted": ANSWERS[:1]}})
    return first


@every_size
def test_screens_of_known_answers(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    page = page_for(house.people["Olga"], gold_of(house), theme=theme, width=width, height=WIDTHS[width])
    look(page, "gold-empty", theme, width)
    (only,) = house.add_items(1)
    page.goto(gold_of(house, only))
    look(page, "gold-item-unknown", theme, width, whole=True)

    item = extreme(house)
    page.goto(gold_of(house))
    look(page, "gold-many", theme, width)
    page.goto(gold_of(house, item))
    look(page, "gold-item-extreme", theme, width, whole=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_answer_of_ones_own_is_made_known(page_for: OpenPage, house: House, width: int) -> None:
    (item,) = house.add_items(1)
    page = page_for(house.people["Olga"], gold_of(house, item), width=width, height=WIDTHS[width])

    page.locator("label", has=page.locator('input[value="b:3"]')).click()
    page.get_by_role("button", name="Make it known").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("The answer to this item is known")
    assert Gold.objects.get().answers["better"]["accepted"] == [{"winner": "b", "strength": 3}]

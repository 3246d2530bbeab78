"""The library of rubrics in a browser: with nothing, some and too much; written and published by keyboard."""

import pytest
from playwright.sync_api import expect

from annotation.models import CriterionProposal, Draft, Form, Item, RubricVersion
from annotation.services import rubric_publishing, rubrics
from tests.journeys.house import House
from tests.journeys.test_look import ARABIC, ARABIC_CAUSE, ARABIC_TIPS, WIDTHS, OpenPage, every_size, look

USUAL = [
    {
        "key": "follows",
        "title": "Follows every instruction of the prompt",
        "kind": "hard_rule",
        "pass_condition": "Each thing that the prompt asks for is there, in the form that it asks for.",
        "failure_examples": ["Gives three reasons where two were asked for.", "Answers in another language."],
    },
    {"key": "correct", "title": "Every claim is correct", "weight": 2, "needs_evidence": True},
    {
        "key": "depth",
        "title": "Goes as deep as the question",
        "scale": 3,
        "anchors": ["not at all", "in part", "fully"],
    },
    {"key": "pads", "title": "Says something that nobody asked for", "weight": -0.5, "depends_on": ["correct"]},
]


def library_of(house: House) -> str:
    return f"/projects/{house.project.slug}/rubrics/"


def usual(house: House) -> None:
    """A rubric in two versions, of which the first is asked, and two more."""
    olga = house.people["Olga"]
    first = rubrics.create(house.project, by=olga, name="Helpfulness", criteria=USUAL, note="As agreed on Monday.")
    rubrics.set_status(first, status="validated", by=olga)
    rubric_publishing.publish(house.place("Olga"), first)
    changed = [*USUAL[:1], {**USUAL[1], "title": "Every claim that can be checked is correct"}, "Is kind"]
    rubrics.new_version(first.rubric, by=olga, criteria=changed, note="What cannot be checked is no fault.")
    rubrics.create(house.project, by=None, name="Maths", criteria=USUAL[1:], scope="slice", sliced_by={"tag": "maths"})


def extreme(house: House) -> None:
    """Forty criteria with long and Arabic words and many quotes; more rubrics than fit a page."""
    item: Item = house.add_item(ARABIC, ARABIC_CAUSE, ARABIC_TIPS)
    long = [
        {
            "key": f"c{number}",
            "title": f"{number} {ARABIC if number % 2 else 'Nobreak' * 30}",
            "scale": 7,
            "anchors": [f"Level {level} " + "with many words " * 6 for level in range(7)],
            "pass_condition": "A condition that goes on and on. " * 12,
            "failure_examples": ["An example of failing. " * 4] * 6,
            "evidence": [{"snippet": ARABIC_CAUSE, "response": 0}] * 9,
            "depends_on": [f"c{number - 1}"] if number else [],
            "origin": "contrast",
        }
        for number in range(40)
    ]
    rubrics.create(
        house.project, by=None, name="Verylong" * 15, criteria=long, scope="item", item=item, source="contrast"
    )
    for number in range(55):
        rubrics.create(house.project, by=None, name=f"Found {number}", criteria=["Is kind"], source="contrast")


@every_size
def test_screens_of_rubrics(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    address = library_of(house)
    page = page_for(house.people["Olga"], address, theme=theme, width=width, height=WIDTHS[width])
    look(page, "rubrics-empty", theme, width)
    page.goto(f"{address}new/")
    look(page, "rubric-new", theme, width, whole=True)

    usual(house)
    page.goto(address)
    look(page, "rubrics-usual", theme, width)
    page.goto(f"{address}1/versions/1/")
    look(page, "rubric-version", theme, width, whole=True)
    page.goto(f"{address}1/versions/2/compare/")
    look(page, "rubric-compare", theme, width, whole=True)
    page.goto(f"{address}1/versions/1/edit/")
    look(page, "rubric-edit", theme, width, whole=True)

    extreme(house)
    page.goto(address)
    look(page, "rubrics-extreme", theme, width)
    page.goto(f"{address}3/versions/1/")
    look(page, "rubric-extreme", theme, width, whole=True)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_rubric_is_written_and_published_by_keyboard(page_for: OpenPage, house: House, width: int) -> None:
    page = page_for(house.people["Olga"], f"{library_of(house)}new/", width=width, height=WIDTHS[width])

    page.get_by_role("button", name="Remove criterion 2").press("Enter")  # before the rubric has a name
    page.get_by_label("Name", exact=True).fill("Kindness")
    page.get_by_label("Criterion 1", exact=True).fill("[hard] Harms nobody")
    page.get_by_label("More criteria, one to a line").fill("Is kind (weight 2)\nIs brief")
    page.get_by_role("button", name="Save the rubric").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kindness, version 1")
    page.get_by_role("button", name="Publish version 1").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Kindness is asked with version 1")
    version = RubricVersion.objects.get()
    assert [one["title"] for one in version.criteria] == ["Harms nobody", "Is kind", "Is brief"]


@pytest.mark.parametrize("width", WIDTHS)
def test_a_criterion_is_proposed_beside_the_answers(page_for: OpenPage, house: House, width: int) -> None:
    usual(house)
    house.add_item("Name a fruit.", "An apple.", "A stone.")
    page = page_for(house.people["Ana"], house.label, width=width, height=WIDTHS[width])
    page.get_by_text("Propose a criterion").click()

    page.get_by_label("What should responses be judged by, too?").fill("Names a fruit that is in season")
    page.locator("textarea[name=_why]").fill("Apples are, in autumn.")
    look(page, "label-proposing", "light", width)
    page.get_by_role("button", name="Propose it").click()

    expect(page.locator("[data-proposed]")).to_have_text(
        "Proposed. The curators see it; your answers are as they were."
    )
    expect(page.get_by_label("What should responses be judged by, too?")).to_have_value("")
    assert CriterionProposal.objects.get().words == "Names a fruit that is in season"
    assert not Draft.objects.exists()


@every_size
def test_screens_of_proposals(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    usual(house)
    for words in ("Names its sources", ARABIC, "Nobreak" * 60):
        item = house.add_item("Name a fruit.", "An apple.", "A stone.")
        form = Form.objects.order_by("-version")[0]
        CriterionProposal.objects.create(
            project=house.project, item=item, form=form, question_key="rubric", words=words, by=house.people["Ana"]
        )
    page = page_for(house.people["Olga"], library_of(house), theme=theme, width=width, height=WIDTHS[width])
    look(page, "rubrics-proposals", theme, width, whole=True)

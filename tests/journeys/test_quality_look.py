"""The page of quality in a browser: every state of it, and by keyboard from the attention list to what is behind."""

import random
import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from annotation.models import Annotation, Form, Item
from curation.models import Analysis, Finding
from jobs import runner
from jobs import services as jobs
from jobs.models import Job, State
from modelhooks.models import Checkpoint, Run
from tests.journeys.house import PREFERENCE, House, rating
from tests.journeys.test_look import WIDTHS, OpenPage, every_size, look

PEOPLE = {"Ana Example": 0.95, "Ben Example": 0.85, "Cid": 0.9, "Dora": 0.8, "Lot": 0.5}
OTHER = {"a": "b", "b": "a"}
FORM = (PREFERENCE, rating("clear", "Clear"))


def quality_of(house: House) -> str:
    return f"/projects/{house.project.slug}/quality/"


@pytest.fixture
def labeled(transactional_db: None) -> House:
    """120 pairs: four people who look, one who draws lots, a judge; nobody agrees how clear the responses are."""
    house = House.build("Helpful answers", FORM)
    form, draw = Form.objects.get(project=house.project), random.Random(3)
    people = [User.objects.get(email=f"{name.split()[0].lower()}@example.org") for name in list(PEOPLE)[:2]]
    people += [User.objects.create_user(f"{name}@example.org", None, name=name) for name in list(PEOPLE)[2:]]
    run = _judge(house)
    said = []
    for number, item in enumerate(house.add_items(120)):
        tags = ["baking"] if number % 3 == 0 else []
        Item.objects.filter(pk=item.pk).update(tags=tags, group=f"prompt {number}")
        truth = draw.choice("ab")
        for person, skill in zip(people, PEOPLE.values(), strict=True):
            winner = truth if draw.random() < skill else OTHER[truth]
            said.append(_answer(item, form, winner, draw, author=person, shown=[0, 1], guideline_version=1))
        said.append(_answer(item, form, truth if draw.random() < 0.8 else OTHER[truth], draw, run=run, shown=[0, 1]))
    Annotation.objects.bulk_create(said)
    return house


def _answer(item: Item, form: Form, winner: str, draw: random.Random, **who: object) -> Annotation:
    answers = {"better": {"winner": winner, "strength": 1}, "clear": [draw.randint(1, 5), draw.randint(1, 5)]}
    return Annotation(project=item.project, item=item, form=form, answers=answers, **who)


def _judge(house: House) -> Run:
    judge = Checkpoint.objects.create(name="A judge of eight billion", contract="preference", backend="fake")
    job = Job.objects.create(kind="run")
    return Run.objects.create(
        project=house.project,
        hook="prelabel",
        checkpoint=judge,
        question="better",
        job=job,
        created_by=house.people["Olga"],
    )


def looked() -> Analysis:
    """What was asked for last, done."""
    asked = Analysis.objects.latest("number")
    runner.execute(str(asked.job_id))
    return asked


def detect(analysis: Analysis) -> None:
    """Findings of three detectors, of which one was reviewed."""
    items = Item.objects.filter(project=analysis.project).order_by("pk")
    for number, item in enumerate(items[:60]):
        detector = ("planted", "copied", "circle_of_preferences")[number % 3]
        decision = ("overturned" if number % 4 else "upheld") if number >= 30 and number % 3 == 0 else ""
        Finding.objects.create(
            project=analysis.project,
            detector=detector,
            version="1",
            question="better",
            about=f"item:{item.pk}",
            item=item,
            strength=0.99 - number / 100,
            words="Four people say the opposite of what was labeled here.",
            first=analysis,
            last=analysis,
            decision=decision,
        )


@every_size
def test_screens_of_quality(page_for: OpenPage, labeled: House, theme: str, width: int) -> None:
    here = quality_of(labeled)
    page = page_for(labeled.people["Olga"], here, theme=theme, width=width, height=WIDTHS[width])
    look(page, "quality-never-looked", theme, width)
    page.get_by_role("button", name="Look at all labels").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("These labels are looked at for the first time")
    look(page, "quality-looking", theme, width)

    detect(looked())

    expect(page.get_by_role("heading", level=1)).to_contain_text("These labels can be trusted for", timeout=20_000)
    expect(page.locator("#release")).to_contain_text("items with rows")
    look(page, "quality", theme, width, whole=True)
    page.goto(f"{here}?question=better")
    expect(page.locator("#release")).to_contain_text("items with rows")
    look(page, "quality-by-slice", theme, width, whole=True)
    page.goto(f"{here}items/?question=better&why=unsure")
    look(page, "quality-items", theme, width)
    page.goto(f"{here}findings/")
    look(page, "quality-findings", theme, width)

    labeled.add_item("One more?", "Yes.", "No.")
    Annotation.objects.bulk_create(
        [
            _answer(
                Item.objects.latest("pk"),
                Form.objects.get(project=labeled.project),
                "a",
                random.Random(0),
                imported_name="crowd",
                shown=[0, 1],
            )
        ]
    )
    page.goto(here)
    page.get_by_role("button", name="Look anew").first.click()
    expect(page.get_by_text("You can leave this page; the look goes on.")).to_be_visible()
    look(page, "quality-looking-again", theme, width)
    held = jobs.claim(str(Analysis.objects.latest("number").job_id))
    assert held
    jobs.finish(held, State.FAILED, "There was no room for it.")
    expect(page.get_by_text("There was no room for it.")).to_be_visible(timeout=20_000)
    look(page, "quality-failed-and-old", theme, width)


@every_size
def test_screens_of_quality_with_nothing_and_with_little(
    page_for: OpenPage, house: House, theme: str, width: int
) -> None:
    here = quality_of(house)
    page = page_for(house.people["Olga"], here, theme=theme, width=width, height=WIDTHS[width])
    look(page, "quality-no-labels", theme, width)
    form = Form.objects.get(project=house.project)
    for item in house.add_items(3):
        for who in ("Ana", "Ben"):
            Annotation.objects.create(
                project=house.project,
                item=item,
                form=form,
                author=house.people[who],
                answers={"better": {"winner": "a", "strength": 1}},
                shown=[0, 1],
                guideline_version=1,
            )
    page.goto(here)
    page.get_by_role("button", name="Look at all labels").click()
    expect(page.get_by_text("You can leave this page")).to_be_visible()
    looked()

    expect(page.get_by_role("heading", level=1)).to_contain_text("It is too early to say", timeout=20_000)
    expect(page.locator("#release")).to_contain_text("items with rows")
    look(page, "quality-little", theme, width, whole=True)


def test_from_the_attention_list_to_an_item_by_keyboard_alone(page_for: OpenPage, labeled: House) -> None:
    page = page_for(labeled.people["Olga"], quality_of(labeled))
    page.get_by_role("button", name="Look at all labels").press("Enter")
    expect(page.get_by_text("You can leave this page")).to_be_visible()
    detect(looked())
    expect(page.get_by_role("heading", level=1)).to_contain_text("These labels can be trusted", timeout=20_000)

    page.get_by_role("link", name="Look: Least sure consensus, Which response is better?").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Where the labels are not sure")
    first = page.locator("tbody a").first
    address = first.get_attribute("href") or ""
    first.press("Enter")

    expect(page).to_have_url(re.compile(re.escape(address) + "$"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()

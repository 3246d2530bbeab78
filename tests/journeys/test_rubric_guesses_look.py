"""Guesses at what a rubric does not name: guessed, tested and added with the keyboard, and how they look."""

import random
import re
from typing import Any

from playwright.sync_api import Page, expect

from annotation.models import Annotation, Form, Item, RubricVersion
from annotation.services import rubrics
from curation.models import RubricReport
from curation.services import rubric_hypotheses, rubric_runs
from modelhooks.models import Checkpoint, Run
from tests.journeys.house import House
from tests.journeys.test_look import ARABIC, WIDTHS, OpenPage, every_size, look
from tests.journeys.test_rubrics_from_labels import LONG, here, work

STOP = {"key": "stop", "title": "The response ends with a full stop."}
EVIDENCE = "1/versions/1/evidence/"


def labelled(house: House, count: int = 120) -> None:
    """Pairs of which people prefer the one that gives a reason; all else is drawn by lot."""
    draw = random.Random(5)
    form = Form.objects.get(project=house.project, version=1)
    for number in range(count):
        texts = [
            f"It is {draw.choice(['7', 'seven'])}{reason}{draw.choice(['.', '!', ''])}"
            for reason in (", because three and four are seven", "")
        ]
        is_first = draw.random() < 0.5
        item = house.add_item(f"What is {number}?", *(texts if is_first else reversed(texts)))
        Item.objects.filter(pk=item.pk).update(group=f"group-{number}")
        Annotation.objects.create(
            project=house.project,
            item=item,
            form=form,
            author=house.people["Ana"],
            answers={"better": {"winner": "a" if is_first else "b", "strength": 2}},
            shown=[0, 1],
            guideline_version=1,
        )


def checkpoints() -> tuple[Checkpoint, Checkpoint]:
    """Who writes, and who judges."""
    made = [
        Checkpoint.objects.create(name=name, contract=contract, backend="fake", is_healthy=True, health="It works.")
        for name, contract in (("Pen", "writing"), ("A judge of eight billion parameters", "rubric"))
    ]
    return made[0], made[1]


def judged(house: House, judge: Checkpoint, *criteria: Any) -> RubricReport:
    """A version that a judge was asked about."""
    version = rubrics.create(house.project, by=house.people["Olga"], name="Reasons", criteria=criteria or [STOP])
    run = rubric_runs.grade(house.place("Olga"), version=version, checkpoint=judge, question="better")
    work()
    return RubricReport.objects.get(run=run)


def test_a_curator_finds_what_a_rubric_lacks_without_a_mouse(page_for: OpenPage, house: House) -> None:
    labelled(house)
    judged(house, checkpoints()[1])
    page = page_for(house.people["Olga"], here(house, EVIDENCE))

    opens(page, "Let a writer guess what is missing")
    presses(page, "Guess")
    expect(page.get_by_role("status")).to_contain_text("is guessing what this version does not name")
    work()
    page.reload()
    presses(page, "Test 3 guesses")
    expect(page.get_by_role("status")).to_contain_text("is being asked")
    work()
    page.reload()
    expect(page.get_by_role("heading", name="tells more than these criteria")).to_be_visible()
    presses(page, "Add as a criterion of the next version “The response gives a reason.”")

    expect(page).to_have_url(re.compile("/versions/2/evidence/"))
    added = RubricVersion.objects.get(rubric__number=1, number=2)
    assert [one["title"] for one in added.criteria] == [STOP["title"], "The response gives a reason."]
    page.goto(here(house, EVIDENCE))
    expect(page.get_by_text("The newest version has it.")).to_be_visible()
    expect(page.get_by_role("button", name="Add as a criterion")).to_have_count(0)


def opens(page: Page, words: str) -> None:
    page.locator("summary", has_text=words).focus()
    page.keyboard.press("Enter")


def presses(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).focus()
    page.keyboard.press("Enter")


@every_size
def test_screens_of_guesses(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    labelled(house)
    writer, judge = checkpoints()
    report = judged(house, judge)
    olga = house.place("Olga")
    address = here(house, EVIDENCE)
    page = page_for(house.people["Olga"], address, theme=theme, width=width, height=WIDTHS[width])
    opens(page, "Let a writer guess what is missing")
    look(page, "rubric-guess-form", theme, width, whole=True)

    run = rubric_hypotheses.guess(olga, report=report, checkpoint=writer)
    page.goto(address)
    look(page, "rubric-guesses-open", theme, width)
    work()
    page.goto(address)
    look(page, "rubric-guesses-waiting", theme, width, whole=True)
    rubric_hypotheses.put_to_test(olga, report=report, guesses=RubricVersion.objects.get(run=run))
    work()
    page.goto(address)
    look(page, "rubric-guesses", theme, width, whole=True)
    page.goto(f"/projects/{house.project.slug}/runs/")
    look(page, "rubric-guesses-runs", theme, width)
    for each in Run.objects.filter(hook__in=["hypotheses", "testing"]):
        page.goto(f"/projects/{house.project.slug}/runs/{each.pk}/")
        look(page, f"rubric-guesses-run-{each.hook}", theme, width)

    rubrics.create(
        house.project,
        by=None,
        name="Nobreak" * 17,
        criteria=[ARABIC if number % 3 else f"The response names item {number}{LONG}." for number in range(8)],
        source="hypotheses",
        provenance={"percent": 50, "items": [1], "seen": []},
        run=run,
        parent=report.version,
        is_put_away=True,
    )
    page.goto(address)
    look(page, "rubric-guesses-extreme", theme, width, whole=True)

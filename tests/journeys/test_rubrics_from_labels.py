"""From labeled pairs to a rubric that people are asked by: written, held against labels, decided about, published."""

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Annotation, Form, Item
from annotation.services import rubrics
from curation import store
from curation.models import Release, ReleaseFile
from curation.services import releases, rubric_runs
from jobs import runner
from modelhooks.models import Checkpoint, Run
from tests.journeys.house import PREFERENCE, House
from tests.journeys.test_label_by_keyboard import answer
from tests.journeys.test_look import ARABIC, WIDTHS, OpenPage, every_size, look

LONG = " and on it goes with many more words than anybody asked for" * 6


def labelled(house: House, count: int = 50) -> list[Item]:
    """Pairs of which people prefer the one that gives a reason; how a response ends, and whether it has a digit or many
    words, is drawn by lot."""
    draw = random.Random(11)
    form = Form.objects.get(project=house.project, version=1)
    items = []
    for number in range(count):
        better, worse = (
            f"It is {draw.choice(['7', 'seven'])}{reason}{draw.choice(['.', '!'])}{draw.choice(['', ' That is all.'])}"
            for reason in (", because three and four are seven", "")
        )
        is_first = draw.random() < 0.5
        item = house.add_item(
            f"What is {number} and {7 - number}?", *((better, worse) if is_first else (worse, better))
        )
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
        items.append(item)
    return items


@pytest.fixture
def checkpoints(transactional_db: None) -> None:
    """Who writes, and who judges."""
    for name, contract in (("Pen", "writing"), ("Max", "rubric")):
        Checkpoint.objects.create(name=name, contract=contract, backend="fake", is_healthy=True, health="It works.")


def work() -> None:
    """What a worker would do."""
    for run in Run.objects.filter(job__state="queued"):
        runner.execute(str(run.job_id))


def here(house: House, rest: str = "") -> str:
    return f"/projects/{house.project.slug}/rubrics/{rest}"


@pytest.mark.usefixtures("checkpoints")
def test_a_curator_makes_a_rubric_of_fifty_labels_and_an_annotator_labels_with_it(
    page_for: OpenPage, settings: Any, tmp_path: Path
) -> None:
    settings.HOME = tmp_path / "home"
    house = House.build(questions=(PREFERENCE,))
    labelled(house)
    page = page_for(house.people["Olga"], here(house))
    write(page)
    ask_the_judge(page)
    title = page.get_by_role("heading", level=1)
    expect(title).to_contain_text("criteria tell what people prefer")
    assert int(title.inner_text().split()[0]) >= 1

    drop_two_and_merge_two(page)
    expect(page).to_have_url(re.compile("/versions/2/evidence/"))
    ask_the_judge(page)
    said = page.get_by_text("Version 1 was right in")
    expect(said).to_contain_text("unseen pairs of both; this one")
    expect(said).to_contain_text("points (")

    publish(page)
    labels_with_it(page_for, house)
    assert released(house)


def write(page: Page) -> None:
    page.get_by_role("link", name="Written from labels").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What makes a response better here?")
    page.get_by_role("button", name="Start writing").click()
    work()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("have a rubric that explains their label")
    page.get_by_label("What it is called").fill("What is better")
    page.get_by_role("button", name="Make a draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Do these criteria say what people prefer?")


def ask_the_judge(page: Page) -> None:
    button = page.get_by_role("button", name="Ask about")
    if not button.is_visible():
        page.get_by_role("heading", name="Ask a judge").click()
    button.click()
    expect(page.get_by_role("status")).to_contain_text("is being asked")
    work()
    page.reload()


def drop_two_and_merge_two(page: Page) -> None:
    keep, into = page.get_by_role("checkbox"), page.get_by_label("Merge into")
    count = keep.count()
    assert count >= 5
    keep.nth(count - 1).uncheck()
    keep.nth(count - 2).uncheck()
    into.nth(count - 3).select_option(index=1)
    page.get_by_label("What changed, and why").fill("Two tell nothing, two say the same.")
    page.get_by_role("button", name="Make the next version").click()


def publish(page: Page) -> None:
    page.get_by_role("link", name="What is better, version 2").click()
    page.get_by_role("button", name="Publish").click()


def labels_with_it(page_for: OpenPage, house: House) -> None:
    """The newest form asks the criteria of version 2, and an annotator answers them."""
    form = Form.objects.filter(project=house.project).order_by("-version")[0]
    use = form.rubric_uses.get()
    assert use.version.number == 2
    house.add_item("What is 3 and 4?", "It is 7.", "Seven!")
    page = page_for(house.people["Ben"], house.label)
    expect(page.get_by_text(use.version.criteria[0]["title"]).first).to_be_visible()
    page.wait_for_timeout(1_000)  # nobody submits an item that was only just shown
    answer(page, *"yn" * len(use.version.criteria), "1")
    expect(page.get_by_text("What is 1 and 6?")).to_be_visible()
    (labeled,) = Annotation.objects.filter(author=house.people["Ben"])
    assert set(labeled.answers[use.question_key]["verdicts"]) == {one["key"] for one in use.version.criteria}


def released(house: House) -> bool:
    """A release of the recipe `rubrics` holds the criteria of version 2."""
    form = Form.objects.filter(project=house.project).order_by("-version")[0]
    asked = form.rubric_uses.get()
    recipe = {"name": "rubrics", "parameters": {"question": asked.question_key, "rows": "responses"}}
    made, _ = releases.freeze(house.place("Olga"), recipes=[recipe], formats=["jsonl"], splits={"train": 100})
    runner.execute(str(made.job_id))
    release = Release.objects.select_related("job").get(pk=made.pk)
    assert release.manifest, release.job.message
    with store.opened(ReleaseFile.objects.get(release=release, path=release.manifest["files"][0]["path"])) as file:
        rows = file.read().decode().splitlines()
    told = [one["text"] for one in json.loads(rows[0])["criteria"]]
    return told == [one["title"] for one in asked.version.criteria]


@every_size
def test_screens_of_rubrics_from_labels(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    page = page_for(house.people["Olga"], here(house, "written/"), theme=theme, width=width, height=WIDTHS[width])
    look(page, "rubric-runs-no-writer", theme, width)
    for name, contract in (("Pen", "writing"), ("A judge of eight billion parameters", "rubric")):
        Checkpoint.objects.create(name=name, contract=contract, backend="fake", is_healthy=True, health="It works.")
    page.reload()
    look(page, "rubric-runs-empty", theme, width, whole=True)

    labelled(house)
    olga = house.place("Olga")
    writer, judge = (Checkpoint.objects.get(contract=contract) for contract in ("writing", "rubric"))
    run = rubric_runs.contrast(olga, checkpoint=writer, question="better")
    page.goto(here(house, f"written/{run.pk}/"))
    look(page, "rubric-attempts-queued", theme, width)
    work()
    page.reload()
    look(page, "rubric-attempts", theme, width, whole=True)
    page.goto(here(house, "written/"))
    look(page, "rubric-runs", theme, width)

    usual = rubrics.create(
        house.project,
        by=olga.user,
        name="Reasons",
        criteria=[
            {"key": "reason", "title": "The response gives a reason.", "weight": 2},
            {"key": "stop", "title": "The response ends with a full stop.", "kind": "hard_rule"},
            {"key": "digit", "title": "The response has a digit in it."},
            {"key": "lines", "title": "The response has more than one line."},
            {"key": "shout", "title": "The response does without exclamation marks.", "weight": -0.5},
        ],
    )
    page.goto(here(house, "1/versions/1/evidence/"))
    look(page, "rubric-evidence-nobody", theme, width, whole=True)
    rubric_runs.grade(olga, version=usual, checkpoint=judge, question="better")
    page.reload()
    look(page, "rubric-evidence-open", theme, width)
    work()
    page.reload()
    look(page, "rubric-evidence", theme, width, whole=True)
    second = rubrics.new_version(usual.rubric, by=olga.user, criteria=usual.criteria[:1])
    rubric_runs.grade(olga, version=second, checkpoint=judge, question="better")
    work()
    page.goto(here(house, "1/versions/2/evidence/"))
    look(page, "rubric-evidence-second", theme, width)

    many = [
        {"key": f"c{number}", "title": ARABIC if number % 3 else f"The response names item {number}{LONG}."}
        for number in range(30)
    ]
    rubrics.create(house.project, by=None, name="Nobreak" * 17, criteria=many)
    page.goto(here(house, "2/versions/1/evidence/"))
    look(page, "rubric-evidence-extreme", theme, width, whole=True)

"""A judge held against people in a browser: it fails its probes, and nothing of it is accepted; and how it looks."""

import random

import pytest
from playwright.sync_api import expect

from annotation.models import Annotation, Form, Item
from curation.services import analyses
from jobs import runner
from jobs.models import Job
from modelhooks.models import Checkpoint, Run
from modelhooks.services import probing
from tests.journeys.house import House
from tests.journeys.test_look import WIDTHS, OpenPage, every_size, look

PAIRS = 60


@pytest.fixture
def judged(house: House) -> House:
    """Pairs of two people, and two judges, of which one is drawn to what is shown first."""
    draw = random.Random(4)
    form = Form.objects.get(project=house.project)
    runs = [_run(house, name) for name in ("Careful judge", "Hasty judge")]
    for number, item in enumerate(house.add_items(PAIRS)):
        Item.objects.filter(pk=item.pk).update(group=f"prompt {number}")
        truth = draw.choice("ab")
        for who in ("reader one", "reader two"):
            _say(form, item, truth if draw.random() < 0.9 else draw.choice("ab"), imported_name=who)
        sure = draw.uniform(0.55, 0.99)
        said = truth if draw.random() < sure else "ab"[truth == "a"]
        _judge(form, item, runs[0], said, sure, is_torn=draw.random() < 0.03)
        _judge(form, item, runs[1], draw.choice("ab"), 0.97, is_torn=draw.random() < 0.5)
    asked = analyses.start(house.place("Olga"))
    runner.execute(str(asked.job_id))
    return house


def _run(house: House, name: str) -> Run:
    checkpoint = Checkpoint.objects.create(name=name, contract="preference", backend="fake", options={"seed": name})
    return Run.objects.create(
        project=house.project,
        hook="prelabel",
        checkpoint=checkpoint,
        question="better",
        job=Job.objects.create(kind="run"),
        created_by=house.people["Olga"],
    )


def _judge(form: Form, item: Item, run: Run, said: str, sure: float, *, is_torn: bool) -> None:
    """What a judge says in both orders; torn, it picks whatever stands first and abstains."""
    shown = [{"A": 1}, {"A": 1}] if is_torn else [{"A": 1}, {"B": 1}] if said == "a" else [{"B": 1}, {"A": 1}]
    source = {"p_first": sure if said == "a" else 1 - sure, "by_order": shown, "consistent_under_swap": not is_torn}
    _say(form, item, "" if is_torn else said, run=run, source=source)


def _say(form: Form, item: Item, winner: str, **who: object) -> None:
    answers = {"better": {"winner": winner, "strength": None}} if winner else {}
    fields = {"project": item.project, "item": item, "form": form, "answers": answers, "shown": [0, 1], **who}
    Annotation.objects.create(**fields)


def judges_of(house: House) -> str:
    return f"/projects/{house.project.slug}/quality/judges/"


def test_a_judge_that_follows_the_order_fails_its_probes_and_is_not_accepted(page_for: OpenPage, judged: House) -> None:
    page = page_for(judged.people["Olga"], judges_of(judged))
    expect(page.get_by_role("heading", level=1)).to_have_text("2 judges held against people")

    page.get_by_role("link", name="Hasty judge").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hasty judge says what a person says")
    page.wait_for_load_state("load")
    trust = page.get_by_role("region", name="Has it earned trust?")
    expect(trust.get_by_role("listitem").filter(has_text="both orders")).to_contain_text("not yet")
    expect(trust).to_contain_text("no probes were asked yet")
    page.get_by_role("button", name="Ask the probes").click()
    expect(page.get_by_role("region", name="What do our probes show?")).to_contain_text("They are being asked")

    runner.execute(str(Run.objects.get(hook="probe").job_id))
    page.goto(page.url)
    probes = page.get_by_role("region", name="What do our probes show?")
    expect(probes).to_contain_text("not passed")
    expect(probes.get_by_role("row", name="master key")).to_contain_text("failed")
    expect(trust.get_by_role("listitem").filter(has_text="probe")).to_contain_text("not yet")
    expect(page.get_by_text("holds", exact=True)).to_have_count(0)


@every_size
def test_screens_of_judges(page_for: OpenPage, judged: House, theme: str, width: int) -> None:
    run = probing.start(judged.place("Olga"), Checkpoint.objects.get(name="Careful judge"))
    runner.execute(str(run.job_id))

    page = page_for(judged.people["Olga"], judges_of(judged), theme=theme, width=width, height=WIDTHS[width])
    look(page, "judges", theme, width, whole=True)

    with page.expect_navigation():
        page.get_by_role("link", name="Careful judge").click()
    look(page, "judge", theme, width, whole=True)

"""A judge held against people in a browser: what it has to show before its answers are accepted; and how it looks."""

import random
import re

import pytest
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from accounts.models import Scope
from accounts.services import tokens
from annotation.models import Annotation, Form, Item
from curation.models import Acceptance, Standing
from curation.services import analyses
from jobs import runner
from jobs.models import Job
from modelhooks.backends.fake import FakeModel
from modelhooks.models import Checkpoint, Run
from modelhooks.services import probing
from tests.curation.test_judge_pages import passed
from tests.journeys.house import House
from tests.journeys.test_look import WIDTHS, OpenPage, every_size, look

PAIRS = 60
ENOUGH, ALONE = 110, 3
ACCEPT = re.compile("^Accept from")


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


@pytest.fixture
def earning(house: House) -> House:
    """A judge that is right and sure about 110 pairs of two people, and alone about three more: only its probes are
    still to come."""
    form, run = Form.objects.get(project=house.project), _run(house, "Sure judge")
    for number, item in enumerate(house.add_items(ENOUGH + ALONE)):
        Item.objects.filter(pk=item.pk).update(group=f"prompt {number}")
        for who in ("reader one", "reader two") if number < ENOUGH else ():
            _say(form, item, "ab"[number % 2], imported_name=who)
        _judge(form, item, run, "ab"[number % 2], 0.95, is_torn=False)
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
        fingerprint=FakeModel(name).fingerprint,
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


def card_of(page_for: OpenPage, house: House, name: str) -> Page:
    page = page_for(house.people["Olga"], judges_of(house))
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{name} says what a person says")
    return page


def is_met(page: Page) -> list[str]:
    """What stands beside each thing that the judge has to show."""
    trust: Locator = page.get_by_role("region", name="Has it earned trust?")
    return trust.get_by_role("listitem").locator(".badge").all_text_contents()


def asked_to_accept(page: Page, house: House, judge: Standing) -> tuple[int, str]:
    """What is answered to the form of the button that the page does not show, sent by a page of the same person."""
    sent = """([address, fields]) => fetch(address, {method: "POST", body: new URLSearchParams({...fields,
        csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]").value})})
        .then(async (answer) => [answer.status, await answer.text()])"""
    fields = {"question": "better", "confidence": "0.9500", "target": "0.9"}
    status, told = page.evaluate(sent, [f"{judges_of(house)}{judge.checkpoint_id}/accept/", fields])
    return status, told


def test_a_judge_that_fails_its_probes_cannot_be_accepted_by_page_or_program(
    page_for: OpenPage, earning: House
) -> None:
    judge = Standing.objects.select_related("checkpoint").get(checkpoint__name="Sure judge")
    page = card_of(page_for, earning, "Sure judge")
    assert is_met(page) == ["yes", "yes", "yes", "not yet"]

    page.get_by_role("button", name="Ask the probes").click()
    expect(page.get_by_role("region", name="What do our probes show?")).to_contain_text("They are being asked")
    runner.execute(str(Run.objects.get(hook="probe").job_id))
    page.goto(page.url)

    probes = page.get_by_role("region", name="What do our probes show?")
    expect(probes).to_contain_text("not passed")
    expect(probes.get_by_role("row", name="master key")).to_contain_text("failed")
    trust = page.get_by_role("region", name="Has it earned trust?")
    expect(trust).to_contain_text("As long as one of these is open, nothing that it says can be accepted")
    expect(trust).to_contain_text("Nothing of it is accepted.")
    assert is_met(page) == ["yes", "yes", "yes", "not yet"]
    expect(page.get_by_text("holds", exact=True)).to_have_count(1)  # so its certainty is not what is missing
    expect(page.get_by_role("button", name=ACCEPT)).to_have_count(0)

    status, told = asked_to_accept(page, earning, judge)
    assert (status, "It passes every probe" in told, "it fails" in told) == (422, True, True)
    secret = tokens.create(earning.people["Olga"], name="a program", scopes=(Scope.WRITE,), days=1).secret
    refused = Client(headers={"Authorization": f"Token {secret}"}).put(
        f"/api/v1/projects/{earning.project.slug}/judges/{judge.checkpoint_id}/acceptance/better/",
        {"confidence": 0.95, "target": 0.9},
        content_type="application/json",
    )
    assert (refused.status_code, "it fails" in refused.json()["detail"]) == (422, True)
    assert not Acceptance.objects.exists()


def test_a_judge_that_passes_them_is_accepted_and_its_answers_say_so(page_for: OpenPage, earning: House) -> None:
    judge = Standing.objects.select_related("checkpoint").get(checkpoint__name="Sure judge")
    run = passed(earning.place("Olga"), judge)
    Run.objects.filter(pk=run.pk).update(fingerprint=FakeModel("Sure judge").fingerprint)

    page = card_of(page_for, earning, "Sure judge")
    assert is_met(page) == ["yes", "yes", "yes", "yes"]
    page.get_by_role("button", name=ACCEPT).click()
    expect(page.get_by_text(f"{ALONE} answers accepted")).to_be_visible()

    alone = Item.objects.order_by("-pk")[0]
    page.goto(page.url.split("/quality/")[0] + f"/items/{alone.pk}/")
    expect(page.get_by_text("It stands without a person.")).to_contain_text("Olga Example decided so")
    expect(page.get_by_text("It stands without a person.")).to_contain_text("95.0 % sure of or more")


@every_size
def test_screens_of_judges(page_for: OpenPage, judged: House, theme: str, width: int) -> None:
    run = probing.start(judged.place("Olga"), Checkpoint.objects.get(name="Careful judge"))
    runner.execute(str(run.job_id))

    page = page_for(judged.people["Olga"], judges_of(judged), theme=theme, width=width, height=WIDTHS[width])
    look(page, "judges", theme, width, whole=True)

    with page.expect_navigation():
        page.get_by_role("link", name="Careful judge").click()
    look(page, "judge", theme, width, whole=True)

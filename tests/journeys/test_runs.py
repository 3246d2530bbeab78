"""A model in a browser: a checkpoint is added, asked about two hundred items, watched, stopped, sent on, and read."""

import re
from collections.abc import Generator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from annotation.models import Annotation, Item
from annotation.services import prelabels
from jobs import runner
from jobs.models import Job, State
from modelhooks.contracts import Comparison, Judgment, Orders
from modelhooks.models import Checkpoint, Failure, Run
from modelhooks.services import loading
from tests.journeys.house import PREFERENCE, WHY, House
from tests.journeys.judge import WRITTEN, Judge
from tests.journeys.test_label_by_keyboard import answer, labeling, saved, side_of
from tests.journeys.test_look import WIDTHS, OpenPage, every_size, look
from tests.journeys.workers import Workers

MANY = 200
JUDGE = "Judge of the month"
SOME_ANSWERED = re.compile(r"^[1-9]\d* of 200 answered so far$")


@pytest.fixture
def house(transactional_db: None) -> House:
    """It asks for no degrees, as models tell none: what one says can be taken as an answer."""
    return House.build(questions=[PREFERENCE | {"settings": {"points": 3}}, WHY])


@pytest.fixture
def workers(house: House, tmp_path: Path) -> Generator[Workers, None, None]:
    """Broker, relay and worker, for which the backend `fake` is a judge that takes its time."""
    found = Workers(tmp_path, "tests.journeys.settings")
    try:
        found.start()
        yield found
    finally:
        found.end()


@pytest.fixture
def stella(house: House) -> User:
    return User.objects.create_user("stella@example.org", None, name="Stella Example", is_staff=True)


def press(page: Page, name: str) -> None:
    """With the keyboard alone."""
    button = page.get_by_role("button", name=name)
    button.focus()
    page.keyboard.press("Enter")


def test_a_model_is_asked_watched_stopped_sent_on_and_read(
    page_for: OpenPage, house: House, stella: User, workers: Workers
) -> None:
    items = house.add_items(MANY)
    add_checkpoint(page_for(stella, "/checkpoints/new/?backend=fake"))

    page = page_for(house.people["Olga"], f"/projects/{house.project.slug}/items/")
    start_run(page)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(SOME_ANSWERED)
    press(page, "Cancel")
    expect(heading).to_contain_text("This run was cancelled after")
    stopped_at = Annotation.objects.count()
    assert 0 < stopped_at < MANY, workers.logs()
    press(page, "Resume")
    expect(heading).to_have_text(SOME_ANSWERED)
    assert Annotation.objects.count() < MANY, "it is watched while it goes on"
    expect(heading).to_have_text("All 200 are answered")
    assert Annotation.objects.values("item").distinct().count() == Annotation.objects.count() == MANY

    says_who_said_what_and_why(page, house, items[0])
    label_with_and_without(page_for, page, house)


def add_checkpoint(keeper: Page) -> None:
    keeper.get_by_label("Name").fill(JUDGE)
    keeper.get_by_label("What it can be asked").select_option("preference")
    press(keeper, "Add and check")
    expect(keeper.get_by_role("heading", level=1)).to_contain_text("works")


def start_run(page: Page) -> None:
    """Of all items that the list shows, after a look at what a smaller number would be."""
    page.get_by_role("link", name="Ask a model about these 200").click()
    expect(page.locator("#preview")).to_contain_text("200")
    limit = page.get_by_label("At most so many items")
    for text, told in (("150", "150"), ("", "200")):
        limit.fill(text)
        limit.blur()
        expect(page.locator("#preview")).to_contain_text(told)
    press(page, "Start the run")


def says_who_said_what_and_why(page: Page, house: House, item: Item) -> None:
    page.goto(f"/projects/{house.project.slug}/items/{item.pk}/")
    said = page.locator(".chain", has_text=JUDGE)
    expect(page.get_by_role("heading", name="What models say")).to_be_visible()
    expect(page.get_by_role("heading", name="Nobody here has said anything about it")).to_be_visible()
    expect(said).to_contain_text("A better 2")
    said.locator("summary", has_text="Why, in its own words").focus()
    page.keyboard.press("Enter")
    expect(said.locator("strong")).to_have_text("A")
    expect(said).to_contain_text(WRITTEN)
    page.goto(f"/projects/{house.project.slug}/items/?state=done")
    expect(page.get_by_role("heading", level=1)).to_have_text("No item matches")


def label_with_and_without(page_for: OpenPage, page: Page, house: House) -> None:
    """Ana labels an item as if no model were there; from then on suggestions are shown, and Ben takes one."""
    ana = labeling(page_for, house)
    expect(ana.locator(".advice .hinted b")).to_have_count(0)
    answer(ana, "2")
    saved(ana)

    page.goto(f"/projects/{house.project.slug}/settings/#suggestions")
    page.get_by_label("From the start").check()
    press(page, "Save")
    expect(page.get_by_label("From the start")).to_be_checked()
    ben = labeling(page_for, house, "Ben")
    expect(ben.locator(".advice .hinted b")).to_have_text(f"{side_of(ben, 'A vague answer')} better")
    answer(ben, "q")
    saved(ben)

    without, with_it = Annotation.objects.exclude(author=None).order_by("pk")
    assert [without.author, with_it.author] == [house.people["Ana"], house.people["Ben"]]
    assert without.source == {}
    offered = Annotation.objects.get(item=with_it.item, author=None)
    assert with_it.source == {"suggested": {"better": offered.pk}, "mode": "start", "taken": ["better"]}
    assert with_it.answers["better"] == offered.answers["better"]


def loads(monkeypatch: pytest.MonkeyPatch, model: Any) -> None:
    loading.forget()
    monkeypatch.setattr(loading, "_loaded", lambda _checkpoint: model)


def work(kind: str = "run") -> None:
    """Do the newest job of this kind, as a worker would."""
    runner.execute(str(Job.objects.filter(kind=kind).latest("created_at").pk))
    loading.forget()


def fill(house: House, items: list[Item]) -> Run:
    """Checkpoints of every state with long names, and a run with what was given up."""
    long = "reward-bench/judge-of-the-month-70b-instruct-v2-with-a-name-that-does-not-end-soon-2026-11"
    judge = Checkpoint.objects.create(
        name=long, contract="preference", backend="fake", is_healthy=True, licence="CC-BY-NC-4.0",
        commercial_use=False, health="Of a right answer and a wrong one it prefers the right answer.",
    )  # fmt: skip
    Checkpoint.objects.create(name="Steps", contract="steps", backend="fake", options={"seed": "3"})
    Checkpoint.objects.create(
        name="Broken",
        contract="reward",
        backend="fake",
        is_healthy=False,
        health="It holds a pickle.",
        licence="Apache-2.0",
    )
    run = prelabels.start(house.place("Olga"), checkpoint=judge, question="better")
    work()
    for item in items[:9]:
        reason = (
            "It has 3 responses, and a preference is between two." if item.pk % 3 else "The model broke (RuntimeError)."
        )
        Failure.objects.create(run=run, subject=item.pk, reason=reason)
    return run


@every_size
def test_screens_of_models(
    page_for: OpenPage, house: House, stella: User, monkeypatch: pytest.MonkeyPatch, theme: str, width: int
) -> None:
    items = house.add_items(30)
    project = f"/projects/{house.project.slug}"
    page = page_for(house.people["Olga"], f"{project}/runs/", theme=theme, width=width, height=WIDTHS[width])
    look(page, "runs-empty", theme, width)
    page.goto("/checkpoints/")
    look(page, "checkpoints-empty", theme, width)
    loads(monkeypatch, Judge())
    run = fill(house, items)
    for name, address in {
        "checkpoints": "/checkpoints/",
        "checkpoint": f"/checkpoints/{run.checkpoint_id}/",
        "run-new": f"{project}/runs/new/",
        "runs": f"{project}/runs/",
        "run": f"{project}/runs/{run.pk}/",
        "item-of-a-model": f"{project}/items/{items[0].pk}/",
    }.items():
        page.goto(address)
        look(page, name, theme, width)
    keeper = page_for(stella, "/checkpoints/new/", theme=theme, width=width, height=WIDTHS[width])
    look(keeper, "checkpoint-new", theme, width)


MANY_ITEMS = 100_000
AWAY = "The server behind the endpoint “judges-of-the-second-floor” does not answer (ConnectTimeout)."
STATES: dict[str, dict[str, Any]] = {
    "queued": {"state": State.QUEUED},
    "running": {"state": State.LEASED, "done": 38_912, "total": MANY_ITEMS},
    "delayed": {"state": State.QUEUED, "attempts": 2, "done": 38_912, "total": MANY_ITEMS, "message": AWAY},
    "stopped": {"state": State.FAILED, "done": 38_912, "total": MANY_ITEMS, "message": AWAY},
    "cancelled": {"state": State.CANCELLED, "done": 120, "total": 200, "message": "Cancelled."},
}


def in_state(run: Run, name: str) -> None:
    """As if its job had come so far."""
    now = timezone.now()
    wanted = {"attempts": 0, "done": 0, "total": None, "message": "", "cancel_asked": False, **STATES[name]}
    is_open = wanted["state"] in {State.QUEUED, State.LEASED}
    Job.objects.filter(pk=run.job_id).update(
        **wanted,
        finished_at=None if is_open else now,
        lease_until=now + timedelta(hours=1) if wanted["state"] == State.LEASED else None,
        run_after=now + timedelta(minutes=7) if name == "delayed" else now,
        started_at=now - timedelta(minutes=9),
    )


@every_size
def test_screens_of_a_run_in_every_state(
    page_for: OpenPage, house: House, monkeypatch: pytest.MonkeyPatch, theme: str, width: int
) -> None:
    house.add_items(2)
    loads(monkeypatch, Judge())
    run = fill(house, [])
    project = f"/projects/{house.project.slug}"
    page = page_for(house.people["Olga"], f"{project}/runs/", theme=theme, width=width, height=WIDTHS[width])
    for name in STATES:
        in_state(run, name)
        page.goto(f"{project}/runs/{run.pk}/")
        look(page, f"run-{name}", theme, width)
        if name == "delayed":
            page.goto(f"{project}/runs/")
            look(page, "runs-delayed", theme, width)


HOSTILE = (
    "# A heading\n\n<script>alert(1)</script> \u202egnp.exe\u202c "
    + "a" * 600
    + "\n\n| a | b |\n|---|---|\n"
    + ("\n".join(f"| {'cell ' * 12} | {number} |" for number in range(40)))
)


class Hostile(Judge):
    """Its reasons are long and mean no good."""

    def judge(self, comparisons: Sequence[Comparison], *, n: int = 1, orders: Orders = "both") -> list[Judgment]:
        found = super().judge(comparisons, n=n, orders=orders)
        return [replace(one, rationale=HOSTILE, raw_text=(HOSTILE * 3,)) for one in found]


@every_size
def test_screens_of_reasons_that_mean_no_good(
    page_for: OpenPage, house: House, monkeypatch: pytest.MonkeyPatch, theme: str, width: int
) -> None:
    (item,) = house.add_items(1)
    loads(monkeypatch, Hostile())
    fill(house, [])
    page = page_for(
        house.people["Olga"], f"/projects/{house.project.slug}/items/{item.pk}/", theme=theme, width=width,
        height=WIDTHS[width],
    )  # fmt: skip

    page.locator("summary", has_text="Why, in its own words").focus()
    page.keyboard.press("Enter")

    expect(page.locator(".own-words").first).to_be_visible()
    assert page.locator(".own-words script").count() == 0
    look(page, "item-of-a-hostile-model", theme, width)

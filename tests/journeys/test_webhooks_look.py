"""The page of webhooks: empty, closed and lived in, and everything on it by the keyboard alone."""

from collections.abc import Callable, Generator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from jobs import runner
from jobs.models import Job, State
from tests.journeys.house import House
from tests.journeys.test_look import WIDTHS, every_size, look
from tests.webhooks.receiver import Receiver, says
from webhooks import signing
from webhooks.models import Event, Hook
from webhooks.services import announcing, hooks

OpenPage = Callable[..., Page]


@pytest.fixture
def receiver(settings: Any) -> Generator[Receiver, None, None]:
    host = Receiver()
    settings.WEBHOOK_ORIGINS = frozenset({host.address})
    yield host
    host.end()


def work() -> None:
    for job in Job.objects.filter(kind="webhook", state=State.QUEUED):
        runner.execute(str(job.pk))


@every_size
def test_screens_of_webhooks(
    page_for: OpenPage, house: House, receiver: Receiver, theme: str, width: int, settings: Any
) -> None:
    olga = house.place("Olga")
    path = f"/projects/{house.project.slug}/webhooks/"
    page = page_for(house.people["Olga"], path, theme=theme, width=width, height=WIDTHS[width])
    look(page, "webhooks-empty", theme, width, whole=True)
    good = hooks.add(olga, url=f"{receiver.address}/in/{'long-' * 60}", events=Event.values).hook
    gone = hooks.add(olga, url=f"{receiver.address}/gone", events=[Event.RUN_FAILED]).hook
    for event in Event.values:
        announcing.announce(olga.project.pk, event, lambda: {"project": olga.project.slug})
        receiver.answers = [says("204 Yes")]
        work()
    receiver.answers = [says("410 Gone"), says("500 No")]
    announcing.announce(olga.project.pk, Event.RUN_FAILED, dict)
    work()
    assert Hook.objects.get(pk=gone.pk).is_paused or Hook.objects.get(pk=good.pk).is_paused

    page.goto(path)

    look(page, "webhooks", theme, width, whole=True)
    settings.WEBHOOK_ORIGINS = frozenset()
    page.goto(path)
    look(page, "webhooks-closed", theme, width)


def test_a_webhook_is_added_tested_and_paused_by_the_keyboard(
    page_for: OpenPage, house: House, receiver: Receiver
) -> None:
    page = page_for(house.people["Olga"], f"/projects/{house.project.slug}/webhooks/")

    page.get_by_label("Address").focus()
    page.keyboard.type(f"{receiver.address}/in")
    page.keyboard.press("Enter")
    secret = page.get_by_label("The secret of the webhook")
    expect(secret).to_be_visible()
    expect(secret).to_have_value(signing.secret_of(Hook.objects.get().salt))
    page.get_by_role("button", name="Send a test").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("A test is on its way.")).to_be_visible()
    work()
    page.reload()
    expect(page.get_by_role("cell", name="The host answered 204.")).to_be_visible()
    page.get_by_role("button", name="Pause").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("paused", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    assert len(receiver.got) == 1

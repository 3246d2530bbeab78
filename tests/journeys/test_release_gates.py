"""An owner releases a consensus, is stopped by a gate, mends what it found or says why not, and downloads the rows."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Annotation, Form, Item
from annotation.services import discards
from curation.models import Release
from curation.services import analyses, benchmarks
from jobs import runner
from jobs.models import Job, State
from tests.curation.trainers.conftest import _forking, run_there, trainers_python  # noqa: F401  (fixtures)
from tests.journeys.house import House
from tests.journeys.test_look import WIDTHS, OpenPage, every_size, look

LEAKED = "Name the three largest rivers of the country by the water that they carry to the sea in one year."
REASON = "This benchmark is not what we measure by."


def work() -> None:
    """Do what waits, as a worker would."""
    for job in Job.objects.filter(state=State.QUEUED):
        runner.execute(str(job.pk))


@pytest.fixture
def labeled(house: House) -> House:
    """Forty pairs, each labeled by two people who agree, one of them out of a benchmark."""
    form = Form.objects.get(project=house.project)
    for number in range(40):
        words = LEAKED if number == 7 else f"Prompt {number}: " + " ".join(f"{number}-{at}" for at in range(12))
        item = house.add_item(words, f"A good answer, {number}.", f"A bad one, {number}!")
        Item.objects.filter(pk=item.pk).update(group=f"group-{number}")
        for name in ("Ana", "Ben"):
            Annotation.objects.create(
                project=house.project,
                item=item,
                form=form,
                author=house.people[name],
                answers={"better": {"winner": "ab"[number % 2], "strength": 1}},
                shown=[0, 1],
                guideline_version=1,
            )
    analyses.start(house.place("Olga"))
    benchmarks.put("Rivers", [LEAKED])
    work()
    return house


def stopped_release(page: Page, house: House) -> str:
    """Wishes pairs that follow the consensus; the address of what the gate stopped."""
    page.goto(f"/projects/{house.project.slug}/releases/new/")
    page.get_by_label("From several answers to one").first.select_option("consensus")
    page.get_by_role("button", name="Freeze the release").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("This release")
    work()
    expect(page.get_by_role("heading", level=1)).to_have_text("This release was not made")
    expect(page.locator("#gates")).to_contain_text("1 item holds words of a benchmark’s prompt")
    return page.url


def test_the_owner_is_stopped_mends_it_and_downloads_by_the_script_on_the_page(
    page_for: OpenPage,
    labeled: House,
    run_there: Callable[..., str],  # noqa: F811
) -> None:
    page = page_for(labeled.people["Olga"])
    stopped_release(page, labeled)
    page.locator("#gates summary", has_text="Which").click()
    expect(page.locator("#gates")).to_contain_text("holds words of Rivers")
    assert not Release.objects.get().files.exists()

    leaking = Item.objects.get(messages__0__content=LEAKED)
    discards.discard(labeled.place("Olga"), leaking, reason="It is a benchmark's.")
    page.goto(f"/projects/{labeled.project.slug}/releases/new/")
    page.get_by_label("From several answers to one").first.select_option("consensus")
    page.get_by_role("button", name="Freeze the release").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("This release")
    work()

    expect(page.get_by_role("heading", level=1)).to_have_text("39 rows ready to train on")
    script = page.locator("#snippet").inner_text()
    page.goto("/me/tokens/")
    page.get_by_label("Name").fill("trainer")
    page.get_by_label(re.compile("Read projects")).check()
    page.get_by_role("button", name="Make the token").click()
    token = page.get_by_label("The new token").input_value()
    count = "\nprint(sum(len(rows) for rows in rm_pairs.values()))"
    printed = run_there("-c", script.replace("YOUR_TOKEN", token) + count, is_offline=False)
    assert printed.splitlines()[-1] == "39"


@every_size
def test_screens_of_a_release_that_its_gates_stopped(
    page_for: OpenPage, labeled: House, theme: str, width: int
) -> None:
    page = page_for(labeled.people["Olga"], theme=theme, width=width, height=WIDTHS[width])
    stopped = stopped_release(page, labeled)
    page.locator("#gates summary", has_text="Which").click()
    look(page, "release-stopped", theme, width, whole=True)

    page.get_by_label("Freeze it all the same, because").focus()
    page.keyboard.type(REASON)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("This release")
    assert page.url != stopped
    work()
    expect(page.get_by_text(f"Overruled by a person: {REASON}")).to_be_visible()
    look(page, "release-passed", theme, width, whole=True)
    page.goto(f"/projects/{labeled.project.slug}/releases/new/")
    page.locator("summary", has_text="Limits, and a reason to overrule them").click()
    look(page, "release-limits", theme, width, whole=True)

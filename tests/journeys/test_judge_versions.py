"""What a judge is told: reworded, tried and put in use by keys alone, and how its page looks."""

from playwright.sync_api import Page, expect

from curation.models import JudgeVerdict
from curation.services import judge_runs
from modelhooks.models import Checkpoint, JudgeVersion
from modelhooks.services import instructions
from tests.journeys.house import House
from tests.journeys.test_look import ARABIC, WIDTHS, OpenPage, every_size, look
from tests.journeys.test_rubrics_from_labels import LONG, labelled, work

HEADLINE = {"level": 1}


def judge(name: str = "A judge of eight billion parameters") -> Checkpoint:
    """By lot, until it is told something that the fake writer knows."""
    for each, contract in (("Pen", "writing"), (name, "preference")):
        Checkpoint.objects.create(name=each, contract=contract, backend="fake", is_healthy=True, health="It works.")
    return Checkpoint.objects.get(name=name)


def versions_of(house: House, one: Checkpoint) -> str:
    return f"/projects/{house.project.slug}/quality/judges/{one.pk}/versions/"


def pressed(page: Page, name: str) -> None:
    """Reached by Tab, and pressed."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == name:
            return page.keyboard.press("Enter")
    raise AssertionError(f"No key leads to “{name}”.")


def test_a_curator_has_a_judge_reworded_and_puts_it_in_use_by_keys_alone(page_for: OpenPage, house: House) -> None:
    labelled(house)
    max_ = judge("Max")
    page = page_for(house.people["Olga"], versions_of(house, max_))
    headline = page.get_by_role("heading", level=1)

    pressed(page, "Try it")
    expect(page.get_by_role("status")).to_contain_text("waits to be tried")
    work()
    expect(page.get_by_role("status")).to_contain_text("The runs have ended")
    pressed(page, "See what came of them")
    expect(headline).to_have_text("Version 1 is in use, and none is shown to be better")
    pressed(page, "Let a writer reword it")
    pressed(page, "Reword it")
    expect(page.get_by_role("status")).to_contain_text("is rewording a version")
    work()
    page.reload()
    expect(page.get_by_role("insertion")).to_contain_text("The response gives a reason.")
    pressed(page, "Try a version on labeled pairs")
    pressed(page, "Try it")
    expect(page.get_by_role("status")).to_contain_text("waits to be tried")
    work()
    page.reload()
    expect(headline).to_have_text("Version 2 is surely better than version 1")
    pressed(page, "Use this one from now on")

    expect(headline).to_have_text("Version 2 is in use, and none is shown to be better")
    assert list(JudgeVersion.objects.filter(is_in_use=True).values_list("number", flat=True)) == [2]


@every_size
def test_screens_of_what_a_judge_is_told(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    olga, one = house.place("Olga"), judge()
    page = page_for(house.people["Olga"], versions_of(house, one), theme=theme, width=width, height=WIDTHS[width])
    look(page, "judge-versions-new", theme, width, whole=True)
    labelled(house)
    first = instructions.begun(instructions.version_of(house.project, one))
    judge_runs.try_out(olga, first, question="better")
    page.reload()
    look(page, "judge-versions-open", theme, width)
    work()
    page.reload()
    page.get_by_role("heading", name="Let a writer reword it").click()
    page.get_by_role("heading", name="Write the next version yourself").click()
    look(page, "judge-versions-tried", theme, width, whole=True)

    better = instructions.write(first, "Be fair.\nThe response gives a reason.", by=olga.user, diagnosis=f"Why?{LONG}")
    instructions.write(better, f"Be kind.\n\nThe response ends with a full stop.\n{ARABIC}", by=olga.user)
    instructions.write(better, "Nobreak" * 60 + LONG, by=olga.user)
    for number in (2, 3):
        judge_runs.try_out(olga, JudgeVersion.objects.get(number=number), question="better")
        work()
    page.reload()
    page.evaluate("scrollTo(0, 0)")
    expect(page.get_by_role("button", name="Use this one from now on")).to_have_count(1)
    assert JudgeVerdict.objects.count() == 150
    look(page, "judge-versions", theme, width, whole=True)

"""Releases in a browser: the list, the live preview, a release being made, one that is there, one that failed."""

import pytest
from playwright.sync_api import Page, expect

from annotation.models import Annotation, Form, Item
from curation.models import Release
from jobs import runner
from tests.curation.labeled import TEXTS, answer_everything, ask_everything
from tests.curation.reviewing import analysis_of, find
from tests.curation.test_releases_leave_out import looked
from tests.journeys.house import House
from tests.journeys.test_look import WIDTHS, OpenPage, every_size, look


@pytest.fixture
def labeled(house: House) -> House:
    """Forty pairs: most decided, some tied, some bad, some doubted."""
    form = Form.objects.get(project=house.project)
    for number, item in enumerate(house.add_items(40)):
        winner = {3: "tie", 7: "both_bad", 9: "unsure"}.get(number % 11, "b")
        answers = {"better": {"winner": winner, "strength": 2 if winner == "b" else None}}
        Annotation.objects.create(
            project=house.project,
            item=item,
            form=form,
            author=house.people["Ana"],
            answers=answers,
            shown=[1, 0],
            guideline_version=1,
        )
    return house


def releases_of(house: House) -> str:
    return f"/projects/{house.project.slug}/releases/"


def make(page: Page) -> None:
    page.get_by_role("button", name="Freeze the release").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("This release")


def write() -> None:
    runner.execute(str(Release.objects.latest("number").job_id))


def test_the_preview_follows_the_form_and_a_release_appears_when_it_is_written(
    page_for: OpenPage, labeled: House
) -> None:
    page = page_for(labeled.people["Olga"], releases_of(labeled))
    page.get_by_role("link", name="Make the first release").click()
    preview = page.locator("#preview")
    expect(preview).to_contain_text("30 rows")

    page.get_by_label("Votes at least").fill("2")
    page.get_by_label("Votes at least").blur()
    expect(preview).to_contain_text("too few votes")
    page.get_by_label("Votes at least").fill("1")
    page.get_by_label("Votes at least").blur()
    expect(preview).to_contain_text("30 rows")
    make(page)
    write()

    expect(page.get_by_role("heading", level=1)).to_have_text("30 rows ready to train on")
    expect(page.locator("#snippet")).to_contain_text("load_dataset(")


@every_size
def test_screens_of_releases(page_for: OpenPage, labeled: House, theme: str, width: int) -> None:
    page = page_for(labeled.people["Olga"], releases_of(labeled), theme=theme, width=width, height=WIDTHS[width])
    look(page, "releases-empty", theme, width)
    page.goto(f"{releases_of(labeled)}new/")
    page.get_by_label("Everything raw").check()
    expect(page.locator("#preview")).to_contain_text("40 rows")
    page.get_by_label("Note").fill("The first round, before the guideline changed.")
    look(page, "release-new", theme, width)

    make(page)
    look(page, "release-waits", theme, width)
    write()
    expect(page.get_by_role("heading", level=1)).to_contain_text("ready to train on")
    look(page, "release", theme, width)
    page.goto(f"{releases_of(labeled)}new/")
    page.get_by_label("Votes at least").fill("9")
    make(page)
    write()
    expect(page.get_by_role("heading", level=1)).to_have_text("This release was not made")
    look(page, "release-failed", theme, width)
    page.goto(releases_of(labeled))
    look(page, "releases", theme, width)


@every_size
def test_a_guard_is_overruled_with_a_reason_that_stands_on_the_release_and_a_row_is_seen_before(
    page_for: OpenPage, labeled: House, theme: str, width: int
) -> None:
    for item in Item.objects.filter(project=labeled.project).order_by("pk")[:3]:
        find(item, detector="disputed_labels")
    looked(analysis_of(labeled.project))
    page = page_for(
        labeled.people["Olga"], f"{releases_of(labeled)}new/", theme=theme, width=width, height=WIDTHS[width]
    )
    page.locator("summary", has_text="What detectors found").click()
    page.get_by_label("Labels that the rest contradicts").check()
    expect(page.locator("#preview")).to_contain_text("it may not leave out labels by itself")
    look(page, "release-guarded", theme, width, whole=True)

    page.locator("summary", has_text="Limits, and a reason to overrule them").click()
    page.get_by_label("Freeze it all the same, because").fill("I have looked at every one of them.")
    page.get_by_label("Freeze it all the same, because").blur()
    expect(page.locator("#preview")).to_contain_text("27 rows")
    page.locator("summary", has_text="The first row").click()
    expect(page.locator("#preview pre")).to_contain_text('"chosen"')
    look(page, "release-overruling", theme, width, whole=True)
    make(page)
    write()
    expect(page.get_by_role("heading", level=1)).to_contain_text("27 rows ready to train on")
    expect(page.get_by_text("Overruled by a person: I have looked at every one of them.")).to_be_visible()
    look(page, "release-overruled", theme, width)


@pytest.fixture
def asked_everything(house: House) -> House:
    """Items that answer every kind of question, so that every recipe is offered."""
    form = ask_everything(house.project, house.people["Olga"])
    for number in range(12):
        answer_everything(form, house.add_item(f"How many, {number}?", *TEXTS), house.people["Ana"], number)
    return house


def test_a_recipe_shows_its_own_parameters_once_it_is_chosen_and_the_preview_obeys_them(
    page_for: OpenPage, asked_everything: House
) -> None:
    page = page_for(asked_everything.people["Olga"], f"{releases_of(asked_everything)}new/")
    neutral = page.get_by_label("Neutral steps")
    expect(neutral).to_be_hidden()

    page.get_by_label("Good and bad completions kto").check()
    own = page.get_by_role("group", name="Good and bad completions")
    own.get_by_label("Which question decides").select_option("helpful")
    expect(page.locator("#preview")).to_contain_text("24 rows")
    own.get_by_label("Good from this level on").fill("5")
    own.get_by_label("Good from this level on").blur()
    expect(page.locator("#preview")).to_contain_text("Of items with rows, these were left out: 12 for neither good")

    page.locator("summary", has_text="Steps").click()
    page.get_by_label("Steps for process reward models stepwise").focus()
    page.keyboard.press("Space")
    expect(neutral).to_be_visible()
    make(page)
    chosen = {recipe["name"]: recipe["parameters"] for recipe in Release.objects.get().recipes}
    assert (chosen["kto"]["question"], chosen["kto"]["good_from"], chosen["kto"]["bad_to"]) == ("helpful", 5, 2)
    assert chosen["stepwise"]["separator"] == "\n"


@every_size
def test_screens_of_the_recipes(page_for: OpenPage, asked_everything: House, theme: str, width: int) -> None:
    page = page_for(
        asked_everything.people["Olga"],
        f"{releases_of(asked_everything)}new/",
        theme=theme,
        width=width,
        height=WIDTHS[width],
    )
    page.get_by_label("Pairs for reward models rm_pairs").uncheck()
    page.get_by_label("Good and bad completions kto").check()
    page.locator("summary", has_text="Steps").click()
    page.get_by_label("Steps for process reward models stepwise").check()
    expect(page.locator("#preview")).to_contain_text("Steps for process")
    page.mouse.wheel(0, -10_000)

    look(page, "release-recipes", theme, width, whole=True)


@every_size
def test_screens_of_a_form_that_few_recipes_can_read(
    page_for: OpenPage, labeled: House, theme: str, width: int
) -> None:
    page = page_for(
        labeled.people["Olga"], f"{releases_of(labeled)}new/", theme=theme, width=width, height=WIDTHS[width]
    )
    page.get_by_text("Others, which this project").click()
    expect(page.locator("#preview")).to_contain_text("30 rows")

    look(page, "release-few-recipes", theme, width, whole=True)


@every_size
def test_an_example_row_of_a_recipe_opens_in_its_place(
    page_for: OpenPage, asked_everything: House, theme: str, width: int
) -> None:
    page = page_for(
        asked_everything.people["Olga"],
        f"{releases_of(asked_everything)}new/",
        theme=theme,
        width=width,
        height=WIDTHS[width],
    )
    recipe = page.locator(".recipe", has=page.get_by_label("Pairs for reward models rm_pairs"))
    expect(recipe.locator(".example pre")).to_be_hidden()

    recipe.get_by_text("An example row").click()

    expect(recipe.locator(".example pre")).to_contain_text('"chosen"')
    expect(page.get_by_label("Pairs for reward models rm_pairs")).to_be_checked()
    expect(page.locator("#preview")).to_contain_text("12 rows")
    page.get_by_text("Others, which this project").click()
    page.locator(".others").get_by_text("An example row").first.click()
    expect(page.locator(".others .example pre").first).to_contain_text('"images"')
    look(page, "release-example-row", theme, width, whole=True)

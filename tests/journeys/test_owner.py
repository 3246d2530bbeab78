"""Olga sets a project up, brings a file in, changes the form and the guideline, mostly without touching the mouse."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from annotation.models import Form, Import, Item
from jobs import runner
from jobs.models import Job, State
from projects.models import Guideline, Membership, Project, Role
from tests.journeys.house import House

OpenPage = Callable[..., Page]
PAIR = {"prompt": "Name a fruit.", "chosen": "An apple.", "rejected": "A stone."}
TABLE = "ask,one,two,verdict\nName a fruit.,An apple.,A stone.,left\nName a stone.,An apple.,Flint.,right\n"


@pytest.fixture(autouse=True)
def home(settings: LazySettings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path / "home"
    return tmp_path


@pytest.fixture
def olga(house: House) -> User:
    return house.people["Olga"]


def work() -> None:
    """Do what waits, as a worker would."""
    for job in Job.objects.filter(state=State.QUEUED):
        runner.execute(str(job.pk))


def tab_to(page: Page, target: Locator, most: int = 80) -> None:
    """Press Tab until the target has the focus, as someone without a mouse does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"Tab does not reach {target}")


def press(page: Page, target: Locator) -> None:
    """Reach something by Tab and press Enter on it."""
    tab_to(page, target)
    page.keyboard.press("Enter")


def write_file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_a_project_is_set_up_with_the_keyboard_alone(page_for: OpenPage, olga: User) -> None:
    page = page_for(olga, "/")

    press(page, page.get_by_role("link", name="Start a project"))
    tab_to(page, page.get_by_label("Name"))
    page.keyboard.type("Cooking advice")
    tab_to(page, page.get_by_role("radio", name="Preference, 7-point"))
    page.keyboard.press("ArrowDown")
    press(page, page.get_by_role("button", name="Start the project"))
    expect(page.get_by_role("heading", level=1)).to_have_text("There are no items yet")

    project = Project.objects.get(slug="cooking-advice")
    assert project.memberships.get().role == Role.OWNER
    assert project.forms.get().questions.count() == 4


def test_someone_invited_by_a_link_gets_in(page_for: OpenPage, house: House, olga: User) -> None:
    page = page_for(olga, f"/projects/{house.project.slug}/members/")

    press(page, page.get_by_role("button", name="Make the link"))
    link = page.get_by_label("The link of the invitation").input_value()
    page.reload()
    guest = page_for(None, "/" + link.split("/", 3)[3])

    expect(guest.get_by_text(re.compile("Helpful answers")).first).to_be_visible()
    assert "/invitations/" in link


def test_a_file_with_broken_lines_is_brought_in_and_accounted_for(
    page_for: OpenPage, house: House, olga: User, tmp_path: Path
) -> None:
    rows = [json.dumps({**PAIR, "prompt": f"Question {number}?"}) for number in range(20)]
    rows[3], rows[7], rows[12] = '{"prompt": "cut sho', json.dumps({"prompt": "No answers."}), "null"
    file = write_file(tmp_path, "pairs.jsonl", "\n".join(rows))
    page = page_for(olga, f"/projects/{house.project.slug}/imports/")

    page.get_by_label("File", exact=True).set_input_files(file)
    press(page, page.get_by_role("button", name="Import", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("This file waits for its turn")
    work()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 of 20 rows were refused")  # the page asks by itself
    page.reload()

    refused = page.get_by_role("row").filter(has=page.locator("td"))
    assert [refused.nth(row).locator("td").first.inner_text() for row in range(3)] == ["4", "8", "13"]
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert Path(download.value.path()).read_text().count("\n") == 4
    assert Item.objects.filter(project=house.project).count() == 17


def test_columns_are_named_and_seen_as_items_before_anything_is_imported(
    page_for: OpenPage, house: House, olga: User, tmp_path: Path
) -> None:
    page = page_for(olga, f"/projects/{house.project.slug}/imports/")
    page.get_by_label("File", exact=True).set_input_files(write_file(tmp_path, "table.csv", TABLE))
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Say what the columns mean")

    for label, column in (("Prompt", "ask"), ("Response A", "one"), ("Response B", "two"), ("Winner", "verdict")):
        select = page.locator("select", has=page.locator("option")).and_(page.get_by_label(label))
        select.focus()
        select.select_option(column)
        expect(page.get_by_label(label)).to_be_focused()
    page.get_by_label("left means").select_option("a")
    page.get_by_label("right means").select_option("b")
    preview = page.get_by_role("group", name="The first rows as items, scrollable")
    expect(preview.get_by_text("imported: b")).to_be_visible()
    assert not Import.objects.exists()

    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This file waits for its turn")
    work()
    assert Item.objects.filter(project=house.project).count() == 2


def test_what_is_chosen_the_moment_a_preview_arrives_is_in_the_next_one(
    page_for: OpenPage, house: House, olga: User, tmp_path: Path
) -> None:
    page = page_for(olga, f"/projects/{house.project.slug}/imports/")
    page.get_by_label("File", exact=True).set_input_files(write_file(tmp_path, "table.csv", TABLE))
    page.get_by_role("button", name="Import", exact=True).click()
    chosen = {"Prompt": "ask", "Response A": "one", "Response B": "two"}
    names = {label: page.get_by_label(label).get_attribute("name") for label in chosen}
    page.evaluate(
        """(chosen) => {
            const next = () => {
                const [name, column] = chosen.shift() ?? [];
                const select = name && document.querySelector(`select[name="${name}"]`);
                if (!select) return;
                select.value = column;
                select.dispatchEvent(new Event("change", { bubbles: true }));
            };
            document.addEventListener("htmx:afterSwap", () => setTimeout(next));
            next();
        }""",
        [[names[label], column] for label, column in chosen.items()],
    )

    preview = page.get_by_role("group", name="The first rows as items, scrollable")
    expect(preview).to_be_visible()


def test_the_form_is_built_by_keyboard_beside_the_dock_it_makes(page_for: OpenPage, house: House, olga: User) -> None:
    page = page_for(olga, f"/projects/{house.project.slug}/form/")
    dock = page.locator("#preview")
    title = page.get_by_label("Question", exact=True).first

    tab_to(page, title)
    page.keyboard.press("Control+A")
    page.keyboard.type("Which one would you send?")
    expect(dock.get_by_text("Which one would you send?")).to_be_visible()
    expect(title).to_be_focused()
    press(page, page.get_by_role("button", name="Rating"))
    expect(page.locator(".question")).to_have_count(3)
    press(page, page.get_by_role("button", name="Move question 3 up"))
    expect(page.locator(".question h2").nth(1)).to_contain_text("Rating")
    expect(dock.get_by_role("radio")).not_to_have_count(0)
    press(page, page.get_by_role("button", name="Save as version 2"))

    expect(page.get_by_text("Version 2 is in force.").first).to_be_visible()
    saved = Form.objects.get(project=house.project, version=2).questions.order_by("position")
    assert [question.kind for question in saved] == ["preference", "rating", "text"]
    assert saved[0].title == "Which one would you send?"


def test_a_form_that_cannot_be_saved_keeps_what_was_typed(page_for: OpenPage, house: House, olga: User) -> None:
    page = page_for(olga, f"/projects/{house.project.slug}/form/")

    page.get_by_label("Question", exact=True).first.fill("Which one would you send?")
    page.get_by_label("Name in exports", exact=True).first.fill("Not A Key")
    page.get_by_role("button", name="Save as version 2").click()

    expect(page.get_by_role("alert").first).to_contain_text("The form was not saved.")
    expect(page.get_by_text("A key starts with a letter").first).to_be_visible()
    expect(page.get_by_label("Question", exact=True).first).to_have_value("Which one would you send?")
    assert Form.objects.filter(project=house.project).count() == 1


def test_a_guideline_shows_as_it_is_written(page_for: OpenPage, house: House, olga: User) -> None:
    page = page_for(olga, f"/projects/{house.project.slug}/guideline/edit/")
    area = page.get_by_role("textbox", name="Guideline")

    area.fill("Prefer **what is true**.")
    expect(page.locator("#preview strong")).to_have_text("what is true")
    expect(area).to_be_focused()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Version 2 of the guideline is in force")
    page.get_by_role("link", name="what changed").first.click()
    expect(page.locator("ins.add").nth(1)).to_be_visible()
    assert Guideline.objects.get(project=house.project, version=2).text == "Prefer **what is true**."


def test_everything_works_without_scripts(page_for: OpenPage, house: House, olga: User) -> None:
    base = f"/projects/{house.project.slug}"
    page = page_for(olga, f"{base}/form/", java_script_enabled=False)

    page.get_by_role("button", name="Move question 2 up").click()
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.get_by_text("Version 2 is in force.").first).to_be_visible()
    page.goto(f"{base}/guideline/edit/")
    page.get_by_role("textbox", name="Guideline").fill("Prefer **what is true**.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview strong")).to_have_text("what is true")
    page.get_by_role("button", name="Save").click()
    page.goto(f"{base}/members/")
    ana = Membership.objects.get(project=house.project, user=house.people["Ana"])
    page.locator(f'form[action$="/members/{ana.pk}/role/"] select').select_option("curator")
    page.get_by_role("button", name="Change the role of Ana Example").click()
    expect(page.get_by_text("Ana Example is now a curator.")).to_be_visible()

    first = Form.objects.get(project=house.project, version=2).questions.get(position=0)
    assert first.kind == "text"
    assert Guideline.objects.filter(project=house.project).count() == 2


def test_the_last_owner_reads_why_they_stay(page_for: OpenPage, house: House, olga: User) -> None:
    page = page_for(olga, f"/projects/{house.project.slug}/members/")
    page.on("dialog", lambda dialog: dialog.accept())

    page.get_by_role("button", name="Remove Olga Example").click()

    expect(page.get_by_role("alert")).to_contain_text("A project keeps at least one owner.")
    assert Membership.objects.filter(project=house.project, role=Role.OWNER).count() == 1

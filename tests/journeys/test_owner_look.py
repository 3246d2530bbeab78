"""An owner's pages as they look, empty, usual and extreme: nothing scrolls sideways, axe finds no serious fault."""

import uuid
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from annotation.models import Import, RefusedRow
from annotation.services import annotations, queue
from jobs.services import enqueue
from projects.models import Membership, Project, Role
from projects.services import guidelines, invitations
from tests.journeys.house import House
from tests.journeys.test_look import ARABIC, ARABIC_CAUSE, ARABIC_TIPS, WIDTHS, every_size, look

OpenPage = Callable[..., Page]
LONG_NAME = "Maximiliana-Theodora von und zu Hohenstaufen-Wittgenstein-XIV"
ARABIC_NAME = "فاطمة الزهراء بنت عبد الرحمن"
opposites = pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1440)])
PAGES = {
    "projects": "/",
    "project-new": "/projects/new/",
    "overview": "/projects/{slug}/",
    "items": "/projects/{slug}/items/",
    "item": "/projects/{slug}/items/{item}/",
    "form": "/projects/{slug}/form/",
    "imports": "/projects/{slug}/imports/",
    "import-report": "/projects/{slug}/imports/{run}/",
    "settings": "/projects/{slug}/settings/",
    "members": "/projects/{slug}/members/",
    "guideline": "/projects/{slug}/guideline/",
    "guideline-edit": "/projects/{slug}/guideline/edit/",
    "guideline-changes": "/projects/{slug}/guideline/2/changes/",
}


def lived_in(house: House) -> dict[str, object]:
    """A project in which people have worked for a while, with names and texts that test the walls."""
    olga = house.place("Olga")
    Project.objects.filter(pk=house.project.pk).update(description="W" * 200)
    for number, name in enumerate((LONG_NAME, ARABIC_NAME)):
        user = User.objects.create_user(f"{'very-long-' * 5}{number}@example.org", None, name=name)
        Membership.objects.create(project=house.project, user=user, role=Role.CURATOR)
    item = house.add_item(ARABIC, ARABIC_CAUSE + "\n\n" + "Nobreak" * 40, ARABIC_TIPS, overlap=2)
    house.add_items(12, overlap=2)
    given = {"better": {"winner": "a", "strength": 2}, "why": "Because " + "it " * 80}
    for name in ("Ana", "Ben"):
        for _ in range(6):
            lease = queue.claim(house.place(name))
            assert lease is not None
            annotations.submit(
                house.place(name), lease_id=lease.pk, answers=given, request_key=uuid.uuid4(), seconds=33.0
            )
    guidelines.save(olga, text="# What we ask\n\nPrefer what a *cook* would sign.\n")
    invitations.create(olga, role=Role.ANNOTATOR, email=f"{'long-' * 9}@example.org")
    return {"slug": house.project.slug, "item": item.pk, "run": refused_import(house).pk}


def refused_import(house: House) -> Import:
    run = Import.objects.create(
        project=house.project,
        job=enqueue(kind="import", args={}),
        adapter="goldpan",
        file_name=f"{'pairs-of-march-' * 8}.jsonl",
        file_size=10,
        file_digest="0" * 64,
        created_by=house.people["Olga"],
        rows_read=4_321,
        ok=4_309,
        refused=12,
    )
    run.job.__class__.objects.filter(pk=run.job_id).update(state="done", finished_at=timezone.now())
    for number in range(12):
        RefusedRow.objects.create(run=run, number=number * 97, reason="The row has no prompt.", excerpt="{" * 300)
    return run


@every_size
def test_screens_of_an_owner(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    known = lived_in(house)
    page = page_for(house.people["Olga"], "/", theme=theme, width=width, height=WIDTHS[width])

    for name, path in PAGES.items():
        page.goto(path.format(**known))
        look(page, name, theme, width)


@opposites
def test_screens_of_an_empty_project(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    base = f"/projects/{house.project.slug}"
    page = page_for(house.people["Olga"], f"{base}/", theme=theme, width=width, height=WIDTHS[width])

    for name in ("", "items/", "imports/", "members/"):
        page.goto(f"{base}/{name}")
        look(page, f"empty-{name.strip('/') or 'overview'}", theme, width)


@opposites
def test_screens_of_an_annotators_overview(page_for: OpenPage, house: House, theme: str, width: int) -> None:
    known = lived_in(house)
    page = page_for(house.people["Ana"], "/", theme=theme, width=width, height=WIDTHS[width])

    for name in ("projects", "overview", "guideline"):
        page.goto(PAGES[name].format(**known))
        look(page, f"annotator-{name}", theme, width)

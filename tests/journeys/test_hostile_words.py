"""AB-09: words that try to be markup stay words, on every page that shows them."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from annotation.kinds import KINDS
from annotation.kinds.quotes import text_hash
from annotation.models import Annotation, Form, Import, Item, Question, RefusedRow
from annotation.services import queue
from annotation.splitting import VERSION, split
from jobs.models import Job, State
from projects.models import Guideline
from tests.journeys.house import House

OpenPage = Callable[..., Page]
CANARY = "canary.invalid"
HOSTILE = (
    "</script><script>alert(1)</script>"
    f'"><img src=x onerror=alert(2)><img src="https://{CANARY}/pixel.png">'
    '<div hx-get="/sign-out/" hx-trigger="load" data-hx-post="/x">{{7*7}}{% now %}</div>'
    '<svg onload=alert(3)></svg><style>*{display:none}</style><base href="https://canary.invalid/">'
    '<meta http-equiv="refresh" content="0;url=https://canary.invalid/"><form action="https://canary.invalid/">'
    f"[link](javascript:alert(4)) ![image](https://{CANARY}/a.png) [data](data:text/html,<script>alert(5)</script>)"
)
SHORT = '"><img src=x onerror=alert(6)><script>alert(7)</script>'
TEXTS = (HOSTILE, f"{HOSTILE} and more")


@pytest.fixture
def hostile(house: House) -> House:
    """A project in which every text that anybody can write tries to be markup."""
    house.project.name, house.project.description = SHORT, HOSTILE
    house.project.save()
    for person in house.people.values():
        person.name = SHORT
        person.save()
    Guideline.objects.create(project=house.project, version=2, text=HOSTILE, created_by=house.people["Olga"])
    form = Form.objects.create(project=house.project, version=2, created_by=house.people["Olga"])
    for position, kind in enumerate(KINDS):
        target, settings = asked(kind)
        Question.objects.create(
            form=form,
            position=position,
            key=kind,
            kind=kind,
            target=target,
            title=SHORT,
            help=SHORT,
            settings=KINDS[kind].check_settings(settings, target),
            is_required=False,
        )
    items = [house.add_item(HOSTILE, *TEXTS, overlap=2) for _ in range(3)]
    Item.objects.update(source={"dataset": HOSTILE}, tags=[SHORT], language=SHORT[:35], principle=HOSTILE, author=None)
    label(house, items[0], form)
    bring_in(house)
    skipped = queue.claim(house.place("Ben"))
    assert skipped
    queue.skip(house.place("Ben"), skipped.pk, reason=HOSTILE[:500])
    return house


def asked(kind: str) -> tuple[str, dict[str, Any]]:
    """What a question of this kind is about, and settings in which every word tries to be markup."""
    return {
        "preference": ("item", {"dimensions": [{"key": "style", "title": SHORT}]}),
        "rating": ("response", {"anchors": {"1": SHORT}}),
        "choice": ("response", {"options": [{"key": "yes", "title": SHORT}, {"key": "no", "title": "No"}]}),
        "steps": ("response", {"errors": [{"key": "logic", "title": SHORT}], "alternatives": True}),
        "rubric": ("response", {"criteria": [{"key": "clean", "title": HOSTILE, "scale": 2, "anchors": [SHORT, "b"]}]}),
        "spans": ("response", {"types": [{"key": "rude", "title": SHORT}]}),
    }.get(kind, ("item", {}))


def said() -> dict[str, Any]:
    """An answer to each of them that holds markup wherever it holds words."""
    hashes, all_of_it = [text_hash(text) for text in TEXTS], {"start": 0, "end": len(HOSTILE)}
    quote = {"value": 1, "note": HOSTILE, "quote": {**all_of_it, "hash": hashes[0]}}
    return {
        "preference": {"winner": "a", "strength": 2, "dimensions": {"style": {"winner": "b", "strength": 1}}},
        "ranking": [[1], [0]],
        "rating": [5, 1],
        "choice": [["yes"], ["no"]],
        "steps": [steps_of(text) for text in TEXTS],
        "rubric": {"verdicts": {"clean": [quote, {"value": 0}]}},
        "spans": {"hashes": hashes, "spans": [{"response": 0, **all_of_it, "type": "rude", "note": HOSTILE}]},
        "text": HOSTILE,
    }


def steps_of(text: str) -> dict[str, Any]:
    wrong = {"errors": {"0": ["logic"]}, "corrections": {"0": HOSTILE}, "alternatives": {"0": [HOSTILE]}}
    return {"splitter": VERSION, "labels": [-1, *[None] * (len(split(text)) - 1)], **wrong}


def label(house: House, item: Item, form: Form) -> None:
    for author, name in ((house.people["Ana"], ""), (None, SHORT)):
        Annotation.objects.create(
            project=house.project,
            item=item,
            form=form,
            author=author,
            imported_name=name,
            answers=said(),
            shown=[0, 1],
            source={"rationale": HOSTILE},
        )


def bring_in(house: House) -> Import:
    job = Job.objects.create(kind="import", state=State.DONE, finished_at="2026-01-01T00:00Z", message=HOSTILE[:500])
    run = Import.objects.create(
        project=house.project,
        job=job,
        adapter="goldpan",
        file_name=SHORT,
        file_size=1,
        file_digest="0" * 64,
        created_by=house.people["Olga"],
        rows_read=1,
        refused=1,
    )
    RefusedRow.objects.create(run=run, number=1, reason=HOSTILE[:500], excerpt=HOSTILE[:500])
    return run


def watch(page: Page) -> list[str]:
    """What no page may do: open a dialog, or ask anything of another host."""
    seen: list[str] = []

    def note(request: Request) -> None:
        if CANARY in request.url:
            seen.append(request.url)

    page.on("dialog", lambda dialog: (seen.append(dialog.message), dialog.dismiss()))
    page.context.on("request", note)
    return seen


def test_ab_09_no_text_becomes_markup_on_any_page(page_for: OpenPage, hostile: House) -> None:
    project = f"/projects/{hostile.project.slug}/"
    item, run = Item.objects.first(), Import.objects.get()
    assert item
    page = page_for(hostile.people["Olga"], "/me/")
    seen = watch(page)
    for path in (
        "/",
        "/me/tokens/",
        project,
        f"{project}items/",
        f"{project}items/{item.pk}/",
        f"{project}form/",
        f"{project}guideline/",
        f"{project}guideline/edit/",
        f"{project}guideline/2/changes/",
        f"{project}members/",
        f"{project}settings/",
        f"{project}imports/",
        f"{project}imports/{run.pk}/",
        f"{project}releases/",
        f"{project}releases/new/",
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        page.wait_for_load_state("networkidle")
        assert page.url.endswith(path), "the page was led away"
        expect(page.locator("h1").first).to_be_visible()
        assert foreign(page) == [], path
    assert seen == []


def test_ab_09_nor_on_the_labeling_page_and_what_opens_over_it(page_for: OpenPage, hostile: House) -> None:
    page = page_for(hostile.people["Ana"], hostile.label)
    seen = watch(page)
    page.reload()
    page.wait_for_load_state("networkidle")

    for key in ("d", "r", "r", "g", "Escape", "?", "Escape", "p"):
        page.keyboard.press(key)
        page.wait_for_timeout(200)

    expect(page.locator("#workspace")).to_be_visible()
    assert foreign(page) == []
    assert seen == []


def foreign(page: Page) -> list[Any]:
    """Elements and attributes that only the hostile text could have brought."""
    found: list[Any] = page.evaluate(
        """() => [...document.querySelectorAll('*')].filter(node =>
            node.matches('script:not([src]), style, base, meta[http-equiv=refresh]') ||
            node.matches('svg[onload], img[onerror], [hx-get="/sign-out/"]') ||
            [...node.attributes].some(a => a.name.startsWith('on') || /^(javascript|data:text)/i.test(a.value) ||
                (['src', 'href', 'action'].includes(a.name) && a.value.includes('canary') && node.tagName !== 'A'))
        ).map(node => node.outerHTML.slice(0, 120))"""
    )
    return found


def test_ab_09_the_watch_itself_sees_markup(page_for: OpenPage, hostile: House) -> None:
    page = page_for(hostile.people["Olga"], "/")

    links = "<a href='javascript:x'>one</a><a href='data:text/html,x'>two</a>"
    page.evaluate("links => document.body.insertAdjacentHTML('beforeend', links)", links)

    assert len(foreign(page)) == 2

"""Pages of annotators, known answers and releases tell the numbers that programs are told."""

import html
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.template.defaultfilters import filesizeformat

from accounts.models import User
from annotation.models import Annotation, Item, Slot
from annotation.services import annotations, gold, queue
from projects.access import Place
from projects.models import Membership, Role
from tests.curation.test_pages_and_programs import ask
from tests.curation.test_people_pages import labeled, looked
from tests.curation.test_quality_pages import Browser, browser, text, url
from ui.templatetags.numbers import pace, percent

__all__ = ["ask", "browser", "labeled"]  # fixtures

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
Ask = Callable[[str], Any]
INTERVAL = r'<line x1="([^"]+)" x2="([^"]+)"[^>]*/><line class="dot" x1="([^"]+)"'


def rows(page: str) -> list[str]:
    """Lines of a page's tables, without their heads."""
    return [row for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page) if "<td" in row]


def cells(row: str) -> dict[str, str]:
    """What stands in a line, by what each cell is called where lines fold."""
    found = re.findall(r'<td[^>]* data-label="([^"]+)"[^>]*>(.*?)</td>', row)
    return {name: re.sub(r"<[^>]+>", "", cell).strip() for name, cell in found}


def drawn(row: str) -> tuple[float, ...]:
    """Lower bound, upper bound and estimate of the interval in a line."""
    (found,) = re.findall(INTERVAL, row)
    return tuple(float(value) for value in found)


def size(count: int) -> str:
    """Bytes as pages have them, with the spaces of `text`."""
    return filesizeformat(count).replace("\xa0", " ")


def by_name(told: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["annotator"]: one for one in told}


@pytest.mark.usefixtures("labeled")
def test_the_list_of_people_tells_what_programs_are_told(olga: Place, browser: Browser, ask: Ask) -> None:
    looked(olga)
    told = by_name(ask("quality/")["analysis"]["annotators"])

    page = text(browser(), url("people"))
    listed = {html.unescape(re.findall(r"<bdi>(.*?)</bdi>", row)[0]): row for row in rows(page)}

    assert f"One of {len(told)} stands out" in page
    assert [name for name, one in told.items() if one["figures"]["unusual"]] == ["Ana"]
    assert list(listed) == sorted(told, key=lambda name: (-told[name]["labels"], list(listed).index(name)))
    for name, row in listed.items():
        figures, cell = told[name]["figures"], cells(row)
        assert drawn(row) == (figures["low"], figures["high"], figures["accuracy"])
        assert (cell["From"], cell["To"]) == (percent(figures["low"]), percent(figures["high"]))
        assert cell["Labels"] == str(told[name]["labels"])
        assert cell["Pace"] == (pace(figures["pace"]["median"]) if figures["pace"] else "")
        assert cell["Shown first"] == (percent(figures["side"]["value"]) if figures["side"] else "")


@pytest.mark.usefixtures("labeled")
def test_whom_to_believe_tells_what_programs_are_told(olga: Place, browser: Browser, ask: Ask, answer: Answer) -> None:
    for item in Item.objects.order_by("pk")[:3]:
        gold.mark(olga, item_id=item.pk, answers={"better": {"accepted": [{"winner": "a", "strength": 1}]}})
    looked(olga)
    told = by_name(ask("quality/")["analysis"]["annotators"])

    (crew,) = re.findall(r'<section[^>]* id="people".*?</section>', text(browser(), url()))

    for row in rows(crew):
        figures, cell = told[html.unescape(re.findall(r"<bdi>(.*?)</bdi>", row)[0])]["figures"], cells(row)
        assert drawn(row) == (figures["low"], figures["high"], figures["accuracy"])
        assert cell["As a number"] == f"{figures['accuracy']:.2f}"
        known = f"{figures['gold']['hits']} of {figures['gold']['of']}" if figures["gold"] else ""
        assert cell["Right where the answer is known"] == known
        assert cell["Pace"] == (pace(figures["pace"]["median"]) if figures["pace"] else "")
        assert cell["Chooses what is shown first"] == (percent(figures["side"]["value"]) if figures["side"] else "")
    assert len(rows(crew)) == len(told)
    assert "3 of 3" in crew or "2 of 3" in crew


@pytest.mark.usefixtures("labeled")
def test_the_page_of_a_person_tells_what_programs_are_told(
    olga: Place, browser: Browser, ask: Ask, person: Callable[[str], User]
) -> None:
    looked(olga)
    told = by_name(ask("quality/")["analysis"]["annotators"])["Ana"]
    figures = told["figures"]

    page = text(browser(), url("people") + f"person-{person('Ana').pk}/")
    evidence = {re.findall(r'class="strong">(.*?)<', row)[0]: row for row in rows(page) if 'class="strong"' in row}

    assert f"{told['labels']} labels of" in page
    shares = {
        "Chooses the response shown first": figures["side"],
        "Says what most others say": figures["rest"],
        "Calls two responses alike": figures["ties"],
        "Gives the value given most": figures["same_key"],
        "Answers before the text can be read": figures["pace"]["hurried"],
    }
    assert shares.keys() < evidence.keys()
    for words, share in shares.items():
        cell = cells(evidence[words])
        assert drawn(evidence[words]) == (share["low"], share["high"], share["value"])
        assert (cell["Share"], cell["Of labels"]) == (percent(share["value"]), str(share["of"]))
        assert cell["Between"] == f"{percent(share['low'])} and {percent(share['high'])}"
    assert f"{figures['differs']} items" in page
    listed = [int(item) for item in re.findall(r'/items/(\d+)/"><bdi>', page)]
    assert listed == [one["item"] for one in figures["examples"]] != []
    side = figures["side"]
    counts = {"Shown first": side["hits"], "Shown second": side["of"] - side["hits"], "Neither": side["ties"]}
    for name, count in counts.items():
        assert re.search(rf'{name}</th>.*?<td class="r num">{count}</td>', page), name


@pytest.fixture
def known(olga: Place, person: Callable[[str], User], add_item: AddItem) -> None:
    """Three known answers, one of them in its second version. Ana and Ben have met some."""
    people = {"Ana": Role.ANNOTATOR, "Ben": Role.ANNOTATOR, "Chen": Role.CURATOR}
    for name, role in people.items():
        Membership.objects.create(project=olga.project, user=person(name), role=role)
    items = [add_item("x", str(number)) for number in range(6)]
    Slot.objects.bulk_create(
        Slot(project=olga.project, item=item, number=number) for item in items for number in range(2)
    )
    chen = Place(person("Chen"), olga.project, Role.CURATOR)
    first = {"winner": "a", "strength": 1}
    for item in items[:3]:
        gold.mark(chen, item_id=item.pk, answers={"better": {"accepted": [first]}})
    wider = {"better": {"accepted": [first, {"winner": "b", "strength": 2}]}}
    gold.mark(chen, item_id=items[0].pk, answers=wider, note="Both are right.")
    olga.project.refresh_from_db()
    olga.project.gold_percent = 50
    olga.project.save()
    _labels(Place(person("Ana"), olga.project, Role.ANNOTATOR), 6)
    _labels(Place(person("Ben"), olga.project, Role.ANNOTATOR), 3)


def _labels(place: Place, count: int) -> None:
    """Somebody labels so many items at most, whichever they are given."""
    for _ in range(count):
        if (lease := queue.claim(place)) is None:
            return
        said = {"better": {"winner": "a", "strength": 1}}
        annotations.submit(place, lease_id=lease.pk, answers=said, request_key=uuid.uuid4())


@pytest.mark.usefixtures("known")
def test_the_page_of_known_answers_tells_what_programs_are_told(browser: Browser, ask: Ask) -> None:
    told = ask("gold/")["results"]
    said = ask("annotations/")["results"]
    met = [(one["item"], one["annotator"]["name"]) for one in said if one["item"] in {each["item"] for each in told}]

    page = text(browser(), "/projects/answers/gold/")
    listed = {int(re.findall(r"/items/(\d+)/gold/", row)[0]): row for row in rows(page)}

    assert f"{len(told)} items have a known answer" in page
    assert sorted(listed) == sorted(one["item"] for one in told)
    for one in told:
        row = listed[one["item"]]
        assert (f"version {one['version']}" in row) == (one["version"] > 1)
        assert one["note"] in row
        assert one["created_by"] in row
        assert row.count(" or ") == len(one["answers"]["better"]["accepted"]) - 1
        assert re.findall(r'class="[^"]*num[^"]*"[^>]*>(\d+)<', row) == [
            str(sum(item == one["item"] for item, _ in met))
        ]
    for name in ("Ana", "Ben"):
        answered = sum(who == name for _, who in met)
        left = f"{len(told) - answered} left" if answered < len(told) else "<b[^>]*>none left"
        assert re.search(rf">{name}</bdi> <span[^>]*>{answered} answered, {left}", page)


def test_pages_of_releases_tell_what_programs_are_told(
    olga: Place, browser: Browser, ask: Ask, add_item: AddItem, answer: Answer, release: Callable[..., Any]
) -> None:
    for number in range(40):
        answer(add_item(f"good {number}", "bad"), ("tie", "both_bad", "a", "b", "a")[number % 5])
    made = release("rm_pairs", "raw", splits={"train": 80, "test": 20}, formats=["jsonl"])
    (listed,) = ask("releases/")["results"]
    told = ask(f"../../releases/{made.pk}/")
    manifest = ask(f"../../releases/{made.pk}/manifest.json")
    snapshot, recipes = manifest["snapshot"], manifest["recipes"]

    client = browser()
    page, releases = text(client, f"{url('releases')}{listed['number']}/"), text(client, url("releases"))

    counts = ", ".join(f"{one['rows']:,} in {one['name']}" for one in recipes)
    assert counts in releases
    assert f"Rows: {counts}." in page
    assert f"<h1>{recipes[0]['rows']} rows ready to train on</h1>" in page
    assert f"up to number {told['last_annotation']:,}." in page
    assert f"{snapshot['labeled_items']} items with {snapshot['annotations']} annotations" in page
    for recipe in recipes:
        found = re.search(rf"rows of {recipe['name']}, scrollable.*?</table>(.*?)</p>", page)
        assert found
        dropped = sorted(recipe["items_dropped"].values(), reverse=True)
        steps = [str(snapshot["labeled_items"]), *(f"−{count}" for count in dropped), str(recipe["items_with_rows"])]
        assert re.findall(r'<td class="r num">(.*?)</td>', found[0]) == steps
        assert ", ".join(f"{count} {split}" for split, count in recipe["splits"].items()) in found[1]
        assert f"all up to {recipe['lengths']['characters']['p100']:,}" in found[1]
    files = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows(page) if " download" in row]
    assert [[re.sub(r"<[^>]+>", "", cell) for cell in file] for file in files] == [_file(one) for one in told["files"]]
    assert f"{len(told['files'])} files" in page
    assert size(sum(one["size"] for one in told["files"])) in page


def _file(told: dict[str, Any]) -> list[str]:
    """A file as its line on a page has it."""
    count = "" if told["rows"] is None else f"{told['rows']:,}"
    return [told["path"], count, size(told["size"]), told["sha256"]]

"""What people read on pages is what programs are told and what stands in files: the same words, the same numbers."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import pytest
from django.test import Client

from accounts.models import Scope
from accounts.services import tokens
from annotation.models import Annotation, Item
from curation.models import Measure, Standing
from projects.access import Place
from tests.curation.reviewing import analysis_of, find, unsure
from tests.curation.test_quality_pages import Browser, browser, text, url
from tests.curation.test_quality_tables import table

__all__ = ["browser"]  # a fixture

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]


@pytest.fixture
def ask(olga: Place) -> Callable[[str], Any]:
    """What Olga's program reads at an address, as it stands below the project's."""
    secret = tokens.create(olga.user, name="quality", scopes=(Scope.READ, Scope.WRITE), days=1).secret

    def get(address: str) -> Any:
        whole = urljoin("/api/v1/projects/answers/", address)
        answer = Client().get(whole, headers={"Authorization": f"Token {secret}"})
        assert answer.status_code == 200, answer
        return json.loads(b"".join(answer.streaming_content) if answer.streaming else answer.content)

    return get


def test_a_detector_has_one_title_everywhere(
    browser: Browser, ask: Callable[[str], Any], add_item: AddItem, answer: Answer
) -> None:
    item = add_item("x", "y")
    find(item, annotation=answer(item, "a"), detector="disputed_labels")
    title, about = "Labels that the rest contradicts", "Confident learning: a reward head"
    client = browser()

    pages = [
        text(client, address)
        for address in (
            url(),
            url("quality-findings", "?detector=disputed_labels"),
            url("review"),
            f"{url('review')}{item.pk}/",
        )
    ]
    told = [
        ask("findings/")["results"][0],
        ask(f"review/{item.pk}/")["findings"][0],
        ask("review/precision/")["detectors"][0],
        table(client, "findings")[0],
    ]

    assert [title in page for page in pages] == [True] * len(pages)
    assert [one["title"] for one in told] == [title] * len(told)
    assert about in pages[1]
    assert told[2]["about"].startswith(about)


def values(page: str) -> list[float]:
    """Every number that a page tells exactly, beside the rounded one that is read."""
    return [float(value) for value in re.findall(r'<data[^>]* value="([^"]+)"', page)]


@pytest.fixture
def looked(olga: Place, add_item: AddItem) -> None:
    """What a look would leave: figures of one question, two annotators, three places, of which one is sure."""
    analysis = analysis_of(olga.project)
    for number in range(3):
        item = add_item("x", str(number))
        find(item, strength=0.9 - number / 5, detector="disputed_labels")
        unsure(item, 0.55 + number / 5)
    measured = {"value": 0.6125, "low": 0.58, "high": 0.64}
    agreement = {**dict.fromkeys(("plain", "alpha", "nominal_alpha", "gwet", "fleiss"), measured), "models": []}
    agreement |= {"units": 3_000, "labels": 9_000, "annotators": 2, "prevalence": []}
    counts = {"units": 3_000, "items": 3_000, "settled": 2_900, "sure": 2_517}
    for topic, figures in (("agreement", agreement), ("consensus", counts)):
        Measure.objects.create(analysis=analysis, question="better", facet="", slice="", topic=topic, figures=figures)
    for name, accuracy in (("one", 0.8125), ("two", 0.90625)):
        figures = {"accuracy": accuracy, "low": 0.75, "high": 0.95, "is_spammer": False, "is_adversary": False}
        Standing.objects.create(analysis=analysis, question="better", imported_name=name, labels=90, figures=figures)


def test_pages_of_quality_tell_the_numbers_that_programs_are_told(
    browser: Browser, ask: Callable[[str], Any], looked: None
) -> None:
    client, told = browser(), ask("quality/")["analysis"]
    (facet,) = told["questions"]

    quality = text(client, url())
    assert facet["agreement"]["alpha"]["value"] in values(quality)
    assert facet["units"] - facet["sure"] in values(quality)
    assert f"{facet['sure']:,} of {facet['units']:,} labeled items" in quality
    assert {one["figures"]["accuracy"] for one in told["annotators"]} < {*values(quality)}

    findings = ask("findings/")["results"]
    assert values(text(client, url("quality-findings"))) == [one["strength"] for one in findings] != []

    places = ask("consensus/?question=better&why=unsure")["results"]
    listed = text(client, url("quality-items", "?question=better&why=unsure"))
    assert values(listed) == [one["confidence"] for one in places] != []


def test_pages_of_review_tell_the_numbers_that_programs_are_told(
    browser: Browser, ask: Callable[[str], Any], add_item: AddItem, answer: Answer
) -> None:
    for number in range(3):
        item = add_item("x", str(number))
        find(item, annotation=answer(item, "a"), strength=0.9 - number / 5)
        unsure(item, 0.55 + number / 10)
    client, told = browser(), ask("review/")

    queue = text(client, url("review"))
    cells = re.findall(r'data-label="(Findings|Sure|Worth a look)">([^<]+)<', queue)
    assert f"{told['waiting']} items wait" in queue
    assert [float(value.rstrip(" %")) for _, value in cells] == [
        number
        for one in told["entries"]
        for number in (one["findings"], round(100 * one["confidence"]), round(one["worth"], 2))
    ]

    (first, *_) = told["entries"]
    entry = ask(f"review/{first['item']}/")
    page = text(client, f"{url('review')}{first['item']}/")
    assert [f"strength {one['strength']:.2f}" in page for one in entry["findings"]] == [True]
    assert [f"{one['confidence']:.0%} sure".replace("%", " %") in page for one in entry["unsure"]] == [True]

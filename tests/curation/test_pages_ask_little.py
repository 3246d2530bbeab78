"""Every page of this floor asks the database a dozen times at most, however much is said about its items."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from annotation.models import Annotation, Form, Item, Question
from annotation.services import gold
from curation.models import Review, Sample, Standing
from curation.services import analyses, reviews, samples
from jobs import runner
from jobs.models import Job
from modelhooks.models import Checkpoint, Run
from projects.access import Place
from projects.models import Membership, Role
from tests.curation.reviewing import find, unsure

MOST = 12
FORM = 8
PEOPLE = ("Ana", "Ben", "Cid", "Dora", "Eve")
AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]


@pytest.fixture
def labeled(olga: Place, add_item: AddItem, answer: Answer, person: Callable[[str], User]) -> list[Item]:
    """Thirty items that five people, two imports and a model answered, some to an older form, and a look at all."""
    items = [add_item("One.", f"Another, {number}.") for number in range(30)]
    newer = Form.objects.create(project=olga.project, version=2, created_by=olga.user)
    Question.objects.create(form=newer, position=0, key="better", kind="preference", title="Which one is better?")
    judge = Checkpoint.objects.create(name="Judge", contract="preference", backend="fake")
    asked = {"hook": "prelabel", "checkpoint": judge, "question": "better", "created_by": olga.user}
    run = Run.objects.create(project=olga.project, job=Job.objects.create(kind="run"), **asked)
    for name in PEOPLE:
        Membership.objects.create(project=olga.project, user=person(name), role=Role.ANNOTATOR)
    for number, item in enumerate(items):
        for place, name in enumerate(PEOPLE):
            form = {"form": newer} if place % 2 else {}
            answer(item, "ab"[(number + place) % 3 == 0], name, seconds=20.0, **form)
        for name in ("crowd", "bought"):
            answer(item, "b", author=None, imported_name=name)
        answer(item, "a", author=None, run=run, source={"p_first": 0.9})
    _look(olga)
    return items


def _look(olga: Place) -> None:
    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))


@pytest.fixture
def decided(olga: Place, labeled: list[Item], answer: Answer, person: Callable[[str], User]) -> Item:
    """What people did with it: known answers, a sample that is half checked, an item with decisions and findings."""
    for item in labeled[:12]:
        gold.mark(olga, item_id=item.pk, answers={"better": {"accepted": [{"winner": "a", "strength": 1}]}})
    sample = samples.draw(olga, size=50)
    for one in sample.items.select_related("item").order_by("position")[:8]:
        sample.items.filter(pk=one.pk).update(annotation=answer(one.item, "b", "Olga"))
    disputed, before = labeled[20], labeled[21]
    for label in Annotation.objects.filter(item=disputed):
        find(disputed, annotation=label, evidence={"others": ["b", "b"]})
    for place in range(5):
        unsure(disputed, place=f"{place}.1")
    decided = {"project": olga.project, "decision": "upheld", "reviewer": olga.user}
    for item in (before, disputed):
        Review.objects.create(item=item, request_key=f"{item.pk:032}", **decided)
    return disputed


@pytest.fixture
def client(olga: Place) -> Client:
    """Olga's browser."""
    browser = Client()
    browser.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def asked(client: Client, address: str) -> int:
    """How often the database is asked for a page; the questions of a form are asked for once in a process."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return len(queries)


def url(name: str, *more: Any) -> str:
    return reverse(name, args=["answers", *more])


def test_no_page_asks_more_than_a_dozen_times(client: Client, decided: Item, release: Callable[..., Any]) -> None:
    made = release("rm_pairs")
    who = Standing.objects.filter(person__isnull=False).order_by("pk")[0].annotator_key
    (judge,) = Checkpoint.objects.values_list("pk", flat=True)
    number = Sample.objects.get().number
    (waiting, *_) = Sample.objects.get().items.filter(annotation=None).order_by("position")
    addresses = [
        url("curation:quality"),
        f"{url('curation:quality')}?question=better",
        f"{url('curation:quality-items')}?question=better&why=unsure",
        url("curation:quality-findings"),
        f"{url('curation:quality-findings')}?detector=disputed",
        url("curation:people"),
        url("curation:person", who),
        url("curation:judges"),
        url("curation:judge", judge),
        url("curation:samples"),
        url("curation:sample", number),
        url("curation:sample-item", number, waiting.item_id),
        url("annotation:gold"),
        url("annotation:item-gold", decided.pk),
        url("curation:review"),
        f"{url('curation:review')}?after={decided.pk}",
        f"{url('curation:review')}?annotator={who}&question=better",
        url("curation:review-item", decided.pk),
        url("curation:review-answer", decided.pk),
        url("curation:releases"),
        url("curation:release", made.number),
        url("curation:release-new"),
    ]

    counts = {address: asked(client, address) for address in addresses}

    assert {address: count for address, count in counts.items() if count > MOST} == {}


def test_an_item_that_somebody_else_reviews_asks_no_more(
    client: Client, olga: Place, decided: Item, person: Callable[[str], User]
) -> None:
    Membership.objects.create(project=olga.project, user=person("Chen"), role=Role.CURATOR)
    assert reviews.take(Place(person("Chen"), olga.project, Role.CURATOR), decided.pk)

    assert asked(client, url("curation:review-item", decided.pk)) <= MOST
    assert asked(client, url("curation:review-answer", decided.pk)) <= MOST


def test_overturning_asks_only_what_its_form_shows(client: Client, decided: Item) -> None:
    assert asked(client, url("curation:review-answer", decided.pk)) <= FORM

"""Every page of owners and curators asks the database a dozen times at most, however much there is."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from annotation import splitting
from annotation.models import Annotation, Form, Item, Question
from annotation.services import annotations, queue
from projects.access import Place
from projects.models import Project, Role
from projects.services import guidelines, invitations

MOST = 12
PAGES = [
    "/",
    "/projects/new/",
    "/projects/answers/",
    "/projects/answers/items/",
    "/projects/answers/items/?state=open&tag=maths&key=a",
    "/projects/answers/items/?state=done",
    "/projects/answers/items/{item}/",
    "/projects/answers/form/",
    "/projects/answers/imports/",
    "/projects/answers/settings/",
    "/projects/answers/members/",
    "/projects/answers/guideline/",
    "/projects/answers/guideline/edit/",
    "/projects/answers/guideline/2/changes/",
]


@pytest.fixture
def busy(place: Callable[..., Place], add_items: Callable[..., list[Item]]) -> list[Item]:
    """Ten people, sixty items, answers, changes, skips, invitations and two guidelines."""
    items = add_items(60, overlap=2)
    people = [place(f"Person{number}") for number in range(10)]
    for number, person in enumerate(people):
        for _ in range(4):
            lease = queue.claim(person)
            assert lease is not None
            if number == 9:
                queue.skip(person, lease.pk, reason="No.")
                continue
            given = {"better": {"winner": "a", "strength": 1}, "why": "Because."}
            done = annotations.submit(person, lease_id=lease.pk, answers=given, request_key=uuid.uuid4())
        if number < 9:
            again = {"better": {"winner": "b", "strength": 1}}
            annotations.revise(person, annotation_id=done.annotation.pk, answers=again, request_key=uuid.uuid4())
    olga = place("Olga", Role.OWNER)
    for text in ("One.", "Two."):
        guidelines.save(olga, text=text)
        invitations.create(olga, role=Role.ANNOTATOR)
    return items


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_a_dozen_times_at_most(
    busy: list[Item], person: Callable[[str], User], django_assert_max_num_queries: Callable[..., Any], page: str
) -> None:
    client = Client()
    client.force_login(person("Olga"), backend="django.contrib.auth.backends.ModelBackend")

    with django_assert_max_num_queries(MOST):
        response = client.get(page.format(item=busy[0].pk))

    assert response.status_code == 200


def test_an_annotators_overview_asks_no_more(
    busy: list[Item], person: Callable[[str], User], django_assert_max_num_queries: Callable[..., Any]
) -> None:
    client = Client()
    client.force_login(person("Person0"), backend="django.contrib.auth.backends.ModelBackend")

    with django_assert_max_num_queries(MOST):
        response = client.get("/projects/answers/")

    assert response.status_code == 200


def test_an_item_that_everybody_answered_in_every_way_asks_no_more(
    project: Project,
    busy: list[Item],
    person: Callable[[str], User],
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    form = Form.objects.get(project=project)
    steps = Question.objects.create(form=form, position=5, key="steps", kind="steps", title="Steps", target="response")
    part = {"splitter": splitting.VERSION, "labels": [1]}
    for number in range(30):
        Annotation.objects.create(
            project=project,
            item=busy[0],
            form=form,
            imported_name=f"judge {number}",
            answers={"better": {"winner": "ab"[number % 2], "strength": 1}, "why": "So.", steps.key: [part, part]},
            shown=[0, 1],
        )
    client = Client()
    client.force_login(person("Olga"), backend="django.contrib.auth.backends.ModelBackend")

    with django_assert_max_num_queries(MOST):
        response = client.get(f"/projects/answers/items/{busy[0].pk}/?state=done")

    assert response.status_code == 200
    assert "The answers differ" in response.content.decode()

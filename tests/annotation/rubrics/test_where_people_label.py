"""What annotators are told of a published rubric, and what they are not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from annotation.models import Item, RubricVersion
from annotation.queries.rubrics import published
from annotation.services import rubric_publishing
from projects.access import Place

pytestmark = pytest.mark.django_db

CRITERIA = [
    {
        "key": "correct",
        "title": "Is correct",
        "pass_condition": "No claim is <false>.",
        "failure_examples": ["Whales are fish."],
        "needs_evidence": True,
        "evidence": [{"snippet": "A secret-quote.", "response": 0}],
        "origin": "contrast",
    },
    {"key": "brief", "title": "Is brief", "evidence": [{"snippet": "Another secret-quote."}]},
]


@pytest.fixture
def page(
    write: Callable[..., RubricVersion],
    chen: Place,
    place: Callable[..., Place],
    person: Callable[[str], User],
    add_items: Callable[..., list[Item]],
) -> str:
    """The labeling page as Ana sees it."""
    add_items(1)
    rubric_publishing.publish(chen, write(criteria=CRITERIA, provenance={"by": "secret-model"}))
    place("Ana")
    client = Client()
    client.force_login(person("Ana"), backend="django.contrib.auth.backends.ModelBackend")
    return client.get("/projects/answers/label/").content.decode()


def test_a_criterion_tells_its_condition_its_failures_and_that_it_wants_a_quote(page: str) -> None:
    for words in ("No claim is &lt;false&gt;.", "Whales are fish.", "Quote the words that decide"):
        assert page.count(words) == 1


def test_nothing_that_it_rests_on_is_told(page: str) -> None:
    assert "secret-" not in page
    assert "contrast" not in page


def test_a_question_of_the_forms_own_is_told_nothing_beside_it(
    page: str, chen: Place, django_assert_num_queries: Any
) -> None:
    form = chen.project.forms.order_by("-version")[0]
    published(form.pk)

    with django_assert_num_queries(0):
        assert list(published(form.pk)["rubric"]) == ["correct"]
    assert published(chen.project.forms.get(version=1).pk) == {}

"""Pages of annotators, as Olga, Chen, Ana and Sam meet them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from annotation.models import Annotation, Item
from curation.models import Analysis, Standing
from curation.services import analyses
from jobs import runner
from projects.access import Place
from projects.models import Membership, Role

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
OTHER = {"a": "b", "b": "a"}


@pytest.fixture
def browser(olga: Place, person: Callable[[str], User]) -> Callable[..., Client]:
    """A browser in which somebody is signed in, in a role."""

    def get(name: str = "Olga", role: str | None = None) -> Client:
        if role:
            Membership.objects.get_or_create(project=olga.project, user=person(name), defaults={"role": role})
        client = Client()
        client.force_login(person(name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return get


@pytest.fixture
def labeled(olga: Place, add_item: AddItem, answer: Answer) -> None:
    """80 pairs: three people who look, Ana who takes what is shown first, and a name that came with an import."""
    for number in range(80):
        item = add_item("short", "very much longer")
        truth = "ab"[number % 2]
        for who in ("Ben", "Cid", "Dora"):
            answer(item, truth if (number + len(who)) % 9 else OTHER[truth], who, seconds=20.0 + number)
        order = [[0, 1], [1, 0]][number // 2 % 2]
        answer(item, "ab"[order[0]], "Ana", shown=order, seconds=30.0)
        if number < 5:
            answer(item, truth, author=None, imported_name="rater/4 <b>")


def looked(olga: Place) -> Analysis:
    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))
    return Analysis.objects.get(pk=asked.pk)


def key_of(analysis: Analysis, **who: Any) -> str:
    return Standing.objects.get(analysis=analysis, **who).annotator_key


def page(client: Client, name: str, *more: str, **query: str) -> str:
    answered = client.get(reverse(f"curation:{name}", args=["answers", *more]), query)
    assert answered.status_code == 200
    return str(answered.content.decode())


@pytest.mark.usefixtures("labeled")
def test_a_position_bias_is_the_first_sentence_of_a_page_that_holds_the_evidence(
    olga: Place, browser: Callable[..., Client], person: Callable[[str], User]
) -> None:
    analysis = looked(olga)

    told = page(browser(), "person", key_of(analysis, person=person("Ana")))

    assert "Ana chooses the response shown first 100 % of the time" in told
    assert "Chooses the response shown first: 100 %, from 95 % to 100 %, usual is 50 %" in told
    assert "80 labels of" in told
    assert told.count("/items/") >= 10  # the examples, each with its item
    assert "below 0.0001" in told


@pytest.mark.usefixtures("labeled")
def test_nothing_is_said_against_who_does_nothing_unusual(
    olga: Place, browser: Callable[..., Client], person: Callable[[str], User]
) -> None:
    analysis = looked(olga)

    told = page(browser("Chen", Role.CURATOR), "person", key_of(analysis, person=person("Ben")))

    assert "Nothing stands out about how Ben labels" in told
    assert "badge warn" not in told


@pytest.mark.usefixtures("labeled")
def test_of_few_labels_the_page_says_that_it_cannot_tell(olga: Place, browser: Callable[..., Client]) -> None:
    analysis = looked(olga)

    told = page(browser(), "person", key_of(analysis, imported_name="rater/4 <b>"))

    assert "There are too few labels of rater/4 &lt;b&gt; to say much" in told


@pytest.mark.usefixtures("labeled")
def test_the_list_names_everybody_with_what_stands_out_and_no_model(
    olga: Place, browser: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    looked(olga)
    client = browser()

    with django_assert_max_num_queries(12):
        told = page(client, "people")

    assert "One of 5 stands out by how they label" in told
    assert "prefers a side" in told
    assert "too few to say" in told
    assert "rater/4 &lt;b&gt;" in told


def test_before_any_analysis_the_list_says_what_will_be_here(browser: Callable[..., Client]) -> None:
    assert "Nobody’s labels have been looked at yet" in page(browser(), "people")


@pytest.mark.usefixtures("labeled")
def test_a_question_that_nobody_asked_shows_one_that_was(olga: Place, browser: Callable[..., Client]) -> None:
    looked(olga)

    assert "Which is better?" in page(browser(), "people", question="no such", facet="x")


@pytest.mark.usefixtures("labeled")
def test_whoever_is_not_known_here_has_no_page(
    olga: Place, browser: Callable[..., Client], person: Callable[[str], User]
) -> None:
    analysis = looked(olga)
    keys = ["person-999999", "nobody", "imported-", f"person-{person('Olga').pk}"]

    codes = {browser().get(reverse("curation:person", args=["answers", key])).status_code for key in keys}
    annotator = browser("Ana", Role.ANNOTATOR)
    own = annotator.get(reverse("curation:person", args=["answers", key_of(analysis, person=person("Ana"))]))

    assert codes == {404}
    assert own.status_code == 404

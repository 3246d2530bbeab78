"""Answers of a judge that stand without a person are told as such: on pages, to programs, in raw releases."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Scope
from accounts.services import tokens
from annotation.models import Annotation, Item
from curation import store
from curation.models import Acceptance, Release, Standing
from curation.services import accepting
from projects.access import Place
from tests.curation.test_acceptances import PAIRS, client, judged, trusted

__all__ = ["client", "judged", "trusted"]  # fixtures

MOST_QUERIES = 12
STANDS = "It stands without a person."
Read = Callable[[str], Any]


@pytest.fixture
def decided(olga: Place, trusted: Standing) -> Acceptance:
    return accepting.accept(olga, trusted, confidence=0.95, target=0.9)


@pytest.fixture
def alone(decided: Acceptance) -> Item:
    """An item that the judge alone has answered, surely enough."""
    return Item.objects.order_by("pk")[PAIRS]


@pytest.fixture
def read(olga: Place) -> Iterator[Read]:
    """What Olga's program reads at an address."""
    secret = tokens.create(olga.user, name="reads", scopes=(Scope.READ,), days=1).secret

    def get(address: str) -> Any:
        answer = Client().get(f"/api/v1/{address}", headers={"Authorization": f"Token {secret}"})
        assert answer.status_code == 200, answer.content
        return answer.json()

    return get


def page(client: Client, name: str, item: Item) -> str:
    return str(client.get(reverse(name, args=["answers", item.pk])).content.decode())


@pytest.mark.parametrize("name", ["annotation:item", "curation:review-item"])
def test_a_page_says_who_decided_so_when_and_by_which_rule(client: Client, alone: Item, name: str) -> None:
    told = page(client, name, alone)

    assert STANDS in told
    assert '<bdi class="strong">Olga</bdi> decided so <time' in told
    assert "95.0 % sure of or more are accepted where nobody else has answered" in told
    assert "right 97 % of the time at least, of 90 % asked for (analysis 1)" in told
    assert '<span class="badge good">accepted</span>' in told


def test_an_answer_that_is_not_sure_enough_or_not_alone_says_nothing(
    client: Client, alone: Item, answer: Callable[..., Annotation]
) -> None:
    with_people, unsure = Item.objects.order_by("pk")[1], Item.objects.order_by("pk")[PAIRS + 1]
    assert STANDS in page(client, "annotation:item", alone)

    answer(alone, "a", "Ana")

    assert [STANDS in page(client, "annotation:item", one) for one in (with_people, unsure, alone)] == [False] * 3


def test_taken_back_nothing_is_told(client: Client, olga: Place, trusted: Standing, alone: Item, read: Read) -> None:
    accepting.withdraw(olga, trusted)

    assert STANDS not in page(client, "annotation:item", alone)
    assert read(f"items/{alone.pk}/")["accepted"] == []


def test_of_two_decisions_the_newest_is_told(olga: Place, trusted: Standing, alone: Item, read: Read) -> None:
    newest = accepting.accept(olga, trusted, confidence=0.6, target=0.8)

    (told,) = read(f"items/{alone.pk}/")["accepted"]
    assert (told["confidence"], told["target"]) == (newest.confidence, newest.target) == (0.6, 0.8)


def test_an_item_with_an_accepted_answer_asks_the_database_no_more_than_others(
    client: Client, alone: Item, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        assert STANDS in page(client, "annotation:item", alone)


def test_programs_are_told_the_decision_with_item_and_annotation(alone: Item, decided: Acceptance, read: Read) -> None:
    own = Annotation.objects.get(item=alone)
    told = {
        "item": alone.pk,
        "annotation": own.pk,
        "question": "better",
        "model": "Judge",
        "by": "Olga",
        "at": decided.created_at.isoformat().replace("+00:00", "Z"),
        "confidence": 0.95,
        "target": 0.9,
        "at_least": 0.969,
        "analysis": 1,
    }

    assert read(f"items/{alone.pk}/")["accepted"] == [told]
    assert read(f"annotations/{own.pk}/")["accepted"] == told
    assert [one["accepted"] for one in read(f"projects/answers/annotations/?item={alone.pk}")["results"]] == [told]


def test_lists_tell_it_of_each_row_and_ask_once(
    decided: Acceptance, read: Read, django_assert_num_queries: Any
) -> None:
    accepted = {item.pk for number, item in enumerate(Item.objects.order_by("pk")) if number >= PAIRS and number % 3}

    with django_assert_num_queries(5):  # the token and the project in three, the page, what is accepted
        items = read("projects/answers/items/?page_size=200")["results"]
    annotations = read("projects/answers/annotations/?page_size=200")["results"]
    annotations += read(f"projects/answers/annotations/?page_size=200&item={max(accepted)}")["results"]

    assert {one["id"] for one in items if one["accepted"]} == accepted
    people = [one for one in annotations if one["annotator"]["run"] is None]
    assert people
    assert [one for one in people if one["accepted"]] == []


def test_an_annotator_is_told_nothing_of_it(olga: Place, alone: Item, answer: Callable[..., Annotation]) -> None:
    ana = answer(alone, "a", "Ana").author
    assert ana is not None
    olga.project.memberships.create(user=ana, role="annotator")
    secret = tokens.create(ana, name="reads", scopes=(Scope.READ,), days=1).secret
    ask = Client(headers={"Authorization": f"Token {secret}"})

    judges = Annotation.objects.get(item=alone, run__isnull=False)
    own = Annotation.objects.get(item=alone, author=ana)

    assert ask.get(f"/api/v1/items/{alone.pk}/").status_code == 404
    assert ask.get(f"/api/v1/annotations/{judges.pk}/").status_code == 404
    assert ask.get(f"/api/v1/annotations/{own.pk}/").json()["accepted"] is None


def origins(made: Release) -> dict[int, str]:
    """What a raw release says of each annotation."""
    file = made.files.get(path="raw/train-00000-of-00001.jsonl")
    rows = map(json.loads, store.path_of(file).read_text().splitlines())
    return {one["annotation_id"]: one["label_source"] for row in rows for one in row["annotations"]}


def test_a_raw_release_tells_it_whatever_other_recipes_stand_beside_it(
    olga: Place, decided: Acceptance, trusted: Standing, release: Callable[..., Release]
) -> None:
    wish = {"splits": {"train": 100}, "formats": ["jsonl"]}
    pairs = {"name": "rm_pairs", "parameters": {"accepted": True}}

    raw = release("raw", **wish)
    both = release(recipes=[pairs, {"name": "raw"}], **wish)
    accepting.withdraw(olga, trusted)
    after = release("raw", **wish)

    told = [list(origins(one).values()) for one in (raw, both, after)]
    assert [one.count("accepted") for one in told] == [4, 4, 0]
    assert [one.count("machines") for one in told] == [112, 112, 116]
    assert [len((one.manifest or {}).get("accepted", ())) for one in (raw, both, after)] == [1, 1, 0]

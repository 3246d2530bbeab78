"""The tables of quality as CSV, and their endpoints: the same numbers as on the page."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Scope
from accounts.services import tokens
from annotation.models import Annotation, Item
from curation.models import Consensus
from curation.queries.analyses import report
from projects.access import Place
from projects.models import Role
from tests.curation.test_analyses import analyzed, labeled, machine
from tests.curation.test_quality_pages import Browser, browser, found, url

__all__ = ["browser", "labeled", "machine"]  # fixtures

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]


def table(client: Client, name: str) -> list[dict[str, str]]:
    answer = client.get(url(f"quality-{name}-csv"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="answers-{name}.csv"'
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def ask(olga: Place) -> Callable[[str], Any]:
    """Olga's program."""
    secret = tokens.create(olga.user, name="quality", scopes=(Scope.READ,), days=1).secret

    def get(address: str) -> Any:
        path = address if address.startswith("http") else f"/api/v1/projects/answers/{address}"
        return Client().get(path, headers={"Authorization": f"Token {secret}"})

    return get


def test_before_the_first_look_there_are_only_names_of_columns(browser: Browser) -> None:
    client = browser()

    assert [table(client, name) for name in ("agreement", "people", "findings", "consensus")] == [[], [], [], []]


def test_agreement_has_a_row_for_people_and_each_model_everywhere_and_in_each_slice(
    browser: Browser, olga: Place, labeled: dict[int, str], machine: Callable[..., Annotation]
) -> None:
    for item, winner in labeled.items():
        machine(Item.objects.get(pk=item), winner)
    (facet,) = report(analyzed(olga))["questions"]

    rows = table(browser(), "agreement")

    told = {(row["slice"], row["who"]): row for row in rows}
    assert {*told} == {("", "people"), ("", "Judge"), ("tag:even", "people"), ("tag:even", "Judge")}
    alpha = facet["slices"]["tag:even"]["alpha"]
    row = told["tag:even", "people"]
    assert [float(row[name]) for name in ("alpha", "alpha_low", "alpha_high")] == [
        alpha["value"],
        alpha["low"],
        alpha["high"],
    ]
    assert (int(row["units"]), int(row["sure"])) == (60, facet["slice_counts"]["tag:even"]["sure"])
    assert float(told["", "Judge"]["plain"]) == facet["agreement"]["models"][0]["plain"]["value"]


def test_people_and_consensus_are_those_of_the_report(browser: Browser, olga: Place, labeled: dict[int, str]) -> None:
    told = report(analyzed(olga))
    client = browser()

    people, places = table(client, "people"), table(client, "consensus")

    assert {row["annotator"]: float(row["reliability"]) for row in people} == {
        one["annotator"]: one["figures"]["accuracy"] for one in told["annotators"]
    }
    rows = {str(row.item_id): (row.value, row.confidence) for row in Consensus.objects.filter(until=None)}
    assert {row["item"]: (row["value"], float(row["confidence"])) for row in places} == rows
    assert len(places) == told["questions"][0]["units"]


def test_what_people_are_called_is_run_by_no_spreadsheet(
    browser: Browser, olga: Place, add_item: AddItem, answer: Answer
) -> None:
    for number in range(3):
        answer(add_item("x", str(number)), "a", author=None, imported_name="=HYPERLINK(1)")
    analysis = analyzed(olga)
    found(analysis, words="@SUM(1)", about="-2")
    client = browser()

    assert [row["annotator"] for row in table(client, "people")] == ["'=HYPERLINK(1)"]
    (finding,) = [row for row in table(client, "findings") if row["detector"] == "planted"]
    assert (finding["words"], finding["about"], finding["strength"]) == ("'@SUM(1)", "'-2", "0.5")


def test_only_who_curates_gets_them(browser: Browser, olga: Place) -> None:
    for somebody in (browser("Vera", Role.VIEWER), browser("Ana", Role.ANNOTATOR), browser("Sam")):
        for name in ("agreement", "people", "findings", "consensus"):
            assert somebody.get(url(f"quality-{name}-csv")).status_code == 404


def test_findings_are_given_page_by_page_the_strongest_first(
    ask: Callable[[str], Any], olga: Place, labeled: dict[int, str]
) -> None:
    analysis = analyzed(olga)
    for number in range(5):
        found(analysis, strength=number / 10)
    found(analysis, decision="upheld", strength=1)

    first = ask("findings/?page_size=3&detector=planted").json()
    rest = ask(first["next"]).json()

    assert [one["strength"] for one in first["results"] + rest["results"]] == [0.4, 0.3, 0.2, 0.1, 0.0]
    assert rest["next"] is None
    assert [one["decision"] for one in ask("findings/?decision=upheld").json()["results"]] == ["upheld"]
    assert len(ask("findings/?open=all&detector=planted").json()["results"]) == 6
    assert [one["is_open"] for one in ask("findings/?open=no").json()["results"]] == [False]
    assert ask("findings/?detector=none").json()["results"] == []


def test_consensus_is_that_of_the_newest_look_the_least_sure_first(
    ask: Callable[[str], Any], olga: Place, labeled: dict[int, str]
) -> None:
    analyzed(olga)

    told = ask("consensus/?question=better&why=unsure&slice=tag:even&page_size=200").json()["results"]

    rows = Consensus.objects.filter(until=None, confidence__lte=0.9, item__tags__contains=["even"])
    assert [one["confidence"] for one in told] == sorted(rows.values_list("confidence", flat=True))
    assert {one["id"] for one in told} == {row.pk for row in rows}
    assert len(told) > 0
    assert ask("consensus/?why=unsure&slice=tag:even&page_size=200").json()["results"] == told  # of the first question


@pytest.mark.parametrize(
    "address",
    ["consensus/?all=yes", "consensus/?question=better&slice=red", "findings/?open=maybe", "findings/?decision=x"],
)
def test_what_is_not_declared_is_refused(ask: Callable[[str], Any], address: str) -> None:
    assert ask(address).status_code == 400

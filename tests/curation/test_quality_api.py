"""GET and POST projects/{slug}/quality/: what the newest analysis found, and asking for one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Scope
from accounts.services import tokens
from annotation.models import Annotation, Item
from curation.models import Analysis
from jobs import runner
from projects.access import Place


@pytest.fixture
def ask(olga: Place) -> Callable[..., Any]:
    """Olga's program."""
    secret = tokens.create(olga.user, name="quality", scopes=(Scope.READ, Scope.WRITE), days=1).secret

    def call(method: str) -> Any:
        return getattr(Client(), method)(
            "/api/v1/projects/answers/quality/", headers={"Authorization": f"Token {secret}"}
        )

    return call


def test_before_anything_is_labeled_there_is_nothing_and_nothing_to_ask_for(ask: Callable[..., Any]) -> None:
    assert ask("get").json() == {"analysis": None, "at_work": None}
    refused = ask("post")
    assert (refused.status_code, refused.json()["detail"]) == (409, "Nobody has labeled anything in this project yet.")


def test_an_analysis_is_asked_for_once_followed_and_read(
    ask: Callable[..., Any], add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> None:
    for number in range(4):
        item = add_item("x", str(number))
        answer(item, "a", "Ana"), answer(item, "a", "Ben")

    first, second = ask("post"), ask("post")

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["at_work"]["number"] == second.json()["at_work"]["number"] == 1
    runner.execute(str(Analysis.objects.get().job_id))
    told = ask("get").json()
    assert told["at_work"] is None
    (facet,) = told["analysis"]["questions"]
    assert (facet["question"], facet["units"], facet["settled"]) == ("better", 4, 4)
    assert facet["agreement"]["plain"]["value"] == 1
    assert [(one["annotator"], one["labels"]) for one in told["analysis"]["annotators"]] == [("Ana", 4), ("Ben", 4)]
    assert 0.5 < told["analysis"]["annotators"][0]["figures"]["accuracy"] <= 1

"""Versions of a judge for programs: what curators do on the page. Who may is with all doors (tests/access)."""

from typing import Any

import pytest

from accounts.models import Scope
from modelhooks.models import Checkpoint, JudgeVersion
from projects.access import Place
from tests.curation.judging.test_pages import REASON, STOP, judge, pairs, run_all
from tests.curation.rubrics.conftest import checkpoint
from tests.curation.test_judge_api import Ask, program_of

__all__ = ["judge", "pairs"]  # fixtures


@pytest.fixture
def ask(olga: Place) -> Ask:
    return program_of(olga.user, Scope.READ, Scope.WRITE)


def test_a_program_has_it_reworded_tried_and_put_in_use(ask: Ask, judge: Checkpoint) -> None:
    here, better = f"{judge.pk}/versions/", {"question": "better"}
    writer = checkpoint("writing").pk

    (found,) = ask("get", here).json()["versions"]
    early = ask("post", f"{here}1/reword/", {**better, "checkpoint": writer})
    tried = ask("post", f"{here}1/try/", {**better, "wishes": {"limit": 60}})
    run_all()
    reworded = ask("post", f"{here}1/reword/", {**better, "checkpoint": writer})
    run_all()
    refused = ask("post", f"{here}2/promote/", better)
    ask("post", f"{here}2/try/", better)
    run_all()
    shown: dict[str, Any] = ask("get", here, None).json()
    promoted = ask("post", f"{here}2/promote/", better)

    assert (found["number"], found["is_in_use"], found["instructions"], found["report"]) == (1, True, "", None)
    assert (early.status_code, early.json()["detail"]) == (
        422,
        "Try this version first: it is not known what it gets wrong.",
    )
    assert (tried.status_code, reworded.status_code, refused.status_code) == (202, 202, 409)
    assert tried.json()["checkpoint"] == judge.pk
    assert "Try it first" in refused.json()["detail"]
    made = shown["versions"][0]
    assert (made["number"], made["after"], made["instructions"], made["wins"]) == (2, 1, REASON, True)
    assert (len(made["items"]), made["report"]["figures"]["against"]["version"]) == (8, 1)
    assert shown["headline"] == "Version 2 is surely better than version 1"
    assert (promoted.status_code, promoted.json()["is_in_use"]) == (200, True)
    assert list(JudgeVersion.objects.filter(is_in_use=True).values_list("number", flat=True)) == [2]


def test_what_loses_or_says_the_same_or_is_not_there_is_refused(ask: Ask, judge: Checkpoint) -> None:
    here, better = f"{judge.pk}/versions/", {"question": "better"}

    written = ask("post", here, {"instructions": STOP})
    again = ask("post", here, {"instructions": f" {STOP}\n", "after": 2})
    nobody = ask("post", here, {"instructions": "Be fair.", "after": 9})
    ask("post", f"{here}2/try/", better)
    run_all()
    lost = ask("post", f"{here}2/promote/", better)

    assert (written.status_code, written.json()["created_by"], written.json()["wins"]) == (201, "Olga", False)
    assert (again.status_code, again.json()["detail"]) == (422, "Version 2 says the same.")
    assert nobody.status_code == ask("post", f"{here}9/promote/", better).status_code == 404
    assert lost.status_code == 409
    assert "It takes over where its gain is surely above zero" in lost.json()["detail"]
    assert ask("get", f"{checkpoint('rubric').pk}/versions/").status_code == 404

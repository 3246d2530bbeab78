"""Judges for programs: cards, probes, and deciding that answers stand. Who may is with all doors (tests/access)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Scope, User
from accounts.services import tokens
from audit.models import Event
from curation.models import Acceptance, Standing
from curation.services import accepting
from jobs import runner
from modelhooks.models import Run
from projects.access import Place
from projects.models import Membership, Role
from tests.curation.test_acceptances import PAIRS, analyzed, client, judged, probed, trusted
from tests.curation.test_judge_pages import page

__all__ = ["client", "judged", "trusted"]  # fixtures

WISH = {"confidence": 0.95, "target": 0.9}
Ask = Callable[..., Any]


def program_of(person: User, *scopes: Scope) -> Ask:
    """What this person's program is answered at an address below that of the project's judges."""
    secret = tokens.create(person, name="judges", scopes=scopes, days=1).secret
    browser = Client(headers={"Authorization": f"Token {secret}"})

    def ask(method: str, address: str = "", body: Any = None) -> Any:
        more = {} if body is None else {"data": body, "content_type": "application/json"}
        return getattr(browser, method)(f"/api/v1/projects/answers/judges/{address}", **more)

    return ask


@pytest.fixture
def ask(olga: Place) -> Ask:
    return program_of(olga.user, Scope.READ, Scope.WRITE)


def test_before_any_judge_there_is_nothing(olga: Place, ask: Ask) -> None:
    assert ask("get").json() == {"next": None, "results": []}
    assert ask("get", "1/").status_code == 404


def test_judges_are_listed_with_what_is_accepted_of_them(olga: Place, trusted: Standing, ask: Ask) -> None:
    (before,) = ask("get").json()["results"]
    accepting.accept(olga, trusted, **WISH)
    (after,) = ask("get").json()["results"]

    assert before == {
        "checkpoint": trusted.checkpoint_id,
        "name": "Judge",
        "question": "better",
        "facet": "",
        "labels": 116,
        "analysis": 1,
        "accepts": False,
    }
    assert after == {**before, "accepts": True}


def test_a_card_tells_programs_what_the_page_tells_people(client: Client, trusted: Standing, ask: Ask) -> None:
    assert trusted.checkpoint_id is not None
    told = ask("get", f"{trusted.checkpoint_id}/").json()
    shown = page(client, "judge", trusted.checkpoint_id)

    assert told["headline"] in shown
    assert [(one["words"] in shown, one["told"] in shown) for one in told["conditions"]] == [(True, True)] * 4
    assert [one["title"] in shown for one in told["probes"]["outcomes"]] == [True] * 5
    assert (told["is_trusted"], told["target"], told["probes"]["is_passed"]) == (True, 0.9, True)
    assert [(one["confidence"], one["accepts"], one["holds"]) for one in told["cuts"]] == [
        (0.95, 4, True),
        (0.6, 6, True),
    ]
    assert told["acceptance"]["is_accepted"] is False


def test_a_card_is_of_the_question_and_target_that_are_asked_for(trusted: Standing, ask: Ask) -> None:
    card = f"{trusted.checkpoint_id}/"
    Standing.objects.create(
        analysis=trusted.analysis,
        checkpoint=trusted.checkpoint,
        question="better",
        facet="style",
        labels=500,
        figures={},
    )

    hard = ask("get", f"{card}?question=better&target=0.98").json()
    assert (hard["facet"], hard["target"], hard["is_trusted"]) == ("", 0.98, False)
    assert {one["holds"] for one in hard["cuts"]} == {False}
    assert ask("get", f"{card}?question=better&facet=style").json()["labels"] == 500
    assert ask("get", f"{card}?question=why").status_code == 404
    assert ask("get", f"{card}?question=better&facet=tone").status_code == 404
    assert ask("get", f"{card}?target=0.5").status_code == 400


def test_probes_are_asked_as_a_run_once_and_what_they_show_is_read(judged: Standing, ask: Ask) -> None:
    address = f"{judged.checkpoint_id}/probes/"
    never = ask("get", address).json()
    started, again = ask("post", address), ask("post", address)
    waiting = ask("get", address).json()
    run = Run.objects.get(hook="probe")
    runner.execute(str(run.job_id))
    done = ask("get", address).json()

    assert never == {
        "can_be_probed": True,
        "run": None,
        "state": None,
        "is_of_today": None,
        "is_passed": False,
        "at_most": None,
        "outcomes": [],
    }
    assert (started.status_code, started.json()["hook"], started["Location"]) == (
        202,
        "probe",
        f"/api/v1/runs/{run.pk}/",
    )
    assert again.json()["id"] == started.json()["id"] == waiting["run"] == run.pk
    assert (waiting["state"], waiting["is_passed"]) == ("queued", False)
    assert (done["state"], done["is_of_today"], done["is_passed"]) == ("done", True, False)
    assert sum(one["asked"] for one in done["outcomes"]) == 182
    assert [one for one in done["outcomes"] if one["kind"] == "key" and not one["is_passed"] and one["fooled"]]


def test_what_compares_nothing_is_not_probed(judged: Standing, ask: Ask) -> None:
    checkpoint = judged.checkpoint
    assert checkpoint is not None
    type(checkpoint).objects.filter(pk=checkpoint.pk).update(contract="steps")

    assert ask("get", f"{checkpoint.pk}/probes/").json()["can_be_probed"] is False
    refused = ask("post", f"{checkpoint.pk}/probes/")
    assert (refused.status_code, "nothing to probe" in refused.json()["detail"]) == (422, True)


def test_answers_are_accepted_read_and_taken_back(olga: Place, trusted: Standing, ask: Ask) -> None:
    address = f"{trusted.checkpoint_id}/acceptance/better/"

    nothing = ask("get", address).json()
    decided = ask("put", address, WISH)
    standing = ask("get", address).json()
    back = ask("delete", address)

    assert (nothing["is_accepted"], nothing["answers"], nothing["confidence"]) == (False, 0, None)
    assert decided.status_code == 200
    assert decided.json() == standing
    assert (standing["is_accepted"], standing["answers"], standing["decided_by"]) == (True, 4, "Olga")
    assert (standing["confidence"], standing["target"], standing["analysis"]) == (0.95, 0.9, 1)
    assert standing["figures"]["at_least"] >= 0.9
    assert (back.status_code, back.json()) == (200, nothing)
    assert list(Event.objects.filter(verb__startswith="acceptance").order_by("pk").values_list("verb", "actor_id")) == [
        ("acceptance.decided", olga.user.pk),
        ("acceptance.withdrawn", olga.user.pk),
    ]
    assert ask("delete", address).status_code == 422


def test_a_judge_that_fails_its_probes_is_refused_with_the_reason(olga: Place, judged: Standing, ask: Ask) -> None:
    assert judged.checkpoint is not None
    probed(olga, judged.checkpoint, fooled=3)

    refused = ask("put", f"{judged.checkpoint_id}/acceptance/better/", WISH)

    assert refused.status_code == 422
    assert refused.json()["title"] == "Nothing of this judge is accepted"
    assert (
        "It passes every probe, so that it takes nothing for something: not yet, it fails" in refused.json()["detail"]
    )
    assert not Acceptance.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"confidence": 0.7, "target": 0.9}, 422),  # no certainty of the table
        ({"confidence": 0.95, "target": 0.98}, 422),  # which was not shown
        ({"confidence": 0.4, "target": 0.9}, 400),
        ({"confidence": 0.95, "target": 0.5}, 400),
        ({"confidence": 0.95}, 400),
        ({**WISH, "question": "better"}, 400),
    ],
)
def test_what_was_not_shown_or_is_not_understood_is_refused(
    trusted: Standing, ask: Ask, body: dict[str, Any], status: int
) -> None:
    assert ask("put", f"{trusted.checkpoint_id}/acceptance/better/", body).status_code == status
    assert not Acceptance.objects.exists()


def test_a_part_of_an_answer_and_a_question_that_it_did_not_answer(trusted: Standing, ask: Ask) -> None:
    Standing.objects.filter(pk=trusted.pk).update(facet="style")

    refused = ask("put", f"{trusted.checkpoint_id}/acceptance/better/", WISH)

    assert (refused.status_code, "this is a part of one" in refused.json()["detail"]) == (422, True)
    assert ask("put", f"{trusted.checkpoint_id}/acceptance/why/", WISH).status_code == 404


def test_an_older_analysis_decides_nothing(olga: Place, trusted: Standing, ask: Ask) -> None:
    assert trusted.checkpoint is not None
    ask("put", f"{trusted.checkpoint_id}/acceptance/better/", WISH)
    newest = analyzed(olga, trusted.checkpoint)
    Standing.objects.filter(pk=newest.pk).update(figures={})

    assert ask("put", f"{trusted.checkpoint_id}/acceptance/better/", WISH).status_code == 422
    assert ask("get", f"{trusted.checkpoint_id}/acceptance/better/").json()["analysis"] == 1


def test_reading_needs_a_curator_and_deciding_the_scope_to_write(
    olga: Place, trusted: Standing, person: Callable[[str], User]
) -> None:
    for name, role in (("Vera", Role.VIEWER), ("Chen", Role.CURATOR)):
        Membership.objects.create(project=olga.project, user=person(name), role=role)
    acceptance, probes = (f"{trusted.checkpoint_id}/{what}/" for what in ("acceptance/better", "probes"))
    vera = program_of(person("Vera"), Scope.READ, Scope.WRITE)
    reads, writes = (program_of(person("Chen"), *some) for some in ((Scope.READ,), (Scope.WRITE,)))

    assert [vera("get", one).status_code for one in ("", f"{trusted.checkpoint_id}/", probes, acceptance)] == [404] * 4
    assert [reads("get", one).status_code for one in ("", f"{trusted.checkpoint_id}/", probes, acceptance)] == [200] * 4
    assert [reads("put", acceptance, WISH).status_code, reads("post", probes).status_code] == [404, 404]
    assert reads("delete", acceptance).status_code == 404
    assert writes("put", acceptance, WISH).status_code == 200
    assert Acceptance.objects.get().decided_by == person("Chen")


def test_a_list_and_a_card_ask_a_dozen_times_at_most(
    olga: Place, trusted: Standing, ask: Ask, django_assert_max_num_queries: Any
) -> None:
    accepting.accept(olga, trusted, **WISH)

    for address in ("", f"{trusted.checkpoint_id}/", f"{trusted.checkpoint_id}/acceptance/better/"):
        with django_assert_max_num_queries(12):
            assert ask("get", address).status_code == 200


def test_accepted_answers_are_those_that_no_person_gave(trusted: Standing, ask: Ask) -> None:
    assert trusted.labels > PAIRS
    assert ask("put", f"{trusted.checkpoint_id}/acceptance/better/", WISH).json()["answers"] == 4

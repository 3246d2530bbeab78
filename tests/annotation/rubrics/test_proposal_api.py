"""Criteria proposed by a program, and decided about by one. Who may is with all doors (tests/access)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Scope
from accounts.services import tokens
from annotation import numbering
from annotation.models import CriterionProposal, Item, Lease, RubricVersion
from annotation.services import queue, rubric_publishing
from projects.access import Place
from projects.models import Project, Role

pytestmark = pytest.mark.django_db
Ask = Callable[..., Any]
ADDRESS = "/api/v1/projects/answers/rubrics/proposals/"
WORDS = {"question": "rubric", "words": "Names its sources"}


def program_of(place: Place, *scopes: Scope) -> Ask:
    """What this person's program is answered below the address of proposals."""
    secret = tokens.create(place.user, name="proposals", scopes=scopes or tuple(Scope), days=1).secret
    client = Client(headers={"Authorization": f"Token {secret}"})

    def ask(method: str, address: str = "", **body: Any) -> Any:
        more = {"data": body, "content_type": "application/json"} if method == "post" else {}
        return getattr(client, method)(f"{ADDRESS}{address}", **more)

    return ask


@pytest.fixture
def lease(write: Callable[..., RubricVersion], chen: Place, ana: Place, add_items: Callable[..., list[Item]]) -> Lease:
    """What Ana holds, of a form that asks by a rubric."""
    add_items(3, overlap=2)
    rubric_publishing.publish(chen, write())
    held = queue.claim(ana)
    assert held is not None
    return held


@pytest.fixture
def ana(place: Callable[..., Place]) -> Place:
    return place("Ana")


def test_who_labels_proposes_and_the_same_words_are_one_proposal(ana: Place, lease: Lease) -> None:
    ask = program_of(ana, Scope.LABEL)

    made, again = (ask("post", item=lease.item_id, why="B invents one.", **WORDS) for _ in range(2))

    assert (made.status_code, made.json()) == (201, again.json())
    assert made.json() == {
        "id": CriterionProposal.objects.get().pk,
        "item": lease.item_id,
        "question": "rubric",
        "words": "Names its sources",
        "why": "B invents one.",
        "state": "open",
    }


def test_items_are_named_as_who_labels_knows_them(ana: Place, lease: Lease, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(has_had_gold=True)
    ana.project.refresh_from_db()
    number, ask = numbering.number_of(ana, lease.item_id), program_of(ana)

    made = ask("post", item=number, **WORDS)

    assert number != lease.item_id
    assert (made.status_code, made.json()["item"]) == (201, number)
    assert CriterionProposal.objects.get().item_id == lease.item_id
    assert ask("post", item=lease.item_id, **WORDS).status_code == 404


def test_what_was_never_held_or_cannot_be_kept_is_refused(ana: Place, lease: Lease) -> None:
    ask = program_of(ana)
    other = Item.objects.exclude(pk=lease.item_id).earliest("pk")

    assert ask("post", item=other.pk, **WORDS).status_code == 404
    assert ask("post", item=lease.item_id, question="better", words="Is kind").status_code == 422
    assert ask("post", item=lease.item_id, question="rubric", words=" ").status_code == 400
    assert not CriterionProposal.objects.exists()


def test_a_curator_lists_accepts_and_declines(ana: Place, lease: Lease, chen: Place) -> None:
    theirs, ours = program_of(ana), program_of(chen)
    kept, dropped = (
        theirs("post", item=lease.item_id, question="rubric", words=one).json()["id"] for one in ("A", "B")
    )

    waiting = ours("get").json()["results"]
    accepted = ours("post", f"{kept}/accept/", rubric=1, line="sources: Names its sources (weight 2)")
    declined = ours("post", f"{dropped}/decline/", reason="The guideline says so.")

    assert [(one["id"], one["words"], one["by"]) for one in waiting] == [(kept, "A", "Ana"), (dropped, "B", "Ana")]
    assert (accepted.status_code, accepted.json()["version"]) == (201, 2)
    assert (declined.json()["state"], declined.json()["reason"], declined.json()["decided_by"]) == (
        "declined",
        "The guideline says so.",
        "Chen",
    )
    assert ours("get", f"{kept}/").json()["version"] == {"rubric": 1, "version": 2}
    assert ours("get").json()["results"] == []
    assert [one["id"] for one in ours("get", "?state=declined").json()["results"]] == [dropped]
    assert ours("post", f"{kept}/decline/", reason="Late.").status_code == 409
    assert ours("post", f"{dropped}/accept/", rubric=1).status_code == 409


def test_nothing_is_decided_without_a_rubric_a_reason_or_the_scope(ana: Place, lease: Lease, chen: Place) -> None:
    made = program_of(ana)("post", item=lease.item_id, **WORDS).json()["id"]
    ours = program_of(chen)

    assert ours("post", f"{made}/accept/", rubric=9).status_code == 404
    assert ours("post", f"{made}/accept/", rubric=1, line="[soft] Is kind").status_code == 422
    assert ours("post", f"{made}/decline/", reason="").status_code == 400
    assert program_of(chen, Scope.READ)("post", f"{made}/decline/", reason="No.").status_code == 404
    assert program_of(chen, Scope.WRITE)("get").status_code == 404
    assert CriterionProposal.objects.get().state == "open"


@pytest.mark.parametrize(("name", "role"), [("Ana", Role.ANNOTATOR), ("Vera", Role.VIEWER)])
def test_others_read_and_decide_nothing(
    ana: Place, lease: Lease, place: Callable[..., Place], name: str, role: Role
) -> None:
    made = program_of(ana)("post", item=lease.item_id, **WORDS).json()["id"]
    ask = program_of(place(name, role))

    assert [ask("get", one).status_code for one in ("", f"{made}/")] == [404, 404]
    assert ask("post", f"{made}/decline/", reason="No.").status_code == 404


def test_a_page_of_proposals_asks_the_database_as_often_as_one(
    ana: Place, lease: Lease, chen: Place, django_assert_max_num_queries: Any
) -> None:
    ask, ours = program_of(ana), program_of(chen)
    for number in range(12):
        made = ask("post", item=lease.item_id, question="rubric", words=f"Is kind {number}").json()["id"]
        ours("post", f"{made}/accept/", rubric=1)

    with django_assert_max_num_queries(9):
        assert len(ours("get", "?state=accepted").json()["results"]) == 12

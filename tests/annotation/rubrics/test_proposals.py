"""Criteria proposed while labeling: they touch no answer, and become part of a rubric or are declined with a reason."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404
from django.test import Client

from accounts.limits import TooMany
from accounts.models import User
from annotation.models import Annotation, CriterionProposal, Draft, Item, Lease, RubricVersion
from annotation.services import annotations, drafts, proposals, queue, rubric_publishing, rubrics
from audit.models import Event
from projects.access import Place
from projects.models import Project, Role

pytestmark = pytest.mark.django_db
Write = Callable[..., RubricVersion]
LIBRARY = "/projects/answers/rubrics/"


@pytest.fixture
def asked(write: Write, chen: Place, add_items: Callable[..., list[Item]]) -> RubricVersion:
    """A rubric that the form asks with, and items to label."""
    add_items(3, overlap=2)
    version = write()
    rubric_publishing.publish(chen, version)
    return version


@pytest.fixture
def ana(place: Callable[..., Place]) -> Place:
    return place("Ana")


@pytest.fixture
def lease(asked: RubricVersion, ana: Place) -> Lease:
    held = queue.claim(ana)
    assert held is not None
    return held


def propose(place: Place, lease: Lease, words: str = "Names its sources", **more: Any) -> CriterionProposal:
    return proposals.propose(place, item_id=lease.item_id, question_key="rubric", words=words, **more)


@pytest.fixture
def browser(place: Callable[..., Place], person: Callable[[str], User]) -> Callable[..., Client]:
    def signed_in(name: str, role: str) -> Client:
        place(name, role)
        client = Client()
        client.force_login(person(name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


def test_a_proposal_keeps_its_item_and_touches_no_answer(ana: Place, lease: Lease, project: Project) -> None:
    drafts.save(ana, item_id=lease.item_id, fields={"better": "a:2"})
    before = list(Draft.objects.values())

    made = propose(ana, lease, " Names its\nsources ", why="B invents one.")

    assert (made.words, made.why, made.state) == ("Names its sources", "B invents one.", "open")
    assert (made.item_id, made.form_id, made.question_key, made.by) == (
        lease.item_id,
        lease.form_id,
        "rubric",
        ana.user,
    )
    assert list(Draft.objects.values()) == before
    assert not Annotation.objects.exists()
    event = Event.objects.get(verb="criterion.proposed")
    assert event.detail == {"proposal": made.pk, "question": "rubric"}


def test_the_same_words_again_are_one_proposal(ana: Place, lease: Lease) -> None:
    assert propose(ana, lease) == propose(ana, lease)
    assert propose(ana, lease, "Is kind") != propose(ana, lease)
    assert Event.objects.filter(verb="criterion.proposed").count() == 2


def test_words_as_long_as_may_be_are_kept(ana: Place, lease: Lease) -> None:
    words = "".join(chr(0x4E00 + number * 7 % 20_000) for number in range(1_000))

    assert propose(ana, lease, words).words == words


def test_only_who_held_the_item_and_was_asked_by_a_rubric_proposes(
    ana: Place, lease: Lease, place: Callable[..., Place]
) -> None:
    with pytest.raises(Http404):
        propose(place("Ben"), lease)
    with pytest.raises(proposals.ProposalRefused, match="asks by a rubric"):
        proposals.propose(ana, item_id=lease.item_id, question_key="better", words="Is kind")
    with pytest.raises(Http404):
        proposals.propose(ana, item_id=lease.item_id + 10_000, question_key="rubric", words="Is kind")


@pytest.mark.parametrize(
    ("words", "why", "sentence"),
    [
        (" ", "", "Say what"),
        ("x" * 1_001, "", "1,000 is the limit"),
        ("a\x00b", "", "holds a NUL"),
        ("Is kind", "x" * 2_001, "2,000 is the limit"),
    ],
)
def test_what_cannot_be_kept_is_refused(ana: Place, lease: Lease, words: str, why: str, sentence: str) -> None:
    with pytest.raises(proposals.ProposalRefused, match=sentence):
        propose(ana, lease, words, why=why)

    assert not CriterionProposal.objects.exists()


def test_more_than_the_quota_is_refused(ana: Place, lease: Lease, settings: Any) -> None:
    settings.QUOTAS = {**settings.QUOTAS, "proposal": (2, 3600)}
    propose(ana, lease, "First")
    propose(ana, lease, "Second")

    with pytest.raises(TooMany):
        propose(ana, lease, "Third")


@pytest.mark.django_db(transaction=True)
def test_an_accepted_criterion_stands_in_the_next_draft(
    ana: Place, lease: Lease, asked: RubricVersion, chen: Place
) -> None:
    made = propose(ana, lease, why="B invents one.")

    version = proposals.accept(chen, made.pk, rubric=asked.rubric, line="sources: Names its sources (weight 2)")

    assert (version.number, version.status) == (2, "draft")
    assert [one["key"] for one in version.criteria] == ["follows", "correct", "brief", "sources"]
    assert version.note == "Proposed by Ana. B invents one."
    made.refresh_from_db()
    assert (made.state, made.version, made.decided_by) == ("accepted", version, chen.user)
    with pytest.raises(proposals.DecidedMeanwhile):
        proposals.decline(chen, made.pk, reason="Late.")


def test_words_that_are_no_criterion_leave_it_open(ana: Place, lease: Lease, asked: RubricVersion, chen: Place) -> None:
    made = propose(ana, lease)

    with pytest.raises(rubrics.RubricRefused, match="is not known"):
        proposals.accept(chen, made.pk, rubric=asked.rubric, line="[soft] Is kind")

    made.refresh_from_db()
    assert (made.state, asked.rubric.versions.count()) == ("open", 1)


def test_a_proposal_is_declined_with_a_reason(ana: Place, lease: Lease, chen: Place) -> None:
    made = propose(ana, lease)

    with pytest.raises(proposals.ProposalRefused, match="Say why"):
        proposals.decline(chen, made.pk, reason=" ")
    proposals.decline(chen, made.pk, reason="The guideline says so already.")

    made.refresh_from_db()
    assert (made.state, made.reason, made.version) == ("declined", "The guideline says so already.", None)
    assert propose(ana, lease) != made  # what is decided does not stand in the way


def test_the_database_keeps_decisions_whole(ana: Place, lease: Lease) -> None:
    made = propose(ana, lease)

    for change in ({"state": "accepted"}, {"state": "declined"}, {"words": ""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            CriterionProposal.objects.filter(pk=made.pk).update(**change)


def test_it_is_proposed_from_the_labeling_page_and_decided_in_the_library(
    asked: RubricVersion, browser: Callable[..., Client]
) -> None:
    ana, chen = browser("Ana", Role.ANNOTATOR), browser("Chen", Role.CURATOR)
    page = ana.get("/projects/answers/label/").content.decode()
    found = re.search(r'action="(/projects/answers/label/items/\d+/propose/)"', page)
    assert found
    assert 'form="proposal-rubric"' in page

    told = ana.post(found[1], {"_question": "rubric", "_words": "Is kind", "_why": "It matters."}).content.decode()
    empty = ana.post(found[1], {"_question": "rubric", "_words": "", "_why": "Because."})
    by_script = ana.post(found[1], {"_question": "rubric", "_words": "Is new"}, headers={"X-Requested-With": "goldpan"})

    assert "It is proposed" in told
    assert (empty.status_code, by_script.status_code) == (422, 204)
    assert "Because." in empty.content.decode()
    library = chen.get(LIBRARY).content.decode()
    assert "2 criteria are proposed" in library
    assert "It matters." in library
    first, second = CriterionProposal.objects.order_by("pk")
    accepted = chen.post(f"{LIBRARY}proposals/{first.pk}/", {"act": "accept", "rubric": "1", "line": "Is kind"})
    assert accepted.headers["Location"] == f"{LIBRARY}1/versions/2/"
    assert chen.post(f"{LIBRARY}proposals/{second.pk}/", {"act": "decline", "reason": ""}).status_code == 422
    chen.post(f"{LIBRARY}proposals/{second.pk}/", {"act": "decline", "reason": "No."})
    assert chen.post(f"{LIBRARY}proposals/{second.pk}/", {"act": "decline", "reason": "No."}).status_code == 409
    assert "proposed" not in chen.get(LIBRARY).content.decode()


def test_nobody_else_decides_or_sees_proposals(
    ana: Place, lease: Lease, browser: Callable[..., Client], asked: RubricVersion
) -> None:
    made = propose(ana, lease, "A secret-criterion")
    vera, own = browser("Vera", Role.VIEWER), browser("Ana", Role.ANNOTATOR)

    assert "secret-criterion" not in vera.get(LIBRARY).content.decode()
    for other in (vera, own):
        assert other.post(f"{LIBRARY}proposals/{made.pk}/", {"act": "decline", "reason": "No."}).status_code == 404


def test_the_rubric_is_proposed_to_nowhere_but_where_people_label(
    asked: RubricVersion, browser: Callable[..., Client]
) -> None:
    chen = browser("Chen", Role.CURATOR)
    item = Item.objects.order_by("pk").first()
    assert item

    assert "data-proposal" not in chen.get(f"/projects/answers/items/{item.pk}/gold/").content.decode()


def test_an_answer_is_submitted_as_before(ana: Place, lease: Lease) -> None:
    propose(ana, lease)
    criteria = lease.form.questions.get(key="rubric").settings["criteria"]
    verdicts = {one["key"]: [{"value": "yes"}] * 2 for one in criteria}
    answers = {"better": {"winner": "a", "strength": 2}, "rubric": {"verdicts": verdicts}}

    done = annotations.submit(ana, lease_id=lease.pk, answers=answers, request_key=uuid.uuid4())

    assert done.annotation.answers["rubric"] == {"verdicts": verdicts}

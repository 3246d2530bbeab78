"""Findings about anything but items are dismissed on their list, once, with a trail; those about items are reviewed."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from annotation.models import Item
from audit.models import Event
from curation.models import Decision, Finding, Review
from curation.services import dismissals
from projects.access import Place
from projects.models import Membership, Role
from tests.curation.rubrics.conftest import pairs  # noqa: F401
from tests.curation.rubrics.looking import looked
from tests.curation.rubrics.test_grading import REASON, STOP, graded, version_of

ADDRESS = "/projects/answers/quality/findings/"


@pytest.fixture
def reversed_one(olga: Place, pairs: Callable[..., list[Item]]) -> Finding:  # noqa: F811
    """What people reject ends with a full stop, which the rubric asks for."""
    pairs(40, better="7, because 3 and 4 are 7", worse="7 it is.")
    graded(olga, version_of(olga, REASON, STOP))
    looked(olga)
    return Finding.objects.get(detector="weak_criteria")


def test_what_is_dismissed_stays_so_when_it_is_found_again(olga: Place, reversed_one: Finding) -> None:
    dismissals.dismiss(olga, reversed_one)
    looked(olga)

    reversed_one.refresh_from_db()
    assert (reversed_one.decision, reversed_one.gone) == (Decision.UPHELD, None)
    review = Review.objects.get()
    assert (review.finding, review.item, review.reviewer) == (reversed_one, None, olga.user)
    event = Event.objects.get(verb="finding.dismissed")
    assert event.detail == {"review": review.pk, "detector": "weak_criteria", "about": reversed_one.about}


def test_twice_is_once(olga: Place, reversed_one: Finding) -> None:
    dismissals.dismiss(olga, reversed_one)
    dismissals.dismiss(olga, reversed_one)

    assert Review.objects.count() == 1


def test_the_list_leads_to_the_evidence_and_takes_the_decision(
    olga: Place, reversed_one: Finding, client: Client
) -> None:
    client.force_login(olga.user)
    page = client.get(ADDRESS).content.decode()
    assert 'href="/projects/answers/rubrics/1/versions/1/evidence/#stop"><bdi>Reasons, version 1: stop</bdi>' in page
    action = re.search(r'action="([^"]*/dismiss/)"', page)
    assert action

    answered = client.post(action[1], follow=True).content.decode()

    assert "Dismissed. It stays so" in answered
    assert "There is none of these." in answered
    assert re.search(r"<td[^>]*>Dismissed</td>", client.get(f"{ADDRESS}?open=no").content.decode())


def test_a_finding_about_an_item_is_not_dismissed_here(olga: Place, reversed_one: Finding, client: Client) -> None:
    Finding.objects.filter(pk=reversed_one.pk).update(item=Item.objects.earliest("pk"))
    client.force_login(olga.user)

    assert "/dismiss/" not in client.get(ADDRESS).content.decode()
    assert client.post(f"{ADDRESS}{reversed_one.pk}/dismiss/").status_code == 404
    assert not Review.objects.exists()


def test_who_labels_dismisses_nothing(
    olga: Place, reversed_one: Finding, client: Client, person: Callable[[str], User]
) -> None:
    Membership.objects.create(project=olga.project, user=person("Ana"), role=Role.ANNOTATOR)
    client.force_login(person("Ana"))

    assert client.post(f"{ADDRESS}{reversed_one.pk}/dismiss/").status_code in (403, 404)
    assert not Review.objects.exists()

"""Roles, and the owner who always remains."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from accounts.models import User
from audit.models import Event
from projects.access import Place
from projects.models import Membership, Role
from projects.services import members, projects

Join = Callable[..., Membership]


def own(olga: Place) -> Membership:
    return Membership.objects.get(project=olga.project, user=olga.user)


def test_a_role_changes_and_is_audited(olga: Place, join: Join) -> None:
    ana = join("Ana")

    members.change_role(olga, ana, role=Role.CURATOR)

    ana.refresh_from_db()
    event = Event.objects.latest("id")
    assert ana.role == Role.CURATOR
    assert (event.verb, event.subject) == ("member.role", f"user:{ana.user_id}")
    assert event.detail == {"from": "annotator", "to": "curator"}


def test_the_same_role_again_is_no_event(olga: Place, join: Join) -> None:
    ana = join("Ana")

    members.change_role(olga, ana, role=Role.ANNOTATOR)

    assert not Event.objects.filter(verb="member.role").exists()


@pytest.mark.parametrize("role", [Role.CURATOR, Role.ANNOTATOR, Role.VIEWER])
def test_the_last_owner_cannot_be_demoted(olga: Place, join: Join, role: str) -> None:
    join("Ana")

    with pytest.raises(members.LastOwner, match="keeps at least one owner"):
        members.change_role(olga, own(olga), role=role)

    assert own(olga).role == Role.OWNER


def test_the_last_owner_cannot_be_removed(olga: Place, join: Join) -> None:
    join("Ana")

    with pytest.raises(members.LastOwner):
        members.remove(olga, own(olga))

    assert own(olga).role == Role.OWNER


def test_an_owner_whose_account_is_closed_does_not_count(olga: Place, join: Join) -> None:
    gone = join("Oscar", Role.OWNER)
    gone.user.is_active = False
    gone.user.save()

    with pytest.raises(members.LastOwner):
        members.remove(olga, own(olga))


def test_an_owner_may_go_when_another_stays(olga: Place, join: Join) -> None:
    join("Chen", Role.OWNER)

    members.remove(olga, own(olga))

    assert not Membership.objects.filter(project=olga.project, user=olga.user).exists()
    assert Event.objects.latest("id").verb == "member.remove"


def test_a_member_of_another_project_is_left_alone(olga: Place, person: Callable[[str], User]) -> None:
    elsewhere = projects.create(owner=person("Sam"), name="Other", slug="other")
    sam = Membership.objects.get(project=elsewhere.project)

    members.remove(olga, sam)
    members.change_role(olga, sam, role=Role.VIEWER)

    sam.refresh_from_db()
    assert sam.role == Role.OWNER


@pytest.mark.django_db(transaction=True)
def test_two_owners_cannot_demote_each_other_at_once() -> None:
    people = [User.objects.create_user(f"{name}@example.org", None) for name in ("olga", "oscar")]
    place = projects.create(owner=people[0], name="Answers", slug="answers")
    Membership.objects.create(project=place.project, user=people[1], role=Role.OWNER)
    start = threading.Barrier(2)

    def demote(membership: Membership) -> None:
        start.wait()
        try:
            members.change_role(place, membership, role=Role.VIEWER)
        except members.LastOwner:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=[one]) for one in Membership.objects.all()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Membership.objects.filter(role=Role.OWNER).count() == 1

"""AB-06: one invitation, one person, one project, one role, for a while."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client

from accounts.models import Invitation, User
from accounts.services import invitations as accepting
from audit.models import Event
from projects.access import Place
from projects.models import Membership, Role
from projects.services import invitations
from tests.accounts.conftest import PASSWORD

Person = Callable[[str], User]
Browser = Callable[[str], Client]
NEWCOMER = {"name": "Ben", "email": "ben@example.org", "password": PASSWORD, "again": PASSWORD}


def link(token: str) -> str:
    return f"/invitations/{token}/"


def role_of(email: str) -> str | None:
    return Membership.objects.filter(user__email=email).values_list("role", flat=True).first()


def test_a_newcomer_makes_an_account_joins_and_is_signed_in(olga: Place, client: Client) -> None:
    token = invitations.create(olga, role=Role.ANNOTATOR).token

    answer = client.post(link(token), NEWCOMER)

    assert answer.headers["Location"] == "/projects/answers/"
    assert role_of("ben@example.org") == Role.ANNOTATOR
    assert client.get("/me/").status_code == 200


def test_someone_with_an_account_joins_with_one_click(olga: Place, browser: Browser) -> None:
    token = invitations.create(olga, role=Role.CURATOR).token
    chen = browser("Chen")

    shown = chen.get(link(token))
    assert "Join as Chen" in shown.content.decode()
    assert role_of("chen@example.org") is None
    chen.post(link(token))

    assert role_of("chen@example.org") == Role.CURATOR


def test_a_second_person_finds_the_invitation_used(olga: Place, browser: Browser) -> None:
    token = invitations.create(olga, role=Role.ANNOTATOR).token
    browser("Ana").post(link(token))

    answer = browser("Sam").post(link(token))

    assert answer.status_code == 404
    assert role_of("sam@example.org") is None


def test_a_revoked_an_expired_and_an_invented_invitation_look_the_same(olga: Place, client: Client) -> None:
    revoked, expired = (invitations.create(olga, role=Role.ANNOTATOR) for _ in range(2))
    invitations.revoke(olga, revoked.invitation)
    Invitation.objects.filter(pk=expired.invitation.pk).update(expires_at=Now() - timedelta(seconds=1))

    answers = [client.post(link(token), NEWCOMER) for token in (revoked.token, expired.token, "A" * 43)]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert not User.objects.filter(email="ben@example.org").exists()


def test_an_invitation_for_one_address_admits_nobody_else(olga: Place, browser: Browser, client: Client) -> None:
    token = invitations.create(olga, role=Role.ANNOTATOR, email="Ana@example.org").token

    refused = browser("Sam").post(link(token))
    client.post(link(token), {**NEWCOMER, "email": "mallory@example.org"})

    assert refused.status_code == 409
    assert role_of("sam@example.org") is None
    assert role_of("ana@example.org") == Role.ANNOTATOR  # the form takes the invited address, whatever is sent
    assert not User.objects.filter(email="mallory@example.org").exists()


def test_an_invitation_changes_no_role_that_somebody_has(olga: Place, browser: Browser) -> None:
    token = invitations.create(olga, role=Role.VIEWER).token

    answer = browser("Olga").post(link(token))

    assert answer.status_code == 409
    assert role_of("olga@example.org") == Role.OWNER
    assert accepting.find(token)


def test_a_taken_address_makes_no_second_account_and_keeps_the_invitation(
    olga: Place, person: Person, client: Client
) -> None:
    person("Ben")
    token = invitations.create(olga, role=Role.ANNOTATOR).token

    answer = client.post(link(token), {**NEWCOMER, "email": "BEN@example.org"})

    assert answer.status_code == 422
    assert "has an account already" in answer.content.decode()
    assert accepting.find(token)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"again": "three unrelated wirds"}, "again"),
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "password1234", "again": "password1234"}, "password"),
        ({"email": "not an address"}, "email"),
        ({"name": ""}, "name"),
    ],
)
def test_a_form_that_does_not_fit_says_where_and_uses_nothing_up(
    olga: Place, client: Client, change: dict[str, str], field: str
) -> None:
    token = invitations.create(olga, role=Role.ANNOTATOR).token

    answer = client.post(link(token), {**NEWCOMER, **change})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert accepting.find(token)


def test_ab_08_a_newcomer_cannot_write_themselves_rights(olga: Place, client: Client) -> None:
    token = invitations.create(olga, role=Role.VIEWER).token

    client.post(link(token), {**NEWCOMER, "is_staff": "1", "is_superuser": "1", "role": "owner", "project": "2"})

    ben = User.objects.get(email="ben@example.org")
    assert (ben.is_staff, ben.is_superuser, role_of(ben.email)) == (False, False, Role.VIEWER)


def test_the_token_is_stored_nowhere(olga: Place) -> None:
    invited = invitations.create(olga, role=Role.ANNOTATOR)

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(i)::text FROM accounts_invitation i")
        stored = cursor.fetchone()[0]

    assert invited.token not in stored
    assert invited.token not in str(list(Event.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_accept_at_once_one_gets_in(olga: Place, person: Person) -> None:
    token = invitations.create(olga, role=Role.ANNOTATOR).token
    racers = [person(f"Racer{number}") for number in range(8)]
    line, joined = threading.Barrier(len(racers)), []

    def race(user: User) -> None:
        try:
            line.wait()
            accepting.accept(token, user)
            joined.append(user)
        except accepting.InvitationGone:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=[user]) for user in racers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(joined) == 1
    assert Membership.objects.filter(user__in=racers).count() == 1


def test_inviting_and_accepting_leave_their_trace(olga: Place, client: Client) -> None:
    token = invitations.create(olga, role=Role.ANNOTATOR).token

    client.post(link(token), NEWCOMER)

    assert list(Event.objects.order_by("id").values_list("verb", "project_id")) == [
        ("invitation.create", olga.project.pk),
        ("invitation.accept", olga.project.pk),
    ]


def test_ab_23_too_many_invitations_are_refused_with_a_time_to_come_back(olga: Place, settings) -> None:
    settings.QUOTAS = {**settings.QUOTAS, "invitation": (2, 3600)}
    browser = Client()
    browser.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")

    answers = [browser.post("/projects/answers/invitations/", {"role": "annotator", "days": "14"}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert Invitation.objects.count() == 2

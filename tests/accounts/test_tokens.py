"""AB-19: a program's key is shown once, does what it says, and dies with what it stood for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client, RequestFactory
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, Scope, User
from accounts.services import tokens, users
from audit.models import Event
from projects.access import Place
from projects.authentication import TokenAuthentication
from projects.models import Membership, Project, Role

Person = Callable[[str], User]
Browser = Callable[[str], Client]
FORM = {"name": "Trainer", "scopes": ["read"], "days": "30", "project": ""}


def make(user: User, **changes: object) -> tokens.Issued:
    return tokens.create(user, **{"name": "Trainer", "scopes": [Scope.READ], "days": 30, **changes})  # type: ignore[arg-type]


def caller(header: str) -> User | None:
    """Whom the API takes a request with this Authorization header for."""
    found = TokenAuthentication().authenticate(Request(RequestFactory().get("/", headers={"Authorization": header})))
    return found[0] if found else None


def is_good(secret: str) -> bool:
    try:
        return caller(f"Token {secret}") is not None
    except AuthenticationFailed:
        return False


def test_the_token_is_on_the_page_once_and_never_again(browser: Browser) -> None:
    ana = browser("Ana")

    made = ana.post("/me/tokens/new/", FORM)
    secret = made.context["new_token"]
    later = ana.get("/me/tokens/")

    assert secret in made.content.decode()
    assert is_good(secret)
    assert secret not in later.content.decode()
    assert secret[:9] in later.content.decode()


def test_only_a_digest_is_stored(person: Person) -> None:
    secret = make(person("Ana")).secret

    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM accounts_apitoken t")
        stored = cursor.fetchone()[0]

    assert secret not in stored
    assert secret not in str(list(Event.objects.values()))


def test_a_revoked_token_is_dead_at_once(browser: Browser, person: Person) -> None:
    issued = make(person("Ana"))

    browser("Ana").post(f"/me/tokens/{issued.token.pk}/revoke/")

    assert not is_good(issued.secret)


def test_nobody_revokes_another_ones_token(browser: Browser, person: Person) -> None:
    issued = make(person("Ana"))

    answer = browser("Sam").post(f"/me/tokens/{issued.token.pk}/revoke/")

    assert answer.status_code == 404
    assert is_good(issued.secret)


def test_an_expired_token_is_dead(person: Person) -> None:
    issued = make(person("Ana"))

    ApiToken.objects.update(expires_at=Now() - timedelta(seconds=1))

    assert not is_good(issued.secret)


def test_ab_19_a_deactivated_persons_token_is_dead(person: Person) -> None:
    issued = make(person("Ana"))

    User.objects.filter(email="ana@example.org").update(is_active=False)

    assert not is_good(issued.secret)


def test_ab_19_a_new_password_ends_every_token(person: Person) -> None:
    first, second = make(person("Ana")), make(person("Ana"))

    ended = users.change_password(person("Ana"), "three other words here")

    assert ended == 2
    assert not is_good(first.secret)
    assert not is_good(second.secret)


@pytest.mark.parametrize("change", [{"days": "0"}, {"days": "366"}, {"scopes": []}, {"scopes": ["root"]}, {"name": ""}])
def test_a_token_that_asks_for_too_much_is_not_made(browser: Browser, change: dict[str, object]) -> None:
    answer = browser("Ana").post("/me/tokens/new/", {**FORM, **change})

    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_a_token_is_bound_to_a_project_of_ones_own_only(browser: Browser, olga: Place, person: Person) -> None:
    others = Project.objects.create(slug="others", name="Others", created_by=person("Oscar"))
    Membership.objects.create(project=olga.project, user=person("Ana"), role=Role.ANNOTATOR)
    ana = browser("Ana")

    own = ana.post("/me/tokens/new/", {**FORM, "project": str(olga.project.pk)})
    foreign = ana.post("/me/tokens/new/", {**FORM, "project": str(others.pk)})

    assert (own.status_code, foreign.status_code) == (200, 422)
    assert [token.project_id for token in ApiToken.objects.all()] == [olga.project.pk]


@pytest.mark.parametrize(
    "header",
    ["Token", "Token ", "Token gp_a gp_b", "Token " + "x" * 5000, "Token \xff\xfe", "Token gp_" + "A" * 43, "token x"],
)
def test_a_malformed_or_unknown_token_is_refused(db: None, header: str) -> None:
    with pytest.raises(AuthenticationFailed):
        caller(header)


@pytest.mark.parametrize("header", ["", "Basic b2xnYTpvbGdh", "Bearer gp_x"])
def test_another_scheme_is_nobody(db: None, header: str) -> None:
    assert caller(header) is None


def test_ab_18_a_session_means_nothing_to_the_api(browser: Browser) -> None:
    answer = browser("Olga").get("/api/v1/projects/")

    assert answer.status_code == 401


def test_the_time_of_last_use_is_written_once_a_minute(person: Person, django_assert_num_queries) -> None:
    secret = make(person("Ana")).secret
    caller(f"Token {secret}")
    first = ApiToken.objects.get().last_used_at

    with django_assert_num_queries(1):
        caller(f"Token {secret}")

    assert first is not None
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=Now() - timedelta(seconds=61))
    caller(f"Token {secret}")
    assert ApiToken.objects.get().last_used_at >= first


def test_a_wrong_token_costs_the_same_steps_as_a_right_one(person: Person, django_assert_num_queries) -> None:
    secret = make(person("Ana")).secret

    for guess in (secret, secret[:-1] + "!", "gp_" + "A" * 43):
        with django_assert_num_queries(1):
            tokens.find_live(guess)

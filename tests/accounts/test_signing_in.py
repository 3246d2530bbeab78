"""The way in for people who have an account, and the ways that are none."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import users
from tests.accounts.conftest import PASSWORD

Person = Callable[[str], User]
Browser = Callable[[str], Client]


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str):
    return client.post("/sign-in/", {"username": email, "password": password, **more})


def test_ana_signs_in_with_her_password_in_any_case_of_her_address(person: Person, client: Client) -> None:
    person("Ana")

    answer = sign_in(client, "Ana@Example.org")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/me/").status_code == 200


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(person: Person, client: Client) -> None:
    person("Ana")

    wrong = sign_in(client, "ana@example.org", "something else entirely")
    unknown = sign_in(client, "nobody@example.org")

    assert wrong.status_code == unknown.status_code == 422
    assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "me/",
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(person: Person, client: Client, target: str) -> None:
    person("Ana")

    answer = sign_in(client, "ana@example.org", next=target)

    assert answer.headers["Location"] == "/"


def test_one_returns_to_the_page_that_asked_who_it_is(person: Person, client: Client) -> None:
    person("Ana")
    asked = client.get("/me/tokens/")

    answer = sign_in(client, "ana@example.org", next=asked.headers["Location"].partition("next=")[2])

    assert answer.headers["Location"] == "/me/tokens/"


def test_ab_23_ten_wrong_passwords_close_the_account_to_that_address_for_a_while(
    person: Person, client: Client
) -> None:
    person("Ana")
    for _ in range(10):
        refused = sign_in(client, "ana@example.org", "a wrong password")

    locked = sign_in(client, "ana@example.org")

    assert (refused.status_code, locked.status_code) == (429, 429)
    assert locked.headers["Retry-After"] == "900"
    assert "15 minutes" in locked.content.decode()


def test_ab_23_the_account_stays_open_to_other_addresses(person: Person) -> None:
    person("Ana")
    guesser, ana = Client(REMOTE_ADDR="192.0.2.7"), Client(REMOTE_ADDR="192.0.2.8")
    for _ in range(11):
        sign_in(guesser, "ana@example.org", "a wrong password")

    answer = sign_in(ana, "ana@example.org")

    assert answer.status_code == 302


def test_ab_24_a_forged_forwarding_header_opens_no_second_count(person: Person, client: Client) -> None:
    person("Ana")
    for number in range(10):
        client.post(
            "/sign-in/",
            {"username": "ana@example.org", "password": "a wrong password"},
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )

    assert sign_in(client, "ana@example.org").status_code == 429


def test_ab_23_an_address_that_tries_many_accounts_is_told_to_wait(client: Client, db: None, settings) -> None:
    settings.QUOTAS = {**settings.QUOTAS, "sign-in": (5, 900)}
    answers = [sign_in(client, f"guess{number}@example.org", "a wrong password") for number in range(6)]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 900


def test_ab_18_looking_at_sign_out_signs_nobody_out(browser: Browser) -> None:
    ana = browser("Ana")

    assert ana.get("/sign-out/").status_code == 405
    assert ana.get("/me/").status_code == 200


def test_signing_out_needs_the_token_of_the_page(browser: Browser, person: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("Ana"), backend="django.contrib.auth.backends.ModelBackend")

    answer = client.post("/sign-out/")

    assert answer.status_code == 403
    assert "too old" in answer.content.decode()


def test_after_signing_out_the_pages_ask_who_it_is(browser: Browser) -> None:
    ana = browser("Ana")
    ana.post("/sign-out/")

    answer = ana.get("/me/")

    assert answer.headers["Location"] == "/sign-in/?next=/me/"


def test_ab_19_a_deactivated_person_is_out_at_once(browser: Browser, person: Person) -> None:
    ana = browser("Ana")

    users.deactivate(person("Ana"))

    assert ana.get("/me/").status_code == 302
    assert sign_in(Client(), "ana@example.org").status_code == 422


@pytest.mark.parametrize(
    "path", ["/accounts/signup", "/accounts/signup/", "/signup/", "/sign-up/", "/register/", "/invitations/"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_ab_06_there_is_no_way_to_sign_up(client: Client, db: None, path: str, method: str) -> None:
    answer = getattr(client, method)(path)

    assert answer.status_code == 404
    assert not User.objects.exists()

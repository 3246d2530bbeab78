"""What people change about themselves."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import tokens
from audit.models import Event
from tests.accounts.conftest import PASSWORD

Person = Callable[[str], User]
Browser = Callable[[str], Client]
NEW = "four other quiet words"


def test_ana_changes_her_name(browser: Browser, person: Person) -> None:
    browser("Ana").post("/me/", {"part": "name", "name": "Ana María"})

    assert person("Ana").name == "Ana María"


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(browser: Browser) -> None:
    here, elsewhere = browser("Ana"), browser("Ana")

    here.post("/me/", {"part": "password", "current": PASSWORD, "password": NEW, "again": NEW})

    assert here.get("/me/").status_code == 200
    assert elsewhere.get("/me/").status_code == 302


def test_the_page_says_how_many_tokens_ended_with_the_password(browser: Browser, person: Person) -> None:
    tokens.create(person("Ana"), name="Trainer", scopes=["read"], days=3)
    ana = browser("Ana")

    answer = ana.post("/me/", {"part": "password", "current": PASSWORD, "password": NEW, "again": NEW}, follow=True)

    assert "1 API token ended" in answer.content.decode()
    assert Event.objects.filter(verb="user.password", detail={"tokens_revoked": 1}).exists()


def test_without_the_current_password_nothing_changes(browser: Browser, person: Person) -> None:
    answer = browser("Ana").post(
        "/me/", {"part": "password", "current": "wrong words here", "password": NEW, "again": NEW}
    )

    assert answer.status_code == 422
    assert person("Ana").check_password(PASSWORD)


@pytest.mark.parametrize("weak", ["short", "password1234", "ana@example.org"])
def test_a_weak_password_is_refused(browser: Browser, person: Person, weak: str) -> None:
    answer = browser("Ana").post("/me/", {"part": "password", "current": PASSWORD, "password": weak, "again": weak})

    assert answer.status_code == 422
    assert person("Ana").check_password(PASSWORD)


def test_ab_08_the_profile_takes_a_name_and_nothing_else(browser: Browser, person: Person) -> None:
    more = {"is_staff": "1", "is_superuser": "1", "email": "root@example.org", "groups": "1", "is_active": ""}

    browser("Ana").post("/me/", {"part": "name", "name": "Ana", **more})

    ana = person("Ana")
    assert (ana.is_staff, ana.is_superuser, ana.is_active, ana.email) == (False, False, True, "ana@example.org")


@pytest.mark.parametrize("theme", ["dark", "light", ""])
def test_the_theme_is_kept_in_a_cookie(browser: Browser, theme: str) -> None:
    answer = browser("Ana").post("/me/", {"part": "theme", "theme": theme})

    assert answer.cookies["theme"].value == theme


def test_a_theme_that_is_none_is_not_kept(browser: Browser) -> None:
    answer = browser("Ana").post("/me/", {"part": "theme", "theme": '"><script>'})

    assert "theme" not in answer.cookies

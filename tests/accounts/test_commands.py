"""`goldpan user` and `goldpan token`: one sentence for people, one object for programs."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiToken, User
from accounts.services import tokens
from projects.access import Place
from tests.accounts.conftest import PASSWORD

Person = Callable[[str], User]


def said(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def told(*words: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(said(*words, "--json"))
    return answer


def test_a_new_account_opens_with_the_password_that_was_printed(db: None) -> None:
    answer = told("user", "create", "Ana@Example.org", "--name", "Ana")

    ana = User.objects.get(email="ana@example.org")
    assert ana.check_password(answer["password"])
    assert (ana.is_staff, ana.is_superuser) == (False, False)


def test_two_generated_passwords_differ(db: None) -> None:
    first = told("user", "create", "ana@example.org")["password"]

    assert told("user", "create", "ben@example.org")["password"] != first


def test_a_password_from_standard_input_is_not_repeated(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))

    answer = said("user", "create", "olga@example.org", "--owner", "--password-stdin")

    olga = User.objects.get(email="olga@example.org")
    assert olga.check_password(PASSWORD)
    assert olga.is_superuser
    assert PASSWORD not in answer


@pytest.mark.parametrize(
    ("email", "password", "says"),
    [
        ("not an address", PASSWORD, "valid email address"),
        ("ana@example.org", "short", "too short"),
        ("ben@example.org", PASSWORD, "has an account already"),
    ],
)
def test_an_account_that_cannot_be_made_is_refused_in_a_sentence(
    person: Person, monkeypatch: pytest.MonkeyPatch, email: str, password: str, says: str
) -> None:
    person("Ben")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))

    with pytest.raises(CommandError, match=says):
        call_command("user", "create", email, "--password-stdin")


def test_closing_an_account_ends_its_tokens(person: Person) -> None:
    secret = tokens.create(person("Ana"), name="Trainer", scopes=["read"], days=1).secret

    said("user", "close", "ana@example.org")

    assert not person("Ana").is_active
    assert tokens.find_live(secret) is None


def test_closing_an_account_that_is_not_there_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="no account nobody"):
        call_command("user", "close", "nobody@example.org")


def test_a_token_from_the_command_line_works_as_asked(olga: Place) -> None:
    words = ["--scopes", "read,write", "--days", "7", "--project", "answers", "--name", "Trainer"]

    answer = told("token", "create", "olga@example.org", *words)

    token = tokens.find_live(answer["token"])
    assert token is not None
    assert (token.scopes, token.project_id, token.name) == (["read", "write"], olga.project.pk, "Trainer")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nobody@example.org"], "no open account"),
        (["olga@example.org", "--scopes", "read,root"], "no scope root"),
        (["olga@example.org", "--scopes", ""], "at least one scope"),
        (["olga@example.org", "--days", "400"], "365 days"),
        (["olga@example.org", "--project", "others"], "does not belong to a project others"),
    ],
)
def test_a_token_that_cannot_be_made_is_refused_in_a_sentence(olga: Place, words: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("token", "create", *words)

    assert not ApiToken.objects.exists()


def test_a_token_is_revoked_by_its_first_characters(olga: Place) -> None:
    secret = told("token", "create", "olga@example.org")["token"]

    said("token", "revoke", secret[:9])

    assert tokens.find_live(secret) is None
    with pytest.raises(CommandError, match="No live token begins with"):
        call_command("token", "revoke", secret[:9])


@pytest.mark.parametrize("command", ["user", "token", "audit", "relay"])
def test_the_help_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command(command, "--help")

    assert ended.value.code == 0
    assert f"goldpan {command}" in capsys.readouterr().out

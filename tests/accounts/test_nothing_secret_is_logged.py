"""AB-19: what opens something is in no log."""

import logging
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from accounts.services import tokens
from projects.access import Place
from projects.models import Role
from projects.services import invitations
from tests.accounts.conftest import PASSWORD
from ui import logs


def test_ab_19_passwords_tokens_and_links_are_not_in_the_logs(
    olga: Place, person: Callable[[str], User], client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    link = invitations.create(olga, role=Role.ANNOTATOR).token
    key = tokens.create(olga.user, name="Trainer", scopes=["read"], days=1).secret

    client.post("/sign-in/", {"username": "olga@example.org", "password": "hunter2hunter2"})
    client.get(f"/invitations/{link}/")
    answers = {"name": "Ben", "email": "ben@example.org", "password": PASSWORD, "again": PASSWORD}
    client.post(f"/invitations/{link}/", answers)
    client.get("/api/v1/projects/", headers={"Authorization": f"Token {key}"})

    logged = "\n".join(logs.formatter().format(record) for record in caplog.records)
    assert "/invitations/" in logged
    for secret in (link, key, PASSWORD, "hunter2hunter2"):
        assert secret not in logged

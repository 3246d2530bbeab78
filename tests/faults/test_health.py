"""P14: the service says when it is unwell, and when it is well again, without being restarted."""

import json
import time
import urllib.error
import urllib.request

import pytest

from tests.faults.stack import Stack, wait_until

pytestmark = pytest.mark.stack


def ask(stack: Stack, path: str = "/readyz") -> tuple[int, dict[str, bool]]:
    """The status, and which of the checks are well."""
    try:
        with urllib.request.urlopen(stack.address + path, timeout=20) as answer:
            status, body = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, body = error.code, error.read()
    checks = json.loads(body).get("checks", {}) if body.startswith(b"{") else {}
    return status, {name: check["well"] for name, check in checks.items()}


def test_p14_readyz_names_what_is_away_and_livez_lives_on(stack: Stack) -> None:
    stack.start("web", "relay")
    assert ask(stack) == (200, {"database": True, "migrations": True, "broker": True, "backlog": True})

    stack.broker.kill()
    status, well = ask(stack)
    assert (status, well["broker"], well["database"]) == (503, False, True)

    stack.broker.start()
    stack.kill_database()
    status, well = ask(stack)
    assert (status, well["broker"], well["database"]) == (503, True, False)
    assert ask(stack, "/livez")[0] == 200

    stack.database.start()
    wait_until(lambda: ask(stack)[0] == 200, "well again without a restart", patience=20)


def test_p14_a_frozen_broker_is_told_within_seconds(stack: Stack) -> None:
    stack.start("web", "relay")
    stack.broker.freeze()
    started = time.monotonic()

    status, well = ask(stack)

    assert (status, well["broker"]) == (503, False)
    assert time.monotonic() - started < 10

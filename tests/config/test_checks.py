"""`goldpan check` names each setting that opens a door or loses work."""

import pytest

from config import checks


@pytest.mark.parametrize(
    ("url", "is_fine"),
    [
        ("redis://127.0.0.1:6379/0", True),
        ("redis+socket://:x@/run/redis.sock?virtual_host=0", True),
        ("redis://:secret@broker.example/0", True),
        ("redis://broker.example/0", False),
        ("rediss://ana@broker.example/0", False),
    ],
)
def test_a_broker_on_another_machine_needs_a_password(settings, url: str, is_fine: bool) -> None:
    settings.REDIS_URL = url

    assert (not checks.broker_asks_for_a_password(None)) is is_fine


def test_a_time_limit_beyond_the_visibility_timeout_is_an_error(settings) -> None:
    assert not checks.jobs_end_before_they_are_delivered_again(None)

    settings.CELERY_TASK_TIME_LIMIT = 900

    assert checks.jobs_end_before_they_are_delivered_again(None)[0].id == "goldpan.E002"


@pytest.mark.parametrize("word", ["'unsafe-inline'", "'unsafe-eval'", "*"])
def test_a_policy_that_lets_any_script_in_is_an_error(settings, word: str) -> None:
    assert not checks.content_policy_is_enforced(None)
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]

    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**directives, "script-src": ["'self'", word]}}

    assert checks.content_policy_is_enforced(None)[0].id == "goldpan.E003"


def test_a_policy_that_only_reports_is_an_error(settings) -> None:
    settings.CONTENT_SECURITY_POLICY_REPORT_ONLY = settings.CONTENT_SECURITY_POLICY
    settings.CONTENT_SECURITY_POLICY = None

    assert checks.content_policy_is_enforced(None)[0].id == "goldpan.E003"


@pytest.mark.parametrize(("path", "is_fine"), [("", True), ("admin", False), ("Staff/", False), ("a-9fk2l0", True)])
def test_an_admin_path_that_can_be_guessed_is_an_error(settings, path: str, is_fine: bool) -> None:
    settings.ADMIN_PATH = path

    assert (not checks.admin_path_cannot_be_guessed(None)) is is_fine


@pytest.mark.parametrize(
    ("hosts", "https", "is_fine"),
    [(["localhost"], False, True), (["label.example"], True, True), (["label.example"], False, False)],
)
def test_strangers_without_tls_are_a_warning(settings, hosts: list[str], https: bool, is_fine: bool) -> None:
    settings.ALLOWED_HOSTS, settings.HTTPS = hosts, https

    assert (not checks.strangers_speak_tls(None)) is is_fine

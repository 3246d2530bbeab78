"""What operators ask, and what strangers must not learn (AB-26)."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.test import Client

from audit import services as audit
from jobs import services as jobs
from jobs.models import Job, Outbox
from ui import counters, health, measures, metrics
from ui.operators import is_operator

STRANGER = Client(REMOTE_ADDR="192.0.2.7")


@pytest.fixture(autouse=True)
def _with_token_and_broker(settings) -> None:
    settings.METRICS_TOKEN = "a-token-for-operators"
    settings.BROKER_PING = "builtins.list"  # a broker that does not answer; tests/faults has a real one


@pytest.fixture
def broker(settings) -> None:
    """A broker that answers."""
    settings.BROKER_PING = "builtins.object"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_livez_answers_without_asking_the_database(django_assert_num_queries, db: None) -> None:
    with django_assert_num_queries(0):
        answer = STRANGER.get("/livez")

    assert (answer.status_code, answer.content) == (200, b"alive\n")


def test_readyz_is_200_while_all_is_well(db: None, broker: None) -> None:
    answer = Client().get("/readyz")

    assert answer.status_code == 200, answer.json()
    assert {name: check["well"] for name, check in answer.json()["checks"].items()} == dict.fromkeys(
        ["database", "migrations", "broker", "backlog"], True
    )


def test_a_stranger_hears_only_whether_all_is_well(db: None, broker: None) -> None:
    assert STRANGER.get("/readyz").json() == {"status": "ready"}


def test_a_broker_that_does_not_answer_is_named(db: None) -> None:
    answer = Client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["broker"] == {"well": False, "found": "does not answer"}


def test_a_database_that_takes_no_writes_is_named(db: None, broker: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")

    answer = Client().get("/readyz")

    assert answer.status_code == 503
    assert not answer.json()["checks"]["database"]["well"]


def test_messages_that_pile_up_make_it_unwell(db: None, broker: None) -> None:
    jobs.enqueue(kind="import", args={})
    Outbox.objects.update(created_at=Now() - timedelta(minutes=2))

    answer = Client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["checks"]["backlog"]["found"]["outbox_lag_seconds"] >= 120


def test_a_full_disk_makes_it_unwell(db: None, broker: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measures, "disk_free", lambda: 10)

    assert Client().get("/readyz").status_code == 503


@pytest.mark.parametrize("path", ["/metrics", "/metrics/"])
@pytest.mark.parametrize("headers", [{}, bearer("wrong"), bearer(""), {"Authorization": "Token a-token-for-operators"}])
def test_ab_26_metrics_are_not_there_for_strangers(db: None, path: str, headers: dict[str, str]) -> None:
    assert STRANGER.get(path, headers=headers).status_code == 404


def test_ab_26_without_a_token_set_an_empty_one_opens_nothing(db: None, settings) -> None:
    settings.METRICS_TOKEN = ""

    assert STRANGER.get("/metrics", headers=bearer("")).status_code == 404


def test_ab_24_a_call_that_a_proxy_passed_on_does_not_count_as_from_here(db: None) -> None:
    assert Client().get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/static../manage.py", "/static/../manage.py", "/assets/../manage.py", "/media/../x", "/.env", "/__debug__/",
     "/api/v1/schema/", "/api/", "/api/v1/", "/admin/"],
)  # fmt: skip
def test_ab_26_nothing_is_there_for_the_curious(db: None, path: str) -> None:
    assert STRANGER.get(path).status_code in {401, 404}


def test_metrics_tell_what_was_counted_and_what_is(db: None) -> None:
    jobs.enqueue(kind="import", args={})
    audit.record("test.happen", subject="thing:1")
    counters.submits.labels(outcome="created").inc()

    text = STRANGER.get("/metrics", headers=bearer("a-token-for-operators")).content.decode()

    assert 'submit_total{outcome="created"}' in text
    assert 'job_state{kind="import",state="queued"} 1.0' in text
    for gauge in ("job_oldest_seconds", "outbox_lag_seconds", "audit_seal_lag_seconds", "disk_free_bytes"):
        assert f"\n{gauge} " in text


def test_counters_are_told_while_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    counters.submits.labels(outcome="replay").inc()
    monkeypatch.setattr(metrics, "measure", _away)

    answer = Client().get("/metrics")

    assert answer.status_code == 200
    assert "submit_total" in answer.content.decode()


def test_the_age_of_the_oldest_job_counts_from_when_it_was_due(db: None) -> None:
    job = jobs.enqueue(kind="import", args={})
    Job.objects.filter(pk=job.pk).update(run_after=Now() - timedelta(minutes=3))

    oldest = {name: value for name, _, value in measures.measure()}["job_oldest_seconds"]

    assert 179 < oldest < 200


def test_a_job_that_is_not_due_yet_is_not_late(db: None) -> None:
    job = jobs.enqueue(kind="import", args={})
    Job.objects.filter(pk=job.pk).update(run_after=Now() + timedelta(minutes=3))

    assert {name: value for name, _, value in measures.measure()}["job_oldest_seconds"] == 0


def test_every_limit_names_a_measure_that_exists(db: None) -> None:
    assert set(health.HIGHEST) <= {name for name, _, _ in measures.measure()}


def test_the_word_of_an_operator_is_compared_whole(rf, settings) -> None:
    request = rf.get("/metrics", REMOTE_ADDR="192.0.2.7", HTTP_AUTHORIZATION="Bearer a-token-for-operator")

    assert not is_operator(request)


def _away() -> None:
    raise OperationalError

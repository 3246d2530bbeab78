"""Quotas count right under racers, and begin anew when their window is over."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now

from accounts import limits
from accounts.models import Allowance


@pytest.fixture(autouse=True)
def small_quota(settings) -> None:
    settings.QUOTAS = {"import": (5, 3600)}


def uses_left(**subject: int) -> int:
    for number in range(10):
        try:
            limits.spend("import", **subject)
        except limits.TooMany:
            return number
    return 10


def test_the_sixth_of_five_is_refused(db: None) -> None:
    assert uses_left(user_id=1) == 5


def test_people_and_projects_have_quotas_of_their_own(db: None) -> None:
    uses_left(user_id=1)

    assert uses_left(user_id=2) == 5
    assert uses_left(project_id=1) == 5


def test_a_project_is_full_for_everybody_in_it(db: None) -> None:
    uses_left(user_id=1, project_id=7)

    assert uses_left(user_id=2, project_id=7) == 0


def test_the_refusal_says_when_to_come_back(db: None) -> None:
    uses_left(user_id=1)
    Allowance.objects.update(began_at=Now() - timedelta(minutes=50))

    with pytest.raises(limits.TooMany, match="try again in 10 minutes") as refusal:
        limits.spend("import", user_id=1)

    assert 590 <= (refusal.value.retry_after or 0) <= 600


def test_a_window_that_is_over_starts_anew(db: None) -> None:
    uses_left(user_id=1)
    Allowance.objects.update(began_at=Now() - timedelta(minutes=61))

    assert uses_left(user_id=1) == 5


@pytest.mark.django_db(transaction=True)
def test_racers_get_no_more_than_the_quota() -> None:
    passed, line = [], threading.Barrier(12)

    def race() -> None:
        line.wait()
        try:
            limits.spend("import", user_id=1)
            passed.append(1)
        except limits.TooMany:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=race) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(passed) == 5

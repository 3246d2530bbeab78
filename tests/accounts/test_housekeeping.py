"""Sessions that have ended and quotas that are over are not kept."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.test import Client

from accounts import limits
from accounts.models import Allowance
from accounts.services import housekeeping


def test_only_what_is_over_is_deleted(browser: Callable[[str], Client]) -> None:
    Allowance.objects.all().delete()
    browser("Ben")
    Session.objects.update(expire_date=Now() - timedelta(seconds=1))
    ana = browser("Ana")
    Allowance.objects.update(began_at=Now() - timedelta(days=2))
    limits.spend("import", user_id=1)

    housekeeping.tidy()

    assert Session.objects.count() == 1
    assert ana.get("/me/").status_code == 200
    assert [allowance.key for allowance in Allowance.objects.all()] == ["import:user:1"]

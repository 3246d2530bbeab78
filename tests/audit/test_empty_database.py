"""Tests that commit leave nothing to the next one, although the audit trail refuses to be emptied."""

import pytest
from django.db import Error

from audit import services
from audit.models import Event


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_committed_events_are_gone_in_the_next_test(turn: int) -> None:
    services.record("test.ran", subject=f"turn:{turn}")

    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_events_stay_append_only_after_the_database_was_emptied() -> None:
    services.record("test.ran", subject="turn:3")

    with pytest.raises(Error):
        Event.objects.update(verb="test.changed")

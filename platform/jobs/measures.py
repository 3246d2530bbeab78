"""What operators watch about jobs."""

from datetime import datetime

from django.db.models import Count, Min
from django.db.models.functions import Now
from django.utils import timezone

from jobs.models import Job, Outbox, State


def measures() -> list[tuple[str, dict[str, str], float]]:
    """Open and lately ended jobs, the age of the oldest one that should run, and of the oldest message."""
    due = Job.objects.filter(state=State.QUEUED, run_after__lte=Now())
    rows: list[tuple[str, dict[str, str], float]] = [
        ("job_oldest_seconds", {}, _age(due.aggregate(first=Min("run_after"))["first"]))
    ]
    rows.append(("outbox_lag_seconds", {}, _age(Outbox.objects.aggregate(first=Min("created_at"))["first"])))
    for kind, state, count in Job.objects.order_by().values_list("kind", "state").annotate(Count("pk")):
        rows.append(("job_state", {"kind": kind, "state": state}, float(count)))
    return rows


def _age(first: datetime | None) -> float:
    return max(0.0, (timezone.now() - first).total_seconds()) if first else 0.0

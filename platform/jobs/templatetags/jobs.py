"""How a job stands, on the pages of whatever it works for."""

from typing import Any

from django import template
from django.utils import timezone

from jobs.models import Job
from jobs.standing import standing

register = template.Library()


@register.inclusion_tag("components/_badge.html")
def job_badge(job: Job) -> dict[str, str]:
    """One word for a list."""
    found = standing(job, timezone.now())
    return {"text": found.word, "tone": found.tone}


@register.inclusion_tag("components/_job_progress.html")
def job_progress(
    job: Job,
    what: str,
    *,
    label: str,
    share: float | None,
    unit: str = "",
    counted: str = "",
    rate: float | None = None,
    left: float | None = None,
) -> dict[str, Any]:
    """How far an open job is: a share of 1 where known, units a second, seconds to the end.

    `what` it works for is a noun. `counted` says how far in words, where readers count otherwise than the job does.
    """
    words = f" {unit}" if unit else ""
    own = f"{job.done:,} of {job.total:,}{words}" if job.total else ""
    pace = f"{rate:,.0f}{words if counted else ''} a second" if rate is not None else ""
    shown = {"what": what, "label": label, "share": share, "counted": counted or own, "pace": pace, "left": left}
    return {"job": job, "standing": standing(job, timezone.now()), **shown}

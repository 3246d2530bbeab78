"""Work that runs later. These rows are the truth; the broker only carries their ids (docs/decisions/0004)."""

import uuid

from django.db import models
from django.db.models.functions import Now


class State(models.TextChoices):
    """queued → leased → done, failed, dead or cancelled."""

    QUEUED = "queued", "Waiting"
    LEASED = "leased", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"  # said why; trying again would not help
    DEAD = "dead", "Gave up"  # used up its attempts
    CANCELLED = "cancelled", "Cancelled"


STOPPED = (State.FAILED, State.DEAD, State.CANCELLED)  # before its work was done; `jobs.services.retry` goes on


class Job(models.Model):
    """One piece of work: what, how often tried, who holds it, how far it is, and why it ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    args = models.JSONField(default=dict, help_text="Ids only.")
    queue = models.CharField(max_length=20, default="default")
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    fence = models.BigIntegerField(default=0, help_text="Grows with each lease; a late attempt holds an old one.")
    lease_until = models.DateTimeField(null=True)
    run_after = models.DateTimeField(db_default=Now())
    deadline = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    cancel_asked = models.BooleanField(default=False)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    message = models.CharField(max_length=500, blank=True)
    actor_id = models.BigIntegerField(null=True, help_text="Who asked. No foreign key: accounts is a floor above.")
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="job_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state="leased") | models.Q(lease_until__isnull=False), name="job_lease_has_an_end"
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True, state__in=["queued", "leased"])
                | models.Q(finished_at__isnull=False, state__in=["done", "failed", "dead", "cancelled"]),
                name="job_ends_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "run_after"], name="job_open", condition=models.Q(state__in=["queued", "leased"])
            ),
            models.Index(fields=["kind", "-created_at"], name="job_by_kind"),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in {State.QUEUED, State.LEASED}

    @property
    def is_stopped(self) -> bool:
        """Ended before its work was done."""
        return self.state in STOPPED


class Outbox(models.Model):
    """A message that must reach the broker, written in the transaction that made it necessary."""

    task = models.CharField(max_length=100)
    queue = models.CharField(max_length=20, default="default")
    args = models.JSONField(default=dict, help_text="Ids only.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "outbox"

"""Where a project tells programs elsewhere what has ended, and what was told."""

import secrets
import uuid
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from jobs.models import Job
from projects.models import Project

LONGEST_URL = 500


class Event(models.TextChoices):
    """What can be told."""

    RELEASE_FROZEN = "release.frozen", "A release is frozen"
    RELEASE_FAILED = "release.failed", "A release has failed"
    RUN_FINISHED = "run.finished", "A run has finished"
    RUN_FAILED = "run.failed", "A run has failed"
    RUN_CANCELLED = "run.cancelled", "A run was cancelled"


TEST = "webhook.test"  # told when somebody asks for it, whatever the hook listens to


def new_salt() -> str:
    """What makes a hook's secret its own (`webhooks.signing`)."""
    return secrets.token_hex(16)


class HookQuerySet(models.QuerySet["Hook"]):
    def listening(self, project_id: int, event: str) -> Self:
        """Those of a project that want to be told this."""
        return self.filter(project_id=project_id, paused_at__isnull=True, events__contains=[event])


class Hook(models.Model):
    """An address that is told of a project's events. Its secret is never stored, but made of the salt."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(max_length=LONGEST_URL)
    events = ArrayField(models.CharField(max_length=30, choices=Event.choices))
    salt = models.CharField(max_length=32, default=new_salt, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    paused_at = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=300, blank=True)

    objects = HookQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(events__len__gte=1), name="webhook_listens_to_something"),
        ]

    @property
    def is_paused(self) -> bool:
        return self.paused_at is not None


class Delivery(models.Model):
    """One event for one hook. However often it is tried, it goes out with the same id and the same bytes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.CharField(max_length=30)
    body = models.TextField()
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    tries = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True, help_text="What the last try was answered, if anything.")
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["hook", "-created_at"], name="delivery_by_hook")]
        verbose_name_plural = "deliveries"

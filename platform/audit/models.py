"""What happened, by whom, in the order it happened. Rows are added and sealed, never changed."""

from django.db import models
from django.db.models.functions import Now


class Event(models.Model):
    """One thing that someone did. `detail` never holds response text or answers."""

    at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True, help_text="The person; empty for the system.")
    project_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, help_text="kind:id, such as annotation:12")
    address = models.CharField(max_length=45, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["project_id", "-id"], name="event_by_project"),
            models.Index(fields=["subject"], name="event_by_subject"),
        ]


class Block(models.Model):
    """A sealed run of events: a digest over them, chained to the block before."""

    first_event = models.BigIntegerField()
    last_event = models.BigIntegerField(unique=True)
    events = models.PositiveIntegerField()
    previous = models.CharField(max_length=64)
    seal = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]

"""Decisions that a judge's answers to a question stand without a person, from a certainty on."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from curation.models.analyses import Analysis
from modelhooks.models import Checkpoint
from projects.models import Project


class AcceptanceQuerySet(models.QuerySet["Acceptance"]):
    def standing(self, *, last: int | None = None) -> Self:
        """Of each question the newest decision, or the newest up to `last`; none where that one withdrew."""
        found = self if last is None else self.filter(pk__lte=last)
        newest = found.order_by("project_id", "question", "-pk").distinct("project_id", "question")
        return self.filter(pk__in=newest.values("pk"), is_withdrawn=False)


class Acceptance(models.Model):
    """A person's decision about what one checkpoint says to a question: taken from a certainty on, or no more.

    Added, never edited; the database refuses UPDATE and DELETE. Of a question the newest one stands, so a question has
    one judge at most. What is accepted follows from it (`curation.accepting`): answers where no person and no import
    has said anything.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="acceptances", db_index=False)
    question = models.CharField(max_length=40)
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64, help_text="Of the answers; those of another version are not meant.")
    is_withdrawn = models.BooleanField(default=False)
    confidence = models.FloatField(help_text="Answers so certain or more.")
    target = models.FloatField(help_text="How right they have to be at least.")
    analysis = models.ForeignKey(Analysis, on_delete=models.PROTECT, related_name="+")
    figures = models.JSONField(help_text="What it rests on: the cut-off, orders and probes as they were then.")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    objects = AcceptanceQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["project", "question", "-id"], name="acceptance_by_question")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confidence__gte=0.5, confidence__lte=1, target__gt=0, target__lt=1),
                name="acceptance_bounds",
            )
        ]

    def __str__(self) -> str:
        return f"{self.checkpoint} on {self.question}, from {self.confidence:.1%} on"

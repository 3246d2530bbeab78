"""Criteria that annotators propose where they label."""

from django.conf import settings
from django.db import models
from django.db.models.functions import MD5, Now

from annotation.models.forms import Form
from annotation.models.items import Item
from annotation.models.rubrics import RubricVersion
from projects.models import Project


class CriterionProposal(models.Model):
    """What somebody missed in the rubric of a question while they had an item before them, and what became of it.

    Their answers to the item are not touched by it, whatever is decided.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+", db_index=False)
    question_key = models.CharField(max_length=40)
    words = models.CharField(max_length=1_000)
    why = models.TextField(max_length=2_000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True, help_text="Why it was declined.")
    version = models.ForeignKey(
        RubricVersion,
        on_delete=models.PROTECT,
        null=True,
        related_name="proposals",
        help_text="What it became part of.",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(words=""), name="proposal_says_something"),
            models.CheckConstraint(
                condition=models.Q(state="open", decided_by__isnull=True, decided_at__isnull=True, version__isnull=True)
                | models.Q(state="accepted", decided_by__isnull=False, decided_at__isnull=False, version__isnull=False)
                | (
                    models.Q(state="declined", decided_by__isnull=False, decided_at__isnull=False, version__isnull=True)
                    & ~models.Q(reason="")
                ),
                name="proposal_decided_whole",
            ),
            # A digest, for an index takes no words of any length.
            models.UniqueConstraint(
                "by", "item", "question_key", MD5("words"), name="proposal_once", condition=models.Q(state="open")
            ),
        ]
        indexes = [
            models.Index(fields=["project", "id"], name="proposal_open", condition=models.Q(state="open")),
        ]

    def __str__(self) -> str:
        return self.words[:80]

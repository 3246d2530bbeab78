"""What versions of a judge said about labeled pairs in trials, and what that comes to beside people's labels.

None of it is an answer: a version that is only tried stands on no item's page, and no release takes it.
"""

from django.db import models
from django.db.models.functions import Now

from annotation.models import Item
from modelhooks.models import JudgeVersion, Run
from projects.models import Project


class JudgeVerdict(models.Model):
    """What one version said about the two responses of an item. The same weights asked again replace it."""

    class Said(models.TextChoices):
        FIRST = "first", "The first one is better"
        SECOND = "second", "The second one is better"
        TIE = "tie", "Neither is better"
        NONE = "none", "It did not decide"

    version = models.ForeignKey(JudgeVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64, db_collation="C")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    said = models.CharField(max_length=6, choices=Said.choices)
    reasons = models.TextField(blank=True, help_text="In its own words, or why it did not decide.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "fingerprint", "item"], name="judge_verdict_once"),
            models.CheckConstraint(
                condition=models.Q(said__in=["first", "second", "tie", "none"]), name="judge_verdict_known"
            ),
        ]

    def __str__(self) -> str:
        return f"verdict of run {self.run_id}"


class JudgeReport(models.Model):
    """How often a version says what people say to one question, by its newest trial; counted anew whenever a trial of
    the same judge ends. `figures` are as `curation.judging.reports` writes them.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(JudgeVersion, on_delete=models.PROTECT, related_name="reports", db_index=False)
    question = models.CharField(max_length=40, help_text="Whose labels it is held against.")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", help_text="Its newest trial.")
    fingerprint = models.CharField(max_length=64, db_collation="C")
    last_annotation = models.BigIntegerField()
    pairs = models.PositiveIntegerField()
    prompts = models.PositiveIntegerField()
    figures = models.JSONField()
    counted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "question"], name="judge_report_once")]

    def __str__(self) -> str:
        return f"report on {self.version}"

"""Rows whose answer is known, what checkpoints said about them, and how good each of these is."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from curation.models.releases import Release
from modelhooks.models import Checkpoint, Run
from projects.models import Project


class EvaluationSet(models.Model):
    """Rows in the layout of a tool that measures models (`curation.layouts`). It never changes once it is made.

    Its prompts count as those of a benchmark: items that hold one are findings.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="evaluation_sets", db_index=False)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    layout = models.CharField(max_length=20)
    release = models.ForeignKey(
        Release,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Whose rows these are; null: a file's.",
    )
    split = models.CharField(max_length=100, blank=True, help_text="Of the release.")
    file_name = models.CharField(max_length=200, blank=True)
    digest = models.BinaryField(max_length=32, help_text="SHA-256 over layout and rows.")
    row_count = models.PositiveIntegerField()
    subsets = models.JSONField(help_text="A list of [name, rows], by name.")
    refused = models.PositiveIntegerField(help_text="Rows of its source that could not be used.")
    refusals = models.JSONField(help_text="The first of them, a list of [number, reason].")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="evaluation_set_number_once"),
            models.UniqueConstraint(fields=["project", "name"], name="evaluation_set_name_once"),
            models.CheckConstraint(
                condition=models.Q(release__isnull=True, split="") | models.Q(release__isnull=False, file_name=""),
                name="evaluation_set_of_one_source",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def digest_words(self) -> str:
        """As people read it."""
        return bytes(self.digest).hex()


class EvaluationRow(models.Model):
    """One row of a set, by its place in it from 1. Rows stand in the table in the order of their places."""

    evaluation_set = models.ForeignKey(EvaluationSet, on_delete=models.PROTECT, related_name="rows", db_index=False)
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=200, blank=True, help_text="As its source calls it.")
    subset = models.CharField(max_length=80)
    group = models.CharField(max_length=64, help_text="Rows of one prompt, which are right or wrong together.")
    messages = models.JSONField()
    texts = models.JSONField(help_text="Responses, or the steps of the only one.")
    right = ArrayField(
        models.SmallIntegerField(), help_text="Places of right responses; of steps the first error, none where all are."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evaluation_set", "number"], name="evaluation_row_once")]

    def __str__(self) -> str:
        return f"row {self.number}"


class EvaluationScore(models.Model):
    """What one model said about one row, and what that is worth. The same weights asked again replace it.

    `said` is one of `{"scores": […]}`, `{"orders": [[…], …]}` and `{"steps": […], "first": n}`
    (`curation.scoring.ways`).
    """

    evaluation_set = models.ForeignKey(EvaluationSet, on_delete=models.PROTECT, related_name="scores", db_index=False)
    row = models.ForeignKey(EvaluationRow, on_delete=models.PROTECT, related_name="scores", db_index=False)
    fingerprint = models.CharField(max_length=64, db_collation="C")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    said = models.JSONField()
    points = models.FloatField()
    is_abstained = models.BooleanField(help_text="Whether an answer that the points need was not there, or unreadable.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation_set", "fingerprint", "row"], name="evaluation_score_once"),
            models.CheckConstraint(condition=models.Q(points__gte=0, points__lte=1), name="evaluation_points_a_share"),
        ]
        indexes = [
            models.Index(
                fields=["evaluation_set", "fingerprint", "row"],
                name="evaluation_score_wrong",
                condition=models.Q(points__lt=1),
            )
        ]


class EvaluationResult(models.Model):
    """How good one model is on a set: the figures of its leaderboard, counted once when a run ends.

    `figures` and `behind` are as `curation.scoring.results` writes them.
    """

    evaluation_set = models.ForeignKey(EvaluationSet, on_delete=models.PROTECT, related_name="results", db_index=False)
    fingerprint = models.CharField(max_length=64, db_collation="C")
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    score = models.FloatField(null=True, help_text="What the set ranks by; null where it has no value.")
    figures = models.JSONField()
    behind = models.JSONField(help_text="How far it lies behind the best of the set; {} for the best itself.")
    measured_at = models.DateTimeField()

    class Meta:
        ordering = [models.F("score").desc(nulls_last=True), "id"]
        constraints = [models.UniqueConstraint(fields=["evaluation_set", "fingerprint"], name="evaluation_result_once")]

    def __str__(self) -> str:
        return f"{self.checkpoint} on {self.evaluation_set}"

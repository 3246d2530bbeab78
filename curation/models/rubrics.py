"""What models made of rubrics: what became of each pair that one was to be written from, what judges found by a
version, and what that comes to. Rows are only ever added, but for verdicts: the same weights asked again replace them.
"""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotation.models import Annotation, Item, RubricVersion
from modelhooks.models import Checkpoint, Run
from projects.models import Project


class RubricAttempt(models.Model):
    """What a run that writes rubrics came to for one pair. Pairs that it gave up are its failures.

    `criteria` are those that were kept, as their writer put them (`{text, kind}`); `attempts` are all rubrics that it
    wrote, each with its votes and, where it was not kept, with the reason (`modelhooks.contracts.Attempt`).
    """

    class Outcome(models.TextChoices):
        KEPT = "kept", "Kept"
        REJECTED = "rejected", "Rejected"

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    better = models.PositiveSmallIntegerField(help_text="The place of the response that people prefer.")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reason = models.CharField(max_length=500, blank=True, help_text="Why none was kept.")
    is_unexplained = models.BooleanField(
        default=False, db_default=False, help_text="Whether rubrics were judged by and none finds the label again."
    )
    margin = models.FloatField(null=True, help_text="Of the rubric that was kept.")
    criteria = models.JSONField(default=list)
    attempts = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "item"], name="rubric_attempt_once"),
            models.CheckConstraint(
                condition=(models.Q(outcome="kept", reason="") & ~models.Q(criteria=[]))
                | (models.Q(outcome="rejected", criteria=[]) & ~models.Q(reason="")),
                name="rubric_attempt_kept_or_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} of run {self.run_id}"


class RubricLine(models.Model):
    """One criterion that a run found in somebody's words about an item (`annotation`), or else in the item itself.

    `details` are fields of a criterion as the library has them (`annotation.rubrics.schema`): its evidence, and for
    items of a checklist how they are decided.
    """

    class Kind(models.TextChoices):
        HARD_RULE = "hard_rule", "Hard rule"
        PRINCIPLE = "principle", "Principle"

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    annotation = models.ForeignKey(
        Annotation, on_delete=models.PROTECT, null=True, related_name="+", help_text="Whose words it was found in."
    )
    number = models.PositiveSmallIntegerField(help_text="Its place among those of the same words, from 0.")
    text = models.TextField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    holds = models.BooleanField(null=True, help_text="Whether those words say that the response meets it.")
    quote = models.TextField(blank=True, help_text="Words that say so; empty where a demand goes without saying.")
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "item", "annotation", "number"], name="rubric_line_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(annotation__isnull=True, holds__isnull=True)
                | (models.Q(annotation__isnull=False, holds__isnull=False) & ~models.Q(quote="")),
                name="rubric_line_of_a_person_has_their_words",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.number} of run {self.run_id}"


class RubricVerdicts(models.Model):
    """What one judge found by a version of a rubric about the two responses of an item.

    `said` has for each response, for each time that it was asked, the verdict by key of criterion: "yes", "no", "na", a
    level, or null for an abstention. The second time the criteria stand in reversed order.
    """

    version = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64, db_collation="C")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    said = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "fingerprint", "item"], name="rubric_verdicts_once"),
        ]

    def __str__(self) -> str:
        return f"verdicts of run {self.run_id}"


class RubricReport(models.Model):
    """What verdicts and people's labels say of a version and its criteria, counted when a run ends.

    `figures` are as `curation.rubrics.reports` writes them.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, related_name="reports", db_index=False)
    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64, db_collation="C")
    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=40, help_text="Whose labels it is held against.")
    last_annotation = models.BigIntegerField()
    pairs = models.PositiveIntegerField()
    prompts = models.PositiveIntegerField()
    figures = models.JSONField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["version", "-id"], name="rubric_report_newest")]

    def __str__(self) -> str:
        return f"report on {self.version}"

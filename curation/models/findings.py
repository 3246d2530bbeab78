"""What detectors say about labels, and what people decided about that."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce, Now

from annotation.models import Annotation, Item
from curation.models.analyses import Analysis
from curation.models.annotators import NOBODY, ONE_ANNOTATOR, OfAnAnnotator
from projects.models import Project

UNKNOWN_CHANCE = 0.5
"""That a finding holds, until enough of its detector's findings have been reviewed."""


class Suggestion(models.TextChoices):
    """What a detector would do. Nothing of it happens by itself."""

    REVIEW = "review", "Look at it"
    DROP = "drop", "Leave it out"
    SOFTEN = "soften", "Count it less"
    FLIP = "flip", "Turn it around"


class Decision(models.TextChoices):
    """What a reviewer decided."""

    UPHELD = "upheld", "The label stands"
    OVERTURNED = "overturned", "Another answer is right"
    ANOTHER = "another", "Another opinion is wanted"
    DISCARDED = "discarded", "The item is no good"
    COACHED = "coached", "The annotator was told"


class Finding(OfAnAnnotator):
    """Something that a detector says about an item, an annotation or an annotator. It changes no label.

    `about` names the thing for good (`item:5`, `item:5:0.2`, `annotation:9`, `person:3`), so a detector that finds it
    again finds the same row. `gone` is the analysis that looked and found it no more. `evidence` is the detector's own.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="findings", db_index=False)
    detector = models.CharField(max_length=40)
    version = models.CharField(max_length=20, help_text="Of the detector that said it last.")
    question = models.CharField(max_length=40, blank=True)
    facet = models.CharField(max_length=40, blank=True)
    about = models.CharField(max_length=260, db_collation="C")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="findings")
    annotation = models.ForeignKey(Annotation, on_delete=models.PROTECT, null=True, related_name="findings")
    strength = models.FloatField(help_text="0 to 1: how much it stands out. Orders findings of one detector.")
    chance = models.FloatField(
        null=True, help_text="That a reviewer agrees, where the detector's scores are calibrated."
    )
    suggestion = models.CharField(max_length=10, choices=Suggestion.choices, default=Suggestion.REVIEW)
    words = models.CharField(max_length=300, help_text="What was found, in a sentence.")
    evidence = models.JSONField(default=dict)
    first = models.ForeignKey(Analysis, on_delete=models.PROTECT, related_name="+")
    last = models.ForeignKey(Analysis, on_delete=models.PROTECT, related_name="+")
    gone = models.ForeignKey(Analysis, on_delete=models.PROTECT, null=True, related_name="+")
    decision = models.CharField(
        max_length=10, choices=Decision.choices, blank=True, db_default="", default="", help_text="The last review's."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "detector", "question", "facet", "about"], name="finding_once"),
            models.CheckConstraint(condition=NOBODY | ONE_ANNOTATOR, name="finding_has_one_annotator"),
            models.CheckConstraint(
                condition=models.Q(strength__gte=0, strength__lte=1), name="finding_strength_bounds"
            ),
            models.CheckConstraint(
                condition=models.Q(suggestion__in=Suggestion.values), name="finding_suggestion_known"
            ),
            models.CheckConstraint(
                condition=models.Q(decision__in=["", *Decision.values]), name="finding_decision_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "-strength", "id"],
                name="finding_open",
                condition=models.Q(gone__isnull=True, decision=""),
            ),
            models.Index(
                fields=["project", "detector", "decision"],
                name="finding_by_detector",
                include=["gone", "strength", "item", "about", "id"],
            ),
            models.Index(
                models.F("project"),
                (models.F("strength") * Coalesce("chance", UNKNOWN_CHANCE)).desc(),
                models.F("item"),
                name="finding_by_worth",
                condition=models.Q(gone__isnull=True, item__isnull=False, decision__in=["", "another"]),
            ),
            models.Index(
                fields=["project"],
                name="finding_of_no_item",
                condition=models.Q(gone__isnull=True, item__isnull=True, decision=""),
            ),
        ]

    def __str__(self) -> str:
        return self.words


class Detection(models.Model):
    """What one detector came to in one analysis. Written with its findings: where there is none it has not run.

    `note` says in a sentence what it looked at, or why it could say nothing.
    """

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="detections", db_index=False)
    detector = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    found = models.PositiveIntegerField(help_text="Findings that it raised or raised again.")
    gone = models.PositiveIntegerField(help_text="Findings of before that it no longer sees.")
    unsaid = models.PositiveIntegerField(help_text="What it saw beyond the most that are kept, the weakest of all.")
    note = models.CharField(max_length=500, blank=True)
    seconds = models.FloatField()
    finished_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["analysis", "detector"], name="detection_once")]

    def __str__(self) -> str:
        return f"{self.detector} in {self.analysis}"


class Review(models.Model):
    """A person's decision on an item that something was found about, or that its labels do not settle.

    Added, never edited; the newest one stands. The database refuses UPDATE and DELETE. `annotation` is the answer that
    the reviewer gave in place of another, an annotation like any other, or the one whose author was told something.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="reviews", db_index=False)
    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, null=True, related_name="reviews")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="reviews")
    decision = models.CharField(max_length=10, choices=Decision.choices)
    note = models.TextField(max_length=5_000, blank=True)
    annotation = models.ForeignKey(Annotation, on_delete=models.PROTECT, null=True, related_name="+")
    last_annotation = models.BigIntegerField(
        default=0, help_text="The item's newest then, the reviewer's own included: what came later was not seen."
    )
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    request_key = models.UUIDField(help_text="The client's Idempotency-Key: the same decision twice is one.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["project", "-id"], name="review_by_project")]
        constraints = [
            models.UniqueConstraint(fields=["reviewer", "request_key"], name="review_request_once"),
            models.CheckConstraint(condition=models.Q(decision__in=Decision.values), name="review_decision_known"),
            models.CheckConstraint(
                condition=models.Q(finding__isnull=False) | models.Q(item__isnull=False), name="review_about_something"
            ),
        ]

    def __str__(self) -> str:
        return self.get_decision_display()

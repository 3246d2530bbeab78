"""What labels say as a whole: consensus, agreement and reliability, each as it stood at one annotation."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotation.models import Item
from curation.models.annotators import ONE_ANNOTATOR, OfAnAnnotator
from jobs.models import Job
from projects.models import Project

SURE = 0.9  # a consensus above it can be trusted
FEWEST = 20  # places with labels of two people or more, before anything is told of how far they agree


class Analysis(models.Model):
    """One look at every label of a project up to and including `last_annotation`. It never touches an annotation.

    Its rows appear together, when it is done: until `finished_at` is set there are none.
    """

    class Reason(models.TextChoices):
        ASKED = "asked", "Asked for"
        LABELS = "labels", "After new labels"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="analyses", db_index=False)
    number = models.PositiveIntegerField()
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    last_annotation = models.BigIntegerField()
    last_review = models.BigIntegerField(
        default=0, db_default=0, help_text="Overturns up to this one settle what they are about."
    )
    parameters = models.JSONField(default=dict, help_text="Seed, methods and thresholds.")
    summary = models.JSONField(default=dict, help_text="How many labels, units and annotators there were.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "analyses"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="analysis_number_once"),
            models.CheckConstraint(condition=models.Q(reason__in=["asked", "labels"]), name="analysis_reason_known"),
        ]
        indexes = [
            models.Index(
                fields=["project", "-number"],
                name="analysis_finished",
                condition=models.Q(finished_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"analysis {self.number}"


class Measure(models.Model):
    """Figures about one facet of a question, over all items or a slice of them.

    `topic` says which figures these are, and so what `figures` holds (`curation.analysis`).
    """

    class Topic(models.TextChoices):
        AGREEMENT = "agreement", "How far people agree"
        GUARD = "guard", "Whether a detector, named as slice, may leave out labels by itself"
        PLANTED = "planted", "How a detector, named as slice, did on flips planted in this project's labels"
        CONSENSUS = "consensus", "How much is settled"
        TOGETHER = "together", "How far annotators err together"

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="measures", db_index=False)
    topic = models.CharField(max_length=30)
    question = models.CharField(max_length=40)
    facet = models.CharField(max_length=40, blank=True)
    slice = models.CharField(max_length=100, blank=True, help_text="Such as tag:code; empty: all items.")
    figures = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["analysis", "topic", "question", "facet", "slice"], name="measure_once")
        ]


class Standing(OfAnAnnotator):
    """What an analysis found of one annotator on one facet: how reliable, how quick, how one-sided."""

    analysis = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="standings", db_index=False)
    question = models.CharField(max_length=40)
    facet = models.CharField(max_length=40, blank=True)
    labels = models.PositiveIntegerField()
    figures = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["analysis", "question", "facet", "person", "imported_name", "checkpoint"],
                name="standing_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=ONE_ANNOTATOR, name="standing_has_one_annotator"),
        ]


class Consensus(models.Model):
    """The aggregated answer about one place of an item, and how sure it is, with the analyses between which it held.

    A row is written where an analysis comes to something new, and ended (`until`) by the one that does again, so every
    analysis has its consensus for the price of what changed. `value` is the name of one of the facet's values, or the
    number of the first wrong step; empty where the labels settle nothing. `posterior` holds a chance for each value;
    of levels it is the estimate and its standard error.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+", db_index=False)
    question = models.CharField(max_length=40)
    facet = models.CharField(max_length=40, blank=True)
    place = models.CharField(max_length=120, blank=True)
    value = models.CharField(max_length=40, blank=True)
    confidence = models.FloatField(help_text="The chance that the value is right, 0 to 1.")
    posterior = models.JSONField()
    labels = models.PositiveSmallIntegerField()
    by_reviewer = models.BooleanField(
        default=False, db_default=False, help_text="Whether a reviewer settled it, who overturned what others said."
    )
    since = models.ForeignKey(Analysis, on_delete=models.CASCADE, related_name="+")
    until = models.ForeignKey(Analysis, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "consensus"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "question", "facet", "place"],
                name="consensus_once",
                condition=models.Q(until__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(confidence__gte=0, confidence__lte=1), name="consensus_confidence_bounds"
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "question", "facet", "confidence", "id"],
                name="consensus_least_sure",
                condition=models.Q(until__isnull=True),
            ),
            models.Index(fields=["item"], name="consensus_by_item"),
            models.Index(
                fields=["project", "confidence", "item"],
                name="consensus_unsure",
                condition=models.Q(until__isnull=True, confidence__lte=SURE, labels__gte=2),
            ),
        ]

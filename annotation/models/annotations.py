"""Answers, and what people have typed on the way to them."""

from typing import Literal, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from annotation.models.forms import Form
from annotation.models.items import Item
from modelhooks.models import Run
from projects.models import Project


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    def current(self) -> Self:
        """Leave out what a later row supersedes."""
        return self.filter(superseded_by__isnull=True)


class Annotation(models.Model):
    """One annotator's answers to an item's form. Added, never edited: a change is a row that supersedes.

    `answers` maps question keys to values in the item's own response order; `shown` is the order in which the
    annotator saw the responses. The annotator is a person (`author`), a name that came with an import, or the
    checkpoint that a run asked, whose answers are empty where it abstained.
    The database refuses UPDATE and DELETE (migration `annotation_is_append_only`).
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="annotations", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="annotations")
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="+", db_index=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="annotations", db_index=False
    )
    imported_name = models.CharField(max_length=200, blank=True, db_default="")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="annotations", db_index=False)
    slot_number = models.PositiveSmallIntegerField(null=True)
    answers = models.JSONField()
    shown = ArrayField(models.PositiveSmallIntegerField(), help_text="Response indices in the order shown.")
    seconds = models.FloatField(null=True, help_text="Time with the item in view, as far as the server can vouch.")
    guideline_version = models.PositiveIntegerField(null=True)
    source = models.JSONField(default=dict, db_default={}, help_text="Provenance of what a person did not give.")
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="superseded_by")
    reason = models.CharField(max_length=500, blank=True, db_default="", help_text="Why it was changed.")
    request_key = models.UUIDField(null=True, help_text="The client's Idempotency-Key.")
    request_digest = models.BinaryField(max_length=32, null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = AnnotationQuerySet.as_manager()

    @property
    def annotator(self) -> str:
        """Whose answers these are, by name; select `author` and `run__checkpoint` with it."""
        if self.author:
            return str(self.author)
        return self.run.checkpoint.name if self.run else self.imported_name

    @property
    def origin(self) -> Literal["", "imported", "model"]:
        """Empty where a member said it here."""
        if self.author_id:
            return ""
        return "model" if self.run_id else "imported"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "request_key"], name="annotation_request_once"),
            models.UniqueConstraint(
                fields=["item", "author"],
                name="annotation_once_per_person",
                condition=models.Q(supersedes__isnull=True, author__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["item", "imported_name"],
                name="annotation_once_per_imported",
                condition=models.Q(supersedes__isnull=True, author__isnull=True, run__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["run", "item"], name="annotation_once_per_run", condition=models.Q(run__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["item", "slot_number"],
                name="annotation_once_per_slot",
                condition=models.Q(supersedes__isnull=True, slot_number__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(author__isnull=False, imported_name="", run__isnull=True)
                | (models.Q(author__isnull=True, run__isnull=True) & ~models.Q(imported_name=""))
                | models.Q(author__isnull=True, imported_name="", run__isnull=False),
                name="annotation_has_one_annotator",
            ),
            models.CheckConstraint(
                condition=models.Q(seconds__isnull=True) | models.Q(seconds__gte=0, seconds__lte=86_400),
                name="annotation_seconds_bounds",
            ),
        ]
        indexes = [
            models.Index(fields=["project", "id"], name="annotation_by_project"),
            models.Index(
                fields=["author", "project"],
                name="annotation_own_first",
                condition=models.Q(supersedes__isnull=True),
            ),
            models.Index(fields=["author", "project", "-id"], name="annotation_by_author"),
            models.Index(fields=["form", "item"], name="annotation_by_form"),
            models.Index(
                fields=["project", "created_at"],
                name="annotation_by_time",
                include=["author"],
                condition=models.Q(supersedes__isnull=True),
            ),
        ]


class Draft(models.Model):
    """What a person has typed about an item and not submitted. It is theirs, and outlives the lease.

    `answers` is in the order shown, exactly as the page holds it, and need not be complete or valid.
    """

    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    answers = models.JSONField()
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["author", "item"], name="draft_once")]

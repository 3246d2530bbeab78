"""The rubrics of a project, in versions, and which version a form asks with."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from annotation.models.forms import Form
from annotation.models.items import Item
from modelhooks.models import Run
from projects.models import Project

LONGEST_NAME = 120
LONGEST_NOTE = 2_000


class RubricQuerySet(models.QuerySet["Rubric"]):
    def in_use(self) -> Self:
        """Leave out what was retired."""
        return self.filter(retired_at__isnull=True)


class Rubric(models.Model):
    """What responses are judged by: of the whole project, of a slice of its items, or of one item.

    `slice` holds filters of the list of items by what an item is (`annotation.queries.rubrics.SLICED_BY`).
    """

    class Scope(models.TextChoices):
        PROJECT = "project", "The whole project"
        SLICE = "slice", "A slice of the items"
        ITEM = "item", "One item"

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="rubrics", db_index=False)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=LONGEST_NAME)
    scope = models.CharField(max_length=8, choices=Scope.choices)
    slice = models.JSONField(default=dict)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, related_name="rubrics")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )  # null: a worker
    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)

    objects = RubricQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="rubric_number_once"),
            models.CheckConstraint(
                condition=models.Q(scope="project", item__isnull=True, slice={})
                | (models.Q(scope="slice", item__isnull=True) & ~models.Q(slice={}))
                | models.Q(scope="item", item__isnull=False, slice={}),
                name="rubric_scope_says_of_what",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="rubric_has_a_name"),
        ]
        indexes = [
            GinIndex(
                models.Func(models.F("name"), template="to_tsvector('simple', %(expressions)s)"), name="rubric_by_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RubricVersion(models.Model):
    """One version of a rubric. Only its status ever changes; the database refuses any other UPDATE, and DELETE.

    `criteria` are as `annotation.rubrics.schema.checked` leaves them.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        VALIDATED = "validated", "Validated"
        RETIRED = "retired", "Retired"

    class Source(models.TextChoices):
        HUMAN = "human", "Written by a person"
        CONTRAST = "contrast", "Written from preferred and rejected responses"
        MERGED = "merged", "Merged from several rubrics"
        PRINCIPLES = "principles", "Taken from justifications"
        CONSTRAINTS = "constraints", "Taken from instructions"
        CHECKLIST = "checklist", "Written as a checklist of turns"
        OPENRUBRICS = "openrubrics", "Imported as OpenRubrics"
        PROMETHEUS = "prometheus", "Imported as Prometheus"
        WILDBENCH = "wildbench", "Imported as WildBench"
        RAR = "rar", "Imported as Rubrics as Rewards"
        GOLDPAN = "goldpan", "Imported as Goldpan's own"
        EVOLVED = "evolved", "Revised from its errors"
        HYPOTHESES = "hypotheses", "Guessed from what a rubric leaves open"
        FORKED = "forked", "Forked"

    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    source = models.CharField(max_length=12, choices=Source.choices, default=Source.HUMAN)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    criteria = models.JSONField()
    note = models.TextField(max_length=LONGEST_NOTE, blank=True, help_text="What changed, and why.")
    provenance = models.JSONField(default=dict, help_text="How it was made, where it was not by hand.")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )  # null: a worker
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rubric", "number"], name="rubric_version_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "validated", "retired"]), name="rubric_version_status_known"
            ),
            models.CheckConstraint(condition=~models.Q(criteria=[]), name="rubric_version_has_criteria"),
        ]
        indexes = [
            GinIndex(
                models.Func(
                    models.F("criteria"), template="jsonb_to_tsvector('simple', %(expressions)s, '[\"string\"]'::jsonb)"
                ),
                name="rubric_version_by_words",
            )
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class RubricUse(models.Model):
    """A question of a form version asks with a version of a rubric. Added, never edited."""

    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="rubric_uses", db_index=False)
    question_key = models.CharField(max_length=40)
    version = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, related_name="uses")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "question_key"], name="rubric_use_once")]

    def __str__(self) -> str:
        return f"{self.question_key} asks with {self.version_id}"

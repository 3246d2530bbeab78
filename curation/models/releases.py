"""What is frozen for trainers."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from jobs.models import Job
from projects.models import Project


class Release(models.Model):
    """The frozen result of recipes over a snapshot. Once its manifest is written it never changes.

    The snapshot is every annotation of the project up to and including `last_annotation`: annotations are only
    ever added, so one number names them all, and another all items that were discarded.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    recipes = models.JSONField(help_text="A list of {name, parameters}.")
    formats = models.JSONField(help_text="A list out of jsonl, jsonl.gz, jsonl.zst, parquet.")
    splits = models.JSONField(help_text="Split name to share, in percent.")
    hold_out = models.JSONField(
        default=dict,
        db_default=models.Value({}, models.JSONField()),
        help_text="What is in the test split on purpose (`curation.holding_out`).",
    )
    last_annotation = models.BigIntegerField()
    last_gold = models.BigIntegerField(default=0, db_default=0, help_text="Which items had a known answer then.")
    last_review = models.BigIntegerField(default=0, db_default=0, help_text="Which overturns stood then.")
    last_acceptance = models.BigIntegerField(
        default=0, db_default=0, help_text="Which answers of judges were accepted then; 0: none are taken."
    )
    last_discard = models.BigIntegerField(default=0, db_default=0, help_text="Items that were out then are left out.")
    last_removal = models.BigIntegerField(default=0, db_default=0, help_text="What was removed by then is not in it.")
    instead_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="The release that is withdrawn once this one is frozen.",
    )
    withdrawn_at = models.DateTimeField(null=True, help_text="When its files were taken away.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of recipes, formats and splits: what was asked for.")
    omitted = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        help_text="SHA-256 of what may be left out; empty: nothing.",
    )
    gates = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), help_text="Limits by the names of gates."
    )
    stopped_by = models.JSONField(null=True, help_text="What the gates found, where they stopped it.")
    overruled = models.JSONField(
        null=True, help_text="{reason, against}: a person's reason to make it whatever guards and gates say."
    )
    manifest = models.JSONField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        indexes = [models.Index(fields=["project", "digest"], name="release_by_digest")]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="release_number_once"),
            models.CheckConstraint(
                condition=models.Q(manifest__isnull=True, frozen_at__isnull=True)
                | models.Q(manifest__isnull=False, frozen_at__isnull=False),
                name="release_frozen_with_manifest",
            ),
        ]

    def __str__(self) -> str:
        return f"release {self.number}"

    @property
    def is_frozen(self) -> bool:
        """Whether its files are there, for ever the same."""
        return self.frozen_at is not None


class ReleaseFile(models.Model):
    """One file of a release, by its path inside it."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="files")
    path = models.CharField(max_length=200)
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256, also the ETag.")
    media_type = models.CharField(max_length=60)
    rows = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["path"]
        constraints = [models.UniqueConstraint(fields=["release", "path"], name="release_file_once")]

    def __str__(self) -> str:
        return self.path

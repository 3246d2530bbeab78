"""What is labeled, and who holds the right to label it."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from annotation import turns
from projects.models import Project


class Item(models.Model):
    """A prompt with its responses, as imported. Never changed: labels point at its exact text.

    `messages` is a list of turns (`annotation.turns`). `responses` is a list of `{messages, model?, params?, steps?,
    key?}` in imported order; answers are stored in this order whatever the annotator saw (docs/decisions/0007).
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="items", db_index=False)
    key = models.CharField(
        max_length=200, db_collation="C", help_text="The source's id, or the digest where it has none."
    )
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of prompt and responses.")
    group = models.CharField(max_length=64, help_text="Items of one group share a split.")
    messages = models.JSONField()
    responses = models.JSONField()
    principle = models.TextField(blank=True, help_text="The context that a preference is conditioned on.")
    rubric = models.JSONField(
        default=list, db_default=models.Value([], models.JSONField()), help_text="Its own criteria, where it has some."
    )
    language = models.CharField(max_length=35, blank=True)
    tags = ArrayField(models.CharField(max_length=60), default=list)
    source = models.JSONField(default=dict)
    imported_by = models.ForeignKey(
        "annotation.Import", on_delete=models.PROTECT, null=True, related_name="items", db_index=False
    )  # the index item_by_import serves it
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="Who wrote it, if a member did; nobody labels their own item.",
    )
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "key"], name="item_key_once")]
        indexes = [
            models.Index(fields=["project", "id"], name="item_by_project"),
            models.Index(fields=["imported_by", "id"], name="item_by_import"),
            GinIndex(fields=["tags"], name="item_by_tag"),
        ]

    def __str__(self) -> str:
        return self.key

    def text_of(self, index: int) -> str:
        """The text of one response: what its assistant wrote."""
        return turns.text_of(self.responses[index]["messages"])


class Lease(models.Model):
    """The right to answer an item's slot until a time, kept afterwards as what became of it."""

    class Outcome(models.TextChoices):
        OPEN = "open", "Open"
        SUBMITTED = "submitted", "Submitted"
        SKIPPED = "skipped", "Skipped"
        LOST = "lost", "Expired and taken by someone else"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )  # the item's own
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="leases", db_index=False)
    annotator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    form = models.ForeignKey("annotation.Form", on_delete=models.PROTECT, related_name="+", db_index=False)
    guideline_version = models.PositiveIntegerField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, db_default=Outcome.OPEN)
    reason = models.CharField(max_length=500, blank=True, db_default="", help_text="Why it was skipped.")
    granted_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    suggested = models.JSONField(
        null=True, help_text="What of models stands beside the questions (annotation.suggestions); null: nothing."
    )

    draft: dict[str, str] | None  # no column: what `queue.with_item` found typed

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=["open", "submitted", "skipped", "lost"]), name="lease_outcome_known"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="open", ended_at__isnull=True)
                | (~models.Q(outcome="open") & models.Q(ended_at__isnull=False)),
                name="lease_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["item", "annotator"], name="lease_by_item"),
            models.Index(fields=["project", "item"], name="lease_skipped", condition=models.Q(outcome="skipped")),
        ]


FIRST_EXTRA = 100
"""From this number on a slot is one more than the item wants of itself: somebody was to answer it all the same."""
LAST_EXTRA = 32_767


class Slot(models.Model):
    """One of the annotations that an item wants. The database keeps two people out of one slot, not Python.

    Open while `annotation` is empty; held while `expires_at` lies ahead of the database clock.
    """

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )  # the item's own
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="slots", db_index=False)
    number = models.PositiveSmallIntegerField()
    priority = models.SmallIntegerField(default=0, db_default=0, help_text="Higher comes first.")
    lease = models.OneToOneField(Lease, on_delete=models.PROTECT, null=True, related_name="slot")
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    expires_at = models.DateTimeField(null=True)
    annotation = models.OneToOneField("annotation.Annotation", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="slot_once"),
            models.UniqueConstraint(
                fields=["item", "holder"], name="slot_one_per_person", condition=models.Q(holder__isnull=False)
            ),
            models.CheckConstraint(
                condition=models.Q(holder__isnull=True, lease__isnull=True, expires_at__isnull=True)
                | models.Q(holder__isnull=False, lease__isnull=False),
                name="slot_held_by_someone",
            ),
            models.CheckConstraint(
                condition=models.Q(annotation__isnull=True) | models.Q(holder__isnull=False),
                name="slot_answered_by_holder",
            ),
        ]
        indexes = [
            models.Index(
                fields=["project", "-priority", "id"],
                name="slot_open",
                condition=models.Q(annotation__isnull=True),
            ),
            models.Index(
                fields=["project", "holder"],
                name="slot_held",
                condition=models.Q(annotation__isnull=True, holder__isnull=False),
            ),
            models.Index(
                fields=["project", "item"], name="slot_unanswered", condition=models.Q(annotation__isnull=True)
            ),
            models.Index(
                fields=["project", "holder", "-id"],
                name="slot_by_holder",
                condition=models.Q(holder__isnull=False, number__lt=FIRST_EXTRA),
            ),
        ]

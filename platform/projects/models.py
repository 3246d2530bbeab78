"""A project, who belongs to it, and the guideline they follow."""

import secrets
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Now

FEWEST_NEW, MOST_NEW = 10, 1_000_000
"""New annotations after which all labels are looked at again: at least, and at most."""


def new_salt() -> str:
    """Random text that makes sides, splits and pseudonyms of one project unguessable from another's."""
    return secrets.token_hex(16)


class Role(models.TextChoices):
    """What someone is in a project. `projects.access` says what each may do."""

    OWNER = "owner", "Owner"
    CURATOR = "curator", "Curator"
    ANNOTATOR = "annotator", "Annotator"
    VIEWER = "viewer", "Viewer"


class Suggestions(models.TextChoices):
    """Whether people who label see what a model answers, and when."""

    NEVER = "never", "Never"
    AFTER = "after", "After their own first answer"
    START = "start", "From the start"


MOST_GOLD = 50  # percent: more than every second item would be no check of labeling, but instead of it
MOST_SCREENING = 100


class ProjectQuerySet(models.QuerySet["Project"]):
    def of(self, user_id: int) -> Self:
        """Projects that this person belongs to."""
        return self.filter(memberships__user_id=user_id)

    def live(self) -> Self:
        return self.filter(archived_at__isnull=True)


class Project(models.Model):
    """A body of items with one form, one guideline and a group of people."""

    slug = models.CharField(
        max_length=60, unique=True, validators=[RegexValidator(r"^[a-z0-9]+(?:-[a-z0-9]+)*\Z", "Use a-z, 0-9 and -.")]
    )
    name = models.CharField(max_length=120)
    description = models.TextField(max_length=2_000, blank=True)
    overlap = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(20)], help_text="Annotations wanted per item."
    )
    lease_minutes = models.PositiveSmallIntegerField(
        default=20, validators=[MinValueValidator(1), MaxValueValidator(1440)]
    )
    suggestions = models.CharField(
        max_length=5, choices=Suggestions.choices, default=Suggestions.NEVER, db_default=Suggestions.NEVER
    )
    suggestions_by = models.CharField(
        max_length=100, blank=True, default="", db_default="", help_text="The name of a checkpoint; empty: any."
    )  # a name, since checkpoints stand a floor above
    analyze_every = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Look at all labels after so many new annotations; 0: only when asked."
    )
    gold_percent = models.PositiveSmallIntegerField(
        default=5, db_default=5, help_text="Of the items that someone gets, how many are ones with a known answer."
    )
    has_gold_feedback = models.BooleanField(
        default=False, db_default=False, help_text="Whether people are told after an answer that it was known."
    )
    screening_items = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Items with a known answer that somebody new begins with; 0: none."
    )
    screening_percent = models.PositiveSmallIntegerField(
        default=75, db_default=75, help_text="How many of those must be right."
    )
    has_had_gold = models.BooleanField(
        default=False, db_default=False, editable=False, help_text="From then on annotators see no item's own number."
    )
    salt = models.CharField(max_length=32, default=new_salt, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(overlap__gte=1, overlap__lte=20), name="project_overlap_bounds"),
            models.CheckConstraint(
                condition=models.Q(lease_minutes__gte=1, lease_minutes__lte=1440), name="project_lease_bounds"
            ),
            models.CheckConstraint(condition=models.Q(gold_percent__lte=MOST_GOLD), name="project_gold_bounds"),
            models.CheckConstraint(
                condition=models.Q(screening_items__lte=MOST_SCREENING, screening_percent__gte=1)
                & models.Q(screening_percent__lte=100),
                name="project_screening_bounds",
            ),
            models.CheckConstraint(
                condition=models.Q(suggestions__in=Suggestions.values), name="project_suggestions_known"
            ),
            models.CheckConstraint(
                condition=models.Q(analyze_every=0)
                | models.Q(analyze_every__gte=FEWEST_NEW, analyze_every__lte=MOST_NEW),
                name="project_analyze_every_bounds",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role in one project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]


class Guideline(models.Model):
    """One version of what annotators are asked to do. Versions are added, never edited."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="guidelines")
    version = models.PositiveIntegerField()
    text = models.TextField(max_length=100_000, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-version"]
        constraints = [models.UniqueConstraint(fields=["project", "version"], name="guideline_version_once")]

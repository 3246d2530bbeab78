"""A project, who belongs to it, and the guideline they follow."""

import secrets
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Now


def new_salt() -> str:
    """Random text that makes sides, splits and pseudonyms of one project unguessable from another's."""
    return secrets.token_hex(16)


class Role(models.TextChoices):
    """What someone is in a project. `projects.access` says what each may do."""

    OWNER = "owner", "Owner"
    CURATOR = "curator", "Curator"
    ANNOTATOR = "annotator", "Annotator"
    VIEWER = "viewer", "Viewer"


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

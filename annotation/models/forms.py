"""What is asked about each item."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from projects.models import Project


class Form(models.Model):
    """One version of a project's questions. A change is a new version; annotations keep theirs."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="forms")
    version = models.PositiveIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "version"], name="form_version_once")]

    def __str__(self) -> str:
        return f"version {self.version}"


class Question(models.Model):
    """One question: its key in the answers, its kind, what it is asked about, and the kind's own settings."""

    class Target(models.TextChoices):
        ITEM = "item", "The item"
        RESPONSE = "response", "Each response"

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    help = models.CharField(max_length=500, blank=True)
    target = models.CharField(max_length=10, choices=Target.choices, default=Target.ITEM)
    is_required = models.BooleanField(default=True)
    settings: Any = models.JSONField(default=dict)
    condition: Any = models.JSONField(null=True, help_text="When it is asked (annotation.conditions); null: always.")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["form", "key"], name="question_key_once"),
            models.UniqueConstraint(fields=["form", "position"], name="question_position_once"),
        ]

    def __str__(self) -> str:
        return self.key

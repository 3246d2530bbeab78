"""How somebody new did on the items that they begin with."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from projects.models import Project


class Screening(models.Model):
    """One person's first items in one project, where the project screens. The answers are annotations like any other.

    Whoever had labeled here before the project began to screen is not new (`waived`).
    """

    class State(models.TextChoices):
        OPEN = "open", "at their first items"
        PASSED = "passed", "passed"
        FAILED = "failed", "did not pass"
        ADMITTED = "admitted", "let in by an owner"
        WAIVED = "waived", "was here before"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="screenings", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    right = models.PositiveSmallIntegerField(default=0)
    asked = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "person"], name="screening_once"),
            models.CheckConstraint(condition=models.Q(right__lte=models.F("asked")), name="screening_counts"),
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "passed", "failed", "admitted", "waived"]),
                name="screening_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_state_display()}"

    @property
    def needs_an_owner(self) -> bool:
        """Whether they wait for somebody's decision."""
        return self.state == self.State.FAILED

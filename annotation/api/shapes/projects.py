"""Projects with their forms."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.api.shapes.labeling import QuestionShape
from annotation.services.forms import MOST_QUESTIONS
from annotation.services.presets import PRESETS
from projects.api.strict import StrictSerializer
from projects.models import Role


class ProjectSummary(serializers.Serializer[Any]):
    slug = serializers.SlugField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    role = serializers.ChoiceField(Role.choices, help_text="What the token's person is in it.")
    overlap = serializers.IntegerField(help_text="Annotations wanted per item.")
    lease_minutes = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class ProjectShape(ProjectSummary):
    guideline = serializers.CharField(allow_blank=True)
    guideline_version = serializers.IntegerField(help_text="0 before there is one.")
    form = QuestionShape(many=True)
    form_version = serializers.IntegerField(help_text="0 before there is one.")


@extend_schema_field(QuestionShape(many=True))
class QuestionsField(serializers.ListField):
    """Questions as they were sent: the forms service checks them, with a sentence for each fault."""

    child = serializers.DictField()


class ProjectChange(StrictSerializer):
    name = serializers.CharField(max_length=120, required=False)
    description = serializers.CharField(max_length=2_000, allow_blank=True, required=False)
    overlap = serializers.IntegerField(min_value=1, max_value=20, required=False)
    lease_minutes = serializers.IntegerField(min_value=1, max_value=1440, required=False)
    guideline = serializers.CharField(
        max_length=100_000, allow_blank=True, trim_whitespace=False, required=False, help_text="Becomes a new version."
    )
    form = QuestionsField(
        min_length=1, max_length=MOST_QUESTIONS, required=False, help_text="All questions. Becomes a new version."
    )


class ProjectCreation(ProjectChange):
    name = serializers.CharField(max_length=120)
    slug = serializers.RegexField(
        r"^[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=60, required=False, help_text="Its address; made from the name."
    )
    preset = serializers.ChoiceField(
        sorted(PRESETS), default="preference", help_text="The form to start with, where no `form` is given."
    )

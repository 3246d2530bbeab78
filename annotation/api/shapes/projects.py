"""Projects with their forms."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotation.api.shapes.labeling import QuestionShape
from annotation.forms import EVERY
from annotation.services.forms import MOST_QUESTIONS
from annotation.services.layout_forms import FORMS
from projects.api.strict import StrictSerializer
from projects.models import FEWEST_NEW, MOST_GOLD, MOST_NEW, MOST_SCREENING, Role, Suggestions

ANALYZE_EVERY = f"All labels are looked at again after so many new annotations, from {FEWEST_NEW}; 0: only when asked."


GOLD_PERCENT = "Of 100 items that somebody gets, about so many have a known answer (docs/gold.md)."
FEEDBACK = "Whether people are told after their answer that it was known, and what was expected."
SCREENING = "With so many known items somebody new begins, and gets no others before they pass; 0: nobody is screened."
SCREENING_PERCENT = "Of 100 of those, so many must be right."


def enough_to_analyze(every: int) -> None:
    """Refuse what would be looked at for next to nothing."""
    if 0 < every < FEWEST_NEW:
        raise serializers.ValidationError(EVERY)


class ProjectSummary(serializers.Serializer[Any]):
    slug = serializers.SlugField()
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    role = serializers.ChoiceField(Role.choices, help_text="What the token's person is in it.")
    overlap = serializers.IntegerField(help_text="Annotations wanted per item.")
    lease_minutes = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class ProjectShape(ProjectSummary):
    suggestions = serializers.ChoiceField(
        Suggestions.choices, help_text="Whether annotators see what a model answers, and when."
    )
    suggestions_by = serializers.CharField(allow_blank=True, help_text="The name of a checkpoint; empty: any.")
    analyze_every = serializers.IntegerField(help_text=ANALYZE_EVERY)
    gold_percent = serializers.IntegerField(required=False, help_text=f"{GOLD_PERCENT} Told to curators and owners.")
    has_gold_feedback = serializers.BooleanField(required=False, help_text=FEEDBACK)
    screening_items = serializers.IntegerField(required=False, help_text=SCREENING)
    screening_percent = serializers.IntegerField(required=False, help_text=SCREENING_PERCENT)
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
    suggestions = serializers.ChoiceField(
        Suggestions.choices, required=False, help_text="Whether annotators see what a model answers, and when."
    )
    suggestions_by = serializers.CharField(
        max_length=100, allow_blank=True, required=False, help_text="The name of a checkpoint; empty: any."
    )
    analyze_every = serializers.IntegerField(
        min_value=0, max_value=MOST_NEW, validators=[enough_to_analyze], required=False, help_text=ANALYZE_EVERY
    )
    gold_percent = serializers.IntegerField(min_value=0, max_value=MOST_GOLD, required=False, help_text=GOLD_PERCENT)
    has_gold_feedback = serializers.BooleanField(required=False, help_text=FEEDBACK)
    screening_items = serializers.IntegerField(
        min_value=0, max_value=MOST_SCREENING, required=False, help_text=SCREENING
    )
    screening_percent = serializers.IntegerField(
        min_value=1, max_value=100, required=False, help_text=SCREENING_PERCENT
    )
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
        sorted(FORMS),
        default="preference",
        help_text="The form to start with, where no `form` is given; a layout of files names one for its labels.",
    )

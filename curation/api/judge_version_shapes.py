"""What the endpoints about versions of a judge take and answer, for OpenAPI."""

from typing import Any

from rest_framework import serializers

from curation.services.judge_runs import TrialWishes
from curation.services.run_wishes import WRITTEN
from modelhooks.options import LONGEST_INSTRUCTIONS
from projects.api.strict import IdField, Query, StrictSerializer

WISHES = "; ".join(f"{name}: {one.title}" for name, one in TrialWishes.model_fields.items())


def _question(**more: Any) -> serializers.CharField:
    return serializers.CharField(
        max_length=40, help_text="The key of a preference question: whose labels say what is better.", **more
    )


class VersionQuery(Query):
    question = _question(required=False)


class VersionBody(StrictSerializer):
    instructions = serializers.CharField(max_length=LONGEST_INSTRUCTIONS, allow_blank=True, trim_whitespace=False)
    after = serializers.IntegerField(
        min_value=1,
        max_value=10**6,
        required=False,
        help_text="The number of the version that it is written after. Default: the one in use.",
    )


class TrialBody(StrictSerializer):
    question = _question()
    wishes = serializers.DictField(required=False, help_text=WISHES)


class RewordBody(StrictSerializer):
    checkpoint = IdField(help_text="The id of a checkpoint that writes rubrics.")
    question = _question()
    percent = serializers.IntegerField(
        min_value=1, max_value=100, default=WRITTEN, help_text="Of the prompts, from which it may be shown pairs."
    )


class PromoteBody(StrictSerializer):
    question = _question()


class JudgeReportShape(serializers.Serializer[Any]):
    """What the newest trial of a version comes to."""

    question = serializers.CharField()
    run = serializers.IntegerField()
    fingerprint = serializers.CharField()
    pairs = serializers.IntegerField()
    prompts = serializers.IntegerField()
    counted_at = serializers.DateTimeField()
    figures = serializers.DictField(
        help_text="As the page shows them: `all` pairs, those `unseen`, and the same `against` the version in use."
    )


class JudgeVersionShape(serializers.Serializer[Any]):
    """A version of what a judge is told."""

    number = serializers.IntegerField()
    checkpoint = serializers.IntegerField(help_text="The id of the checkpoint that it is.")
    instructions = serializers.CharField(allow_blank=True)
    is_in_use = serializers.BooleanField()
    after = serializers.IntegerField(allow_null=True, help_text="The number of the version that it was written after.")
    run = serializers.IntegerField(allow_null=True, help_text="That wrote it; null: a person did, or it was found so.")
    created_by = serializers.CharField(allow_null=True)
    diagnosis = serializers.CharField(allow_blank=True, help_text="What its writer found wrong with the one before.")
    items = serializers.ListField(child=serializers.IntegerField(), help_text="Items that its writer was shown.")
    says = serializers.CharField(help_text="How often it is right, in a sentence.")
    change = serializers.CharField(allow_blank=True, help_text="What it gains over the one in use, in a sentence.")
    wins = serializers.BooleanField(help_text="Whether it may take over from the one in use.")
    report = JudgeReportShape(allow_null=True)


class JudgeFamilyShape(serializers.Serializer[Any]):
    """All versions of a judge in a project, the newest first."""

    judge = serializers.IntegerField(help_text="The id of the first version's checkpoint.")
    name = serializers.CharField()
    question = serializers.CharField(allow_blank=True, help_text="Whose labels they are held against.")
    headline = serializers.CharField()
    versions = JudgeVersionShape(many=True)

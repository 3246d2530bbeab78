"""What the endpoints take and answer that write rubrics by models and hold them against labels, for OpenAPI."""

from typing import Any

from pydantic import BaseModel
from rest_framework import serializers

from annotation.api.runs import FiltersBody
from annotation.api.shapes.rubrics import SLICE
from annotation.kinds.rubric_criteria import MOST
from annotation.models.rubrics import LONGEST_NAME, LONGEST_NOTE
from curation.models import RubricAttempt, RubricLine
from curation.rubrics import LINES
from curation.services.line_runs import LineWishes, PrincipleWishes
from curation.services.prompt_clusters import FEWEST
from curation.services.prompt_clusters import MOST as MOST_CLUSTERS
from curation.services.rubric_runs import ContrastWishes, Wishes
from curation.services.run_wishes import WRITTEN
from jobs.models import State
from modelhooks.api.shapes import RunReport, RunShape
from modelhooks.embedders import DEFAULT, EMBEDDERS
from modelhooks.judging.rubrics import MOST_CRITERIA
from projects.api.paging import PageQuery
from projects.api.strict import IdField, StrictSerializer

LONGEST_TITLES = 5_000
FIGURES = "As the page of the version shows them; shares are from 0 to 1, `low` and `high` bound 95 %."


def _described(wishes: type[BaseModel]) -> str:
    return "; ".join(f"{name}: {one.title}" for name, one in wishes.model_fields.items())


class AttemptQuery(PageQuery):
    outcome = serializers.ChoiceField(RubricAttempt.Outcome.choices, required=False)


class AskBody(StrictSerializer):
    checkpoint = IdField(help_text="The id of a checkpoint that writes rubrics.")


class ContrastBody(AskBody):
    question = serializers.CharField(max_length=40, help_text="The key of a preference question of the form in force.")
    filters = FiltersBody(required=False)
    wishes = serializers.DictField(required=False, help_text=_described(ContrastWishes))


class GradeBody(StrictSerializer):
    checkpoint = IdField(help_text="The id of a checkpoint that answers rubrics.")
    question = serializers.CharField(max_length=40, help_text="The key of a preference question of the form in force.")
    filters = FiltersBody(required=False)
    wishes = serializers.DictField(required=False, help_text=_described(Wishes))


class LinesBody(AskBody):
    source = serializers.ChoiceField(LINES, help_text="What is read.")  # type: ignore[assignment]  # shadows an option
    question = serializers.CharField(
        max_length=40, required=False, help_text="Of justifications alone: the key of the text question."
    )
    filters = FiltersBody(required=False)
    wishes = serializers.DictField(
        required=False, help_text=f"{_described(LineWishes)}. Of justifications also: {_described(PrincipleWishes)}"
    )


class SharedBody(StrictSerializer):
    name = serializers.CharField(max_length=LONGEST_NAME)
    most = serializers.IntegerField(min_value=1, max_value=MOST_CRITERIA, default=12, help_text="Criteria at most.")


class GatherBody(SharedBody):
    slice = serializers.DictField(child=serializers.CharField(max_length=200), required=False, help_text=SLICE)


class MergeBody(AskBody, SharedBody):
    """Who words it, what it is called, and how long it is."""


class ClustersBody(StrictSerializer):
    embedder = serializers.ChoiceField(list(EMBEDDERS), default=DEFAULT)
    most = serializers.IntegerField(
        min_value=FEWEST, max_value=MOST_CLUSTERS, default=12, help_text="Clusters at most; how many, the prompts say."
    )


class GatherClusterBody(SharedBody):
    cluster = IdField(help_text="Its number.")


class MergeClusterBody(MergeBody):
    cluster = IdField(help_text="Its number.")


class TakeBody(StrictSerializer):
    item = IdField()


class ReviseBody(AskBody):
    report = IdField(required=False, help_text="Whose errors; by default the newest of this version.")
    percent = serializers.IntegerField(
        min_value=1, max_value=100, default=WRITTEN, help_text="Share of prompts that it may be shown pairs of."
    )


class EditBody(StrictSerializer):
    """What becomes of one criterion."""

    key = serializers.CharField(max_length=64)
    is_kept = serializers.BooleanField(default=True)
    title = serializers.CharField(
        max_length=LONGEST_TITLES, default="", allow_blank=True, help_text="Other words; several lines split it."
    )
    weight = serializers.FloatField(min_value=-1_000, max_value=1_000, required=False)
    into = serializers.CharField(
        max_length=64, default="", allow_blank=True, help_text="The key of the one that it is merged into."
    )


class DecideBody(StrictSerializer):
    edits = EditBody(many=True, required=False, help_text="What is not named stays as it is.")
    note = serializers.CharField(max_length=LONGEST_NOTE, default="", allow_blank=True)
    fitted_by = IdField(required=False, help_text="A report of this version whose fitted weights are taken.")

    def validate_edits(self, edits: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each criterion once, and no more than a rubric has."""
        if len(edits) > MOST or len({one["key"] for one in edits}) < len(edits):
            raise serializers.ValidationError("Name each criterion once.")
        return edits


class WritingShape(RunShape):
    """A run that wrote rubrics."""

    kept = serializers.IntegerField(help_text="Pairs of which a rubric was kept.")
    rejected = serializers.IntegerField(help_text="Pairs of which none was.")
    failed = serializers.IntegerField(help_text="Pairs that it gave up.")


class ReasonShape(serializers.Serializer[Any]):
    """Why pairs have no rubric."""

    reason = serializers.CharField()
    pairs = serializers.IntegerField()


class WrittenShape(RunReport):
    """The same with what became of its pairs so far."""

    kept = serializers.IntegerField()
    rejected = serializers.IntegerField()
    unexplained = serializers.IntegerField(help_text="Of the rejected: whose label no rubric finds again.")
    reasons = ReasonShape(many=True, help_text="The commonest five.")


class CriterionShape(serializers.Serializer[Any]):
    """As its writer put it."""

    text = serializers.CharField()
    kind = serializers.ChoiceField(RubricLine.Kind.choices)


class AttemptShape(serializers.Serializer[Any]):
    """What became of one pair."""

    item = serializers.IntegerField()
    key = serializers.CharField(help_text="The item's.")
    better = serializers.IntegerField(help_text="The place of the response that people prefer.")
    outcome = serializers.ChoiceField(RubricAttempt.Outcome.choices)
    reason = serializers.CharField(allow_blank=True, help_text="Why none was kept.")
    is_unexplained = serializers.BooleanField()
    margin = serializers.FloatField(allow_null=True)
    criteria = CriterionShape(many=True, help_text="Of the rubric that was kept.")
    created_at = serializers.DateTimeField()


class WholeAttemptShape(AttemptShape):
    attempts = serializers.ListField(
        child=serializers.DictField(),
        help_text="Every rubric that was written, with its votes and why it was not kept.",
    )


class NearestShape(serializers.Serializer[Any]):
    """A prompt near the center of a cluster."""

    item = serializers.IntegerField()
    key = serializers.CharField(help_text="The item's.")
    prompt = serializers.CharField(allow_blank=True, help_text="As it begins.")


class ClusterShape(serializers.Serializer[Any]):
    """Prompts that are about nearly the same."""

    number = serializers.IntegerField()
    prompts = serializers.IntegerField()
    items = serializers.IntegerField()
    stability = serializers.FloatField(
        help_text="How much of it is found again among half of the prompts, from 0 to 1: below 0.6 do not trust it."
    )
    nearest = NearestShape(many=True, help_text="The three prompts nearest its center.")


class ClustersShape(serializers.Serializer[Any]):
    """A grouping of the prompts of which a run kept a rubric."""

    id = serializers.IntegerField()
    embedder = serializers.CharField()
    most = serializers.IntegerField()
    state = serializers.ChoiceField(State.choices)
    message = serializers.CharField(allow_blank=True)
    done = serializers.IntegerField(help_text="Prompts that are embedded.")
    total = serializers.IntegerField(allow_null=True)
    silhouette = serializers.FloatField(allow_null=True, help_text="How well they are apart, up to 1.")
    clusters = ClusterShape(many=True, help_text="The largest first.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class ReadingShape(RunShape):
    """A run that wrote lines."""

    lines = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="Items or justifications that it gave up.")


class ReadShape(RunReport):
    """The same with what came of it so far."""

    lines = serializers.IntegerField()
    items = serializers.IntegerField(help_text="Items that something was found in.")


class RubricLineShape(serializers.Serializer[Any]):
    """A criterion with the words that it rests on."""

    item = serializers.IntegerField()
    key = serializers.CharField(help_text="The item's.")
    annotation = serializers.IntegerField(allow_null=True, help_text="Whose words; null: the item's own.")
    annotator = serializers.CharField(allow_null=True)
    number = serializers.IntegerField(help_text="Its place among those of the same words, from 0.")
    text = serializers.CharField()
    kind = serializers.ChoiceField(RubricLine.Kind.choices)
    holds = serializers.BooleanField(allow_null=True, help_text="Whether those words say that the response meets it.")
    quote = serializers.CharField(allow_blank=True)
    details = serializers.DictField(help_text="Fields of a criterion of the library: evidence, and how it is decided.")
    created_at = serializers.DateTimeField()


class ListedRubricReportShape(serializers.Serializer[Any]):
    """A version held against labels by what one judge said."""

    id = serializers.IntegerField()
    checkpoint = serializers.IntegerField()
    judge = serializers.CharField()
    fingerprint = serializers.CharField()
    run = serializers.IntegerField()
    question = serializers.CharField()
    pairs = serializers.IntegerField()
    prompts = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class CriterionStandingShape(serializers.Serializer[Any]):
    """What one criterion is worth."""

    key = serializers.CharField()
    title = serializers.CharField()
    standing = serializers.CharField(
        allow_null=True, help_text="kept, dead, reversed, undiscriminating or unknown; null: it was not judged."
    )
    says = serializers.CharField(allow_blank=True, help_text="The same as a sentence.")
    notes = serializers.ListField(child=serializers.CharField())


class RubricReportShape(ListedRubricReportShape):
    headline = serializers.CharField()
    says = serializers.CharField(help_text="How often it is right, in a sentence.")
    change = serializers.CharField(allow_blank=True, help_text="What it gains over the version before.")
    criteria = CriterionStandingShape(many=True)
    unnamed = serializers.ListField(
        child=serializers.CharField(), help_text="What labels follow and no criterion names."
    )
    figures = serializers.DictField(help_text=FIGURES)

"""What the endpoints of evaluation sets take and answer, for OpenAPI."""

from typing import Any

from rest_framework import serializers

from curation.layouts import LAYOUTS, OF_RECIPES
from curation.services.evaluating import THRESHOLD
from curation.services.evaluation_sets import LONGEST_NAME
from projects.api.paging import PageQuery
from projects.api.strict import IdField, Query, StrictSerializer


class BuildBody(StrictSerializer):
    name = serializers.CharField(
        max_length=LONGEST_NAME, help_text="The same name and rows give the set that is there."
    )
    release = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="The number of a release.")
    recipe = serializers.ChoiceField(list(OF_RECIPES))
    split = serializers.CharField(max_length=40, default="test", help_text="One that is not trained on.")


class FileQuery(Query):
    name = serializers.CharField(max_length=LONGEST_NAME, default="", help_text="Needed: what the set is called.")
    layout = serializers.ChoiceField(list(LAYOUTS), required=False, help_text="Default: found out by the columns.")
    file_name = serializers.CharField(max_length=200, required=False)


class AskBody(StrictSerializer):
    checkpoint = IdField(help_text="The id of a checkpoint that can be asked about such rows.")
    threshold = serializers.FloatField(
        min_value=-1e9, max_value=1e9, default=THRESHOLD, help_text="Of models of steps: a step below it is wrong."
    )


class RefusalShape(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="The line of a file of lines, else the row.")
    reason = serializers.CharField()


class SetShape(serializers.Serializer[Any]):
    """Rows whose answer is known. A set never changes."""

    number = serializers.IntegerField()
    name = serializers.CharField()
    layout = serializers.ChoiceField(list(LAYOUTS))
    rows = serializers.IntegerField()
    subsets = serializers.DictField(child=serializers.IntegerField(), help_text="Rows by subset.")
    release = serializers.UUIDField(allow_null=True)
    split = serializers.CharField(allow_blank=True)
    file_name = serializers.CharField(allow_blank=True)
    sha256 = serializers.CharField(help_text="Over the layout and all rows.")
    refused = serializers.IntegerField(help_text="Rows of its source that could not be used.")
    refusals = RefusalShape(many=True, help_text="The first of them.")
    created_at = serializers.DateTimeField()


class ResultShape(serializers.Serializer[Any]):
    """What one checkpoint came to on a set, as its leaderboard tells it."""

    id = serializers.IntegerField()
    place = serializers.IntegerField(help_text="1 is the best.")
    checkpoint = serializers.IntegerField()
    checkpoint_name = serializers.CharField()
    fingerprint = serializers.CharField()
    run = serializers.IntegerField()
    score = serializers.FloatField(allow_null=True, help_text="What the set ranks by; null where it has no value.")
    figures = serializers.DictField(
        help_text="score, over_rows, over_subsets, subsets and parts with intervals, and how much was not answered."
    )
    behind = serializers.DictField(
        help_text="How far it lies above the best result on the same rows (so mostly below zero), with its interval, "
        "on how many prompts they differ and whether that tells them apart (is_told); empty for the best."
    )
    measured_at = serializers.DateTimeField()


class BoardShape(SetShape):
    headline = serializers.CharField()
    results = ResultShape(many=True, help_text="Best first, a hundred at most.")


class WrongShape(serializers.Serializer[Any]):
    """A row that a checkpoint does not get wholly right."""

    row = serializers.IntegerField()
    key = serializers.CharField(allow_blank=True)
    subset = serializers.CharField()
    points = serializers.FloatField()
    is_abstained = serializers.BooleanField(help_text="Whether points were lost because nothing could be read.")
    said = serializers.DictField(help_text="scores by response, steps by step, or orders: verdicts for the right one.")


class WrongQuery(PageQuery):
    subset = serializers.CharField(max_length=80, required=False)

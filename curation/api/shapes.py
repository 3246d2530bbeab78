"""What the endpoints of releases take and answer, for OpenAPI."""

from typing import Any

from rest_framework import serializers

from curation import gates, splits
from curation.files.formats import FORMATS
from curation.recipes import DEFAULT, RECIPES
from curation.signed import DEFAULT_HOURS, MOST_HOURS
from jobs.models import State
from projects.api.strict import StrictSerializer


def _parameters_in_words() -> str:
    """What each recipe takes, for the document: read from what the recipes declare."""
    told = [
        f"{name}: {'; '.join(f'{one.name} is {one.takes}' for one in recipe.parameters) or 'none'}."
        for name, recipe in RECIPES.items()
    ]
    return "\n\n".join(["The recipe's own; what is left out takes its default (docs/exports.md).", *told])


class RecipeBody(StrictSerializer):
    name = serializers.ChoiceField(list(RECIPES))
    parameters = serializers.DictField(required=False, help_text=_parameters_in_words())


class HoldOutBody(StrictSerializer):
    sources = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Datasets, as `source.dataset` of items names them."
    )
    tags = serializers.ListField(child=serializers.CharField(), required=False)
    annotators = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="E-mail addresses, or names of imports. Their labels count in the test split alone.",
    )
    nearly_same = serializers.BooleanField(
        required=False, help_text="Whether prompts that are nearly the same share a split."
    )


class ReleaseBody(StrictSerializer):
    recipes = RecipeBody(many=True, required=False, help_text=f"Default: {DEFAULT}. Each recipe at most once.")
    formats = serializers.ListField(
        child=serializers.ChoiceField(list(FORMATS)), required=False, help_text="Default: parquet and jsonl."
    )
    splits = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=100),
        required=False,
        help_text=f"Shares in percent of {', '.join(splits.NAMES)}; together 100.",
    )
    hold_out = HoldOutBody(required=False, help_text="What is in the test split on purpose.")
    gates = serializers.DictField(
        required=False,
        help_text="Limits that are not to be what they are by themselves: "
        + "; ".join(f"{one.name} is {one.takes}, by itself {gates.DEFAULT[one.name]}" for one in gates.GATES)
        + ".",
    )
    note = serializers.CharField(max_length=500, required=False, allow_blank=True)
    overrule = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        help_text="Why it is frozen whatever its gates, or the guard of findings, say against it; stands in manifest "
        "and card.",
    )


class RemovalBody(StrictSerializer):
    items = serializers.ListField(child=serializers.CharField(), required=False, help_text="By their keys.")
    annotators = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="E-mail addresses, or names of imports."
    )
    reason = serializers.CharField(max_length=500, help_text="Stands in the manifest and the card.")


class PushBody(StrictSerializer):
    repository = serializers.CharField(max_length=193, help_text="A dataset repository of the Hub, as `owner/name`.")
    may_be_public = serializers.BooleanField(
        default=False, help_text="Whether it may be one that all the world reads. One that is made here is private."
    )


class PushShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    repository = serializers.CharField()
    tag = serializers.CharField(help_text="What the release is called there.")
    state = serializers.ChoiceField(State.choices)
    message = serializers.CharField(help_text="How it went, in a sentence.")
    done = serializers.IntegerField(help_text="Bytes.")
    total = serializers.IntegerField(allow_null=True)
    commit = serializers.CharField(help_text="Empty until it is there.")
    created_at = serializers.DateTimeField()


class SignBody(StrictSerializer):
    path = serializers.CharField(max_length=200, help_text="As the release lists it.")
    hours = serializers.IntegerField(
        min_value=1, max_value=MOST_HOURS, default=DEFAULT_HOURS, help_text="How long it holds."
    )


class SignedShape(serializers.Serializer[Any]):
    path = serializers.CharField()
    url = serializers.CharField(help_text="Whole, and for whoever has it; takes HEAD, If-None-Match and Range.")
    expires_at = serializers.DateTimeField(help_text="Nothing else takes it back.")


class RemovalShape(serializers.Serializer[Any]):
    """What came of a removal."""

    release = serializers.UUIDField(allow_null=True, help_text="What takes its place; null: an analysis looks first.")
    also_in = serializers.ListField(
        child=serializers.IntegerField(), help_text="Numbers of other releases that stand and may hold it, too."
    )


class FileShape(serializers.Serializer[Any]):
    path = serializers.CharField()
    url = serializers.CharField(help_text="Its address for ever; takes If-None-Match and Range.")
    size = serializers.IntegerField(help_text="In bytes.")
    sha256 = serializers.CharField()
    media_type = serializers.CharField()
    rows = serializers.IntegerField(allow_null=True)


class GateShape(serializers.Serializer[Any]):
    """One gate, and what it met."""

    gate = serializers.ChoiceField([gates.NULLS, *gates.DEFAULT])
    limit = serializers.JSONField(allow_null=True, help_text="As it was chosen; null where there is none to choose.")
    found = serializers.FloatField(allow_null=True, help_text="Null: there was nothing to look at.")
    passed = serializers.BooleanField()
    says = serializers.CharField()
    examples = serializers.ListField(child=serializers.CharField())


class ReleaseShape(serializers.Serializer[Any]):
    """A release. Its files are there once `state` is done, and never change."""

    id = serializers.UUIDField()
    project = serializers.SlugField()
    number = serializers.IntegerField()
    note = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(State.choices)
    message = serializers.CharField(allow_blank=True, help_text="What came of it, or why nothing did.")
    done = serializers.IntegerField(help_text="Annotations read so far.")
    total = serializers.IntegerField(allow_null=True, help_text="Annotations in the snapshot.")
    recipes = serializers.ListField(child=serializers.DictField())
    formats = serializers.ListField(child=serializers.CharField())
    splits = serializers.DictField(child=serializers.IntegerField())
    gates = GateShape(
        many=True, allow_null=True, help_text="What each found; null before a release is frozen or stopped by them."
    )
    last_annotation = serializers.IntegerField(help_text="The snapshot: every annotation up to this one.")
    created_at = serializers.DateTimeField()
    frozen_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True, help_text="When its files were taken away.")


class ReleaseWithFiles(ReleaseShape):
    manifest_url = serializers.CharField(allow_null=True)
    files = FileShape(many=True)
    files_beside = serializers.IntegerField(
        help_text="How many pictures, sounds and films lie beside the rows. Rows name them, from the folder of their "
        "recipe, and so does the manifest."
    )

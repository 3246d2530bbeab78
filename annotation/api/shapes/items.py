"""Items and annotations as those see them who may view the project."""

from typing import Any

from rest_framework import serializers

from annotation.api.shapes.labeling import Turn
from annotation.queries.items import STATES
from projects.api.paging import PageQuery
from projects.api.strict import IdField, StrictSerializer


class ItemQuery(PageQuery):
    state = serializers.ChoiceField(STATES, required=False)
    tag = serializers.CharField(max_length=60, required=False, help_text="Items with exactly this tag.")
    key = serializers.CharField(max_length=200, required=False, help_text="Items whose key begins so.")

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "import": serializers.UUIDField(required=False, help_text="Items it brought.")}


class AcceptedShape(serializers.Serializer[Any]):
    """The decision by which a model's answer stands without a person."""

    item = serializers.IntegerField()
    annotation = serializers.IntegerField(help_text="The model's.")
    question = serializers.CharField()
    model = serializers.CharField()
    by = serializers.CharField(help_text="Who decided so.")
    at = serializers.DateTimeField(help_text="When.")
    confidence = serializers.FloatField(help_text="Answers so certain or more stand where nobody else has answered.")
    target = serializers.FloatField(help_text="How right such answers had to be at least.")
    at_least = serializers.FloatField(help_text="How right they were at least, by the lower bound.")
    analysis = serializers.IntegerField(help_text="The number of the analysis that this rests on.")


class ResponseShape(serializers.Serializer[Any]):
    messages = Turn(many=True)
    model = serializers.CharField(required=False, allow_null=True)
    params = serializers.DictField(required=False)
    key = serializers.CharField(required=False, allow_null=True)


class ItemShape(serializers.Serializer[Any]):
    """An item as imported, model names included: not for annotators."""

    id = serializers.IntegerField()
    project = serializers.SlugField()
    key = serializers.CharField()
    group = serializers.CharField(help_text="Items of one group share a split.")
    messages = Turn(many=True)
    responses = ResponseShape(many=True)
    principle = serializers.CharField(allow_blank=True)
    rubric = serializers.ListField(child=serializers.DictField(), help_text="Its own criteria, where it has some.")
    language = serializers.CharField(allow_blank=True)
    tags = serializers.ListField(child=serializers.CharField())
    source = serializers.DictField()  # type: ignore[assignment]
    accepted = AcceptedShape(many=True, help_text="Answers of models that stand without a person, as of now.")
    created_at = serializers.DateTimeField()


class AnnotationQuery(PageQuery):
    item = IdField(required=False, help_text="Annotations of this item.")
    author = IdField(required=False, help_text="Annotations by this person.")
    imported_name = serializers.CharField(max_length=200, required=False, help_text="Annotations by this name.")
    current = serializers.BooleanField(default=True, help_text="false: superseded ones too.")


class AnnotatorShape(serializers.Serializer[Any]):
    """A person of this installation, the run of a model, or a name that came with the annotation."""

    person = serializers.IntegerField(allow_null=True)
    run = serializers.IntegerField(allow_null=True)
    name = serializers.CharField(allow_blank=True, help_text="The person's, the checkpoint's, or as it came.")


class AnnotationShape(serializers.Serializer[Any]):
    """Who said what about an item. `answers` is in the item's response order if `order` is `item`."""

    id = serializers.IntegerField()
    project = serializers.SlugField()
    item = serializers.IntegerField()
    form_version = serializers.IntegerField()
    annotator = AnnotatorShape()
    answers = serializers.DictField()
    order = serializers.ChoiceField(["item", "shown"], help_text="`shown` for one's own, where one may not view more.")
    shown = serializers.ListField(
        child=serializers.IntegerField(), allow_null=True, help_text="Response indices in the order shown."
    )
    seconds = serializers.FloatField(allow_null=True)
    guideline_version = serializers.IntegerField(allow_null=True)
    source = serializers.DictField(help_text="Provenance of an annotation made elsewhere.")  # type: ignore[assignment]
    supersedes = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    accepted = AcceptedShape(allow_null=True, help_text="Of a model's: why it stands without a person; else null.")
    created_at = serializers.DateTimeField()


class AnnotationBody(StrictSerializer):
    """An annotation made elsewhere, by a machine or by someone without an account here."""

    item = IdField(help_text="The item's number.")
    imported_name = serializers.CharField(max_length=200, help_text="Who or what made it: a name, a checkpoint.")
    answers = serializers.DictField(help_text="By question key, in the item's own response order: a is response 0.")
    source = serializers.DictField(required=False, help_text="Where it comes from: dataset, run, prompt version.")  # type: ignore[assignment]

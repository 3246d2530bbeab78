"""What the endpoint of quality answers, for OpenAPI."""

from typing import Any

from rest_framework import serializers

from jobs.models import State


class EstimateShape(serializers.Serializer[Any]):
    value = serializers.FloatField()
    low = serializers.FloatField(allow_null=True, help_text="Of the 95 % interval, resampled by prompt.")
    high = serializers.FloatField(allow_null=True)


class ModelAgreementShape(serializers.Serializer[Any]):
    """How far a model agrees with people on the same places; beside it stands how far these agree."""

    checkpoint = serializers.IntegerField()
    model = serializers.CharField()
    units = serializers.IntegerField(help_text="Places that both spoke of.")
    plain = EstimateShape(allow_null=True)
    alpha = EstimateShape(allow_null=True, help_text="Reads as α, between the model and people.")


class AgreementShape(serializers.Serializer[Any]):
    """Measures that say something only beside each other; null where one has no value."""

    plain = EstimateShape(allow_null=True, help_text="The share of pairs of labels that are the same.")
    alpha = EstimateShape(allow_null=True, help_text="Krippendorff's α on the question's own scale.")
    nominal_alpha = EstimateShape(allow_null=True)
    gwet = EstimateShape(allow_null=True, help_text="Gwet's AC1.")
    fleiss = EstimateShape(allow_null=True)
    prevalence = serializers.ListField(child=serializers.FloatField(), help_text="The share of each value.")
    units = serializers.IntegerField(help_text="Places of items with two labels or more.")
    labels = serializers.IntegerField()
    annotators = serializers.IntegerField()
    models = ModelAgreementShape(many=True, help_text="The five that said most, with people.")


class CountsShape(serializers.Serializer[Any]):
    units = serializers.IntegerField(help_text="Places of items that people spoke of.")
    items = serializers.IntegerField(help_text="The items that these are places of.")
    settled = serializers.IntegerField(help_text="Those whose labels come to an answer.")
    sure = serializers.IntegerField(help_text="Those with a confidence above 0.9.")


class TogetherShape(serializers.Serializer[Any]):
    """Whether annotators repeat each other's errors, as far as their labels show it; a consensus is less sure then."""

    correlation = serializers.FloatField(help_text="Of errors of two annotators; 0 where they are independent.")
    labels = serializers.FloatField(help_text="Of a place with two or more, on average.")
    independent = serializers.FloatField(help_text="How many independent labels these are worth.")
    units = serializers.IntegerField(help_text="Places with two labels or more.")
    known = serializers.IntegerField(help_text="Places whose answer is known.")
    trust = serializers.FloatField(
        allow_null=True, help_text="The power that known answers leave every confidence; null while they are too few."
    )
    is_anchored = serializers.BooleanField(help_text="Whether known answers decide who is believed.")


class FacetShape(CountsShape):
    """One thing that a question asks: itself, a dimension, a criterion, an option, its steps."""

    question = serializers.CharField()
    facet = serializers.CharField(allow_blank=True, help_text="Empty: the question itself.")
    agreement = AgreementShape()
    together = TogetherShape(allow_null=True, help_text="Null on scales without a fixed set of values.")
    slices = serializers.DictField(child=AgreementShape(), help_text="By tag (tag:code) and language (language:de).")
    slice_counts = serializers.DictField(child=CountsShape())


class StandingShape(serializers.Serializer[Any]):
    """What was found of one annotator, the figures of the method for the facet's scale beside these."""

    question = serializers.CharField()
    facet = serializers.CharField(allow_blank=True)
    kind = serializers.CharField(help_text="person, imported or model.")
    annotator = serializers.CharField()
    labels = serializers.IntegerField()
    figures = serializers.DictField(
        help_text="accuracy, low, high, chance, spammer_score, is_spammer and is_adversary; of ratings leniency and "
        "noise; of first errors alarm, detection and attention; compared and matches with people's consensus."
    )


class ReportShape(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    last_annotation = serializers.IntegerField(help_text="The snapshot: every annotation up to this one.")
    reason = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField()
    summary = serializers.DictField()
    questions = FacetShape(many=True)
    annotators = StandingShape(many=True, help_text="Who said most first, a thousand at most.")


class AtWorkShape(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    state = serializers.ChoiceField(State.choices)
    message = serializers.CharField(allow_blank=True)
    done = serializers.IntegerField(help_text="Questions looked at.")
    total = serializers.IntegerField(allow_null=True)


class QualityShape(serializers.Serializer[Any]):
    """The newest look at all labels that is done, and the one that was asked for since."""

    analysis = ReportShape(allow_null=True)
    at_work = AtWorkShape(allow_null=True)

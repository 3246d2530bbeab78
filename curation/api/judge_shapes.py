"""What the endpoints of judges take and answer, for OpenAPI."""

from typing import Any

from rest_framework import serializers

from curation.queries.judges import TARGETS
from jobs.models import State
from projects.api.strict import Query, StrictSerializer


class JudgeQuery(Query):
    question = serializers.CharField(
        max_length=40, required=False, help_text="One that it answered. Default: the one that it answered most."
    )
    facet = serializers.CharField(
        max_length=40, required=False, help_text="A part of the question, such as a dimension. Default: its whole."
    )
    target = serializers.ChoiceField(
        [f"{one:g}" for one in TARGETS], default="0.9", help_text="How right its answers have to be at least."
    )


class AcceptanceBody(StrictSerializer):
    confidence = serializers.FloatField(
        min_value=0.5, max_value=1, help_text="One of the card's `cuts` that holds: answers so certain or more stand."
    )
    target = serializers.ChoiceField(
        [(one, f"{one:g}") for one in TARGETS], help_text="How right its answers have to be at least."
    )


class JudgedShape(serializers.Serializer[Any]):
    """A model that answered one facet of a question, held against people."""

    checkpoint = serializers.IntegerField()
    name = serializers.CharField()
    question = serializers.CharField()
    facet = serializers.CharField(allow_blank=True, help_text="Empty: the question itself.")
    labels = serializers.IntegerField(help_text="How many answers of it the analysis saw.")
    analysis = serializers.IntegerField(help_text="The number of the newest analysis, which this is from.")


class ListedJudgeShape(JudgedShape):
    accepts = serializers.BooleanField(help_text="Whether answers of it to this question stand without a person.")


class ConditionShape(serializers.Serializer[Any]):
    """One thing that a judge has to show before anything of it is accepted."""

    words = serializers.CharField()
    is_met = serializers.BooleanField()
    told = serializers.CharField(help_text="What it has shown, or what is missing.")


class CutShape(serializers.Serializer[Any]):
    """What would be accepted from a certainty on, and how right that is."""

    confidence = serializers.FloatField()
    checked = serializers.IntegerField(help_text="Answers so certain or more that people answered, too.")
    right = serializers.FloatField(help_text="The share of these that were right.")
    at_least = serializers.FloatField(help_text="The Clopper–Pearson bound that fails one time in ten.")
    accepts = serializers.IntegerField(help_text="Answers that would be accepted.")
    holds = serializers.BooleanField(help_text="Whether it, and every stricter one that could be tested, is enough.")


class OutcomeShape(serializers.Serializer[Any]):
    """Of one kind of probes."""

    kind = serializers.CharField()
    title = serializers.CharField()
    met = serializers.IntegerField(help_text="Probes that it answered as it should.")
    of = serializers.IntegerField()
    asked = serializers.IntegerField()
    is_passed = serializers.BooleanField()
    fooled = serializers.ListField(child=serializers.CharField(), help_text="By what, shortened.")


class ProbingShape(serializers.Serializer[Any]):
    """What a judge has shown of itself on our own probes, in the newest run of them in this project."""

    can_be_probed = serializers.BooleanField(help_text="false: it puts no response before another.")
    run = serializers.IntegerField(allow_null=True, help_text="null: it was never asked. `runs/{id}/` has more.")
    state = serializers.ChoiceField(State.choices, allow_null=True)
    is_of_today = serializers.BooleanField(allow_null=True, help_text="Whether these are the probes asked now.")
    is_passed = serializers.BooleanField(
        help_text="Every kind, all of them asked, and seldom enough fooled in general."
    )
    at_most = serializers.FloatField(
        allow_null=True, help_text="How often it takes nothing for something: the upper bound, one-sided at 95 %."
    )
    outcomes = OutcomeShape(many=True)


class AcceptanceShape(serializers.Serializer[Any]):
    """Whether answers of a judge to a question stand without a person, and why."""

    checkpoint = serializers.IntegerField()
    question = serializers.CharField()
    is_accepted = serializers.BooleanField(help_text="false: nothing of it stands, and the rest is null.")
    answers = serializers.IntegerField(help_text="How many stand now: so certain, where nobody else has answered.")
    confidence = serializers.FloatField(allow_null=True, help_text="Answers so certain or more.")
    target = serializers.FloatField(allow_null=True)
    fingerprint = serializers.CharField(allow_null=True, help_text="Of the version whose answers are meant.")
    analysis = serializers.IntegerField(allow_null=True, help_text="The number of the one that it rests on.")
    figures = serializers.DictField(allow_null=True, help_text="What it rests on, as it was then.")
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class JudgeShape(JudgedShape):
    """A judge's card: how it judges, what it has to show, what would be accepted, and what is."""

    headline = serializers.CharField()
    figures = serializers.DictField(
        help_text="with_people, people_among, orders, length, cutoffs and calibration, each where it could be measured."
    )
    target = serializers.FloatField()
    is_trusted = serializers.BooleanField(help_text="Whether every condition is met.")
    conditions = ConditionShape(many=True)
    cuts = CutShape(many=True, help_text="The strictest first.")
    probes = ProbingShape()
    acceptance = AcceptanceShape()

"""The way from `next` to a submitted answer."""

from typing import Any

from rest_framework import serializers

from annotation.models import Question
from projects.api.strict import Query, StrictSerializer

LONGEST_SECONDS = 86_400


class Turn(serializers.Serializer[Any]):
    role = serializers.CharField()
    content = serializers.CharField(allow_blank=True)


class QuestionShape(serializers.Serializer[Any]):
    """One question of a form."""

    key = serializers.RegexField(r"^[a-z][a-z0-9_]{0,39}$", help_text="Its key in `answers`.")
    kind = serializers.CharField()
    title = serializers.CharField(max_length=200)
    help = serializers.CharField(max_length=500, allow_blank=True, required=False)
    target = serializers.ChoiceField(Question.Target.choices, required=False)
    is_required = serializers.BooleanField(required=False)
    settings = serializers.DictField(required=False, help_text="What the kind asks for.")
    condition = serializers.DictField(
        required=False, allow_null=True, help_text="When it is asked: `{question, is: [outcome, …]}`; null: always."
    )


class LeaseShape(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    expires_at = serializers.DateTimeField()


class ShownResponse(serializers.Serializer[Any]):
    """One response where this annotator sees it. Which model wrote it is not said."""

    letter = serializers.CharField(help_text="A is the first one shown, and `a` in answers.")
    messages = Turn(many=True)


class ShownItem(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    messages = Turn(many=True)
    principle = serializers.CharField(allow_blank=True)
    responses = ShownResponse(many=True)


class Work(serializers.Serializer[Any]):
    """An item to label, blind, its responses in the order shown to this person."""

    lease = LeaseShape()
    item = ShownItem()
    form = serializers.IntegerField(help_text="The form whose questions these are.")
    questions = QuestionShape(many=True)
    answers = serializers.DictField(help_text="The draft, by question key, in shown order.")


class SubmittedShape(serializers.Serializer[Any]):
    annotation = serializers.IntegerField()
    item = serializers.IntegerField()
    replayed = serializers.BooleanField(help_text="The same request had been stored before.")
    next = Work(allow_null=True, required=False, help_text="With `next=true`: what to label now, or null.")


class Extended(serializers.Serializer[Any]):
    expires_at = serializers.DateTimeField()


class NextQuery(Query):
    ahead_of = serializers.UUIDField(
        required=False, help_text="The lease in view: asks for another one, to be fetched ahead."
    )


class SubmitQuery(Query):
    next = serializers.BooleanField(required=False, help_text="Answer with the next item too.")


class SubmitBody(StrictSerializer):
    """Answers by question key, in the order shown: `a` is the response with the letter A."""

    answers = serializers.DictField()
    seconds = serializers.FloatField(
        required=False, allow_null=True, min_value=0, max_value=LONGEST_SECONDS, help_text="Time spent on the item."
    )


class DraftBody(StrictSerializer):
    """Answers as far as they go, in shown order."""

    answers = serializers.DictField()


class SkipBody(StrictSerializer):
    reason = serializers.CharField(max_length=500)

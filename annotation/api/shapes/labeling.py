"""The way from `next` to a submitted answer."""

from typing import Any

from rest_framework import serializers

from annotation.media.inside.table import KINDS, TYPES
from annotation.models import Question
from projects.api.strict import Query, StrictSerializer

LONGEST_SECONDS = 86_400


class Call(serializers.Serializer[Any]):
    """A tool that the assistant calls."""

    id = serializers.CharField(required=False)
    name = serializers.CharField()
    arguments = serializers.CharField(allow_blank=True, help_text="The JSON text that the model wrote.")


class ShownFile(serializers.Serializer[Any]):
    """A picture, sound or film; `projects/{slug}/media/{sha256}/` has its bytes."""

    sha256 = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    type = serializers.ChoiceField(sorted(TYPES))
    name = serializers.CharField(required=False, help_text="What the import called it; not told to annotators.")


class Turn(serializers.Serializer[Any]):
    """A turn of a conversation. A response's text is what its assistant turns say: docs/answers.md."""

    role = serializers.CharField(help_text="system, user, assistant or tool.")
    content = serializers.CharField(allow_blank=True)
    reasoning = serializers.CharField(required=False, help_text="What the assistant thought before it spoke.")
    tool_calls = Call(many=True, required=False)
    tool_call_id = serializers.CharField(required=False, help_text="The call that a turn of a tool answers.")
    name = serializers.CharField(required=False, help_text="The name of the tool that speaks.")
    is_error = serializers.BooleanField(required=False, help_text="true where the tool failed.")
    media = ShownFile(many=True, required=False)


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


class SuggestionShape(serializers.Serializer[Any]):
    """What a model suggests. It chooses nothing, and names nobody."""

    mode = serializers.CharField(help_text="`never`, `after` one's own answer, or from the `start`.")
    answers = serializers.DictField(help_text="Suggested answers by question key, in shown order.")
    waiting = serializers.ListField(
        child=serializers.CharField(), help_text="Questions whose suggestion is told after one's own answer."
    )


class Work(serializers.Serializer[Any]):
    """An item to label, blind, its responses in the order shown to this person."""

    lease = LeaseShape()
    item = ShownItem()
    form = serializers.IntegerField(help_text="The form whose questions these are.")
    questions = QuestionShape(many=True)
    answers = serializers.DictField(help_text="The draft, by question key, in shown order.")
    suggestion = SuggestionShape(required=False, help_text="Only where the project shows suggestions.")


class CheckedShape(serializers.Serializer[Any]):
    """What was expected of an item whose answer was known."""

    is_right = serializers.BooleanField()
    note = serializers.CharField(allow_blank=True, help_text="Why, as a curator says it.")
    questions = serializers.DictField(help_text="By question key `{is_right, expected}`, in words, in shown order.")


class SubmittedShape(serializers.Serializer[Any]):
    annotation = serializers.IntegerField()
    item = serializers.IntegerField()
    replayed = serializers.BooleanField(help_text="The same request had been stored before.")
    checked = CheckedShape(required=False, help_text="Only where the project tells it, after an item that was known.")
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
    taken = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        max_length=100,
        help_text="Questions whose suggestion was taken as such. Kept where the answer is indeed the suggested one.",
    )


class SuggestionBody(StrictSerializer):
    """One's own answers so far, in shown order."""

    answers = serializers.DictField()


class DraftBody(StrictSerializer):
    """Answers as far as they go, in shown order."""

    answers = serializers.DictField()


class SkipBody(StrictSerializer):
    reason = serializers.CharField(max_length=500)

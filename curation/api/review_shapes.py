"""What the endpoints of reviews take and answer, for OpenAPI."""

from typing import Any

from rest_framework import serializers

from curation.models import Decision
from curation.services.reviews import LONGEST_NOTE
from projects.api.strict import HIGHEST_ID, IdField, Query, StrictSerializer

LONGEST_SECONDS = 86_400


class QueueQuery(Query):
    detector = serializers.CharField(required=False, max_length=40)
    question = serializers.CharField(required=False, max_length=40)
    annotator = serializers.RegexField(
        r"^(person-[0-9]{1,18}|model-[0-9]{1,18}|imported-.{1,200})\Z",
        required=False,
        help_text="`person-3`, `model-5` or `imported-` with a name.",
    )
    after = IdField(required=False, help_text="An item of the queue, to begin behind it.")


class LineShape(serializers.Serializer[Any]):
    """One item that waits."""

    item = serializers.IntegerField()
    worth = serializers.FloatField(help_text="Strength times chance of its strongest finding.")
    findings = serializers.IntegerField()
    confidence = serializers.FloatField(
        allow_null=True, help_text="Of its least sure place; null where none is unsure."
    )
    is_held = serializers.BooleanField(help_text="Whether somebody else reviews it now.")


class QueueShape(serializers.Serializer[Any]):
    waiting = serializers.IntegerField(help_text="Counted up to a thousand.")
    is_least = serializers.BooleanField(help_text="Whether more wait than were counted.")
    next = serializers.IntegerField(allow_null=True, help_text="The `after` of those behind; null at the end.")
    entries = LineShape(many=True)


class EvidenceShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    words = serializers.CharField(allow_blank=True)


class SaidAgainstShape(serializers.Serializer[Any]):
    """What a detector says, and what was decided about it."""

    id = serializers.IntegerField()
    detector = serializers.CharField()
    title = serializers.CharField(help_text="The detector as people read it.")
    question = serializers.CharField(allow_blank=True)
    annotator = serializers.CharField(allow_blank=True, help_text="Whose label it is about; empty: the item's.")
    words = serializers.CharField()
    strength = serializers.FloatField()
    chance = serializers.FloatField(allow_null=True, help_text="Null until enough of its detector's were reviewed.")
    evidence = EvidenceShape(many=True)
    decision = serializers.CharField(allow_blank=True, help_text="Of the newest review; empty: none yet.")


class UnsureShape(serializers.Serializer[Any]):
    question = serializers.CharField()
    facet = serializers.CharField(allow_blank=True)
    place = serializers.CharField(allow_blank=True)
    value = serializers.CharField(allow_blank=True, help_text="Empty where the labels come to nothing.")
    confidence = serializers.FloatField()
    labels = serializers.IntegerField()


class ReviewShape(serializers.Serializer[Any]):
    """A decision as it is stored."""

    review = serializers.IntegerField()
    decision = serializers.ChoiceField(Decision.choices)
    note = serializers.CharField(allow_blank=True)
    annotation = serializers.IntegerField(
        allow_null=True, help_text="The reviewer's own answer, or the one whose author was told something."
    )
    reviewer = serializers.CharField()
    created_at = serializers.DateTimeField()


class EntryShape(serializers.Serializer[Any]):
    item = serializers.IntegerField()
    is_held = serializers.BooleanField()
    seen = serializers.IntegerField(help_text="The newest review; 0 where there is none. Send it with a decision.")
    findings = SaidAgainstShape(many=True)
    unsure = UnsureShape(many=True)
    reviews = ReviewShape(many=True)


class DecisionBody(StrictSerializer):
    decision = serializers.ChoiceField(Decision.choices)
    note = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_NOTE)
    seen = serializers.IntegerField(required=False, min_value=0, max_value=HIGHEST_ID)
    answers = serializers.DictField(
        required=False, help_text="For `overturned`: your own, in the item's own response order (docs/answers.md)."
    )
    seconds = serializers.FloatField(required=False, min_value=0, max_value=LONGEST_SECONDS)
    annotation = IdField(required=False, help_text="For `coached`: the one whose author reads the note.")


class DecidedShape(ReviewShape):
    item = serializers.IntegerField()
    replayed = serializers.BooleanField(help_text="Whether it had been stored before.")


class PrecisionShape(serializers.Serializer[Any]):
    right = serializers.IntegerField()
    of = serializers.IntegerField(help_text="Decided ones; who waits for another opinion is not counted.")
    value = serializers.FloatField()
    low = serializers.FloatField(help_text="Of Wilson's 95 % interval.")
    high = serializers.FloatField()


class BandShape(serializers.Serializer[Any]):
    low = serializers.FloatField(help_text="Strength from here")
    high = serializers.FloatField(help_text="up to below here.")
    precision = PrecisionShape(allow_null=True)


class DetectorShape(serializers.Serializer[Any]):
    detector = serializers.CharField()
    title = serializers.CharField()
    about = serializers.CharField(allow_blank=True, help_text="What it looks for and how.")
    open = serializers.IntegerField()
    precision = PrecisionShape(allow_null=True)
    bands = BandShape(many=True)
    is_calibrated = serializers.BooleanField(help_text="Whether its open findings have a chance learnt from reviews.")


class PrecisionsShape(serializers.Serializer[Any]):
    detectors = DetectorShape(many=True)

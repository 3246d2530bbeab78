"""Items whose answer is known."""

from typing import Any

from rest_framework import serializers

from annotation.services.gold import LONGEST_NOTE
from projects.api.strict import StrictSerializer

ANSWERS = 'By question key `{"accepted": [value, …], "within": n}`; docs/gold.md says what `within` counts.'


class GoldShape(serializers.Serializer[Any]):
    """One version of what is known about an item."""

    item = serializers.IntegerField()
    version = serializers.IntegerField(help_text="0 before anything was known.")
    answers = serializers.DictField(help_text=ANSWERS)
    note = serializers.CharField(allow_blank=True)
    is_withdrawn = serializers.BooleanField()
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField(allow_null=True)


class GoldBody(StrictSerializer):
    """All that is known: what is not sent is not known any more."""

    answers = serializers.DictField(help_text=ANSWERS)
    note = serializers.CharField(
        max_length=LONGEST_NOTE, allow_blank=True, required=False, help_text="Why; told where the project tells people."
    )

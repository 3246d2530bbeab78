"""What the endpoints of proposed criteria take and answer."""

from typing import Any

from rest_framework import serializers

from annotation.models import CriterionProposal
from annotation.services.proposals import LONGEST_REASON, LONGEST_WHY, LONGEST_WORDS
from projects.api.paging import PageQuery
from projects.api.strict import IdField, StrictSerializer

State = CriterionProposal.State
LONGEST_LINE = 5_000


class ProposalQuery(PageQuery):
    state = serializers.ChoiceField(State.choices, default=State.OPEN)


class ProposeBody(StrictSerializer):
    item = IdField(help_text="As `next` numbers it.")
    question = serializers.CharField(max_length=40, help_text="The key of a question that asks by a rubric.")
    words = serializers.CharField(max_length=LONGEST_WORDS)
    why = serializers.CharField(max_length=LONGEST_WHY, default="", allow_blank=True)


class AcceptBody(StrictSerializer):
    rubric = serializers.IntegerField(min_value=1, max_value=2**31 - 1, help_text="The number of the rubric it joins.")
    line = serializers.CharField(
        max_length=LONGEST_LINE, default="", allow_blank=True, help_text="The criterion as you would have it."
    )


class DeclineBody(StrictSerializer):
    reason = serializers.CharField(max_length=LONGEST_REASON)


class ProposedShape(serializers.Serializer[Any]):
    """What was kept, with the item's number as this person knows it."""

    id = serializers.IntegerField()
    item = serializers.IntegerField()
    question = serializers.CharField()
    words = serializers.CharField()
    why = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(State.choices)


class JoinedShape(serializers.Serializer[Any]):
    """The version that a criterion became part of."""

    rubric = serializers.IntegerField()
    version = serializers.IntegerField()


class ProposalShape(ProposedShape):
    """A proposal with what became of it; `item` is its id."""

    by = serializers.CharField()
    created_at = serializers.DateTimeField()
    decided_by = serializers.CharField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_blank=True, help_text="Why it was declined.")
    version = JoinedShape(allow_null=True)

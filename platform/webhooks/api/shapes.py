"""What the endpoints of webhooks take and answer, for OpenAPI."""

from typing import Any

from rest_framework import serializers

from jobs.models import State
from projects.api.strict import StrictSerializer
from webhooks.models import LONGEST_URL, Event


class HookBody(StrictSerializer):
    url = serializers.CharField(
        max_length=LONGEST_URL, help_text="Where a POST with the event goes; one that the deployment allows."
    )
    events = serializers.ListField(
        child=serializers.ChoiceField(Event.choices), required=False, help_text="Default: all of them."
    )


class HookShape(serializers.Serializer[Any]):
    """An address that is told of a project's events."""

    id = serializers.IntegerField()
    project = serializers.SlugField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    is_paused = serializers.BooleanField()
    pause_reason = serializers.CharField(allow_blank=True, help_text="Why, where nobody paused it.")
    created_at = serializers.DateTimeField()


class HookWithSecret(HookShape):
    secret = serializers.CharField(help_text="What signatures are checked with. Shown this once.")


class DeliveryShape(serializers.Serializer[Any]):
    """An event on its way to a hook. Its id is that of every try (`webhook-id`)."""

    id = serializers.UUIDField()
    event = serializers.CharField()
    state = serializers.ChoiceField(State.choices)
    message = serializers.CharField(allow_blank=True, help_text="What came of the last try.")
    tries = serializers.IntegerField()
    status = serializers.IntegerField(allow_null=True, help_text="What the last try was answered, if anything.")
    created_at = serializers.DateTimeField()
    tried_at = serializers.DateTimeField(allow_null=True)
    delivered_at = serializers.DateTimeField(allow_null=True)

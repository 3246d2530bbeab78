"""Files on their way in."""

from typing import Any

from rest_framework import serializers

from annotation.imports.adapters import ADAPTERS
from jobs.models import State
from projects.api.strict import Query


class ImportQuery(Query):
    format = serializers.ChoiceField(
        sorted(ADAPTERS), required=False, help_text="The layout of the rows. Without it, the first rows decide."
    )
    name = serializers.CharField(max_length=200, required=False, help_text="What to call the file in reports.")
    options = serializers.CharField(
        max_length=20_000, required=False, help_text="A JSON object: the column mapping, or the layout's own choices."
    )
    keep_labels = serializers.BooleanField(default=True, help_text="Store the labels that come with the rows.")


class ImportShape(serializers.Serializer[Any]):
    """An import. Once its job is done, `ok + duplicate + refused = total`."""

    id = serializers.UUIDField()
    project = serializers.SlugField()
    state = serializers.ChoiceField(State.choices)
    message = serializers.CharField(allow_blank=True, help_text="Why it ended as it did.")
    format = serializers.CharField()
    options = serializers.DictField()
    file_name = serializers.CharField()
    file_size = serializers.IntegerField(help_text="In bytes, as sent.")
    file_sha256 = serializers.CharField()
    total = serializers.IntegerField(help_text="Rows accounted for so far.")
    ok = serializers.IntegerField()
    duplicate = serializers.IntegerField()
    refused = serializers.IntegerField()
    labels = serializers.IntegerField(help_text="Annotations that came along and were stored.")
    labels_left_out = serializers.IntegerField(help_text="Labels that no question of the form asks for.")
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class RefusedRowShape(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="The line, or the row's position, from 1.")
    reason = serializers.CharField()
    excerpt = serializers.CharField(allow_blank=True)

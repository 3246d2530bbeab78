"""Pictures, sound and films."""

from typing import Any

from rest_framework import serializers

from annotation.media.inside.table import KINDS, TYPES


class MediaShape(serializers.Serializer[Any]):
    """A file as kept: cleaned, named by its digest. Rows of an import refer to it as `{"sha256": …}`."""

    sha256 = serializers.CharField(help_text="Of the bytes as kept, which may differ from those sent.")
    kind = serializers.ChoiceField(KINDS)
    type = serializers.ChoiceField(sorted(TYPES))
    size = serializers.IntegerField(help_text="In bytes.")
    width = serializers.IntegerField(allow_null=True, help_text="In pixels; null for sound.")
    height = serializers.IntegerField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True, help_text="How long it plays, where the file says so.")
    url = serializers.CharField(help_text="Where the file is.")

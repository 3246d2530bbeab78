"""Rubrics of the library, and their versions."""

from typing import Any

from rest_framework import serializers

from annotation.kinds.rubric_criteria import MOST
from annotation.models import Rubric, RubricVersion
from annotation.models.rubrics import LONGEST_NAME, LONGEST_NOTE
from annotation.queries.rubrics import SLICED_BY
from annotation.rubrics.layouts import LAYOUTS
from projects.api.paging import PageQuery
from projects.api.strict import IdField, Query, StrictSerializer

CRITERION = "An object as docs/rubrics.md has it, or the line of a criterion."
SLICE = f"By {', '.join(SLICED_BY)}, as the list of items is filtered."


class RubricQuery(PageQuery):
    q = serializers.CharField(max_length=200, required=False, help_text="Words of names and of the newest criteria.")
    scope = serializers.ChoiceField(choices=Rubric.Scope.choices, required=False)
    status = serializers.ChoiceField(choices=RubricVersion.Status.choices, required=False)
    item = IdField(required=False, help_text="Rubrics of this item alone.")
    is_retired = serializers.BooleanField(default=False, help_text="Those that were put away, instead of the others.")


class CompareQuery(Query):
    to = serializers.IntegerField(
        min_value=1, required=False, help_text="The number of another version; by default of the one before."
    )


class LayoutQuery(Query):
    layout = serializers.ChoiceField(choices=list(LAYOUTS), default="goldpan")


class FileQuery(Query):
    layout = serializers.ChoiceField(choices=list(LAYOUTS), required=False, help_text="Else the first rubric tells.")
    name = serializers.CharField(max_length=LONGEST_NAME, required=False, help_text="For a file of one rubric.")


class AsksShape(serializers.Serializer[Any]):
    """A question of the form in force that asks with a version."""

    question = serializers.CharField()
    version = serializers.IntegerField()


class RubricShape(serializers.Serializer[Any]):
    """A rubric with its newest version in short."""

    number = serializers.IntegerField()
    name = serializers.CharField()
    scope = serializers.ChoiceField(choices=Rubric.Scope.choices)
    slice = serializers.DictField(child=serializers.CharField(), help_text=SLICE)
    item = serializers.IntegerField(allow_null=True)
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    retired_at = serializers.DateTimeField(allow_null=True)
    newest_version = serializers.IntegerField()
    status = serializers.ChoiceField(choices=RubricVersion.Status.choices)
    criteria = serializers.IntegerField(help_text="How many the newest version has.")
    asks = AsksShape(many=True)


class VersionLine(serializers.Serializer[Any]):
    """A version without its criteria."""

    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=RubricVersion.Status.choices)
    source = serializers.ChoiceField(choices=RubricVersion.Source.choices)  # type: ignore[assignment]  # shadows an option
    criteria = serializers.IntegerField(help_text="How many it has.")
    note = serializers.CharField(allow_blank=True)
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class VersionsShape(serializers.Serializer[Any]):
    """All versions of a rubric, the newest first."""

    results = VersionLine(many=True)


class ParentShape(serializers.Serializer[Any]):
    """The version that one was made from."""

    rubric = serializers.IntegerField()
    version = serializers.IntegerField()


class AnsweredShape(serializers.Serializer[Any]):
    """What stands of the labels given under a version, of which 10,001 are counted at most."""

    by_people = serializers.IntegerField()
    by_others = serializers.IntegerField()
    items = serializers.IntegerField()


class VersionShape(serializers.Serializer[Any]):
    """A version whole."""

    rubric = serializers.IntegerField()
    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=RubricVersion.Status.choices)
    source = serializers.ChoiceField(choices=RubricVersion.Source.choices)  # type: ignore[assignment]  # shadows an option
    parent = ParentShape(allow_null=True)
    criteria = serializers.ListField(child=serializers.DictField())
    note = serializers.CharField(allow_blank=True)
    provenance = serializers.DictField()
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    answered = AnsweredShape()


class CreatedShape(serializers.Serializer[Any]):
    """Where a version is."""

    rubric = serializers.IntegerField()
    name = serializers.CharField()
    version = serializers.IntegerField()


class BroughtShape(serializers.Serializer[Any]):
    """The rubrics of a file, in its order."""

    results = CreatedShape(many=True)


class ChangedShape(serializers.Serializer[Any]):
    """A criterion that both versions have under one key."""

    key = serializers.CharField()
    old = serializers.DictField()
    new = serializers.DictField()
    words = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(allow_blank=True, trim_whitespace=False)),
        help_text="From the old title to the new one: `same`, `cut` or `add`, and the text.",
    )
    fields_changed = serializers.ListField(child=serializers.CharField(), help_text="What else is not the same.")


class ComparisonShape(serializers.Serializer[Any]):
    """What leads from one version to another."""

    added = serializers.ListField(child=serializers.DictField())
    removed = serializers.ListField(child=serializers.DictField())
    changed = ChangedShape(many=True)
    unchanged = serializers.IntegerField()
    is_reordered = serializers.BooleanField()


class PublishedShape(serializers.Serializer[Any]):
    """The form that asks with the version."""

    form_version = serializers.IntegerField()
    question = serializers.CharField()


class AgainShape(serializers.Serializer[Any]):
    """How many items want an answer under this version."""

    items = serializers.IntegerField()


class ScopedBody(StrictSerializer):
    """Of what a rubric is."""

    name = serializers.CharField(max_length=LONGEST_NAME)
    scope = serializers.ChoiceField(choices=Rubric.Scope.choices, default=Rubric.Scope.PROJECT)
    slice = serializers.DictField(child=serializers.CharField(max_length=200), required=False, help_text=SLICE)
    item = IdField(required=False, allow_null=True)


class WrittenBody(StrictSerializer):
    """What a version says."""

    criteria = serializers.ListField(
        child=serializers.JSONField(), allow_empty=False, max_length=MOST, help_text=CRITERION
    )
    note = serializers.CharField(max_length=LONGEST_NOTE, allow_blank=True, default="")
    source = serializers.ChoiceField(  # type: ignore[assignment]  # shadows an option of fields
        choices=RubricVersion.Source.choices, default=RubricVersion.Source.HUMAN
    )
    provenance = serializers.DictField(required=False, help_text="How it was made; 64,000 bytes at most.")


class RubricBody(WrittenBody, ScopedBody):
    """A new rubric."""


class ForkBody(ScopedBody):
    """A new rubric that begins as this one."""


class RubricChange(StrictSerializer):
    is_retired = serializers.BooleanField()


class VersionChange(StrictSerializer):
    status = serializers.ChoiceField(choices=RubricVersion.Status.choices)


class PublishBody(StrictSerializer):
    """In which question; without a key, where the rubric is asked already, else in a question that is added."""

    question = serializers.CharField(max_length=40, required=False)
    title = serializers.CharField(max_length=200, required=False)
    target = serializers.ChoiceField(choices=["response", "item"], default="response")

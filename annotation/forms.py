"""What the browser says about projects and files. The questions of a project are read by `annotation.builder`."""

from typing import Any

from django import forms
from django.utils.text import slugify

from annotation.imports.adapters import ADAPTERS
from annotation.services.presets import PRESETS
from projects.models import Project

OVERLAP = "Give a whole number from 1 to 20."
MINUTES = "Give a whole number from 1 to 1440, which is a day."


def whole_number(sentence: str, **options: Any) -> forms.IntegerField:
    """A number field that says the same sentence whatever is wrong."""
    codes = ("required", "invalid", "min_value", "max_value")
    return forms.IntegerField(error_messages=dict.fromkeys(codes, sentence), **options)


class ProjectFields(forms.Form):
    """What a project is called and how many annotations its items want."""

    name = forms.CharField(
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": "A project needs a name.",
            "max_length": "A name takes at most %(limit_value)d characters; there are %(show_value)d.",
        },
    )
    description = forms.CharField(
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One or two sentences for the people who will work on it.",
        error_messages={"max_length": "A description takes at most %(limit_value)d characters."},
    )
    overlap = whole_number(
        OVERLAP,
        label="Annotations per item",
        initial=1,
        min_value=1,
        max_value=20,
        help_text="How many different people answer each item. From two on, agreement can be measured.",
    )


class StartForm(ProjectFields):
    """A new project."""

    slug = forms.CharField(
        label="Address",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        help_text="It stands in links and never changes. Left empty, it is made from the name.",
        error_messages={"max_length": "An address takes at most %(limit_value)d characters."},
    )
    preset = forms.ChoiceField(
        label="What is asked about each item",
        choices=[(name, preset.title) for name, preset in PRESETS.items()],
        initial="preference",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a form to start with.", "invalid_choice": "Choose one of the forms."},
    )
    field_order = ("name", "slug", "description", "preset", "overlap")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors.keys() & {"slug", "name"}:
            cleaned["slug"] = self._slug(cleaned.get("slug") or slugify(cleaned["name"])[:60].strip("-"))
        return cleaned

    def _slug(self, slug: str) -> str:
        try:
            Project._meta.get_field("slug").clean(slug, None)
        except forms.ValidationError:
            self.add_error(
                "slug", "An address holds a–z, 0–9 and single hyphens between them, such as helpful-answers."
            )
        return slug


class SettingsForm(ProjectFields):
    """The settings of a project."""

    lease_minutes = whole_number(
        MINUTES,
        label="Minutes an item is kept for one person",
        min_value=1,
        max_value=1440,
        help_text="Counted from the last sign of life. What was typed is kept after that, too.",
    )


class UploadForm(forms.Form):
    """A file to import."""

    file = forms.FileField(
        allow_empty_file=True,
        max_length=1_000,
        widget=forms.FileInput(attrs={"accept": ".jsonl,.ndjson,.json,.csv,.tsv,.parquet,.gz,.zst"}),
        help_text="JSONL, JSON, CSV or Parquet, plain or packed with gz or zst.",
        error_messages={"required": "Choose a file.", "missing": "Choose a file.", "invalid": "Choose a file."},
    )
    adapter = forms.ChoiceField(
        label="Layout",
        required=False,
        choices=[("", "Find out"), *((name, adapter.title) for name, adapter in ADAPTERS.items())],
        error_messages={"invalid_choice": "Choose a layout from the list."},
    )
    keep_labels = forms.BooleanField(
        label="Take the labels in the file, too",
        required=False,
        initial=True,
        help_text="They are kept apart from what people answer here and marked as imported.",
    )

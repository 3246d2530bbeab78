"""What the browser says about projects and files. The questions of a project are read by `annotation.builder`."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import slugify

from annotation.imports.adapters import ADAPTERS, BadOptions
from annotation.imports.reading.parsing import Unparsable, parse_row
from annotation.services.presets import PRESETS
from projects.models import FEWEST_NEW, MOST_GOLD, MOST_NEW, MOST_SCREENING, Project, Suggestions

OVERLAP = "Give a whole number from 1 to 20."
MOST_OPTIONS = 20_000
ENDINGS = ".jsonl,.ndjson,.json,.csv,.tsv,.parquet,.gz,.zst,.xz,.zip,.tar,.tgz"
NO_JSON = "The options are no JSON."
EVERY = f"Give 0, or a whole number from {FEWEST_NEW} to {MOST_NEW:,}."
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
    suggestions = forms.ChoiceField(
        label="When a model's suggestion stands beside a question",
        required=False,
        choices=Suggestions.choices,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one of the three."},
    )
    suggestions_by = forms.ChoiceField(
        label="Whose suggestions",
        required=False,
        help_text="The newest answer that fits the question counts.",
        error_messages={"invalid_choice": "Choose a checkpoint from the list."},
    )
    analyze_every = whole_number(
        EVERY,
        label="New annotations after which all labels are looked at again",
        required=False,
        min_value=0,
        max_value=MOST_NEW,
        help_text="0: only when somebody asks. A look settles a consensus and looks for faults; it changes no label.",
    )

    gold_percent = whole_number(
        f"Give a whole number from 0 to {MOST_GOLD}.",
        label="Known items, of 100 that somebody gets",
        required=False,
        min_value=0,
        max_value=MOST_GOLD,
        help_text="About so many, drawn by chance. Nobody can tell them from the others.",
    )
    has_gold_feedback = forms.BooleanField(
        label="Tell people after their answer to a known item what was expected", required=False
    )
    screening_items = whole_number(
        f"Give 0, or a whole number to {MOST_SCREENING}.",
        label="Known items that somebody new begins with",
        required=False,
        min_value=0,
        max_value=MOST_SCREENING,
        help_text="0: they get any item from the start. Otherwise they get no other items before they pass.",
    )
    screening_percent = whole_number(
        "Give a whole number from 1 to 100.",
        label="Right of 100, to pass",
        required=False,
        min_value=1,
        max_value=100,
    )

    def __init__(self, *args: Any, checkpoints: Sequence[str] = (), **kwargs: Any) -> None:
        """`checkpoints` are the names to choose from."""
        super().__init__(*args, **kwargs)
        choices = [("", "Any model that a run asked"), *((name, name) for name in checkpoints)]
        self.fields["suggestions_by"].choices = choices  # type: ignore[attr-defined]

    def clean_analyze_every(self) -> int | None:
        every: int | None = self.cleaned_data["analyze_every"]
        if every and every < FEWEST_NEW:
            raise forms.ValidationError(EVERY)
        return every

    def clean(self) -> dict[str, Any]:
        """A page from before there were suggestions leaves them as they are."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("suggestions"):
            cleaned |= {"suggestions": None, "suggestions_by": None}
        if cleaned.get("gold_percent") is None:  # nor had it a box to leave empty
            cleaned["has_gold_feedback"] = None
        return cleaned


class UploadForm(forms.Form):
    """A file to import."""

    file = forms.FileField(
        allow_empty_file=True,
        max_length=1_000,
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
        help_text="JSONL, JSON, CSV or Parquet, plain or packed with gz, zst or xz; or a zip or tar that holds such a "
        "file and the pictures, sound and films that its rows name.",
        error_messages={"required": "Choose a file.", "missing": "Choose a file.", "invalid": "Choose a file."},
    )
    adapter = forms.ChoiceField(
        label="Layout",
        required=False,
        choices=[("", "Find out"), *((name, adapter.title) for name, adapter in ADAPTERS.items())],
        error_messages={"invalid_choice": "Choose a layout from the list."},
    )
    options = forms.CharField(
        label="Options of the layout",
        required=False,
        max_length=MOST_OPTIONS,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocapitalize": "none"}),
        help_text='As JSON, such as {"annotator": "lab-1"}. docs/imports.md says which ones a layout has.',
        error_messages={"max_length": "Options take at most %(limit_value)d characters."},
    )
    keep_labels = forms.BooleanField(
        label="Take the labels in the file, too",
        required=False,
        initial=True,
        help_text="They are kept apart from what people answer here and marked as imported.",
    )

    def clean_options(self) -> dict[str, Any]:
        said = self.cleaned_data["options"].strip()
        if not said:
            return {}
        try:
            return parse_row(said.encode())
        except (Unparsable, UnicodeEncodeError) as fault:
            raise forms.ValidationError(str(fault) if isinstance(fault, Unparsable) else NO_JSON) from None

    def clean(self) -> dict[str, Any]:
        """Options are checked before anything is uploaded: a layout that was found out may have others."""
        cleaned: dict[str, Any] = super().clean() or {}
        options, adapter = cleaned.get("options"), cleaned.get("adapter")
        if options and adapter == "":
            self.add_error("adapter", "Choose the layout that the options are for.")
        elif options and adapter:
            try:
                ADAPTERS[adapter].converter(options)
            except BadOptions as fault:
                self.add_error("options", str(fault))
        return cleaned

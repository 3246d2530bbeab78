"""What the browser says about versions of a judge: which is tried, by whom it is reworded, and what it is told."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from curation.rubric_forms import ReviseForm
from curation.services.judge_runs import TrialWishes
from modelhooks import option_fields
from modelhooks.labels import Asked
from modelhooks.models import Checkpoint
from modelhooks.options import LONGEST_INSTRUCTIONS

Numbers = Sequence[int]


class VersionField(forms.TypedChoiceField):
    """One of the judge's versions, by its number."""

    def __init__(self, label: str) -> None:
        super().__init__(label=label, coerce=int)

    def offer(self, numbers: Numbers) -> None:
        """Those that may be chosen; the first one is."""
        self.choices = [(number, f"version {number}") for number in numbers]


class TrialForm(forms.Form):
    """Which version is tried on which labels."""

    version = VersionField("What is tried")
    question = forms.ChoiceField(label="Whose labels say what is better")

    def __init__(self, *given: Any, numbers: Numbers, questions: Sequence[Asked], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["version"].offer(numbers)  # type: ignore[attr-defined]
        self.fields["question"].choices = [(one.key, one.title) for one in questions]  # type: ignore[attr-defined]
        for name, field in option_fields.fields(TrialWishes).items():
            self.fields[name.removeprefix(option_fields.PREFIX)] = field

    def main(self) -> list[forms.BoundField]:
        """What everybody chooses."""
        return [self[name] for name in ("version", "question", "limit")]

    def rest(self) -> list[forms.BoundField]:
        """What may stay as it is."""
        return [self[name] for name in TrialWishes.model_fields if name != "limit"]

    def wishes(self) -> dict[str, Any]:
        """What `judge_runs.try_out` takes. The form must be valid."""
        said = {name: self.cleaned_data.get(name) for name in TrialWishes.model_fields}
        return {name: value for name, value in said.items() if value not in (None, "")}


class RewordForm(ReviseForm):
    """Who rewords which version, by pairs of which prompts."""

    version = VersionField("What is reworded")
    field_order = ("version", "writer", "percent")

    def __init__(self, *given: Any, numbers: Numbers, writers: QuerySet[Checkpoint], **more: Any) -> None:
        super().__init__(*given, writers=writers, **more)
        self.fields["version"].offer(numbers)  # type: ignore[attr-defined]
        self.fields["writer"].label = "Who rewords it"


class WriteForm(forms.Form):
    """The next version in a person's own words."""

    version = VersionField("Written after")
    instructions = forms.CharField(
        max_length=LONGEST_INSTRUCTIONS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        label="What the judge is told",
        help_text="What counts, what counts for nothing, and what counts more than what, in plain sentences.",
    )

    def __init__(self, *given: Any, numbers: Numbers, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["version"].offer(numbers)  # type: ignore[attr-defined]

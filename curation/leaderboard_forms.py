"""What the browser says about evaluation sets: which rows one is made of, and who is asked about it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from curation.queries.leaderboards import Source
from curation.services.evaluating import THRESHOLD
from curation.services.evaluation_sets import LONGEST_NAME
from modelhooks.models import Checkpoint


class BuildForm(forms.Form):
    """What an evaluation set is called, and which rows of which release it has."""

    name = forms.CharField(max_length=LONGEST_NAME, label="What it is called")
    rows = forms.ChoiceField(
        label="Rows of",
        help_text="Take a split that is not trained on. Everything of another split would be a finding.",
    )

    def __init__(self, *given: Any, sources: Sequence[Source], **more: Any) -> None:
        super().__init__(*given, **more)
        self.sources = sources
        self.fields["rows"].choices = [(one.value, str(one)) for one in sources]  # type: ignore[attr-defined]

    def source(self) -> tuple[int, str, str]:
        """Release, recipe and split. The form must be valid."""
        number, recipe, split = self.cleaned_data["rows"].split("/")
        return int(number), recipe, split


class AskForm(forms.Form):
    """Which checkpoint is asked about a set, and from which score down it calls a step wrong."""

    checkpoint = forms.ModelChoiceField(Checkpoint.objects.none(), label="Checkpoint", empty_label=None)
    threshold = forms.FloatField(
        required=False, label="A step is wrong below", help_text="Of models of steps. Default: 0.5."
    )

    def __init__(self, *given: Any, checkpoints: QuerySet[Checkpoint], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["checkpoint"].queryset = checkpoints  # type: ignore[attr-defined]

    def threshold_or_usual(self) -> float:
        """The form must be valid."""
        given = self.cleaned_data["threshold"]
        return THRESHOLD if given is None else float(given)

"""What the browser says about new responses: who writes, to how many prompts, how, and what they make."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings

from annotation.services.candidates import LONGEST_SYSTEM, MOST, Wishes
from modelhooks import option_fields
from modelhooks.models import Checkpoint

SHAPES = [("pairs", "Pairs, each an item of its own"), ("one", "One item of all responses to a prompt")]
HELP = {
    "n": "What is empty, cut off, or said before word for word is left out.",
    "pairs": "Drawn by lot, the same ones every time. 0: every pair that there is.",
    "temperature": "0: the likeliest words, so that all responses are the same.",
    "top_p": "Only the likeliest words are drawn, those whose probabilities add up to this. 1: any word.",
    "seed": "Another seed draws other responses; the same one asks nothing again.",
    "max_tokens": "In tokens; a longer response is cut off, and left out.",
    "system": "Goes before prompts that have none of their own. Annotators do not see it.",
    "most_tokens": "Read and written together; what is asked at once is still answered. 0: no limit.",
}


class CandidatesForm(forms.Form):
    """`checkpoints` are the generators that may be chosen. `wishes()` is what was said of the rest."""

    checkpoint = forms.ChoiceField(widget=forms.RadioSelect)
    limit = forms.IntegerField(
        label="At most so many prompts",
        required=False,
        min_value=1,
        max_value=MOST,
        help_text="Those of the first items, in import order. Empty: all.",
    )

    def __init__(
        self, *args: Any, checkpoints: Sequence[Checkpoint], shape: str, is_priced: bool, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["checkpoint"].choices = [(str(one.pk), one.name) for one in checkpoints]  # type: ignore[attr-defined]
        drawn = option_fields.fields(Wishes)
        self._wishes = [name for name in Wishes.model_fields if is_priced or name != "most_cost"]
        for name in self._wishes:
            self.fields[name] = _field(name, drawn[option_fields.PREFIX + name])
        self.fields["shape"].initial = shape

    def rest(self) -> list[forms.BoundField]:
        """All fields but who writes."""
        return [self[name] for name in self.fields if name != "checkpoint"]

    def wishes(self) -> dict[str, Any]:
        """What `candidates.start` takes. The form must be valid."""
        said = {name: self.cleaned_data.get(name) for name in self._wishes}
        return {name: value for name, value in said.items() if value not in (None, "")}


def _field(name: str, drawn: forms.Field) -> forms.Field:
    if name == "shape":
        return forms.ChoiceField(label=drawn.label, choices=SHAPES)
    if name == "system":
        return forms.CharField(
            label=drawn.label, required=False, max_length=LONGEST_SYSTEM, widget=forms.Textarea, help_text=HELP[name]
        )
    in_currency = f"In {settings.CURRENCY}. " if settings.CURRENCY else ""
    drawn.help_text = HELP.get(
        name, f"{in_currency}Nothing is asked that could cost more than what is left. 0: no limit."
    )
    return drawn

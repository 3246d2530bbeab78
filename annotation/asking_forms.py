"""What the browser says about a run of a model: how many items, and what may be chosen about the answers."""

from typing import Any

from django import forms
from django.conf import settings

from annotation.models import Question
from annotation.opinions import Conversion
from annotation.services.prelabels import MOST, Wishes
from modelhooks import option_fields

ORDERS = [
    ("both", "Both; where the answer changes with them, it abstains"),
    ("as_is", "Only as they stand, which costs half and cannot tell"),
]
DISPUTED = [
    ("abstain", "It abstains; they are no tie"),
    ("together", "They stand together, as if they were a tie"),
]
HELP = {
    "margin": "In units of the score. 0: only equal scores are a tie.",
    "threshold": "In units of the score of a step.",
    "n": "More than one is for judges that draw their answers.",
    "most_tokens": "Read and written together; what is asked at once is still answered. 0: no limit.",
}
OF_EVERY_RUN = ("most_tokens",)
OF_PRICED_RUNS = ("most_cost",)


class AskForm(forms.Form):
    """How many items, and the wishes that matter for this contract and question; `wishes()` is what was said.

    `is_priced` says whether answers cost money, so that it may be limited.
    """

    limit = forms.IntegerField(
        label="At most so many items",
        required=False,
        min_value=1,
        max_value=MOST,
        help_text="The first of them, in import order. Empty: all.",
    )

    def __init__(
        self, *args: Any, conversion: Conversion, question: Question, is_priced: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        drawn = option_fields.fields(Wishes)
        self._wishes = (*conversion.wishes, *OF_EVERY_RUN, *(OF_PRICED_RUNS if is_priced else ()))
        for name in self._wishes:
            self.fields[name] = _field(name, drawn[option_fields.PREFIX + name], question)

    def wishes(self) -> dict[str, Any]:
        """What `prelabels.start` takes. The form must be valid."""
        said = {name: self.cleaned_data.get(name) for name in self._wishes}
        return {name: value for name, value in said.items() if value not in (None, "")}


def _field(name: str, drawn: forms.Field, question: Question) -> forms.Field:
    if name == "disputed":
        return forms.ChoiceField(label=drawn.label, choices=DISPUTED)
    if name == "orders":
        return forms.ChoiceField(label=drawn.label, choices=ORDERS)
    if name in {"right", "wrong"}:
        return _option(drawn, question)
    drawn.help_text = _money_help() if name == "most_cost" else HELP.get(name, "")
    return drawn


def _money_help() -> str:
    """In which currency, where the deployment names one."""
    unit = f"In {settings.CURRENCY}. " if settings.CURRENCY else ""
    return f"{unit}Nothing is asked that could cost more than what is left. 0: no limit."


def _option(drawn: forms.Field, question: Question) -> forms.Field:
    """One of the question's own options; the usual one, or the first for right and the second for wrong."""
    options = [(option["key"], option["title"]) for option in question.settings.get("options", [])]
    keys = [key for key, _ in options]
    fallback = keys[min(len(keys) - 1, "wrong" in str(drawn.label))] if keys else ""
    return forms.ChoiceField(
        label=drawn.label, choices=options, initial=drawn.initial if drawn.initial in keys else fallback
    )

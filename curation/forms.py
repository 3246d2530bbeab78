"""What the browser says about a release that someone wants."""

from collections.abc import Sequence
from typing import Any

from django import forms

from curation import splits
from curation.files import formats
from curation.recipes import DEFAULT, RECIPES, QuestionRecord
from curation.recipes.records import IMPORTED, PEOPLE

SHARE = "Give a whole number of percent from 0 to 100."
PARAMETERS = ("min_votes", "min_agreement", "sources", "system", "turns")


def _whole(sentence: str, **options: Any) -> forms.IntegerField:
    codes = ("required", "invalid", "min_value", "max_value")
    return forms.IntegerField(error_messages=dict.fromkeys(codes, sentence), **options)


def _share(name: str) -> forms.IntegerField:
    return _whole(SHARE, label=name.title(), initial=splits.DEFAULT[name], min_value=0, max_value=100)


class WishForm(forms.Form):
    """Recipes, how votes count, splits and formats. `wish()` gives the arguments of `releases.freeze`."""

    recipes = forms.MultipleChoiceField(
        label="What it holds",
        choices=[(name, recipe.title) for name, recipe in RECIPES.items()],
        initial=[DEFAULT],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one recipe."},
    )
    question = forms.ChoiceField(label="Which question decides", required=False)
    min_votes = _whole(
        "Give a whole number from 1 to 256.", label="Votes at least", initial=1, min_value=1, max_value=256
    )
    min_agreement = _whole(
        SHARE,
        label="Agreement at least, in percent",
        initial=0,
        min_value=0,
        max_value=100,
        help_text="The winner's share of the votes. 0 takes every majority.",
    )
    sources = forms.MultipleChoiceField(
        label="Whose labels count",
        choices=[(PEOPLE, "People of this project"), (IMPORTED, "Labels that came with imports")],
        initial=[PEOPLE, IMPORTED],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )
    system = forms.ChoiceField(
        label="System turns",
        choices=[
            ("keep", "Keep them"),
            ("fold", "Fold them into the first user turn"),
            ("drop", "Leave such items out"),
        ],
        help_text="RewardBench refuses system turns.",
    )
    turns = forms.ChoiceField(
        label="Other turns",
        choices=[("any", "As they are"), ("alternating", "Only user and assistant in turn")],
        help_text="Some trainers need strict turns.",
    )
    train, validation, test = (_share(name) for name in splits.NAMES)
    formats = forms.MultipleChoiceField(
        label="Formats",
        choices=[(suffix, title) for suffix, (title, _media) in formats.FORMATS.items()],
        initial=list(formats.DEFAULT),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one format."},
    )
    note = forms.CharField(
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Why it is made. It stands in the dataset card.",
        error_messages={"max_length": "A note takes at most %(limit_value)d characters."},
    )

    def __init__(self, *args: Any, questions: Sequence[QuestionRecord], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["question"].choices = _questions(questions)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        shares = [cleaned.get(name) for name in splits.NAMES]
        if None not in shares and sum(filter(None, shares)) != 100:
            self.add_error("train", f"The three shares add up to {sum(filter(None, shares))} %, not to 100 %.")
        return cleaned

    def wish(self) -> dict[str, Any]:
        """What `releases.freeze` takes. The form must be valid."""
        return {
            "recipes": [{"name": name, "parameters": self._parameters(name)} for name in self.cleaned_data["recipes"]],
            "formats": self.cleaned_data["formats"],
            "splits": {name: self.cleaned_data[name] for name in splits.NAMES},
            "note": self.cleaned_data["note"],
        }

    def _parameters(self, recipe: str) -> dict[str, Any]:
        if recipe == "raw":
            return {}
        parameters = {name: self.cleaned_data[name] for name in PARAMETERS}
        parameters["min_agreement"] /= 100
        question, _, dimension = self.cleaned_data["question"].partition(".")
        if question:
            parameters |= {"question": question, "dimension": dimension}
        return parameters


def _questions(questions: Sequence[QuestionRecord]) -> list[tuple[str, str]]:
    """Preference questions and their dimensions, as `key` and `key.dimension`."""
    return [
        (
            f"{question.key}.{dimension}" if dimension else question.key,
            f"{question.title}{', ' if dimension else ''}{dimension}",
        )
        for question in questions
        if question.kind == "preference"
        for dimension in ("", *question.dimensions)
    ]

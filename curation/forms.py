"""What the browser says about a release that someone wants."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from curation import gates, holding_out, parameter_fields, splits
from curation.detector_words import title_of
from curation.files import formats
from curation.parameter_fields import HUNDRED, SHARE
from curation.queries.judges import TARGETS
from curation.recipes import DEFAULT, FAMILIES, RECIPES, QuestionRecord
from curation.recipes.common import AGGREGATOR, CONSENSUS, FOLLOW, LEAVE_OUT, LEAVING_OUT, VOTES
from curation.recipes.example import example_of
from curation.recipes.parameters import OneOf, Parameter, split_list
from curation.services.wishes import usual
from curation.signed import MOST_HOURS

OPEN = 2  # families
LONGEST_REASON = 500
LONGEST_LIST = 2_000
COMMON = {parameter.name: parameter for recipe in RECIPES.values() for parameter in recipe.common_parameters}
"""Parameters that are asked for once, by name: they reach every recipe that has them."""


class WishForm(forms.Form):
    """Recipes with their parameters, splits and formats. `wish()` gives the arguments of `releases.freeze`.

    A parameter of one recipe is the field `<recipe>.<parameter>`; one that means the same in all of them has its bare
    name. Fields are drawn from what recipes declare (`curation.recipes.parameters`).
    """

    use_required_attribute = False  # a browser would insist on fields of recipes that nobody chose, and not show them

    recipes = forms.MultipleChoiceField(
        label="What it holds",
        choices=[(name, recipe.title) for name, recipe in RECIPES.items()],
        initial=[DEFAULT],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one recipe."},
    )
    train, validation, test = (
        forms.IntegerField(
            label=name.title(),
            initial=splits.DEFAULT[name],
            min_value=0,
            max_value=HUNDRED,
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), SHARE),
        )
        for name in splits.NAMES
    )
    hold_out_sources, hold_out_tags, hold_out_annotators = (
        forms.CharField(label=label, required=False, max_length=LONGEST_LIST, help_text=help_text)
        for label, help_text in (
            ("Sources", "Datasets that items came from. All of their prompts are test."),
            ("Tags", "Items with one of them are test, with all else of their prompt groups."),
            ("Annotators", "E-mail addresses, or names of imports. Their labels count in the test split alone."),
        )
    )
    nearly_same = forms.BooleanField(
        label="Keep prompts that are nearly the same in one split",
        required=False,
        help_text="They are looked for while it is written; the preview does not.",
    )
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
    overrule = forms.CharField(
        label="Freeze it all the same, because",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Where gates or the guard of findings speak against it. The reason stands in manifest and card.",
        error_messages={"max_length": "A reason takes at most %(limit_value)d characters."},
    )

    def __init__(
        self,
        *args: Any,
        questions: Sequence[QuestionRecord],
        shows_files: bool = True,
        detectors: Sequence[str] = (),
        **options: Any,
    ) -> None:
        """`detectors` are those that have looked at the project, by their names."""
        super().__init__(*args, **options)
        self.questions = questions
        self.missing = {name: recipe.missing(questions, shows_files=shows_files) for name, recipe in RECIPES.items()}
        self.fitting = {name: RECIPES[name] for name, why in self.missing.items() if not why}
        for parameter in COMMON.values():
            self.fields[parameter.name] = parameter_fields.field(parameter, questions)
        for parameter in gates.GATES:
            self.fields[parameter.name] = parameter_fields.field(parameter, questions)
            self.fields[parameter.name].required = False  # left empty, it is what it is by itself
        choices = [(name, title_of(name)) for name in detectors]
        self.fields[LEAVE_OUT.name].choices = choices  # type: ignore[attr-defined]
        for name, recipe in self.fitting.items():
            for parameter in recipe.own_parameters:
                if parameter_fields.has_field(parameter, questions):
                    self.fields[f"{name}.{parameter.name}"] = parameter_fields.field(parameter, questions)
        if not self.is_bound:
            self.initial["recipes"] = [usual(questions)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self._forget_what_nobody_asked(cleaned.get("recipes", []))
        shares = [cleaned.get(name) for name in splits.NAMES]
        if None not in shares and sum(filter(None, shares)) != HUNDRED:
            self.add_error("train", f"The three shares add up to {sum(filter(None, shares))} %, not to 100 %.")
        return cleaned

    def wish(self) -> dict[str, Any]:
        """What `releases.freeze` takes. The form must be valid."""
        return {
            "recipes": [{"name": name, "parameters": self._parameters(name)} for name in self.cleaned_data["recipes"]],
            "formats": self.cleaned_data["formats"],
            "splits": {name: self.cleaned_data[name] for name in splits.NAMES},
            "gates": self._limits(),
            "hold_out": self._hold_out(),
            "note": self.cleaned_data["note"],
            "overrule": self.cleaned_data["overrule"],
        }

    def picks(self) -> Iterator[dict[str, Any]]:
        """Each recipe that the project can fill, with whether it is chosen and its own fields."""
        chosen = self["recipes"].value() or []
        for name, recipe in self.fitting.items():
            yield {
                "name": name,
                "recipe": recipe,
                "is_chosen": name in chosen,
                "fields": self._own(name),
                "example": example_of(name),
            }

    def families(self) -> Iterator[dict[str, Any]]:
        """The same by what recipes are for. What most people come for is open, and so is what is chosen."""
        picks = list(self.picks())
        for number, (title, recipes) in enumerate(FAMILIES.items()):
            names = {recipe.name for recipe in recipes}
            of_it = [pick for pick in picks if pick["name"] in names]
            chosen = sum(pick["is_chosen"] for pick in of_it)
            if of_it:
                yield {
                    "title": title,
                    "picks": of_it,
                    "chosen": chosen,
                    "is_open": chosen or number < OPEN or len(of_it) == 1,
                }

    def unfitting(self) -> Iterator[dict[str, Any]]:
        """Each recipe that has nothing to read here, and why."""
        for name, why in self.missing.items():
            if why:
                yield {"name": name, "recipe": RECIPES[name], "why": why, "example": example_of(name)}

    def rules(self) -> list[BoundField]:
        """The parameters that say which votes count."""
        return [self[parameter.name] for parameter in VOTES]

    def other_rules(self) -> list[BoundField]:
        """The other parameters that recipes share."""
        return [self[name] for name, parameter in COMMON.items() if parameter not in (*VOTES, *FOLLOW, *LEAVING_OUT)]

    def omissions(self) -> list[BoundField]:
        """The parameters that leave out what was found."""
        return [self[parameter.name] for parameter in LEAVING_OUT]

    def held_out(self) -> list[BoundField]:
        """What is in the test split on purpose."""
        return [*(self[f"hold_out_{name}"] for name in holding_out.LISTS), self["nearly_same"]]

    def wants_held_out(self) -> bool:
        """Whether something is, or one of them needs to be looked at."""
        return any(field.value() or field.errors for field in self.held_out())

    def limits(self) -> list[BoundField]:
        """The limits of gates, and a person's reason to freeze it whatever they say."""
        return [*(self[gate.name] for gate in gates.GATES), self["overrule"]]

    def wants_limits(self) -> bool:
        """Whether a reason is given, or one of them needs to be looked at."""
        return bool(self["overrule"].value()) or any(field.errors for field in self.limits())

    def wants_omissions(self) -> bool:
        """Whether something is left out, or one of them needs to be looked at."""
        return bool(self[LEAVE_OUT.name].value()) or any(field.errors for field in self.omissions())

    def consensus_rules(self) -> list[BoundField]:
        """The parameters of a consensus that decides."""
        return [self[parameter.name] for parameter in FOLLOW]

    def wants_consensus(self) -> bool:
        """Whether a recipe follows one, or one of its parameters needs to be looked at."""
        chosen = (self[name].value() for name in self.fields if name.endswith(f".{AGGREGATOR.name}"))
        return CONSENSUS in chosen or any(field.errors for field in self.consensus_rules())

    def has_other_errors(self) -> bool:
        """Whether one of those needs to be looked at."""
        return any(field.errors for field in self.other_rules())

    def _hold_out(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[f"hold_out_{name}"] for name in holding_out.LISTS}
        found: dict[str, Any] = {name: split_list(names) for name, names in given.items() if names}
        return {**found, holding_out.NEARLY_SAME: True} if self.cleaned_data["nearly_same"] else found

    def _limits(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for gate in gates.GATES:
            value = self.cleaned_data[gate.name]
            found |= {} if value is None else parameter_fields.given(gate, value)
        return found

    def _own(self, recipe: str) -> list[BoundField]:
        return [self[name] for name in self.fields if name.startswith(f"{recipe}.")]

    def _forget_what_nobody_asked(self, chosen: Sequence[str]) -> None:
        """What stands in fields of recipes that are not wanted is no fault, nor what a question has no use for."""
        wanted = [(name, parameter) for name in chosen for parameter in self._wanted(name)]
        asked = {f"{name}.{parameter.name}" for name, parameter in wanted} | {one.name for _, one in wanted}
        for name in list(self.errors):
            if name not in asked and ("." in name or name in {one.name for one in FOLLOW}):
                del self.errors[name]

    def _wanted(self, recipe: str) -> list[Parameter]:
        """The parameters of a recipe that are for the question chosen, and for what was chosen beside them."""
        place: str = self.cleaned_data.get(f"{recipe}.question") or ""
        read = {
            "question": place.partition(".")[0],
            "aggregator": self.cleaned_data.get(f"{recipe}.aggregator"),
            "leave_out": self.cleaned_data.get("leave_out"),
        }
        known = any(question.key == read["question"] for question in self.questions)
        declared = RECIPES[recipe].parameters
        return [one for one in declared if (one.of_kinds and not known) or one.is_for(read, self.questions)]

    def _parameters(self, recipe: str) -> dict[str, Any]:
        """What was said about the parameters of one recipe."""
        found: dict[str, Any] = {}
        for parameter in self._wanted(recipe):
            name = parameter.name if parameter.is_common else f"{recipe}.{parameter.name}"
            value = self.cleaned_data.get(name)
            if value is not None and not (value == "" and isinstance(parameter, OneOf)):
                found |= parameter_fields.given(parameter, value)
        return found


class OverruleForm(forms.Form):
    """Why a release is frozen although its gates stopped it."""

    reason = forms.CharField(max_length=LONGEST_REASON)


class RemoveForm(forms.Form):
    """What is taken out of a release, and of every later one, for good."""

    items = forms.CharField(
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="By their keys, one a line.",
    )
    annotators = forms.CharField(
        required=False, max_length=LONGEST_LIST, help_text="E-mail addresses, or names of imports, with commas between."
    )
    reason = forms.CharField(
        max_length=LONGEST_REASON, label="Because", help_text="It stands in the manifest and the card."
    )

    def wish(self) -> dict[str, Any]:
        """What `removing.remove` takes. The form must be valid."""
        cleaned = self.cleaned_data
        return {
            "items": [line.strip() for line in cleaned["items"].splitlines() if line.strip()],
            "annotators": [one for one in split_list(cleaned["annotators"]) if one],
            "reason": cleaned["reason"],
        }


class PushForm(forms.Form):
    """Which repository of the Hub a release is pushed to."""

    repository = forms.CharField(
        max_length=193,
        label="Dataset repository",
        help_text="As owner/name. Where there is none, a private one is made.",
    )
    may_be_public = forms.BooleanField(required=False, label="It may be one that all the world reads")


class SignForm(forms.Form):
    """For which file of a release an address is wanted that needs no token, and for how long."""

    path = forms.CharField(max_length=200)
    hours = forms.IntegerField(min_value=1, max_value=MOST_HOURS)


class AcceptForm(forms.Form):
    """From which certainty on a judge's answers stand, and how right they have to be at least."""

    confidence = forms.FloatField(min_value=0.5, max_value=1)
    target = forms.TypedChoiceField(choices=[(f"{one:g}", f"{one:g}") for one in TARGETS], coerce=float)

    def wish(self) -> dict[str, float]:
        """What `accepting.accept` takes. The form must be valid."""
        return {"confidence": self.cleaned_data["confidence"], "target": self.cleaned_data["target"]}

"""Draws what recipes declare as form fields, and reads them back."""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms

from curation.recipes import QuestionRecord
from curation.recipes import parameters as kinds
from curation.recipes.parameters import Parameter

SHARE = "Give a whole number of percent from 0 to 100."
HUNDRED = 100
LONGEST_NUMBERS = 80
NONE = "-"
"""How a form says that no question is meant, for an empty value means that nothing was said."""


def given(parameter: Parameter, value: Any) -> dict[str, Any]:
    """What the value of a field says, as parameters."""
    if isinstance(parameter, kinds.Share):
        return {parameter.name: value / HUNDRED}
    if isinstance(parameter, kinds.OptionalQuestionOf):
        return {parameter.name: "" if value == NONE else value}
    if isinstance(parameter, kinds.QuestionOf) and isinstance(value, str):
        key, _, dimension = value.partition(".")
        return {parameter.name: key, **({"dimension": dimension} if dimension else {})}
    if isinstance(parameter, kinds.Detectors) and not value:
        return {}
    if isinstance(parameter, kinds.Text | kinds.Numbers):
        return {parameter.name: parameter.read(value)}
    return {parameter.name: value}


def has_field(parameter: Parameter, questions: Sequence[QuestionRecord]) -> bool:
    """Whether it is asked for: the form has a question that it is for, and it has a field of its own.

    A dimension is chosen together with its question.
    """
    if isinstance(parameter, kinds.DimensionOf):
        return False
    return not parameter.of_kinds or any(question.kind in parameter.of_kinds for question in questions)


def field(parameter: Parameter, questions: Sequence[QuestionRecord]) -> forms.Field:
    """The form field that draws a parameter and reads it. It stands filled in as the recipe would settle it."""
    found = next(make for kind, make in FIELDS if isinstance(parameter, kind))(parameter, questions)
    found.label, found.help_text = parameter.title, parameter.help
    # What means something beside another choice alone, or has a first of few values, may be left out.
    found.required = not (
        isinstance(found, forms.BooleanField)
        or parameter.beside
        or isinstance(parameter, kinds.OneOf | kinds.Detectors)
    )
    return found


def _whole(parameter: Any, _questions: Sequence[QuestionRecord]) -> forms.Field:
    sentence = f"Give {parameter.takes}."
    return _number(sentence, parameter.default, parameter.low, parameter.high)


def _share(parameter: Any, _questions: Sequence[QuestionRecord]) -> forms.Field:
    return _number(SHARE, round(parameter.default * HUNDRED), 0, HUNDRED)


def _number(sentence: str, initial: int, low: int, high: int) -> forms.Field:
    codes = ("required", "invalid", "min_value", "max_value")
    return forms.IntegerField(
        initial=initial, min_value=low, max_value=high, error_messages=dict.fromkeys(codes, sentence)
    )


def _numbers(parameter: Any, _questions: Sequence[QuestionRecord]) -> forms.Field:
    return forms.CharField(
        initial=parameter.written(),
        max_length=LONGEST_NUMBERS,
        error_messages={"required": f"Give {parameter.takes}."},
    )


def _switch(_parameter: Any, _questions: Sequence[QuestionRecord]) -> forms.Field:
    return forms.BooleanField()


def _one_of(parameter: Any, _questions: Sequence[QuestionRecord]) -> forms.Field:
    return _select([(option.value, option.title) for option in parameter.options])


def _select(choices: list[tuple[str, str]]) -> forms.Field:
    return forms.ChoiceField(choices=choices, initial=choices[0][0] if choices else None)


def _several(parameter: Any, _questions: Sequence[QuestionRecord]) -> forms.Field:
    return _boxes([(option.value, option.title) for option in parameter.options])


def _boxes(choices: list[tuple[str, str]]) -> forms.Field:
    return forms.MultipleChoiceField(
        choices=choices,
        initial=[value for value, _title in choices],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )


def _text(parameter: Any, _questions: Sequence[QuestionRecord]) -> forms.Field:
    return forms.CharField(initial=kinds.escaped(parameter.default), max_length=2 * parameter.longest, strip=False)


def _questions(parameter: Any, questions: Sequence[QuestionRecord]) -> forms.Field:
    return _boxes([(question.key, question.title or question.key) for question in parameter.fitting(questions)])


def _optional_question(parameter: Any, questions: Sequence[QuestionRecord]) -> forms.Field:
    found = [(question.key, question.title or question.key) for question in parameter.fitting(questions)]
    return _select([*found, (NONE, parameter.none)])


def _question(parameter: Any, questions: Sequence[QuestionRecord]) -> forms.Field:
    """The questions that fit and their dimensions, as `key` and `key.dimension`."""
    found = [
        (question, dimension) for question in parameter.fitting(questions) for dimension in ("", *question.dimensions)
    ]
    return _select([(_place(question.key, dimension), _words(question, dimension)) for question, dimension in found])


def _place(key: str, dimension: str) -> str:
    return f"{key}.{dimension}" if dimension else key


def _words(question: QuestionRecord, dimension: str) -> str:
    title = question.title or question.key
    return f"{title}, {dimension}" if dimension else title


def _options(parameter: Any, questions: Sequence[QuestionRecord]) -> forms.Field:
    """The options of all questions that it is for; the usual ones are ticked."""
    asked = [question for question in questions if question.kind in parameter.of_kinds]
    titles = {option["key"]: option["title"] for question in asked for option in question.settings["options"]}
    found = _boxes(list(titles.items()))
    found.initial = [key for key in titles if key in parameter.usual]
    return found


def _level(parameter: Any, questions: Sequence[QuestionRecord]) -> forms.Field:
    """A level of the first question that it is for. Left empty, it follows from the scale of the one that is read."""
    first = next(question for question in questions if question.kind in parameter.of_kinds)
    initial = parameter.unsaid({"question": first.key}, questions)
    return _number("Give a level of the question's scale.", initial, 0, HUNDRED)


def _detectors(_parameter: Any, _questions: Sequence[QuestionRecord]) -> forms.Field:
    """The form knows which there are."""
    return forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose detectors that have looked at this project."},
    )


FIELDS: tuple[tuple[type[Parameter], Callable[[Any, Sequence[QuestionRecord]], forms.Field]], ...] = (
    (kinds.Whole, _whole),
    (kinds.Share, _share),
    (kinds.Numbers, _numbers),
    (kinds.Switch, _switch),
    (kinds.OneOf, _one_of),
    (kinds.Several, _several),
    (kinds.Detectors, _detectors),
    (kinds.Text, _text),
    (kinds.OptionsOf, _options),
    (kinds.LevelOf, _level),
    (kinds.QuestionsOf, _questions),
    (kinds.OptionalQuestionOf, _optional_question),
    (kinds.QuestionOf, _question),
)

"""Draws what a backend's checkpoints say of themselves as form fields, and reads them back.

Made from the JSON schema of the options' type, so that a new backend has its form without a line of code. The type
has the last word: `modelhooks.catalog.checked`.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from pydantic import BaseModel

PREFIX = "options."
ONE_LINE = 500  # characters; what may be longer gets several
Described = Mapping[str, Any]


class UndrawnOption(TypeError):
    """The type has an option that no form field stands for: a fault of the program, found by its tests."""


def fields(options_type: type[BaseModel]) -> dict[str, forms.Field]:
    """A field for each option, by its name in the form, in the order in which the type declares them."""
    schema = options_type.model_json_schema()
    required, shared = schema.get("required", []), schema.get("$defs", {})
    return {
        f"{PREFIX}{name}": _field(name, _resolved(described, shared), is_required=name in required)
        for name, described in schema.get("properties", {}).items()
    }


def given(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The options that a form was given; what was left open is left to the type's default."""
    said = {name.removeprefix(PREFIX): value for name, value in cleaned.items() if name.startswith(PREFIX)}
    return {name: value for name, value in said.items() if value not in (None, "", [])}


def _resolved(described: Described, shared: Mapping[str, Described]) -> Described:
    """The description itself, where the schema points to one or also allows nothing."""
    if "$ref" in described:
        return {**shared[described["$ref"].rpartition("/")[2]], **described}
    for word in ("anyOf", "allOf"):
        some = [one for one in described.get(word, []) if one.get("type") != "null"]
        if len(some) == 1:
            return {**_resolved(some[0], shared), **described}
    return described


def _field(name: str, described: Described, *, is_required: bool) -> forms.Field:
    found = _of_type(name, described)
    found.label = described.get("title", name)
    found.help_text = described.get("description", "")
    found.initial = described.get("default")
    found.required = is_required and not isinstance(found, forms.BooleanField)
    return found


def _of_type(name: str, described: Described) -> forms.Field:
    if "enum" in described or "const" in described:
        return forms.ChoiceField(choices=[(one, one) for one in described.get("enum", [described.get("const")])])
    bounds: dict[str, Any] = {"min_value": described.get("minimum"), "max_value": described.get("maximum")}
    match described.get("type"):
        case "boolean":
            # A box that is not ticked says no, where no choice would say nothing.
            return forms.TypedChoiceField(
                choices=[("True", "yes"), ("False", "no")], coerce=lambda said: said == "True"
            )
        case "integer":
            return forms.IntegerField(**bounds)
        case "number":
            return forms.FloatField(**bounds)
        case "string":
            return _words(described)
        case "array" if described.get("items", {}).get("type") == "string":
            return Lines(described.get("maxItems", 100))
    raise UndrawnOption(f"No form field stands for the option “{name}”.")


class Lines(forms.CharField):
    """Several texts, a line each."""

    widget = forms.Textarea

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def clean(self, value: Any) -> list[str]:
        """The lines that hold something."""
        lines = [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]
        if len(lines) > self.most:
            raise forms.ValidationError(f"These are more than {self.most} lines.")
        return lines


def _words(described: Described) -> forms.Field:
    pattern = described.get("pattern")
    sentence = "Letters, digits, dots, hyphens and underscores; it is a name, never a path or an address."
    longest = described.get("maxLength", 200)
    return forms.CharField(
        widget=forms.Textarea(attrs={"rows": 6}) if longest > ONE_LINE else None,
        max_length=longest,
        min_length=described.get("minLength"),
        validators=[RegexValidator(pattern, sentence)] if pattern else [],
    )

"""UltraFeedback as it was first published: several completions of one instruction, each rated by aspect from 1 to 5.

Ratings are texts, and "N/A" is none. An aspect is a dimension: one label rates all completions by it, and its rationale
says of each response why. Each completion was asked for under a system prompt of its own, which nobody who rated saw
as part of the prompt: it is kept with the response, beside its principle.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.columns import key_of, missing, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.numbers import whole
from annotation.imports.adapters.options import flag_option, only, text_option
from annotation.imports.adapters.turns import assistant, user
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Refused
from annotation.imports.canonical.wording import describe, letter

LOW, HIGH = 1, 5
ASPECTS = {
    "instruction_following": "Follows the instruction",
    "honesty": "Honest",
    "truthfulness": "Truthful",
    "helpfulness": "Helpful",
}
UNRATED = frozenset({None, "", "N/A", "n/a"})
COLUMNS = frozenset({"instruction", "completions", "models", "id"})
OF_RESPONSE = ("principle", "custom_system_prompt")
OF_COMPLETION = frozenset({"model", "response", "annotations", *OF_RESPONSE})
REASONS = ("Rationale", "Rationale For Rating")

Completions = Sequence[dict[str, Any]]


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get; `allow_empty`, to accept completions without any text."""
    only(options, "annotator", "allow_empty")
    annotator = text_option(options, "annotator", "ultrafeedback")
    allows_empty = flag_option(options, "allow_empty")

    def convert(row: Row) -> CanonicalItem:
        missing(row, "instruction", "completions")
        completions = _objects(row["completions"])
        return CanonicalItem(
            messages=user(row["instruction"]),
            responses=[_response(one) for one in completions],
            key=key_of(row.get("id"), "The id"),
            source=_source(row, completions),
            labels=_labels(annotator, completions),
            allows_empty=allows_empty,
        )

    return convert


def _objects(value: Any) -> Completions:
    found = opened(value)
    if not isinstance(found, list):
        raise Refused(f"The field completions is {describe(found)}, not a list.")
    for index, one in enumerate(found):
        if not isinstance(one, dict):
            raise Refused(f"Completion {letter(index)} is {describe(one)}, not an object.")
        if "response" not in one:
            raise Refused(f"Completion {letter(index)} has no response.")
    return found


def _response(completion: dict[str, Any]) -> CanonicalResponse:
    return CanonicalResponse(
        messages=assistant(completion["response"]),
        model=completion.get("model") or None,
        params={name: completion[name] for name in OF_RESPONSE if completion.get(name)},
    )


def _source(row: Row, completions: Completions) -> dict[str, Any]:
    """Scores and critiques of later versions of the files stand in `completions`, one object for each response."""
    found, rest = rest_of(row, COLUMNS), [rest_of(one, OF_COMPLETION) for one in completions]
    return found | {"completions": rest} if any(rest) else found


def _labels(annotator: str, completions: Completions) -> list[CanonicalLabel]:
    """One for each aspect of which any response has a rating."""
    said = [_annotations(one, letter(index)) for index, one in enumerate(completions)]
    aspects = dict.fromkeys(aspect for one in said for aspect in one)
    labels = [_label(annotator, aspect, [one.get(aspect, {}) for one in said]) for aspect in aspects]
    return [label for label in labels if any(value is not None for value in label.answer["values"])]


def _annotations(completion: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    found = completion.get("annotations") or {}
    if not isinstance(found, dict):
        raise Refused(f"The annotations of completion {name} are {describe(found)}, not an object.")
    for aspect, one in found.items():
        if one is not None and not isinstance(one, dict):
            raise Refused(f"The {aspect} of completion {name} is {describe(one)}, not an object.")
    return {aspect: one or {} for aspect, one in found.items()}


def _label(annotator: str, aspect: str, said: Sequence[dict[str, Any]]) -> CanonicalLabel:
    values = [_rating(one, f"The Rating of {aspect} of completion {letter(at)}") for at, one in enumerate(said)]
    types = [one.get("Type") for one in said]
    return CanonicalLabel(
        annotator=annotator,
        kind="rating",
        answer={"values": values},
        dimension=aspect,
        rationale=_rationale(said, aspect),
        source={"types": types} if any(types) else {},
    )


def _rating(said: dict[str, Any], name: str) -> int | None:
    value = said.get("Rating")
    is_said = not isinstance(value, str | None) or (value and value.strip()) not in UNRATED
    return whole(value, name, LOW, HIGH) if is_said else None


def _rationale(said: Sequence[dict[str, Any]], aspect: str) -> str | None:
    """What was said of each response, under its letter; None where nothing was."""
    told = [
        f"{letter(index).upper()}: {' '.join(words)}"
        for index, one in enumerate(said)
        if (words := _reasons(one, f"of {aspect} of completion {letter(index)}"))
    ]
    return "\n\n".join(told) or None


def _reasons(said: dict[str, Any], of: str) -> list[str]:
    found = [said.get(name) for name in REASONS]
    for name, text in zip(REASONS, found, strict=True):
        if not isinstance(text, str | None):
            raise Refused(f"The {name} {of} is {describe(text)}, not text.")
    return [text for text in found if text and text.strip()]


def sniff(columns: Mapping[str, object]) -> Fit:
    completions = opened(columns.get("completions"))
    if "instruction" not in columns or not isinstance(completions, list) or not completions:
        return NO_FIT
    first = completions[0]
    if isinstance(first, dict) and "response" in first:
        return Fit(1.0, "it has instruction and a list of completions, each with its response")
    return NO_FIT


ADAPTER = Adapter(
    name="ultrafeedback",
    title="UltraFeedback",
    example=(
        '{"source": "made", "instruction": "Name a fruit.", "models": ["m1", "m2"], "completions": ['
        '{"model": "m1", "principle": "helpfulness", "custom_system_prompt": "Be of help.", "response": "An apple.", '
        '"annotations": {"honesty": {"Rating": "5", "Rationale": "It is one."}}}, '
        '{"model": "m2", "principle": "honesty", "custom_system_prompt": "Be honest.", "response": "A stone.", '
        '"annotations": {"honesty": {"Rating": "N/A", "Rationale": "It claims nothing."}}}]}'
    ),
    sniff=sniff,
    converter=converter,
    form=tuple(
        {"key": key, "kind": "rating", "title": title, "target": "response", "settings": {"low": LOW, "high": HIGH}}
        for key, title in ASPECTS.items()
    ),
)

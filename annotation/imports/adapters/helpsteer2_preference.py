"""HelpSteer2-Preference: two responses and a signed strength, in which negative means that the first is better."""

import re
from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.columns import missing, rest_of, text_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.options import flag_option, only, text_option
from annotation.imports.adapters.signed import signed_preference
from annotation.imports.adapters.turns import assistant, user
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Message, Refused
from annotation.imports.canonical.wording import describe

NO_PREFERENCE = -100
ROLES = {"User": "user", "Assistant": "assistant"}
COLUMNS = frozenset(
    {
        "prompt",
        "response_1",
        "response_2",
        "preference_strength",
        "preference_statement",
        "preference_elaboration",
        "three_most_similar_preferences",
        "all_preferences_unprocessed",
    }
)

_marker = re.compile(r"\n?<extra_id_1>(User|Assistant)\n")


def parse_prompt(prompt: Any) -> list[Message]:
    """The turns of a prompt: the first is the user's, the next ones follow their markers."""
    if not isinstance(prompt, str) or "<extra_id_1>" not in prompt:
        return user(prompt)
    first, *parts = _marker.split(prompt)
    turns = user(first) if first or not parts else []
    turns += [{"role": ROLES[who], "content": said} for who, said in zip(parts[::2], parts[1::2], strict=True)]
    return turns


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get.

    With `individual` every unprocessed preference is a label of its own, by `<annotator>-1`, `-2`, …, instead of the
    published one. The numbers are positions within the row: the source does not say who is who across rows.
    """
    only(options, "annotator", "individual")
    annotator = text_option(options, "annotator", "helpsteer2")
    is_individual = flag_option(options, "individual")

    def convert(row: Row) -> CanonicalItem:
        missing(row, "prompt", "response_1", "response_2", "preference_strength")
        return CanonicalItem(
            messages=parse_prompt(row["prompt"]),
            responses=[CanonicalResponse(messages=assistant(row[name])) for name in ("response_1", "response_2")],
            source=rest_of(row, COLUMNS),
            labels=_individual(row, annotator) if is_individual else _published(row, annotator),
        )

    return convert


def _published(row: Row, annotator: str) -> list[CanonicalLabel]:
    said = [text_of(row, name) for name in ("preference_statement", "preference_elaboration")]
    rationale = "\n\n".join(text for text in said if text)
    return _labels(annotator, row["preference_strength"], rationale)


def _individual(row: Row, annotator: str) -> list[CanonicalLabel]:
    preferences = row.get("all_preferences_unprocessed") or []
    if not isinstance(preferences, list):
        raise Refused(f"The all_preferences_unprocessed is {describe(preferences)}, not a list.")
    labels = []
    for position, preference in enumerate(preferences, start=1):
        if not isinstance(preference, dict):
            raise Refused(f"Preference {position} is {describe(preference)}, not an object.")
        labels += _labels(f"{annotator}-{position}", preference.get("strength"), preference.get("justification"))
    return labels


def _labels(annotator: str, strength: Any, rationale: str | None) -> list[CanonicalLabel]:
    """One label, or none where the annotator found neither response valid (-100)."""
    if type(strength) in (int, float) and strength == NO_PREFERENCE:
        return []
    return [signed_preference(annotator, strength, "The preference strength", rationale=rationale or None)]


def sniff(columns: Mapping[str, object]) -> Fit:
    if all(name in columns for name in ("prompt", "response_1", "response_2", "preference_strength")):
        return Fit(1.0, "it has prompt, response_1, response_2 and preference_strength")
    return NO_FIT


ADAPTER = Adapter(
    name="helpsteer2_preference",
    title="HelpSteer2-Preference",
    example=(
        '{"prompt": "Name a fruit.", "response_1": "An apple.", "response_2": "A stone.", "preference_strength": -2, '
        '"preference_statement": "Response 1 is better.", "preference_elaboration": "A stone is no fruit."}'
    ),
    sniff=sniff,
    converter=converter,
)

"""Anthropic hh-rlhf: two whole transcripts, of which the first was preferred."""

import re
from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.columns import first_is_chosen, missing, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.turns import turns_in_common
from annotation.imports.canonical import CanonicalItem, CanonicalResponse, Message, Refused
from annotation.imports.canonical.wording import describe

ROLES = {"Human": "user", "Assistant": "assistant"}
COLUMNS = frozenset({"chosen", "rejected"})

_speaker = re.compile(r"\n\n(Human|Assistant):")
_opening = re.compile(r"\s*(Human|Assistant):")


def is_transcript(value: object) -> bool:
    """Whether a text opens like one of these transcripts."""
    return isinstance(value, str) and _opening.match(value) is not None


def parse_transcript(text: Any, name: str) -> list[Message]:
    """The turns of a transcript. The one space after the colon belongs to the form, everything else to the text."""
    if not isinstance(text, str):
        raise Refused(f"The {name} transcript is {describe(text)}, not text.")
    preface, *parts = _speaker.split(text if text.startswith("\n\n") else "\n\n" + text.lstrip())
    if preface.strip() or not parts:
        raise Refused(f"The {name} transcript does not begin with Human: or Assistant:.")
    return [
        {"role": ROLES[speaker], "content": said.removeprefix(" ")}
        for speaker, said in zip(parts[::2], parts[1::2], strict=True)
    ]


def pair_of(chosen: list[Message], rejected: list[Message]) -> tuple[list[Message], list[list[Message]]]:
    """The prompt that two transcripts share, and their last turns. Everything before those must be the same."""
    for turns, name in ((chosen, "chosen"), (rejected, "rejected")):
        if turns[-1]["role"] != "assistant":
            raise Refused(f"The {name} transcript does not end with an Assistant turn.")
    prompt = chosen[:-1]
    if prompt != rejected[:-1]:
        shared = turns_in_common(chosen, rejected)
        raise Refused(f"The two transcripts differ at turn {shared + 1}, before their last Assistant turn.")
    return prompt, [chosen[-1:], rejected[-1:]]


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get."""
    only(options, "annotator")
    annotator = text_option(options, "annotator", "hh-rlhf")

    def convert(row: Row) -> CanonicalItem:
        missing(row, "chosen", "rejected")
        chosen = parse_transcript(row["chosen"], "chosen")
        rejected = parse_transcript(row["rejected"], "rejected")
        prompt, endings = pair_of(chosen, rejected)
        return CanonicalItem(
            messages=prompt,
            responses=[CanonicalResponse(messages=ending) for ending in endings],
            source=rest_of(row, COLUMNS),
            labels=first_is_chosen(annotator),
        )

    return convert


def sniff(columns: Mapping[str, object]) -> Fit:
    if "prompt" in columns or not (is_transcript(columns.get("chosen")) and is_transcript(columns.get("rejected"))):
        return NO_FIT
    return Fit(0.95, "chosen and rejected are transcripts with Human: and Assistant: turns")


ADAPTER = Adapter(
    name="hh_rlhf",
    title="hh-rlhf transcripts",
    example=(
        '{"chosen": "\\n\\nHuman: Name a fruit.\\n\\nAssistant: An apple.", '
        '"rejected": "\\n\\nHuman: Name a fruit.\\n\\nAssistant: A stone."}'
    ),
    sniff=sniff,
    converter=converter,
)

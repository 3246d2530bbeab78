"""TRL preference rows whose prompt is inside both chosen and rejected.

Conversations are parted at the first turn in which they differ. Two plain strings do not say where the prompt ends,
and their common beginning is not it: answers often open with the same words. So strings are read only when they are
transcripts or when the option `separator` says what stands between prompt and answer.
"""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.chats import parted
from annotation.imports.adapters.columns import first_is_chosen, key_of, missing, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.hh_rlhf import is_transcript, pair_of, parse_transcript
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.turns import assistant, is_conversation, messages_of, user
from annotation.imports.canonical import CanonicalItem, CanonicalResponse, Message, Refused
from annotation.imports.canonical.wording import describe

COLUMNS = frozenset({"chosen", "rejected", "pair_id", "prompt_id"})

Parted = tuple[list[Message], list[list[Message]]]


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get; `separator`, what ends the prompt in plain strings."""
    only(options, "annotator", "separator")
    annotator = text_option(options, "annotator", "imported")
    separator = text_option(options, "separator", "")

    def convert(row: Row) -> CanonicalItem:
        missing(row, "chosen", "rejected")
        prompt, endings = _parted(row["chosen"], row["rejected"], separator)
        return CanonicalItem(
            messages=prompt,
            responses=[CanonicalResponse(messages=ending) for ending in endings],
            key=key_of(row.get("pair_id"), "The pair_id"),
            group=key_of(row.get("prompt_id"), "The prompt_id"),
            source=rest_of(row, COLUMNS),
            labels=first_is_chosen(annotator),
        )

    return convert


def _parted(chosen: Any, rejected: Any, separator: str) -> Parted:
    if isinstance(chosen, list):
        return parted([messages_of(chosen, "Chosen"), messages_of(rejected, "Rejected")], ("Chosen", "Rejected"))
    for value, name in ((chosen, "Chosen"), (rejected, "Rejected")):
        if not isinstance(value, str):
            raise Refused(f"{name} is {describe(value)}; chosen and rejected are both text or both lists of messages.")
    if separator:
        return _part_at(separator, chosen, rejected)
    if is_transcript(chosen):
        return pair_of(parse_transcript(chosen, "chosen"), parse_transcript(rejected, "rejected"))
    raise Refused("Nothing says where the prompt ends in chosen and rejected; give the option separator.")


def _part_at(separator: str, chosen: str, rejected: str) -> Parted:
    prompt, found, answer = chosen.rpartition(separator)
    other_prompt, other_found, other_answer = rejected.rpartition(separator)
    if not (found and other_found):
        raise Refused(f"{'Rejected' if found else 'Chosen'} does not contain the separator.")
    if prompt != other_prompt:
        raise Refused("Chosen and rejected differ before the last separator.")
    return user(prompt), [assistant(answer), assistant(other_answer)]


def sniff(columns: Mapping[str, object]) -> Fit:
    if "prompt" in columns:
        return NO_FIT
    chosen, rejected = columns.get("chosen"), columns.get("rejected")
    if is_conversation(chosen) and is_conversation(rejected):
        return Fit(0.9, "chosen and rejected are whole conversations and there is no prompt")
    if isinstance(chosen, str) and isinstance(rejected, str):
        return Fit(0.5, "chosen and rejected are texts and there is no prompt")
    return NO_FIT


ADAPTER = Adapter(
    name="trl_implicit",
    title="TRL preference, implicit prompt",
    example=(
        '{"chosen": [{"role": "user", "content": "Name a fruit."}, {"role": "assistant", "content": "An apple."}], '
        '"rejected": [{"role": "user", "content": "Name a fruit."}, {"role": "assistant", "content": "A stone."}]}'
    ),
    sniff=sniff,
    converter=converter,
)

"""TRL preference rows with the prompt in a column of its own, as strings or as messages, perhaps with pictures.

Pictures in `images` belong to the prompt; those of `images_chosen` and `images_rejected`, which a release writes where
pictures are what was compared, to the two responses.
"""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.columns import first_is_chosen, key_of, missing, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.shown_files import files_of, placed
from annotation.imports.adapters.turns import assistant, is_conversation, messages_of, user
from annotation.imports.canonical import CanonicalItem, CanonicalResponse, Message, Refused

FIELDS = ("prompt", "chosen", "rejected")
SIDES = {"chosen": "images_chosen", "rejected": "images_rejected"}
COLUMNS = frozenset({*FIELDS, *SIDES.values(), "images", "image", "pair_id", "prompt_id"})


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get."""
    only(options, "annotator")
    annotator = text_option(options, "annotator", "imported")

    def convert(row: Row) -> CanonicalItem:
        missing(row, *FIELDS)
        prompt, chosen, rejected = _turns(row)
        files = [file for name in ("images", "image") for file in files_of(row.get(name), "The prompt")]
        return CanonicalItem(
            messages=placed(prompt, files),
            responses=[
                CanonicalResponse(messages=_showing(turns, row, side))
                for side, turns in (("chosen", chosen), ("rejected", rejected))
            ],
            key=key_of(row.get("pair_id"), "The pair_id"),
            group=key_of(row.get("prompt_id"), "The prompt_id"),
            source=rest_of(row, COLUMNS),
            labels=first_is_chosen(annotator),
        )

    return convert


def _showing(turns: list[Message], row: Row, side: str) -> list[Message]:
    """A response with its own pictures, which stand before the words of its first turn."""
    files = files_of(row.get(SIDES[side]), f"The column {SIDES[side]}")
    if not files:
        return turns
    first: Message = {**turns[0], "media": [*files, *turns[0].get("media", [])]}
    return [first, *turns[1:]]


def _turns(row: Row) -> tuple[list[Message], list[Message], list[Message]]:
    """In a table of texts lists are written as JSON. A text alone may begin with a bracket without being a list."""
    cells = {name: opened(row[name]) for name in FIELDS}
    if all(is_conversation(cell) for cell in cells.values()):
        return _conversations(cells)
    return _texts(row) if isinstance(row["prompt"], str) else _conversations(row)


def _texts(row: Row) -> tuple[list[Message], list[Message], list[Message]]:
    for name in ("chosen", "rejected"):
        if isinstance(row[name], list):
            raise Refused(f"The prompt is text and {name} is a list; ultrafeedback_binarized is the layout for that.")
    return user(row["prompt"]), assistant(row["chosen"]), assistant(row["rejected"])


def _conversations(row: Row) -> tuple[list[Message], list[Message], list[Message]]:
    prompt = messages_of(row["prompt"], "The prompt", has_places=True)
    chosen, rejected = messages_of(row["chosen"], "Chosen"), messages_of(row["rejected"], "Rejected")
    if prompt and chosen[: len(prompt)] == prompt and rejected[: len(prompt)] == prompt:
        raise Refused("Chosen and rejected repeat the prompt; with an explicit prompt they hold only the answer.")
    return prompt, chosen, rejected


def sniff(columns: Mapping[str, object]) -> Fit:
    values = [columns.get(name) for name in FIELDS]
    if all(isinstance(value, str) for value in values):
        return Fit(0.9, "prompt, chosen and rejected are texts")
    if all(is_conversation(value) for value in values):
        return Fit(0.9, "prompt, chosen and rejected are lists of messages")
    return NO_FIT


ADAPTER = Adapter(
    name="trl_explicit",
    title="TRL preference, explicit prompt",
    example='{"prompt": "Name a fruit.", "chosen": "An apple.", "rejected": "A stone."}',
    sniff=sniff,
    converter=converter,
)

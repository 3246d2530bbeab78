"""LMSYS 55k: battles as CSV, every cell of a chat a list of turns written as JSON, the winner in three columns.

Its `winner_tie` holds ties and battles that both lost alike, so that a tie may mean that both were bad.
"""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.chats import interleaved, is_list_of_turns
from annotation.imports.adapters.columns import key_of, missing, preference, rest_of, text_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.options import only, text_option
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Refused
from annotation.imports.canonical.wording import describe, quoted

OUTCOMES = {"winner_model_a": "a", "winner_model_b": "b", "winner_tie": "tie"}
CHATS = ("prompt", "response_a", "response_b")
COLUMNS = frozenset({"id", "model_a", "model_b", *CHATS, *OUTCOMES})


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get."""
    only(options, "annotator")
    annotator = text_option(options, "annotator", "lmsys-55k")

    def convert(row: Row) -> CanonicalItem:
        missing(row, *CHATS)
        asked, *replies = (_turns(row, name) for name in CHATS)
        prompt, completions = interleaved(asked, replies)
        models = (text_of(row, "model_a"), text_of(row, "model_b"))
        return CanonicalItem(
            messages=prompt,
            responses=[
                CanonicalResponse(messages=turns, model=model) for turns, model in zip(completions, models, strict=True)
            ],
            key=key_of(row.get("id"), "The id"),
            source=rest_of(row, COLUMNS),
            labels=_labels(row, annotator),
        )

    return convert


def _turns(row: Row, name: str) -> list[Any]:
    turns = opened(row[name])
    if not is_list_of_turns(turns):
        shown = describe(turns) if not isinstance(turns, list) else "a list of something else"
        raise Refused(f"The {name} is {shown}, not a list of turns.")
    return list(turns)


def _labels(row: Row, annotator: str) -> list[CanonicalLabel]:
    """None where the winner is kept back, as in a file for testing."""
    if not any(row.get(name) not in (None, "") for name in OUTCOMES):
        return []
    won = [winner for name, winner in OUTCOMES.items() if _is_set(row, name)]
    if len(won) != 1:
        said = "More than one" if won else "None"
        raise Refused(f"{said} of winner_model_a, winner_model_b and winner_tie is 1.")
    return preference(annotator, won[0])


def _is_set(row: Row, name: str) -> bool:
    value = row.get(name)
    written = value.strip().lower() if isinstance(value, str) else value
    if written in (1, "1", "1.0", "true"):
        return True
    if written in (None, "", 0, "0", "0.0", "false"):
        return False
    raise Refused(f"The {name} is {quoted(value)}, not 0 or 1.")


def sniff(columns: Mapping[str, object]) -> Fit:
    chats = all(is_list_of_turns(opened(columns.get(name))) for name in CHATS)
    if chats and "model_a" in columns and "model_b" in columns:
        return Fit(0.97, "prompt, response_a and response_b are lists of turns, beside model_a and model_b")
    return NO_FIT


ADAPTER = Adapter(
    name="lmsys_55k",
    title="LMSYS 55k battles",
    example=(
        '{"id": "30192", "model_a": "m1", "model_b": "m2", "prompt": "[\\"Name a fruit.\\"]", '
        '"response_a": "[\\"An apple.\\"]", "response_b": "[\\"A stone.\\"]", '
        '"winner_model_a": "1", "winner_model_b": "0", "winner_tie": "0"}'
    ),
    sniff=sniff,
    converter=converter,
)

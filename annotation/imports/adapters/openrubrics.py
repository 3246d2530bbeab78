"""OpenRubrics: two responses, who won, and a rubric of numbered items that end with [Hard Rule] or [Principle]."""

import re
from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.columns import missing, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.criteria import OWN_CRITERIA
from annotation.imports.adapters.mapping.votes import winner_reader
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.turns import assistant, user
from annotation.imports.canonical import CanonicalItem, CanonicalResponse, Refused
from annotation.imports.canonical.wording import describe

NEEDED = ("instruction", "response_a", "response_b", "rubric")
COLUMNS = frozenset({"winner", *NEEDED})
KINDS = {"hard rule": "hard_rule", "principle": "principle"}
WINNERS = {
    **dict.fromkeys(("A", "a", "response_a", "Response A"), "a"),
    **dict.fromkeys(("B", "b", "response_b", "Response B"), "b"),
    "tie": "tie",
}

_kind = re.compile(r"\[\s*(hard rule|principle)\s*\]", re.IGNORECASE)
_number = re.compile(r"\s*(?:([0-9]{1,3})\s*[.):](?!\S)|[-*•](?!\S))")


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get; `values`, from what `winner` says to a winner."""
    only(options, "annotator", "values")
    annotator = text_option(options, "annotator", "openrubrics")
    values = options["values"] if options.get("values") is not None else WINNERS
    read_winner, _ = winner_reader({"column": "winner", "values": values, "annotator": annotator})

    def convert(row: Row) -> CanonicalItem:
        missing(row, *NEEDED)
        return CanonicalItem(
            messages=user(row["instruction"]),
            responses=[CanonicalResponse(messages=assistant(row[name])) for name in ("response_a", "response_b")],
            rubric=read_rubric(row["rubric"]),
            source=rest_of(row, COLUMNS),
            labels=read_winner(row),
        )

    return convert


def read_rubric(text: Any) -> list[dict[str, Any]]:
    """The criteria of a rubric; its items may take several lines.

    Raises `Refused` where an item does not say its kind, since it would be read as a part of the next one.
    """
    if not isinstance(text, str):
        raise Refused(f"The rubric is {describe(text)}, not text.")
    *parts, rest = _kind.split(text)
    if rest.strip(" .\n\r\t") or not parts:
        raise Refused("The rubric does not end with [Hard Rule] or [Principle].")
    items = zip(parts[::2], parts[1::2], strict=True)
    return [
        {"title": _title(title, number), "kind": KINDS[kind.lower()]} for number, (title, kind) in enumerate(items, 1)
    ]


def _title(text: str, number: int) -> str:
    """The words of one item without its number, in one line."""
    lines = text.lstrip(" .\n\r\t").splitlines()
    begun = _number.match(lines[0]) if lines else None
    following = str(int(begun[1]) + 1) if begun and begun[1] else None
    if following and any((found := _number.match(line)) and found[1] == following for line in lines[1:]):
        raise Refused(f"Item {number} of the rubric says neither [Hard Rule] nor [Principle].")
    words = " ".join(" ".join(lines)[begun.end() if begun else 0 :].split())
    if not words:
        raise Refused(f"Item {number} of the rubric has no words before its kind.")
    return words


def sniff(columns: Mapping[str, object]) -> Fit:
    texts = all(isinstance(columns.get(name), str) for name in NEEDED)
    if texts and _kind.search(str(columns["rubric"])):
        return Fit(1.0, "it has two responses and a rubric whose items are marked as [Hard Rule] or [Principle]")
    return NO_FIT


ADAPTER = Adapter(
    name="openrubrics",
    title="OpenRubrics",
    example=(
        '{"instruction": "Name a fruit.", "response_a": "An apple.", "response_b": "A stone.", "winner": "A", '
        '"rubric": "1. The response names a fruit. [Hard Rule]\\n2. The response is brief. [Principle]"}'
    ),
    sniff=sniff,
    converter=converter,
    form=(OWN_CRITERIA, {"key": "preference", "kind": "preference", "title": "Which response is better?"}),
)

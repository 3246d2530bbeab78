"""HelpSteer2: one response in a row, with five attributes from 0 to 4.

The two responses to a prompt stand in rows of their own, one after the other. A row is an item here, whatever stands
next to it: so an interrupted import goes on anywhere, and both rows share a split group because they share their
prompt. In the file of disagreements an attribute is a list, what each annotator said.
"""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.columns import missing, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.helpsteer2_preference import parse_prompt
from annotation.imports.adapters.numbers import whole
from annotation.imports.adapters.options import only, text_option
from annotation.imports.adapters.turns import assistant
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Refused

LOW, HIGH = 0, 4
ATTRIBUTES = ("helpfulness", "correctness", "coherence", "complexity", "verbosity")
COLUMNS = frozenset({"prompt", "response", *ATTRIBUTES})


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get.

    Where attributes are lists, the annotators are `<annotator>-1`, `-2`, …: positions within the row, because the
    source does not say who is who across rows.
    """
    only(options, "annotator")
    annotator = text_option(options, "annotator", "helpsteer2")

    def convert(row: Row) -> CanonicalItem:
        missing(row, "prompt", "response")
        found = [name for name in ATTRIBUTES if row.get(name) is not None and row[name] != ""]
        return CanonicalItem(
            messages=parse_prompt(row["prompt"]),
            responses=[CanonicalResponse(messages=assistant(row["response"]))],
            source=rest_of(row, COLUMNS),
            labels=[label for name in found for label in _labels(annotator, name, opened(row[name]))],
        )

    return convert


def _labels(annotator: str, name: str, said: Any) -> list[CanonicalLabel]:
    if not isinstance(said, list):
        return [_label(annotator, name, said)]
    if not said:
        raise Refused(f"The {name} is an empty list.")
    return [_label(f"{annotator}-{at}", name, one) for at, one in enumerate(said, start=1) if one is not None]


def _label(annotator: str, name: str, value: Any) -> CanonicalLabel:
    level = whole(value, f"The {name}", LOW, HIGH)
    return CanonicalLabel(annotator=annotator, kind="rating", answer={"values": [level]}, dimension=name)


def sniff(columns: Mapping[str, object]) -> Fit:
    if "prompt" in columns and "response" in columns and all(name in columns for name in ATTRIBUTES):
        return Fit(1.0, f"it has prompt, response and the attributes {', '.join(ATTRIBUTES)}")
    return NO_FIT


ADAPTER = Adapter(
    name="helpsteer2",
    title="HelpSteer2",
    example=(
        '{"prompt": "Name a fruit.", "response": "An apple.", "helpfulness": 4, "correctness": 4, "coherence": 4, '
        '"complexity": 0, "verbosity": 0}'
    ),
    sniff=sniff,
    converter=converter,
    form=tuple(
        {
            "key": name,
            "kind": "rating",
            "title": name.title(),
            "target": "response",
            "settings": {"low": LOW, "high": HIGH},
        }
        for name in ATTRIBUTES
    ),
)

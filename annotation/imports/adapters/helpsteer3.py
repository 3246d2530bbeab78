"""HelpSteer3, its preferences: a conversation, two responses, and a signed strength that several people agreed on.

Negative means that the first is better. What each of them said stands beside it, and is read on request.
"""

from collections.abc import Mapping
from typing import Any

from annotation.imports.adapters.cells import opened
from annotation.imports.adapters.columns import key_of, missing, rest_of
from annotation.imports.adapters.contract import NO_FIT, Adapter, Convert, Fit, Row
from annotation.imports.adapters.options import flag_option, only, text_option
from annotation.imports.adapters.signed import signed_preference
from annotation.imports.adapters.turns import assistant, messages_of
from annotation.imports.canonical import CanonicalItem, CanonicalLabel, CanonicalResponse, Refused
from annotation.imports.canonical.wording import describe

FIELDS = ("context", "response1", "response2", "overall_preference")
COLUMNS = frozenset({*FIELDS, "individual_preference", "domain", "language"})
CODE = "code"
"""In this domain the language is that of the program, not that of the words."""
REMARKS = (("reasoning", ""), ("feedback1", "A: "), ("feedback2", "B: "))


def converter(options: Mapping[str, Any]) -> Convert:
    """Options: `annotator`, the name that the labels get.

    With `individual` every one of the individual preferences is a label, by `<annotator>-1`, `-2`, …, instead of the
    overall one. The numbers are positions within the row: the source does not say who is who across rows.
    """
    only(options, "annotator", "individual")
    annotator = text_option(options, "annotator", "helpsteer3")
    is_individual = flag_option(options, "individual")

    def convert(row: Row) -> CanonicalItem:
        missing(row, *FIELDS)
        domain, language = (key_of(row.get(name), f"The {name}") for name in ("domain", "language"))
        is_code = domain == CODE
        tags = [domain, language if is_code else None]
        return CanonicalItem(
            messages=messages_of(opened(row["context"]), "The context"),
            responses=[CanonicalResponse(messages=assistant(row[name])) for name in ("response1", "response2")],
            source=rest_of(row, COLUMNS),
            tags=[tag for tag in tags if tag],
            language=None if is_code else language,
            labels=_individual(annotator, row) if is_individual else [_overall(annotator, row)],
        )

    return convert


def _overall(annotator: str, row: Row) -> CanonicalLabel:
    said = _preferences(row)
    source = {"individual_preference": said} if said else {}
    return signed_preference(annotator, row["overall_preference"], "The overall_preference", source=source)


def _individual(annotator: str, row: Row) -> list[CanonicalLabel]:
    return [
        signed_preference(
            f"{annotator}-{at}", one.get("score"), f"The score of preference {at}", rationale=_rationale(one)
        )
        for at, one in enumerate(_preferences(row), start=1)
    ]


def _preferences(row: Row) -> list[dict[str, Any]]:
    found = opened(row.get("individual_preference")) or []
    if not isinstance(found, list):
        raise Refused(f"The individual_preference is {describe(found)}, not a list.")
    for at, one in enumerate(found, start=1):
        if not isinstance(one, dict):
            raise Refused(f"Preference {at} is {describe(one)}, not an object.")
    return found


def _rationale(said: dict[str, Any]) -> str | None:
    """The reasoning, and what was said of each response under its letter."""
    told = [before + said[name] for name, before in REMARKS if isinstance(said.get(name), str) and said[name].strip()]
    return "\n\n".join(told) or None


def sniff(columns: Mapping[str, object]) -> Fit:
    if all(name in columns for name in FIELDS):
        return Fit(1.0, "it has context, response1, response2 and overall_preference")
    return NO_FIT


ADAPTER = Adapter(
    name="helpsteer3",
    title="HelpSteer3 preferences",
    example=(
        '{"domain": "general", "language": "english", "context": [{"role": "user", "content": "Name a fruit."}], '
        '"response1": "An apple.", "response2": "A stone.", "overall_preference": -2, "individual_preference": '
        '[{"score": -2, "reasoning": "A stone is no fruit.", "feedback1": "Right.", "feedback2": "Wrong."}]}'
    ),
    sniff=sniff,
    converter=converter,
)

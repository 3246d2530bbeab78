"""How far people read a criterion alike, and a judge as they do, in the words of a page (`curation.rubrics.people`)."""

from collections.abc import Mapping
from typing import Any

from curation.models.analyses import FEWEST
from curation.queries.quality import POOR
from ui.templatetags.numbers import interval

Found = Mapping[str, Any] | None
"""What a report has of a criterion; None where nobody answered it, or the report was written before this was told."""


def facts(found: Found) -> list[tuple[str, str]]:
    """What stands beside a criterion: what it is called, and the figures or why there are none."""
    if found is None:
        return []
    return [
        ("People agree", _figures(found, "among_people", found["shared"], "of two people")),
        ("Judge with people", _figures(found, "with_judge", found["responses"], "of people and the judge")),
    ]


def notes(found: Found) -> list[str]:
    """What a curator should know of it, each a sentence."""
    if found is None:
        return []
    among, judge = (_enough(found, name) for name in ("among_people", "with_judge"))
    said = []
    if among and among["high"] is not None and among["high"] < POOR:
        said.append("People do not read it alike: its words may be unclear.")
    if among and judge and None not in (judge["high"], among["low"]) and judge["high"] < among["low"]:
        said.append("The judge reads it otherwise than people do.")
    return said


def _figures(found: Mapping[str, Any], name: str, responses: int, whose: str) -> str:
    noun = f"response{'' if responses == 1 else 's'}"
    if (one := _enough(found, name)) is None:
        return f"{responses:,} {noun} with answers {whose}; from {FEWEST} on it is told"
    return f"{interval(one['value'], one['low'], one['high'])} {found['measure']}, {responses:,} {noun}"


def _enough(found: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """The estimate, of responses enough."""
    many = found["shared" if name == "among_people" else "responses"]
    told: Mapping[str, Any] | None = found[name]
    return told if many >= FEWEST else None

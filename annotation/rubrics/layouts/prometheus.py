"""Prometheus: one criterion with five described scores. Feedback-Collection and BiGGen rows are read, too."""

from collections.abc import Mapping
from typing import Any

from annotation.imports.canonical import Refused
from annotation.rubrics import schema
from annotation.rubrics.layouts.contract import Layout, Row, Written, name_of
from annotation.rubrics.layouts.wording import AVOIDS, CONDITIONS, KEYS

SCORES = range(1, 6)
EXTENTS = ("Not at all", "Hardly", "In part", "Mostly", "Fully")
BETWEEN = "Between the scores beside it"


def fits(row: Mapping[str, object]) -> bool:
    found = _inner(row)
    return any(f"{prefix}criteria" in found and f"{prefix}score1_description" in found for prefix in ("", "orig_"))


def read(row: Row) -> Written:
    found = _inner(row)
    prefix = "orig_" if "orig_criteria" in found else ""
    title = _words(found, f"{prefix}criteria")
    anchors = [_words(found, f"{prefix}score{score}_description") for score in SCORES]
    criterion = {"title": title, "scale": len(SCORES), "anchors": anchors, "origin": "import"}
    prompt = next((row[name] for name in ("prompt", "orig_instruction") if isinstance(row.get(name), str)), "")
    return Written(
        schema.checked([criterion]), name_of(row, "name", "id") or name_of({"title": title}, "title"), prompt
    )


def _inner(row: Mapping[str, object]) -> Mapping[str, object]:
    """The rubric where it stands in an object of its own."""
    rubric = row.get("rubric")
    return rubric if isinstance(rubric, dict) else row


def _words(row: Mapping[str, object], name: str) -> str:
    text = row.get(name)
    if not isinstance(text, str) or not text.strip():
        raise Refused(f"It has no text in “{name}”.")
    return " ".join(text.split())


def write(rubric: Written) -> list[Row]:
    return [{"name": rubric.name, **_row(one)} for one in rubric.criteria]


def _row(criterion: Mapping[str, Any]) -> Row:
    is_pitfall = criterion["weight"] < 0
    has_levels = criterion["scale"] != "yes_no"
    title = f"{AVOIDS}{criterion['title']}" if is_pitfall else criterion["title"]
    words = _five(criterion) if has_levels else list(EXTENTS)
    if is_pitfall and has_levels:  # the highest level is the worst then
        words = words[::-1]
    return {"criteria": title, **{f"score{score}_description": text for score, text in zip(SCORES, words, strict=True)}}


def _five(criterion: Mapping[str, Any]) -> list[str]:
    """Levels spread over five scores: the outer ones at the ends, two on one score where there are more."""
    levels = criterion["anchors"] or [f"Level {level}" for level in range(1, criterion["scale"] + 1)]
    put: list[list[str]] = [[] for _ in SCORES]
    for place, words in enumerate(levels):
        put[round(place * (len(SCORES) - 1) / (len(levels) - 1))].append(words)
    return [" / ".join(words) or BETWEEN for words in put]


LAYOUT = Layout(
    name="prometheus",
    title="Prometheus",
    example=(
        '{"criteria": "Does the response name a fruit?", "score1_description": "No plant.", '
        '"score2_description": "A plant.", "score3_description": "A part of a plant.", '
        '"score4_description": "A fruit.", "score5_description": "A fruit, in a sentence."}'
    ),
    fits=fits,
    read=read,
    write=write,
    loses=(
        "That criteria belong together: each is a line, and is read as a rubric of its own.",
        "Other scales than five levels: they are spread over five scores, and yes or no becomes how far it is met.",
        f"Weights; a pitfall is written as “{AVOIDS}…”, its levels turned round.",
        "Hard rules and gates.",
        CONDITIONS,
        KEYS,
    ),
)

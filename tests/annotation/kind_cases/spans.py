import json
from typing import Any

from hypothesis import strategies as st

from annotation.kinds import KINDS, Judged, Subject
from annotation.kinds.quotes import number_of, text_hash
from tests.annotation.kind_cases import Question

TEXTS = ("👩\u200d👧 run **fast**.\r\nThe\tcafe\u0301 \u202eis\u202c run.", "רץ מהר. run run\n\n| a |", "One.")
SUBJECT = Subject(tuple(Judged(text) for text in TEXTS))
TYPES = ["irrelevant", "redundant"]
SEVERITIES = ["minor", "major"]
SETTINGS: list[dict[str, Any]] = [
    {"types": [{"key": key, "title": key.title()} for key in TYPES]},
    {
        "types": [{"key": key, "title": key.title()} for key in TYPES],
        "severities": [{"key": key, "title": key.title()} for key in SEVERITIES],
        "overlap": False,
        "snap": True,
    },
]
QUESTIONS = [
    Question("spans", target="response", settings=KINDS["spans"].check_settings(settings, "response"))
    for settings in SETTINGS
]
WRITABLE = st.characters(exclude_characters="\x00\r", exclude_categories=["Cs"])
NOTES = st.text(WRITABLE, max_size=9).map("why".__add__)


@st.composite
def spans(draw: st.DrawFn, question: Question) -> list[dict[str, Any]]:
    """Marks that the question takes, in any order."""
    found: list[dict[str, Any]] = []
    for place, text in enumerate(TEXTS):
        cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
        pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
        if question.settings["overlap"] and len(cuts) > 2:
            pairs = [*pairs, (cuts[0], cuts[-1])]
        for start, end in sorted(set(pairs)):
            found.append({"response": place, "start": start, "end": end, "type": draw(st.sampled_from(TYPES))})
            if question.settings["severities"]:
                found[-1]["severity"] = draw(st.sampled_from(SEVERITIES))
            if draw(st.booleans()):
                found[-1]["note"] = draw(NOTES)
    return list(draw(st.permutations(found)))


@st.composite
def post(draw: st.DrawFn, question: Question) -> dict[str, str]:
    """As the page's script sends it, or as rows that somebody without it fills in."""
    marks = draw(spans(question))
    marked = {span["response"] for span in marks}
    fields = {f"q.{place}.none": "on" for place in range(len(TEXTS)) if place not in marked}
    sends_rows = draw(st.booleans()) and all(TEXTS[one["response"]][one["start"] : one["end"]].strip() for one in marks)
    if not sends_rows:
        value = {"hashes": [text_hash(text) for text in TEXTS], "spans": marks}
        return fields | {"q.marks": json.dumps(value)}
    for number, span in enumerate(marks):
        fields |= row(number, span)
    return fields


def row(number: int, span: dict[str, Any]) -> dict[str, str]:
    """One mark written down: its words, which time they stand there, and what is wrong with them."""
    text, start, end = TEXTS[span["response"]], span["start"], span["end"]
    said = {
        "in": str(span["response"]),
        "words": text[start:end],
        "nth": str(number_of(text, start, end)),
        "at": f"{start}-{end}",
        "type": span["type"],
        "severity": span.get("severity", ""),
        "note": span.get("note", ""),
    }
    return {f"q.row.{number}.{part}": value for part, value in said.items()}

"""What is true of answers that point into a response: slices of its text, and its steps.

Offsets are Unicode code points into the text of a response as `Judged` has it, ends excluded.
"""

from collections.abc import Sequence
from typing import Any

from annotation.imports.canonical.shapes import CanonicalItem, CanonicalResponse
from annotation.imports.canonical.storable import text_fault
from annotation.imports.canonical.wording import describe, letter
from annotation.kinds import Judged
from annotation.kinds.quotes import text_hash
from annotation.splitting import TURN_SPLITTERS, is_cut

MOST_SPANS = 1_000
LONGEST_TYPE = 60
LABELS = (1, 0, -1, None)
MAPS = ("errors", "corrections", "alternatives")


def text_of(response: CanonicalResponse) -> str:
    """What offsets count in."""
    return Judged.from_turns(response.messages).text


def texts(item: CanonicalItem) -> list[str]:
    """The text of each response."""
    return [text_of(response) for response in item.responses]


def cut_fault(steps: Any, text: str) -> str | None:
    """What keeps a list from being the steps of a text, as the end of a sentence, or None."""
    if not isinstance(steps, list):
        return f"are {describe(steps)}, not a list"
    if not all(isinstance(step, dict) and set(step) == {"start", "end"} for step in steps):
        return "are not all objects of start and end"
    ends = [(step["start"], step["end"]) for step in steps]
    if not all(type(at) is int for pair in ends for at in pair):
        return "have a start or end that is not a whole number"
    return (
        None if is_cut(text, ends) else f"do not lie one after another over its whole text ({len(text):,} characters)"
    )


def slice_fault(found: Any, text: str) -> str | None:
    """What keeps `{start, end, hash?}` from being a slice of the text, as the end of a sentence, or None."""
    if not isinstance(found, dict):
        return f"is {describe(found)}, not an object"
    start, end = found.get("start"), found.get("end")
    if type(start) is not int or type(end) is not int:
        return "has a start or end that is not a whole number"
    if not 0 <= start < end <= len(text):
        return f"lies outside the response ({start} to {end} of {len(text):,} characters)"
    if "hash" in found and found["hash"] != text_hash(text):
        return "speaks of another text than this one"
    return None


def steps_fault(part: Any, response: CanonicalResponse, index: int) -> str | None:
    """What is wrong with one response's part of an answer about steps, as the end of a sentence, or None.

    The steps are those that the response brings, or where the part says so its turns.
    """
    of = f"of response {letter(index)}"
    steps: Sequence[Any] | None = response.steps
    splitter = part.get("splitter") if isinstance(part, dict) else None
    if isinstance(splitter, str) and splitter in TURN_SPLITTERS:
        steps = Judged.from_turns(response.messages).cut_as(splitter).steps
    if steps is None:
        return f"judges steps {of}, which brings none"
    labels = part.get("labels") if isinstance(part, dict) else None
    if not isinstance(labels, list) or len(labels) != len(steps):
        return f"does not judge the steps {of} with {len(steps)} labels, one for each"
    if not all(type(label) in (int, type(None)) and label in LABELS for label in labels):
        return f"judges a step {of} as something other than 1, 0, -1 or null"
    numbers = {str(number) for number in range(len(steps))}
    for name in MAPS:
        if not isinstance(part.get(name, {}), dict) or not set(part.get(name, {})) <= numbers:
            return f"gives {name} {of} that are not told by the number of the step, from 0"
    return None


def spans_fault(answer: dict[str, Any], responses: list[str]) -> str | None:
    """What is wrong with an answer that marks spans, as the end of a sentence, or None."""
    spans = answer.get("spans")
    if not isinstance(spans, list) or len(spans) > MOST_SPANS:
        return f"does not mark with a list of at most {MOST_SPANS} spans"
    if "hashes" in answer and answer["hashes"] != [text_hash(text) for text in responses]:
        return "marks other texts than these"
    return next((fault for span in spans if (fault := _span_fault(span, responses))), None)


def _span_fault(span: Any, responses: list[str]) -> str | None:
    index = span.get("response") if isinstance(span, dict) else None
    if type(index) is not int or index not in range(len(responses)):
        return f"marks a span in no response that there is (0 to {len(responses) - 1})"
    fault = slice_fault(span, responses[index])
    if fault:
        return f"marks a span that {fault}"
    fault = text_fault(span.get("type"), LONGEST_TYPE)
    return f"marks a span whose type {fault or 'is empty'}" if fault or not span["type"] else None

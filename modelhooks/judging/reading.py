"""From a sample to an answer, or to the sentence why it is none. Nothing is mended, guessed or searched for."""

import json
import re
from typing import TypeVar

from pydantic import ValidationError

from modelhooks.judging.chat import Answer, Sample
from ui import safe_json

Shape = TypeVar("Shape", bound=Answer)

LIMITS = safe_json.Limits(size=2**18, depth=16, values=4_000, string=2**17)
# What a model thought before it answered, where its server leaves that in the text; and the usual fence around JSON.
THOUGHT = re.compile(r"\s*<think>.*?</think>", re.DOTALL)
FENCED = re.compile(r"\s*```(?:json)?\n(.*)\n```\s*", re.DOTALL)


class NoAnswer(Exception):
    """What a judge said is not an answer to what it was asked; the text says why."""


def answer(sample: Sample, shape: type[Shape], code: str) -> tuple[Shape, int]:
    """What was answered, and where in the sample's text its JSON begins. Raises NoAnswer.

    It has to be one JSON object of this shape and nothing else, without a key that stands there twice, and it has to
    name the code of the question: a verdict that was planted in the material cannot.
    """
    if sample.finish_reason == "length":
        raise NoAnswer("The judge's answer was cut off before its end.")
    start, written = _json_of(sample.text)
    try:
        value = safe_json.loads(written.encode("utf-8", "surrogatepass"), limits=LIMITS)
        found = shape.model_validate(value)
    except (safe_json.JsonRefused, ValidationError):
        raise NoAnswer("The judge's answer does not have the shape that was asked for.") from None
    # A Literal takes true for 1, and 1.0 too; what was written has to be what was meant.
    if json.dumps(found.model_dump(), sort_keys=True) != json.dumps(value, sort_keys=True):
        raise NoAnswer("The judge's answer does not have the shape that was asked for.")
    if getattr(found, "case", code) != code:
        raise NoAnswer("The judge's answer does not name the question that it was asked.")
    return found, start


def _json_of(text: str) -> tuple[int, str]:
    thought = THOUGHT.match(text)
    start = thought.end() if thought else 0
    fenced = FENCED.fullmatch(text, start)
    return (fenced.start(1), fenced[1]) if fenced else (start, text[start:])

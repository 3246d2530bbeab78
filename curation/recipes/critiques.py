"""What annotators wrote about responses, beside what they gave them."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from annotation.kinds.rubric import values_of
from curation.recipes.judgment import criteria_of
from curation.recipes.panel import Said
from curation.recipes.parameters import OptionalQuestionOf, Parameters
from curation.recipes.records import AnnotationRecord, ItemRecord

SIDES = {"a": "A", "b": "B", "tie": "tie", "both_bad": "tie"}
WORDS = OptionalQuestionOf(
    name="critique",
    title="Where the words are",
    kinds=("text",),
    none="The reasons that labels came with",
    help="Where an annotator left it empty, the reason that the label came with stands in.",
)


class Critique(NamedTuple):
    """What one annotator wrote about something, and the result."""

    said: Said
    words: str
    result: str
    criterion: str
    levels: tuple[str, ...]
    """What each level means, from 1; empty where there are no words for them, or no levels."""


def critiques(item: ItemRecord, said: Said, parameters: Parameters) -> Iterator[Critique]:
    """What one annotator decided about the item and in which words; of a rubric each criterion with levels."""
    key = parameters["question"]
    asked, words = said.annotation.asked[key], _words(said.annotation, parameters)
    if asked.kind == "preference":
        if said.value.get("winner") in SIDES:
            yield Critique(said, words, SIDES[said.value["winner"]], asked.title, ())
    elif asked.kind == "rating":
        value = said.value[0] if isinstance(said.value, list) else said.value
        if value is not None:
            yield Critique(said, words, str(value), asked.title, _anchors(asked.settings))
    else:
        values = values_of(said.value)
        for criterion in criteria_of(item, asked):
            level = _level(values.get(criterion["key"]))
            if level is not None:
                yield Critique(said, words, str(level), criterion["title"], tuple(criterion["anchors"]))


def _level(value: Any) -> int | None:
    """The level that the only response was given; None for a yes or no."""
    found = value[0] if isinstance(value, list) and value else value
    return found if type(found) is int else None


def _anchors(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The words for a scale from 1, where each level has some."""
    if settings.get("low") != 1:
        return ()
    said = [str(settings.get("anchors", {}).get(str(level), "")) for level in range(1, settings["high"] + 1)]
    return tuple(said) if all(said) else ()


def _words(annotation: AnnotationRecord, parameters: Parameters) -> str:
    """What the annotator wrote, else the reason that the label came with."""
    written = annotation.answers.get(parameters[WORDS.name]) if parameters[WORDS.name] else None
    key = f"{parameters['question']}.rationale"
    reason = written or annotation.source.get(key) or annotation.source.get("rationale")
    return reason.strip() if isinstance(reason, str) else ""

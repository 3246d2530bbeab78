"""The tree of a PRM800K row: candidates for each step, and the path that the labeler followed through them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from annotation.imports.adapters.columns import missing
from annotation.imports.adapters.numbers import whole
from annotation.imports.adapters.stepped import GOOD, Labels, step_texts
from annotation.imports.canonical import Refused
from annotation.imports.canonical.wording import describe


class Candidate(NamedTuple):
    """One completion of a step. No rating: the labeler said nothing about it."""

    text: str
    rating: int | None
    is_flagged: bool = False


class Step(NamedTuple):
    """What there was to choose from at one step; `chosen` counts from 0."""

    candidates: list[Candidate]
    written: Candidate | None
    chosen: int | None


@dataclass(slots=True)
class Path:
    """The steps of a response. The keys of `others` are step numbers from 0, as texts, and so are the lists'."""

    texts: list[str] = field(default_factory=list)
    labels: Labels = field(default_factory=list)
    others: dict[str, list[Candidate]] = field(default_factory=dict)
    written: list[int] = field(default_factory=list)
    """Which steps the labeler wrote."""
    flagged: list[int] = field(default_factory=list)
    """Which steps the labeler did not know how to rate."""
    not_followed: list[dict[str, Any]] = field(default_factory=list)
    """Candidates after the end of the path, with their ratings: nobody went on with any of them."""


def steps_of(label: dict[str, Any]) -> list[Step]:
    """The steps of a label up to the first that is empty. Raises `Refused` with a sentence that names the step."""
    missing(label, "steps")
    steps = label["steps"]
    if not isinstance(steps, list):
        raise Refused(f"The field steps of the label is {describe(steps)}, not a list.")
    found = []
    for number, step in enumerate(steps, start=1):
        read = _step(step, f"step {number}")
        if not read.candidates and read.written is None:
            break
        found.append(read)
    return found


def followed(steps: Sequence[Step], written_before: Any = None) -> Path:
    """The path through the steps. `written_before` is the whole solution that the model had, where there was one."""
    before = None if written_before is None else step_texts(written_before, "pre_generated_steps")
    path = Path()
    for number, step in enumerate(steps):
        place = _place(step, number, before)
        if place is None and step.written is None:
            path.not_followed = [{"text": one.text, "rating": one.rating} for one in step.candidates]
            break
        _follow(path, step, place)
    if not path.texts:
        raise Refused("No step of the label was chosen, so there is no solution to show.")
    if before and before[: len(path.texts)] == path.texts:
        rest = before[len(path.texts) :]
        path.texts += rest
        path.labels += [None] * len(rest)
    return path


def _place(step: Step, number: int, before: list[str] | None) -> int | None:
    """Which candidate is the step: the chosen one; else the one that the model's solution has, or the only one."""
    if step.chosen is not None or step.written is not None:
        return step.chosen
    texts = [one.text for one in step.candidates]
    if before and number < len(before) and before[number] in texts:
        return texts.index(before[number])
    return 0 if len(texts) == 1 else None


def _follow(path: Path, step: Step, place: int | None) -> None:
    number = len(path.texts)
    found = [*step.candidates, *([step.written] if step.written else ())]
    taken = found.pop(-1 if place is None else place)
    path.texts.append(taken.text)
    path.labels.append(taken.rating)
    if found:
        path.others[str(number)] = found
    if place is None:
        path.written.append(number)
    if taken.is_flagged:
        path.flagged.append(number)


def _step(value: Any, name: str) -> Step:
    if not isinstance(value, dict):
        raise Refused(f"{name.capitalize()} of the label is {describe(value)}, not an object.")
    completions = value.get("completions") or []
    if not isinstance(completions, list):
        raise Refused(f"The completions of {name} are {describe(completions)}, not a list.")
    candidates = [_candidate(one, f"completion {at} of {name}") for at, one in enumerate(completions, start=1)]
    chosen = value.get("chosen_completion")
    if chosen is not None:
        if not candidates:
            raise Refused(f"The chosen_completion of {name} names one of no completions.")
        chosen = whole(chosen, f"The chosen_completion of {name}", 0, len(candidates) - 1)
    return Step(candidates, _written(value.get("human_completion"), f"the human_completion of {name}"), chosen)


def _written(value: Any, name: str) -> Candidate | None:
    """Labelers were let write a step in order that there be a good one, so one without a rating is good."""
    if value is None or value == "":
        return None
    found = _candidate({"text": value} if isinstance(value, str) else value, name)
    return found if found.rating is not None else found._replace(rating=GOOD)


def _candidate(value: Any, name: str) -> Candidate:
    if not isinstance(value, dict):
        raise Refused(f"{name[:1].upper()}{name[1:]} is {describe(value)}, not an object.")
    text, rating = value.get("text"), value.get("rating")
    if not isinstance(text, str) or not text.strip():
        raise Refused(f"The text of {name} is {'blank' if isinstance(text, str) else describe(text)}.")
    if rating is not None:
        rating = whole(rating, f"The rating of {name}", -1, 1)
    return Candidate(text, rating, value.get("flagged") is True)

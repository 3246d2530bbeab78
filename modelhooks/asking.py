"""Each contract as the runs see it: how an input is named for good, who is asked, and how an answer is written down.

Nothing here knows what the inputs are about. An answer that holds an error is told apart from one that does not, so
that the item is tried again alone; a judge's abstention is an answer.
"""

import hashlib
import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from modelhooks.contracts import (
    AttributeScores,
    Candidate,
    Checklist,
    Constraints,
    Contrast,
    Contrasted,
    CriterionVerdicts,
    Explaining,
    Feedback,
    Generation,
    Hypotheses,
    Instruction,
    Judgment,
    Merged,
    Merging,
    Messages,
    Principles,
    Ranked,
    Rated,
    ResponseGroup,
    Revised,
    Revision,
    RewardScore,
    Reworded,
    Rewording,
    Rubric,
    Scale,
    StepScore,
    Trajectory,
    Usage,
    Verification,
)

Parameters = Mapping[str, Any]


@dataclass(frozen=True)
class Graded:
    """The input of a rubric judge: a response and the rubric that it is graded by."""

    candidate: Candidate
    rubric: Rubric


@dataclass(frozen=True)
class Prompted:
    """The input of a generator: a conversation that it goes on with."""

    prompt: Messages


@dataclass(frozen=True)
class Written:
    """What a generator wrote to one prompt, a response for each that was asked for."""

    generations: tuple[Generation, ...]

    @property
    def error(self) -> str:
        """Why there is none; empty where any came."""
        errors = [one.error for one in self.generations]
        return "" if not all(errors) else next(iter(errors), "It wrote nothing.")

    @property
    def usage(self) -> Usage:
        """Of all of them."""
        return sum((one.usage for one in self.generations), Usage())


@dataclass(frozen=True)
class Ordered:
    """The input of a judge that puts responses in order; `principle` is the one quality to order them by."""

    group: ResponseGroup
    principle: str = ""


@dataclass(frozen=True)
class Scaled:
    """The input of a judge that rates: a response, the scale, and the one quality that is rated."""

    candidate: Candidate
    scale: Scale
    principle: str = ""


@dataclass(frozen=True, slots=True)
class Asking:
    """One contract. `ask` takes the model, inputs of one type and the run's parameters; answers come in input order."""

    ask: Callable[[Any, Sequence[Any], Parameters], Sequence[Any]]
    answer: TypeAdapter[Any]
    parameters: tuple[str, ...] = ()
    """Names of the run's parameters that change an answer."""
    by_type: Mapping[type, str] = field(default_factory=dict)
    """Where a contract takes inputs of several types: the model's verb for each."""

    def digest(self, contract: str, asked: Any, parameters: Parameters) -> bytes:
        """SHA-256 of all that is asked: 32 bytes. Inputs of two types that read alike are two questions."""
        chosen = {name: parameters[name] for name in self.parameters if name in parameters}
        what = [self.by_type[type(asked)]] if self.by_type else []
        written = json.dumps([contract, asdict(asked), chosen, *what], sort_keys=True, ensure_ascii=True, default=str)
        return hashlib.sha256(written.encode()).digest()

    def write(self, answer: Any) -> Any:
        """The answer as JSON."""
        return self.answer.dump_python(answer, mode="json")

    def read(self, written: Any) -> Any:
        """The inverse of `write`."""
        return self.answer.validate_python(written)


def _reward(model: Any, inputs: Sequence[Any], _: Parameters) -> Sequence[Any]:
    return model.score(inputs)  # type: ignore[no-any-return]


def _attributes(model: Any, inputs: Sequence[Any], _: Parameters) -> Sequence[Any]:
    return model.score_attributes(inputs)  # type: ignore[no-any-return]


def _steps(model: Any, inputs: Sequence[Any], _: Parameters) -> Sequence[Any]:
    return model.score_steps(inputs)  # type: ignore[no-any-return]


def _preference(model: Any, inputs: Sequence[Any], parameters: Parameters) -> Sequence[Any]:
    return model.judge(inputs, n=parameters.get("n", 1), orders=parameters.get("orders", "both"))  # type: ignore[no-any-return]


def _rubric(model: Any, inputs: Sequence[Graded], _: Parameters) -> Sequence[Any]:
    """Candidates that share a rubric are asked together."""
    return _together(
        inputs, lambda one: one.rubric, lambda rubric, some: model.grade([one.candidate for one in some], rubric)
    )


def _ranking(model: Any, inputs: Sequence[Ordered], _: Parameters) -> Sequence[Any]:
    return _together(
        inputs,
        lambda one: one.principle,
        lambda principle, some: model.rank([one.group for one in some], principle=principle),
    )


def _rating(model: Any, inputs: Sequence[Scaled], _: Parameters) -> Sequence[Any]:
    return _together(
        inputs,
        lambda one: (one.scale, one.principle),
        lambda how, some: model.rate([one.candidate for one in some], scale=how[0], principle=how[1]),
    )


def _together(
    inputs: Sequence[Any],
    how: Callable[[Any], Hashable],
    ask: Callable[[Any, Sequence[Any]], Sequence[Any]],
) -> Sequence[Any]:
    """What is asked in the same way is asked together; answers come in the order of the inputs."""
    by_way: dict[Hashable, list[int]] = {}
    for place, one in enumerate(inputs):
        by_way.setdefault(how(one), []).append(place)
    found: list[Any] = [None] * len(inputs)
    for way, places in by_way.items():
        for place, answer in zip(places, ask(way, [inputs[at] for at in places]), strict=True):
            found[place] = answer
    return found


def _likeness(model: Any, inputs: Sequence[Any], _: Parameters) -> Sequence[Any]:
    return model.liken(inputs)  # type: ignore[no-any-return]


def _verification(model: Any, inputs: Sequence[Any], _: Parameters) -> Sequence[Any]:
    return model.verify(inputs)  # type: ignore[no-any-return]


# What a writer of rubrics is given, and its verb for that.
WRITING: Mapping[type, str] = {
    Contrast: "contrast",
    Feedback: "find_principles",
    Instruction: "find_constraints",
    Trajectory: "write_checklists",
    Explaining: "explain",
    Merging: "merge",
    Revision: "revise",
    Rewording: "reword",
}
WrittenAbout = Annotated[
    Contrasted | Principles | Constraints | Checklist | Hypotheses | Merged | Revised | Reworded,
    Field(discriminator="about"),
]


def _writing(model: Any, inputs: Sequence[Any], _: Parameters) -> Sequence[Any]:
    return _together(inputs, lambda one: WRITING[type(one)], lambda verb, some: getattr(model, str(verb))(some))


DRAWN = ("temperature", "top_p", "max_tokens", "seed")


def _generation(model: Any, inputs: Sequence[Prompted], parameters: Parameters) -> Sequence[Written]:
    drawn = {name: parameters[name] for name in DRAWN if name in parameters}
    found = model.generate([one.prompt for one in inputs], n=parameters.get("n", 1), parameters=drawn)
    return [Written(tuple(each)) for each in found]


ASKING: dict[str, Asking] = {
    "reward": Asking(_reward, TypeAdapter(list[RewardScore])),
    "likeness": Asking(_likeness, TypeAdapter(RewardScore)),
    "attributes": Asking(_attributes, TypeAdapter(list[AttributeScores])),
    "steps": Asking(_steps, TypeAdapter(list[StepScore])),
    "preference": Asking(_preference, TypeAdapter(Judgment), ("n", "orders")),
    "rubric": Asking(_rubric, TypeAdapter(CriterionVerdicts)),
    "verification": Asking(_verification, TypeAdapter(Verification)),
    "ranking": Asking(_ranking, TypeAdapter(Ranked)),
    "rating": Asking(_rating, TypeAdapter(Rated)),
    "generation": Asking(_generation, TypeAdapter(Written), ("n", *DRAWN)),
    "writing": Asking(_writing, TypeAdapter(WrittenAbout), by_type=WRITING),
}


def error_of(answer: Any) -> str:
    """Why there is no answer, as its model puts it; empty where there is one."""
    for part in answer if isinstance(answer, list) else [answer]:
        score = part.overall if isinstance(part, AttributeScores) else part
        if error := getattr(score, "error", ""):
            return str(error)
    return ""


def usage_of(answers: Iterable[Any]) -> Usage:
    """What these answers cost together. Scores say how many tokens were read; judges what their server counted."""
    total = Usage()
    for answer in answers:
        for part in answer if isinstance(answer, list) else [answer]:
            score = part.overall if isinstance(part, AttributeScores) else part
            total += getattr(score, "usage", Usage(prompt_tokens=getattr(score, "n_tokens", 0)))
    return total

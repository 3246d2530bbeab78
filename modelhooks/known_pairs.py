"""What every model knows: a question with a right and a wrong answer, as each contract is asked it.

A checkpoint's check asks it this. What comes back must be an answer; which one is told, and not judged: a model that
prefers the wrong answer works, and it is for its keeper to wonder.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from modelhooks.asking import Graded, Ordered, Prompted, Scaled, Written
from modelhooks.contracts import (
    Candidate,
    Comparison,
    Contrast,
    Contrasted,
    Criterion,
    Ranked,
    Rated,
    ResponseGroup,
    RewardScore,
    Solution,
)

PROMPT = ({"role": "user", "content": "What is 7 times 8? Give the number and nothing else."},)
RIGHT, WRONG = "56", "It is 65, because 7 plus 8 is 65."
STEPS = ("7 times 8 is eight sevens.", "Eight sevens are 56.", "So the answer is 65, since 56 is 65.")
SCALE = ((1, "wrong"), (2, "partly right"), (3, "right"))
CRITERION = Criterion("right", "The response gives the right number.")


class Unreadable(ValueError):
    """The model answered, and not in the form that its contract has; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Known:
    """The inputs of one contract, and what its answers to them say in a sentence."""

    inputs: tuple[Any, ...]
    told: Callable[[Sequence[Any]], str]


def _scored(right: float | None, wrong: float | None) -> str:
    said = f"It scores the right answer {right:.4g} and the wrong one {wrong:.4g}"
    return f"{said}." if (right or 0.0) > (wrong or 0.0) else f"{said}, so it does not tell them apart as it should."


def _group(answers: Sequence[Any]) -> str:
    right, wrong = answers[0]
    return _scored(right.raw, wrong.raw)


def _attributes(answers: Sequence[Any]) -> str:
    right, wrong = answers[0]
    return f"{_scored(right.overall.raw, wrong.overall.raw)} Its attributes: {', '.join(right.attributes) or 'none'}."


def _steps(answers: Sequence[Any]) -> str:
    scores = ", ".join(f"{score.value:.3g}" for score in answers[0])
    return f"It scores two right steps and a wrong one {scores}."


def _likeness(answers: Sequence[RewardScore]) -> str:
    return _scored(answers[0].raw, answers[1].raw)


def _preference(answers: Sequence[Any]) -> str:
    said = answers[0]
    if not said.parse_ok:
        raise Unreadable("Its answer could not be read: the server does not keep to the form that is asked for.")
    if said.preference is None:
        return "It does not decide between a right answer and a wrong one."
    chosen = {"first": "the right answer", "second": "the wrong answer", "tie": "neither"}[said.preference]
    return f"Of a right answer and a wrong one it prefers {chosen}."


def _rubric(answers: Sequence[Any]) -> str:
    right, wrong = answers
    if not (right.parse_ok and wrong.parse_ok):
        raise Unreadable("Its answer could not be read: the server does not keep to the form that is asked for.")
    said = [next((one.verdict for one in each.verdicts), None) for each in (right, wrong)]
    met, missed = ("nothing" if verdict is None else f"“{verdict}”" for verdict in said)
    return f"It says {met} where a criterion is met, and {missed} where it is not."


def _verified(answers: Sequence[Any]) -> str:
    words = {True: "right", False: "wrong", None: "neither right nor wrong"}
    right, wrong = answers
    return f"It calls a right answer {words[right.is_correct]}, and a wrong one {words[wrong.is_correct]}."


def _wrote(answers: Sequence[Written]) -> str:
    said = [one.text.strip() for one in answers[0].generations]
    if not any(said):
        raise Unreadable("It wrote nothing.")
    return f"It says {'the right number' if RIGHT in said[0] else 'something else'} when it is asked for 7 times 8."


def _ordered(answers: Sequence[Ranked]) -> str:
    groups = answers[0].groups
    if groups is None or len(groups) == 1:
        return f"It does not decide which of a right answer and a wrong one comes first. {answers[0].reason}".strip()
    return f"Of a right answer and a wrong one it puts the {'right' if groups[0] == (0,) else 'wrong'} one first."


def _rated(answers: Sequence[Rated]) -> str:
    if any(one.value is None for one in answers):
        raise Unreadable(f"It rated nothing. {next(one.reason for one in answers if one.value is None)}")
    return _scored(answers[0].value, answers[1].value)


def _contrasted(answers: Sequence[Contrasted]) -> str:
    (attempt,) = answers[0].attempts
    if not attempt.criteria:
        raise Unreadable(f"It wrote no rubric. {attempt.reason}")
    count = f"{len(attempt.criteria)} criteri{'on' if len(attempt.criteria) == 1 else 'a'}"
    said = "agrees" if attempt.is_consistent else "does not agree"
    return f"It says in {count} what makes a right answer better than a wrong one; judging by them {said}."


_CANDIDATES = (Candidate(PROMPT, RIGHT, RIGHT), Candidate(PROMPT, WRONG, RIGHT))
_PAIR = (ResponseGroup(PROMPT, (RIGHT, WRONG)),)

KNOWN: dict[str, Known] = {
    "reward": Known(_PAIR, _group),
    "attributes": Known(_PAIR, _attributes),
    "steps": Known((Solution(PROMPT, STEPS),), _steps),
    "preference": Known((Comparison(PROMPT, RIGHT, WRONG),), _preference),
    "rubric": Known(tuple(Graded(one, (CRITERION,)) for one in _CANDIDATES), _rubric),
    "likeness": Known(_CANDIDATES, _likeness),
    "verification": Known(_CANDIDATES, _verified),
    "ranking": Known((Ordered(_PAIR[0]),), _ordered),
    "rating": Known(tuple(Scaled(one, SCALE) for one in _CANDIDATES), _rated),
    "generation": Known((Prompted(PROMPT),), _wrote),
    "writing": Known((Contrast(PROMPT, RIGHT, WRONG, attempts=1),), _contrasted),
}
"""By contract (`modelhooks.asking`)."""

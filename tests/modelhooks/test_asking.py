"""What is asked is named for good, and what is answered is read back as it was written."""

import json
from dataclasses import dataclass

import pytest

from modelhooks.asking import ASKING, WRITING, Asking, error_of, usage_of
from modelhooks.backends.fake import FakeModel
from modelhooks.contracts import (
    Attempt,
    Checklist,
    Contrast,
    Explained,
    Explaining,
    Feedback,
    Instruction,
    Merging,
    Misjudged,
    Misled,
    Revision,
    Rewording,
    Trajectory,
    WrittenCriterion,
)
from modelhooks.known_pairs import KNOWN

PROMPT = ({"role": "user", "content": "Why?"},)
CONTRAST = Contrast(PROMPT, "Because it rains.", "No!")


@dataclass(frozen=True)
class Alike:
    """The fields of a contrast, and not one."""

    prompt: tuple[dict[str, str], ...] = PROMPT
    better: str = CONTRAST.better
    worse: str = CONTRAST.worse
    attempts: int = CONTRAST.attempts
    votes: int = CONTRAST.votes


@pytest.mark.parametrize("contract", sorted(ASKING))
def test_answers_are_read_back_as_they_were_written(contract: str) -> None:
    asking = ASKING[contract]
    answers = asking.ask(FakeModel(), KNOWN[contract].inputs, {})

    assert [asking.read(asking.write(one)) for one in answers] == list(answers)


def test_questions_of_two_types_are_two_questions_however_alike_they_read() -> None:
    writing = ASKING["writing"]
    both = Asking(writing.ask, writing.answer, by_type={**WRITING, Alike: "something else"})

    assert both.digest("writing", CONTRAST, {}) == writing.digest("writing", CONTRAST, {})
    assert both.digest("writing", CONTRAST, {}) != both.digest("writing", Alike(), {})


PAIR = Explained(PROMPT, CONTRAST.better, CONTRAST.worse)
RUBRIC = (WrittenCriterion("The response gives a reason."),)
MISJUDGED = Misjudged(PROMPT, CONTRAST.better, CONTRAST.worse, (("no", "yes"),))
WORK = ({"role": "user", "content": "Book."}, {"role": "assistant", "content": "Booked."})
GIVEN = (
    CONTRAST,
    Feedback("It is right."),
    Instruction(PROMPT),
    Trajectory(WORK),
    Explaining((PAIR,)),
    Merging((RUBRIC, RUBRIC)),
    Revision(RUBRIC, (MISJUDGED,)),
    Rewording("", (Misled(PROMPT, "Because it rains.", "No!", "undecided"),)),
)


def test_a_writer_is_given_things_of_every_type_at_once_and_answers_each_in_its_place() -> None:
    writing, model = ASKING["writing"], FakeModel()
    mixed = [*GIVEN, *reversed(GIVEN)]

    answers = writing.ask(model, mixed, {})

    assert {type(one) for one in GIVEN} == set(WRITING)
    assert answers[:8] == answers[:7:-1]
    assert [one.about for one in answers[:8]] == [
        "contrast",
        "feedback",
        "instruction",
        "trajectory",
        "explaining",
        "merging",
        "revision",
        "rewording",
    ]
    assert [writing.read(writing.write(one)) for one in answers] == answers
    assert [writing.read(json.loads(json.dumps(writing.write(one)))) for one in answers] == answers
    assert len({writing.digest("writing", one, {}) for one in mixed}) == 8
    assert usage_of(answers).requests == 2 * (4 * 3 + 7)


def test_a_checklist_that_is_missing_turns_is_read_back() -> None:
    writing, found = ASKING["writing"], Checklist(missing={3: "Its weights do not add up."}, error="It is late.")

    assert writing.read(json.loads(json.dumps(writing.write(found)))) == found
    assert error_of(found) == "It is late."


def test_every_part_of_a_contrast_is_in_its_digest() -> None:
    digest = ASKING["writing"].digest
    others = [
        Contrast((), CONTRAST.better, CONTRAST.worse),
        Contrast(PROMPT, CONTRAST.worse, CONTRAST.better),
        Contrast(PROMPT, CONTRAST.better, CONTRAST.worse, attempts=2),
        Contrast(PROMPT, CONTRAST.better, CONTRAST.worse, votes=2),
    ]

    assert len({digest("writing", one, {}) for one in (CONTRAST, *others)}) == 5


@pytest.mark.parametrize(("is_consistent", "reason"), [(True, "It does not agree."), (False, "")])
def test_an_attempt_agrees_or_says_why_not(is_consistent: bool, reason: str) -> None:
    with pytest.raises(ValueError, match="says why"):
        Attempt(is_consistent=is_consistent, reason=reason)

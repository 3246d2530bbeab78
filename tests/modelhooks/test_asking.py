"""What is asked is named for good, and what is answered is read back as it was written."""

from dataclasses import dataclass

import pytest

from modelhooks.asking import ASKING, WRITING, Asking
from modelhooks.backends.fake import FakeModel
from modelhooks.contracts import Attempt, Contrast
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

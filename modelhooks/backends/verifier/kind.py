"""What all verifiers share: parameters that are declared, a version, a fingerprint, and a sentence for every answer."""

import hashlib
import json
from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from modelhooks.backends.verifier.extraction import Where, answer_in
from modelhooks.contracts import Candidate, Verification
from modelhooks.options import BackendOptions

SHOWN = 80  # characters of an answer in an explanation
MOST_SECONDS = 60
PUT = {"boxed": "\\boxed{{{}}}", "phrase": "The answer is {}."}

Seconds = Annotated[int, Field(ge=1, le=MOST_SECONDS)]


class Verifier(BackendOptions):
    """One kind of verifier with its parameters. `kind` and `version` are part of what an answer depends on.

    `at_once` is how many items a run asks about at once. `known` is a right and a wrong response that verifiers of the
    kind tell apart.
    """

    model_config = ConfigDict(
        allow_inf_nan=False, field_title_generator=lambda name, _: name.replace("_", " ").capitalize()
    )

    kind: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[int]
    at_once: ClassVar[int] = 32
    known: ClassVar[tuple[Candidate, Candidate]]

    @abstractmethod
    def verify(self, candidates: Sequence[Candidate]) -> list[Verification]:
        """One verification per candidate, in their order."""

    def libraries(self) -> dict[str, str]:
        """Versions of what the verdict also depends on."""
        return {}

    def why_not(self) -> str:
        """Why this cannot be done on this machine, as a sentence; empty where it can."""
        return ""

    @property
    def known_inputs(self) -> tuple[Candidate, ...]:
        """What a check of this verifier asks it."""
        return self.known

    @property
    def fingerprint(self) -> str:
        """64 hexadecimal digits: the same for two verifiers that say the same of everything."""
        parts = {
            "verifier": self.kind,
            "version": self.version,
            "parameters": self.model_dump(mode="json"),
            "libraries": self.libraries(),
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


class AnswerVerifier(Verifier):
    """Compares the final answer of a response with a known one.

    `where` says how the answer is found in a response. With `reference_is_solution`, the known answer is found in the
    reference in the same way. A response in which none is found is not told, or wrong, as `without_answer` says.
    """

    where: Where = "auto"
    reference_is_solution: bool = False
    without_answer: Literal["unknown", "wrong"] = "unknown"

    def verify(self, candidates: Sequence[Candidate]) -> list[Verification]:
        """One verification per candidate, in their order."""
        found = [self._found(candidate) for candidate in candidates]
        asked = [one for one in found if not isinstance(one, Verification)]
        compared = iter(self.compare(asked))
        return [one if isinstance(one, Verification) else next(compared) for one in found]

    @abstractmethod
    def compare(self, pairs: Sequence[tuple[str, str]]) -> Sequence[Verification]:
        """One verification for each answer and the known one."""

    @property
    def known_inputs(self) -> tuple[Candidate, ...]:
        """What a check asks it, put where it looks for answers."""
        put = PUT.get(self.where, "{}").format
        return tuple(
            Candidate((), put(one.response), put(one.reference) if self.reference_is_solution else one.reference)
            for one in self.known
        )

    def find(self, text: str) -> str | None:
        """The answer in a response."""
        return answer_in(text, self.where)

    def _found(self, candidate: Candidate) -> tuple[str, str] | Verification:
        if candidate.reference is None or not candidate.reference.strip():
            return Verification(None, "There is no known answer to compare with.")
        known = self.find(candidate.reference) if self.reference_is_solution else candidate.reference.strip()
        if known is None:
            return Verification(None, "No answer was found in the known solution.")
        answer = self.find(candidate.response)
        if answer is None:
            is_correct = False if self.without_answer == "wrong" else None
            return Verification(is_correct, "No answer was found in the response.")
        return answer, known


def shown(text: str) -> str:
    """A text on one line, cut, between quotes."""
    line = " ".join(text.split())
    return f"“{line[: SHOWN - 1]}…”" if len(line) > SHOWN else f"“{line}”"


def right(answer: str, known: str) -> Verification:
    """As it should be."""
    return Verification(True, f"The answer {shown(answer)} is {shown(known)}.")


def wrong(answer: str, known: str) -> Verification:
    """Not as it should be."""
    return Verification(False, f"The answer {shown(answer)} is not {shown(known)}.")


def told_apart(right: str, wrong: str, reference: str) -> tuple[Candidate, Candidate]:
    """A right and a wrong response."""
    return Candidate((), right, reference), Candidate((), wrong, reference)

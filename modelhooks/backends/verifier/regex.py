"""A pattern that the answer has to match."""

import platform
from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import StringConstraints

from modelhooks.backends.verifier.comparing import compared
from modelhooks.backends.verifier.extraction import Where
from modelhooks.backends.verifier.kind import AnswerVerifier, Seconds, told_apart
from modelhooks.contracts import Candidate, Verification


class Regex(AnswerVerifier):
    """A regular expression, as Python reads them: `pattern` for all, or each item's own as its reference."""

    kind: ClassVar[str] = "regex"
    title: ClassVar[str] = "a pattern"
    version: ClassVar[int] = 1
    known: ClassVar[tuple[Candidate, Candidate]] = told_apart("yes", "no", "yes")

    where: Where = "whole"
    pattern: Annotated[str, StringConstraints(max_length=2_000)] = ""
    full: bool = False
    ignore_case: bool = False
    multiline: bool = False
    dot_all: bool = False
    seconds: Seconds = 2

    def libraries(self) -> dict[str, str]:
        """Python's version."""
        return {"python": platform.python_version()}

    def verify(self, candidates: Sequence[Candidate]) -> list[Verification]:
        """One verification per candidate, in their order."""
        if self.pattern:
            candidates = [Candidate(one.prompt, one.response, self.pattern) for one in candidates]
        return super().verify(candidates)

    def compare(self, pairs: Sequence[tuple[str, str]]) -> Sequence[Verification]:
        """One verification for each answer and the pattern."""
        parameters = self.model_dump(include={"full", "ignore_case", "multiline", "dot_all"})
        return compared("pattern", pairs, parameters, self.seconds)

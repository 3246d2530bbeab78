"""Formulas that say the same, in LaTeX or as on a keyboard."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, ClassVar

from pydantic import Field

from modelhooks.backends.verifier.comparing import compared
from modelhooks.backends.verifier.extraction import answer_in
from modelhooks.backends.verifier.kind import AnswerVerifier, Seconds, told_apart
from modelhooks.contracts import Candidate, Verification


class Maths(AnswerVerifier):
    """Equal for all values of their symbols, by SymPy. With a `tolerance`, numbers may differ by that part of them.

    Numbers, formulas, equations up to a factor, inequalities, intervals and their unions, points, sets and lists in
    any order, matrices. Words and units in text commands are passed over, unless there is nothing else. Where nothing
    in a response says that it is the answer, its last number is.
    """

    kind: ClassVar[str] = "maths"
    title: ClassVar[str] = "formulas that are equal"
    version: ClassVar[int] = 1
    known: ClassVar[tuple[Candidate, Candidate]] = told_apart("2/4", "1/3", "0.5")

    tolerance: Annotated[float, Field(ge=0, le=1)] = 0.0
    seconds: Seconds = 10

    def libraries(self) -> dict[str, str]:
        """SymPy's version, and that of the numbers below it."""
        return {"sympy": version("sympy"), "mpmath": version("mpmath")}

    def find(self, text: str) -> str | None:
        """The answer in a response."""
        found = answer_in(text, self.where)
        return answer_in(text, "last_number") if found is None and self.where == "auto" else found

    def compare(self, pairs: Sequence[tuple[str, str]]) -> Sequence[Verification]:
        """One verification for each answer and the known one."""
        return compared("formula", pairs, {"tolerance": self.tolerance}, self.seconds)

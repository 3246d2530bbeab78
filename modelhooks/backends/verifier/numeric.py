"""The same number, in whichever unit."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from modelhooks.backends.verifier.comparing import compared
from modelhooks.backends.verifier.extraction import answer_in
from modelhooks.backends.verifier.kind import AnswerVerifier, Seconds, told_apart
from modelhooks.contracts import Candidate, Verification

Tolerance = Annotated[float, Field(ge=0, le=1e6)]


class Numeric(AnswerVerifier):
    """Numbers that differ by at most `absolute`, or by `relative` of the larger one.

    Units are turned into each other ("if_given": where both have one), must be there on both sides or on neither
    ("required"), or are passed over ("ignored"). Where nothing in a response says that it is the answer, its last
    number is.
    """

    kind: ClassVar[str] = "numeric"
    title: ClassVar[str] = "the same number, in whichever unit"
    version: ClassVar[int] = 1
    known: ClassVar[tuple[Candidate, Candidate]] = told_apart("5", "6", "5")

    units: Literal["if_given", "required", "ignored"] = "if_given"
    relative: Tolerance = 1e-6
    absolute: Tolerance = 0.0
    seconds: Seconds = 5

    def libraries(self) -> dict[str, str]:
        """Pint's version."""
        return {"pint": version("pint")}

    def find(self, text: str) -> str | None:
        """The answer in a response."""
        found = answer_in(text, self.where)
        return answer_in(text, "last_number") if found is None and self.where == "auto" else found

    def compare(self, pairs: Sequence[tuple[str, str]]) -> Sequence[Verification]:
        """One verification for each answer and the known one."""
        parameters = self.model_dump(include={"units", "relative", "absolute"})
        return compared("quantity", pairs, parameters, self.seconds)

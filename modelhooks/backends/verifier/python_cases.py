"""Python code that is given inputs; what comes out is compared here, where the code cannot reach."""

import json
import platform
from collections.abc import Mapping, Sequence
from math import isclose
from typing import Annotated, Any, ClassVar

from pydantic import Field, TypeAdapter, ValidationError

from modelhooks.backends.verifier.code import CodeVerifier, ReferenceUnreadable, object_in
from modelhooks.backends.verifier.kind import shown, told_apart
from modelhooks.backends.verifier.python_tests import PYTHON
from modelhooks.contracts import Candidate, Verification
from modelhooks.heads import Strict

MOST_CASES = 200


class Call(Strict):
    """Arguments of a function and what it should return, as JSON."""

    arguments: list[Any] = []
    named: dict[str, Any] = {}
    expected: Any


class Program(Strict):
    """What a program reads and what it should print."""

    input: str
    output: str


class Calls(Strict):
    """A function by its name, a method of a class as `Class.method`, and its cases."""

    function: Annotated[str, Field(pattern=r"^[A-Za-z_]\w{0,99}(\.[A-Za-z_]\w{0,99})?$")]
    cases: Annotated[tuple[Call, ...], Field(min_length=1, max_length=MOST_CASES)]


class Programs(Strict):
    """Cases of a whole program."""

    cases: Annotated[tuple[Program, ...], Field(min_length=1, max_length=MOST_CASES)]


REFERENCE: TypeAdapter[Calls | Programs] = TypeAdapter(Calls | Programs)


class PythonCases(CodeVerifier):
    """The reference is a JSON object of `cases`: `arguments` and `expected` of a `function`, or `input` and `output`.

    What is expected never reaches the code. Numbers may differ by `relative` or `absolute`; a tuple is a list; blanks
    at the ends of lines and of the output do not count.
    """

    kind: ClassVar[str] = "python_cases"
    title: ClassVar[str] = "Python that gives what it should"
    version: ClassVar[int] = 1
    known: ClassVar[tuple[Candidate, Candidate]] = told_apart(
        "print(1)", "print(2)", '{"cases": [{"input": "", "output": "1"}]}'
    )
    languages: ClassVar[frozenset[str]] = PYTHON

    relative: Annotated[float, Field(ge=0, le=1)] = 1e-9
    absolute: Annotated[float, Field(ge=0, le=1e6)] = 1e-12

    def libraries(self) -> dict[str, str]:
        """Python's version."""
        return {"python": platform.python_version()}

    def judge(self, code: str, reference: str) -> Verification:
        """Whether all cases come out as they should."""
        try:
            wanted = REFERENCE.validate_python(object_in(reference))
        except ValidationError:
            raise ReferenceUnreadable("holds no cases") from None
        return self._calls(code, wanted) if isinstance(wanted, Calls) else self._programs(code, wanted.cases)

    def _calls(self, code: str, wanted: Calls) -> Verification:
        calls = [{"arguments": case.arguments, "named": case.named} for case in wanted.cases]
        ended = self.run("python_calls", {"code": code, "function": wanted.function, "calls": calls})
        if ended.reports and isinstance(first := ended.reports[0], dict) and "broken" in first:
            return Verification(False, f"The code does not run: {shown(str(first['broken']))}.")
        for number, case in enumerate(wanted.cases):
            if number >= len(ended.reports):
                return self.cut_short(ended) or Verification(False, "The code ended the program before its cases did.")
            if reason := self._differs(ended.reports[number], case.expected):
                return Verification(False, f"Case {number + 1} of {len(calls)} {reason}.")
        return _right(len(calls))

    def _differs(self, said: Any, expected: Any) -> str:
        """How a call's outcome is not what was expected, as the end of a sentence; empty where it is."""
        if not isinstance(said, dict) or "value" not in said:
            raised = said.get("raised", "") if isinstance(said, dict) else ""
            return f"raises {shown(str(raised))}"
        if same(said["value"], expected, self.relative, self.absolute):
            return ""
        return f"gives {shown(json.dumps(said['value']))} and not {shown(json.dumps(expected))}"

    def _programs(self, code: str, cases: Sequence[Program]) -> Verification:
        for number, case in enumerate(cases, start=1):
            ended = self.run("python_program", {"code": code}, given=case.input)
            if cut_short := self.cut_short(ended):
                return cut_short
            if ended.reports or ended.status:
                reason = str(ended.reports[0]) if ended.reports else f"exit status {ended.status}"
                return Verification(False, f"Case {number} of {len(cases)} fails: {shown(reason)}.")
            printed = ended.output.decode("utf-8", "replace")
            if _lines(printed) != _lines(case.output):
                said = f"prints {shown(printed)} and not {shown(case.output)}"
                return Verification(False, f"Case {number} of {len(cases)} {said}.")
        return _right(len(cases))


def same(one: Any, other: Any, relative: float, absolute: float) -> bool:
    """Whether two values of JSON are equal, numbers within the tolerances. True is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other or isclose(one, other, rel_tol=relative, abs_tol=absolute)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b, relative, absolute) for a, b in zip(one, other, strict=True))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key], relative, absolute) for key in one)
    return type(one) is type(other) and bool(one == other)


def _right(cases: int) -> Verification:
    return Verification(
        True, f"All {cases} cases come out as they should." if cases > 1 else "The case comes out as it should."
    )


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]

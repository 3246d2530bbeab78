"""Python code that has to pass tests: asserts, functions, test cases, or a check of one function."""

import platform
import secrets
from typing import Annotated, Any, ClassVar

from pydantic import StringConstraints

from modelhooks.backends.verifier.code import CodeVerifier, ReferenceUnreadable
from modelhooks.backends.verifier.kind import shown, told_apart
from modelhooks.contracts import Candidate, Verification

PYTHON = frozenset({"python", "python3", "py", "py3"})


class PythonTests(CodeVerifier):
    """The reference is a program of tests that sees all names of the response's: asserts as they stand, functions
    named test_…, unittest's test cases, and `check(candidate)`, which is called with the function `entry_point`.

    Tests and code share a process, so code that sets out to cheat its tests can; `python_cases` cannot be cheated so.
    """

    kind: ClassVar[str] = "python_tests"
    title: ClassVar[str] = "Python that passes tests"
    version: ClassVar[int] = 1
    known: ClassVar[tuple[Candidate, Candidate]] = told_apart(
        "def f(): return 1", "def f(): return 2", "assert f() == 1"
    )
    languages: ClassVar[frozenset[str]] = PYTHON

    entry_point: Annotated[str, StringConstraints(pattern=r"^([A-Za-z_]\w{0,99})?$")] = ""

    def libraries(self) -> dict[str, str]:
        """Python's version."""
        return {"python": platform.python_version()}

    def judge(self, code: str, reference: str) -> Verification:
        """Whether all tests pass."""
        # Whatever ends the process before our program has said how the tests went cannot say it in its place.
        seal = secrets.token_hex(16)
        request = {"code": code, "tests": reference, "entry_point": self.entry_point, "seal": seal}
        ended = self.run("python_tests", request)
        said = next((one for one in ended.reports if isinstance(one, dict) and one.get("seal") == seal), None)
        if said and "unreadable" in said:
            raise ReferenceUnreadable(said["unreadable"])
        if said is None or ended.how in {"killed", "wall"}:
            return self.cut_short(ended) or Verification(False, "The code ended the program before its tests did.")
        return _verdict(said)


def _verdict(said: dict[str, Any]) -> Verification:
    if "failed" in said:
        return Verification(False, f"{said['failed']}: {shown(said['why'])}.")
    passed = said["passed"]
    return Verification(True, f"All {passed} tests pass." if passed > 1 else "The tests pass.")

"""Every kind of verifier by its name. To add one: a module beside this, a line here, a table of known answers."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from modelhooks.backends.verifier.choice import Choice
from modelhooks.backends.verifier.exact import Exact
from modelhooks.backends.verifier.kind import Verifier
from modelhooks.backends.verifier.maths import Maths
from modelhooks.backends.verifier.numeric import Numeric
from modelhooks.backends.verifier.python_cases import PythonCases
from modelhooks.backends.verifier.python_tests import PythonTests
from modelhooks.backends.verifier.regex import Regex
from modelhooks.backends.verifier.sql import Sql

KINDS: Mapping[str, type[Verifier]] = {
    "exact": Exact,
    "numeric": Numeric,
    "maths": Maths,
    "regex": Regex,
    "choice": Choice,
    "python_tests": PythonTests,
    "python_cases": PythonCases,
    "sql": Sql,
}


class VerifierRefused(ValueError):
    """There is no such kind of verifier, or it has no such parameter; a sentence says which."""


def verifier(kind: str, parameters: Mapping[str, Any] | None = None) -> Verifier:
    """The verifier of this kind with these parameters, the others at their defaults. Raises VerifierRefused."""
    if kind not in KINDS:
        raise VerifierRefused(f"There is no verifier {kind!r}; there are {', '.join(KINDS)}.")
    try:
        return KINDS[kind].model_validate(dict(parameters or {}))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "as a whole"
        raise VerifierRefused(f"The verifier {kind!r}: {where}: {first['msg']}.") from None

"""Runs code as a main program, with the input and output of this process."""

import sys
from collections.abc import Callable, Mapping
from typing import Any


def main(request: Mapping[str, Any], report: Callable[[Any], None]) -> None:
    """Report what it raised, if it did. Leaving with status 0, or none, is no error."""
    scope = {"__name__": "__main__"}
    try:
        exec(compile(request["code"], "response.py", "exec", dont_inherit=True), scope)  # noqa: S102
        sys.stdout.flush()
    except SystemExit as left:
        if left.code not in {None, 0}:
            report(f"it ended with {left.code!r}"[:300])
    except BaseException as error:
        report(f"{type(error).__name__}: {error}"[:300])

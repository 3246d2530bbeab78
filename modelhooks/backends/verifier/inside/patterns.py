"""Regular expressions, of which some take for ever."""

import re
from collections.abc import Mapping
from typing import Any


def check(answer: str, pattern: str, parameters: Mapping[str, Any]) -> tuple[bool | None, str]:
    """Whether the pattern is found in the answer, or is all of it with `full`."""
    flags = re.NOFLAG
    for name, flag in (("ignore_case", re.I), ("multiline", re.M), ("dot_all", re.S)):
        flags |= flag if parameters[name] else re.NOFLAG
    try:
        wanted = re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError) as error:
        return None, f"The known pattern is none: {error}."
    if parameters["full"]:
        found = wanted.fullmatch(answer) is not None
        return found, "The answer matches the pattern." if found else "The answer does not match the pattern."
    found = wanted.search(answer) is not None
    return found, "The pattern is found in the answer." if found else "The pattern is not found in the answer."

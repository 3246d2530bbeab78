"""Options that several adapters share."""

from collections.abc import Collection, Mapping
from typing import Any

from annotation.imports.adapters.contract import BadOptions
from annotation.imports.canonical.wording import describe, listing


def only(options: Mapping[str, Any], *known: str) -> None:
    """Raise `BadOptions` for an option that the adapter would not look at."""
    unknown = [name for name in options if name not in known]
    if unknown:
        raise BadOptions(f"There is no option {listing(unknown)}; {_alternatives(known)}.")


def text_option(options: Mapping[str, Any], name: str, default: str) -> str:
    """A text that is not empty."""
    value = options.get(name, default)
    if not isinstance(value, str):
        raise BadOptions(f"The option {name} is {describe(value)}, not text.")
    if name in options and not value:
        raise BadOptions(f"The option {name} is empty.")
    return value


def flag_option(options: Mapping[str, Any], name: str) -> bool:
    """True or false; false where it is not given."""
    value = options.get(name, False)
    if not isinstance(value, bool):
        raise BadOptions(f"The option {name} is {describe(value)}, not true or false.")
    return value


def _alternatives(known: Collection[str]) -> str:
    return f"{listing(list(known))} are known" if known else "this layout has none"

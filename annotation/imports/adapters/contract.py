"""What every adapter offers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from annotation.imports.canonical import CanonicalItem

Row = dict[str, Any]
"""One row of a file: column names to JSON values. CSV gives texts only."""

Convert = Callable[[Row], CanonicalItem]
"""Turns a row into an item, or raises `Refused`. It may leave wrong types in the item for `validate` to name."""


class BadOptions(ValueError):
    """Options that an adapter cannot work with. Its text is a sentence for the person who chose them."""


class Fit(NamedTuple):
    """How sure an adapter is that a file is in its layout, from 0 to 1, and why."""

    score: float
    reason: str


NO_FIT = Fit(0.0, "")


@dataclass(frozen=True, slots=True)
class Adapter:
    """One layout of files. `example` is a row of it as JSON."""

    name: str
    title: str
    example: str
    sniff: Callable[[Mapping[str, object]], Fit]
    """Judge a file by its columns, each with a value from its first rows."""
    converter: Callable[[Mapping[str, Any]], Convert]
    """Check the options once for a whole file. Raises `BadOptions`."""
    form: tuple[dict[str, Any], ...] = ()
    """Questions that such a file's labels answer, as the form builder takes them; none where a preference is all."""

    def convert(self, row: Row, options: Mapping[str, Any] | None = None) -> CanonicalItem:
        """Convert a single row; for a file, take a `converter` once and call that."""
        return self.converter(options or {})(row)

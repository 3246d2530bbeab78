"""The layouts that can be imported. A new one is a module beside these and a line in `ADAPTERS`."""

from collections.abc import Mapping, Sequence

from annotation.imports.adapters import (
    goldpan,
    helpsteer2_preference,
    hh_rlhf,
    mapping,
    trl_explicit,
    trl_implicit,
    ultrafeedback_binarized,
)
from annotation.imports.adapters.contract import Adapter, BadOptions, Convert, Fit, Row
from annotation.imports.adapters.mapping import suggest

__all__ = ["ADAPTERS", "Adapter", "BadOptions", "Convert", "Fit", "Row", "columns_of", "sniff", "suggest"]

ADAPTERS: dict[str, Adapter] = {
    "goldpan": goldpan.ADAPTER,
    "hh_rlhf": hh_rlhf.ADAPTER,
    "ultrafeedback_binarized": ultrafeedback_binarized.ADAPTER,
    "trl_explicit": trl_explicit.ADAPTER,
    "trl_implicit": trl_implicit.ADAPTER,
    "helpsteer2_preference": helpsteer2_preference.ADAPTER,
    "mapping": mapping.ADAPTER,
}


def columns_of(rows: Sequence[Row]) -> dict[str, object]:
    """The columns of the first rows of a file, each with its first value that is not null."""
    columns: dict[str, object] = {}
    for row in rows:
        for name, value in row.items():
            if columns.get(name) is None:
                columns[name] = value
    return columns


def sniff(columns: Mapping[str, object]) -> tuple[str | None, str]:
    """The name of the adapter that fits best, and why; None where none does.

    Ties go to the adapter that stands first in `ADAPTERS`.
    """
    fits = [(name, adapter.sniff(columns)) for name, adapter in ADAPTERS.items()]
    name, best = max(fits, key=lambda fit: fit[1].score)
    if best.score <= 0:
        return None, "No known layout fits, and no column looks like a prompt with responses beside it."
    return name, f"{best.reason[:1].upper()}{best.reason[1:]}."

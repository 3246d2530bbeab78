"""The layouts that can be imported. A new one is a module beside these and a line in `ADAPTERS`."""

from collections.abc import Mapping, Sequence

from annotation.imports.adapters import (
    arena_140k,
    argilla,
    feedback,
    feedback_collection,
    fine_grained_rlhf,
    goldpan,
    helpsteer2,
    helpsteer2_preference,
    helpsteer3,
    hh_rlhf,
    judgebench,
    label_studio,
    lmsys_55k,
    mapping,
    math_shepherd,
    nectar,
    openrubrics,
    prm800k,
    prmbench,
    processbench,
    rewardbench,
    rewardbench2,
    rm_bench,
    spans,
    trl_explicit,
    trl_implicit,
    trl_stepwise,
    trl_unpaired,
    ultrafeedback,
    ultrafeedback_binarized,
    wildbench,
)
from annotation.imports.adapters.contract import Adapter, BadOptions, Convert, Fit, Row
from annotation.imports.adapters.mapping import named_columns, suggest

__all__ = [
    "ADAPTERS",
    "Adapter",
    "BadOptions",
    "Convert",
    "Fit",
    "Row",
    "columns_of",
    "named_columns",
    "sniff",
    "suggest",
]

ADAPTERS: dict[str, Adapter] = {
    "goldpan": goldpan.ADAPTER,
    "hh_rlhf": hh_rlhf.ADAPTER,
    "ultrafeedback_binarized": ultrafeedback_binarized.ADAPTER,
    "trl_explicit": trl_explicit.ADAPTER,
    "trl_implicit": trl_implicit.ADAPTER,
    "helpsteer2_preference": helpsteer2_preference.ADAPTER,
    "prm800k": prm800k.ADAPTER,
    "math_shepherd": math_shepherd.ADAPTER,
    "processbench": processbench.ADAPTER,
    "prmbench": prmbench.ADAPTER,
    "trl_stepwise": trl_stepwise.ADAPTER,
    "ultrafeedback": ultrafeedback.ADAPTER,
    "helpsteer2": helpsteer2.ADAPTER,
    "helpsteer3": helpsteer3.ADAPTER,
    "nectar": nectar.ADAPTER,
    "lmsys_55k": lmsys_55k.ADAPTER,
    "arena_140k": arena_140k.ADAPTER,
    "rewardbench": rewardbench.ADAPTER,
    "rewardbench2": rewardbench2.ADAPTER,
    "rm_bench": rm_bench.ADAPTER,
    "judgebench": judgebench.ADAPTER,
    "fine_grained_rlhf": fine_grained_rlhf.ADAPTER,
    "trl_unpaired": trl_unpaired.ADAPTER,
    "spans": spans.ADAPTER,
    "openrubrics": openrubrics.ADAPTER,
    "feedback_collection": feedback_collection.ADAPTER,
    "wildbench": wildbench.ADAPTER,
    "feedback": feedback.ADAPTER,
    "argilla": argilla.ADAPTER,
    "label_studio": label_studio.ADAPTER,
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

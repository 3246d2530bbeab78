"""RM-Bench: three right and three wrong completions, each side in the same three styles."""

from annotation.imports.adapters.columns import key_of, list_of, missing, text_of
from annotation.imports.adapters.contract import Row
from annotation.imports.adapters.rm_bench import ADAPTER
from annotation.imports.adapters.turns import user
from annotation.imports.canonical import Refused
from curation.evaluation.names import SUBSETS
from curation.evaluation.points import STYLES
from curation.layouts.contract import Convert, Known, Layout, known


def converter() -> Convert:
    """The right completions stand first, each side from the plainest style to the fanciest."""

    def convert(row: Row) -> Known:
        missing(row, "prompt", "chosen", "rejected")
        sides = [list_of(row, name) for name in ("chosen", "rejected")]
        if any(len(side) != STYLES for side in sides):
            raise Refused(f"Each of chosen and rejected holds {STYLES} completions, one for each style.")
        return known(
            row,
            key=key_of(row.get("id"), "The id"),
            subset=text_of(row, "domain") or text_of(row, "subset"),
            messages=user(row["prompt"]),
            texts=[text for side in sides for text in side],
            right=range(STYLES),
        )

    return convert


LAYOUT = Layout(
    name="rm_bench",
    title=ADAPTER.title,
    about=(
        "Three styles on either side, compared each with each. Hard is where the right completion is the plainer one. "
        "The score is the mean of the nine, over domains."
    ),
    example=ADAPTER.example,
    sniff=ADAPTER.sniff,
    converter=converter,
    headline=SUBSETS,
)

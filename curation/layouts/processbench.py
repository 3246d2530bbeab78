"""ProcessBench: a solution in steps, and the number of the earliest step that is wrong, from 0; -1 says that none is.

Its four files are told apart by the ids of their rows, such as `gsm8k-12`.
"""

from annotation.imports.adapters.columns import key_of, missing, text_of
from annotation.imports.adapters.contract import Row
from annotation.imports.adapters.numbers import whole
from annotation.imports.adapters.processbench import ADAPTER
from annotation.imports.adapters.stepped import step_texts
from annotation.imports.adapters.turns import user
from curation.evaluation.names import SUBSETS
from curation.evaluation.points import NO_ERROR
from curation.layouts.contract import MOST_STEPS, Convert, Known, Layout, known

FILES = frozenset({"gsm8k", "math", "olympiadbench", "omnimath"})


def converter() -> Convert:
    """The texts are the steps."""

    def convert(row: Row) -> Known:
        missing(row, "problem", "steps", "label")
        steps, key = step_texts(row["steps"], "steps"), key_of(row.get("id"), "The id")
        label = whole(row["label"], "The label", NO_ERROR, len(steps) - 1)
        return known(
            row,
            key=key,
            subset=text_of(row, "subset") or _file_of(key),
            messages=user(row["problem"]),
            texts=steps,
            right=[] if label == NO_ERROR else [label],
            most=MOST_STEPS,
        )

    return convert


def _file_of(key: str | None) -> str | None:
    name = (key or "").rpartition("-")[0]
    return name if name in FILES else None


LAYOUT = Layout(
    name="processbench",
    title=ADAPTER.title,
    about=(
        "Solutions in steps. A row is right where the first error is found, or where a solution without one is left "
        "alone; the score is F1 of the two, over subsets."
    ),
    example=ADAPTER.example,
    sniff=ADAPTER.sniff,
    converter=converter,
    headline=SUBSETS,
    recipe="first_error",
)

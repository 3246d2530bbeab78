"""JudgeBench: a question, two responses in the order of the file, and which of them is right."""

from annotation.imports.adapters.columns import key_of, missing, text_of
from annotation.imports.adapters.contract import Row
from annotation.imports.adapters.judgebench import ADAPTER
from annotation.imports.adapters.turns import user
from annotation.imports.canonical import Refused
from annotation.imports.canonical.wording import quoted
from curation.evaluation.names import ROWS
from curation.layouts.contract import Convert, Known, Layout, known

RIGHT = {"A>B": 0, "B>A": 1}


def converter() -> Convert:
    """The responses keep their order."""

    def convert(row: Row) -> Known:
        missing(row, "question", "response_A", "response_B", "label")
        label = text_of(row, "label")
        if label not in RIGHT:
            raise Refused(f"The label is {quoted(label)}; A>B and B>A are known.")
        return known(
            row,
            key=key_of(row.get("pair_id"), "The pair_id"),
            subset=text_of(row, "source"),
            messages=user(row["question"]),
            texts=[row["response_A"], row["response_B"]],
            right=[RIGHT[label]],
        )

    return convert


LAYOUT = Layout(
    name="judgebench",
    title=ADAPTER.title,
    about="Pairs, judged in both orders. A row is right where both verdicts together come to the right response.",
    example=ADAPTER.example,
    sniff=ADAPTER.sniff,
    converter=converter,
    headline=ROWS,
    recipe="judge_pairs",
)

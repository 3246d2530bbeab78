"""RewardBench: a prompt, a chosen and a rejected completion, and the subset."""

from annotation.imports.adapters.columns import key_of, missing, text_of
from annotation.imports.adapters.contract import Row
from annotation.imports.adapters.rewardbench import ADAPTER
from annotation.imports.adapters.turns import messages_of, user
from curation.evaluation.names import ROWS
from curation.layouts.contract import Convert, Known, Layout, known


def converter() -> Convert:
    """The chosen completion stands first."""

    def convert(row: Row) -> Known:
        missing(row, "prompt", "chosen", "rejected")
        prompt = row["prompt"]
        return known(
            row,
            key=key_of(row.get("id"), "The id"),
            subset=text_of(row, "subset"),
            messages=messages_of(prompt, "The prompt") if isinstance(prompt, list) else user(prompt),
            texts=[row["chosen"], row["rejected"]],
            right=[0],
        )

    return convert


LAYOUT = Layout(
    name="rewardbench",
    title=ADAPTER.title,
    about="Pairs. A row is right where the chosen completion scores above the rejected one; equal scores are wrong.",
    example=ADAPTER.example,
    sniff=ADAPTER.sniff,
    converter=converter,
    headline=ROWS,
)

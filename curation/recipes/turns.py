"""Turns of a conversation, as every recipe writes them."""

from collections.abc import Sequence

from curation.recipes.records import Message


def plain(messages: list[Message]) -> list[Message]:
    """The turns with role and content alone; most have nothing else."""
    for turn in messages:
        if len(turn) != 2:
            return [{"role": turn["role"], "content": turn["content"]} for turn in messages]
    return messages


def length(messages: Sequence[Message]) -> int:
    """The number of characters in these turns, without their roles."""
    return sum([len(turn["content"]) for turn in messages])  # a list is quicker than a generator here

"""Two sides of one chat: what two conversations share, and chats whose turns stand in lists beside each other."""

from typing import Any

from annotation.imports.adapters.turns import assistant, turns_in_common, user
from annotation.imports.canonical import Message, Refused
from annotation.imports.canonical.wording import letter


def parted(conversations: list[list[Message]], names: tuple[str, str]) -> tuple[list[Message], list[list[Message]]]:
    """The turns that two conversations share, which are the prompt, and the endings of both.

    `names` begin the sentences of the `Refused` that is raised unless both endings begin with the assistant's turn.
    """
    one, two = conversations
    both = f"{names[0]} and {names[1][:1].lower()}{names[1][1:]}"
    shared = turns_in_common(one, two)
    if shared == len(one) == len(two):  # the same answer twice
        shared -= 1
    if shared < 1:
        raise Refused(f"{both} have no first message in common, so there is no prompt.")
    endings = [one[shared:], two[shared:]]
    for ending, name in zip(endings, names, strict=True):
        if not ending:
            raise Refused(f"{name} ends where the other one goes on, so it holds no answer.")
        if ending[0]["role"] != "assistant":
            raise Refused(f"{both} differ at turn {shared + 1}, which is not the assistant's.")
    return one[:shared], endings


def is_list_of_turns(value: object) -> bool:
    """Whether a value may be one side of a chat: texts in a list, or null where a text should be."""
    return isinstance(value, list) and bool(value) and all(part is None or isinstance(part, str) for part in value)


def interleaved(asked: list[Any], replies: list[list[Any]]) -> tuple[list[Message], list[list[Message]]]:
    """A list of user turns beside a list of replies each, as chats: after the first turn every model has its own."""
    completions = []
    for index, said in enumerate(replies):
        if len(said) != len(asked):
            raise Refused(f"The prompt has {len(asked)} turns and response {letter(index)} has {len(said)}.")
        turns = assistant(said[0])
        for question, answer in zip(asked[1:], said[1:], strict=True):
            turns += user(question) + assistant(answer)
        completions.append(turns)
    return user(asked[0]), completions

"""Version 1 of cutting by turns: a trajectory is judged as its assistant acted, one step for each turn."""

from collections.abc import Iterable

from annotation.splitting.steps import Cut


def split_turns(text: str, places: Iterable[Cut]) -> tuple[Cut, ...]:
    """One step for each turn that says something, together the whole text; none for a text that is empty or blank.

    `places` is where each turn stands in the text, in order. The blank line between two turns, and turns that are blank
    themselves, belong to the step before; what comes before the first turn with words belongs to that one.
    """
    begins = [start for start, end in places if text[start:end].strip()]
    if not begins:
        return ((0, len(text)),) if text.strip() else ()
    return tuple(zip([0, *begins[1:]], [*begins[1:], len(text)], strict=True))

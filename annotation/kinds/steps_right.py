"""How right an answer about steps is where the right one is known."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotation.kinds.steps_distance import by_step, first_error_place, is_about_the_same

Parts = Sequence[Mapping[str, Any] | None]


def share(value: Parts, accepted: Parts, within: int) -> float | None:
    """The mean over the responses of which something is known; one that is left out is wrong.

    None where nothing is known, or the steps were cut in another way since.
    """
    wanted = [(value[number] if number < len(value) else None, one) for number, one in enumerate(accepted) if one]
    found = [_of_one(said, one, within) for said, one in wanted]
    told = [one for one in found if one is not None]
    return sum(told) / len(told) if told else None


def _of_one(said: Mapping[str, Any] | None, accepted: Mapping[str, Any], within: int) -> float | None:
    """Right where the first error is found, exactly or so many steps away, and the final answer is judged as known.

    That nothing is wrong is met by that alone: an error found in the last step is not one step off. Where it is not
    known which error is the first, the steps count one by one.
    """
    if not said:
        return 0.0
    if not is_about_the_same(said, accepted):
        return None
    wanted, found = (first_error_place(one["labels"]) for one in (accepted, said))
    if wanted is None:
        apart = by_step(said["labels"], accepted["labels"])
        return None if apart is None else 1 - apart
    if accepted.get("final") is not None and said.get("final") != accepted["final"]:
        return 0.0
    if found is None:
        return 0.0
    none = len(accepted["labels"])
    return float(found == wanted or (none not in (found, wanted) and abs(found - wanted) <= within))

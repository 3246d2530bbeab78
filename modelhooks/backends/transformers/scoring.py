"""Rows through a model: texts to token ids one chunk ahead, packed rows, heads, and what to do when memory runs out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import torch

from modelhooks.backends.transformers import last_layer
from modelhooks.backends.transformers.attention import Layout
from modelhooks.backends.transformers.heads import Head
from modelhooks.backends.transformers.letters import TextRefused
from modelhooks.backends.transformers.text import Encoded
from modelhooks.engine.planning import Budget, Row, halves, plan

NOT_FINITE = "The model's answer was not a finite number."
NO_MEMORY = "The text needs more memory than the device has."
CUT_OFF = "It lies beyond the longest text that the model reads."
T = TypeVar("T")
U = TypeVar("U")


@dataclass
class Work:
    """What was done, in tokens and forwards; `read` counts every sequence by itself, `computed` what the model saw."""

    read: int = 0
    computed: int = 0
    forwards: int = 0


@dataclass(frozen=True)
class Answer:
    """What came of one sequence: for each read its numbers, or None with the reason at the same place."""

    numbers: list[list[float] | None]
    errors: list[str]
    n_tokens: int = 0
    truncated: bool = False

    @classmethod
    def refused(cls, reason: str) -> "Answer":
        """No read has an answer, because there is no sequence."""
        return cls([None], [reason])


@dataclass
class Engine:
    """A model, its head, and how many tokens a forward takes."""

    model: Any
    head: Head
    budget: Budget
    shares_prompts: bool = True
    work: Work = field(default_factory=Work)
    # The smallest row that memory did not suffice for; rows from there on are parted before they are tried.
    _too_large: int = 1 << 62

    def __post_init__(self) -> None:
        self._last = last_layer.install(self.model)

    def answers(self, groups: Sequence[Sequence[Encoded | TextRefused]]) -> list[list[Answer]]:
        """One answer per sequence, in the order of the groups and of their sequences."""
        found = [[Answer.refused(str(one)) for one in group] for group in groups]
        present = [[n for n, one in enumerate(group) if isinstance(one, Encoded)] for group in groups]
        kept = [[one for one in group if isinstance(one, Encoded)] for group in groups]
        rows = plan([[one.ids for one in group] for group in kept], self.budget, share=self.shares_prompts)
        for (group, member), answer in self._computed(rows, kept):
            found[group][present[group][member]] = answer
        return found

    def _computed(
        self, rows: list[Row], groups: Sequence[Sequence[Encoded]]
    ) -> Iterator[tuple[tuple[int, int], Answer]]:
        ids = [[one.ids for one in group] for group in groups]
        waiting = rows[::-1]
        while waiting:
            row = waiting.pop()
            parts = halves(row, ids) if len(row.ids) >= self._too_large else []
            if parts:
                waiting.extend(parts)
                continue
            numbers = self._forward(row, groups)
            if numbers is not None:
                yield from _each(row, groups, partial(answer_of, taken=iter(numbers)))
                continue
            self._too_large = min(self._too_large, len(row.ids))
            parts = halves(row, ids)
            waiting.extend(parts)
            if not parts:
                yield from _each(row, groups, unaffordable)

    def _forward(self, row: Row, groups: Sequence[Sequence[Encoded]]) -> list[list[float]] | None:
        """The head's numbers for every read in the row, in its order; None where memory did not suffice."""
        try:
            with torch.inference_mode():
                found = self._states_to_numbers(row, groups)
        except (torch.OutOfMemoryError, RuntimeError) as error:
            if not is_lack_of_memory(error):
                raise
            del error
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            return None
        self.work.forwards += 1
        self.work.computed += len(row.ids)
        self.work.read += sum(one.shared * len(one.members) + sum(one.own) for one in row.segments)
        return found

    def _states_to_numbers(self, row: Row, groups: Sequence[Sequence[Encoded]]) -> list[list[float]]:
        places = list(places_of(row, groups))
        if not places:
            return []
        states = self._states(row, places)
        found: list[list[float]] = self.head(states[torch.tensor(places, device=states.device)].float()).tolist()
        return found

    def _states(self, row: Row, places: Sequence[Sequence[int]]) -> Any:
        """The row's last hidden states, (tokens, hidden), as they should be at these places and nowhere else."""
        device = self.model.device
        read = torch.tensor(sorted({place for read in places for place in read}), device=device)
        with last_layer.reading(self._last, read):
            return self.model(
                input_ids=torch.tensor([row.ids], device=device),
                position_ids=torch.tensor([row.positions], device=device),
                use_cache=False,
                layout=Layout(tuple(row.segments), device),
            ).last_hidden_state[0]


def places_of(row: Row, groups: Sequence[Sequence[Encoded]]) -> Iterator[list[int]]:
    """For each read that was not cut off, where in the row its tokens stand."""
    for segment in row.segments:
        for number, member in enumerate(segment.members):
            for read in groups[segment.group][member].reads:
                if read is not None:
                    yield [segment.index(number, token) for token in read]


def _each(
    row: Row, groups: Sequence[Sequence[Encoded]], make: Callable[[Encoded], Answer]
) -> Iterator[tuple[tuple[int, int], Answer]]:
    for segment in row.segments:
        for member in segment.members:
            yield (segment.group, member), make(groups[segment.group][member])


def answer_of(one: Encoded, taken: Iterator[list[float]]) -> Answer:
    """The next numbers, one list for each read that was not cut off."""
    numbers: list[list[float] | None] = []
    errors: list[str] = []
    for read in one.reads:
        found = None if read is None else next(taken)
        is_finite = found is not None and all(abs(number) < float("inf") for number in found)
        numbers.append(found if is_finite else None)
        errors.append("" if is_finite else CUT_OFF if read is None else NOT_FINITE)
    return Answer(numbers, errors, len(one.ids), one.truncated)


def unaffordable(one: Encoded) -> Answer:
    """No read has an answer, because memory does not suffice for this sequence alone."""
    return Answer([None] * len(one.reads), [NO_MEMORY] * len(one.reads), len(one.ids), one.truncated)


def is_lack_of_memory(error: BaseException) -> bool:
    """CUDA says so by a type of its own, the CPU in words."""
    return isinstance(error, torch.OutOfMemoryError) or "not enough memory" in str(error)


def one_ahead(inputs: Iterable[T], make: Callable[[T], U]) -> Iterator[U]:
    """make(input) for each, the next one already in another thread while this one is used."""
    with ThreadPoolExecutor(max_workers=1) as other:
        waiting = None
        for one in inputs:
            begun = other.submit(make, one)
            if waiting is not None:
                yield waiting.result()
            waiting = begun
        if waiting is not None:
            yield waiting.result()


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Items in runs of at most this size."""
    return (items[begin : begin + size] for begin in range(0, len(items), size))

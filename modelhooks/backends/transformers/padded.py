"""Encoders, in which every token sees every other: padded batches of like lengths, with a mask.

Nothing is shared between such sequences, since a prompt's states depend on the response behind it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from modelhooks.backends.transformers.heads import Head
from modelhooks.backends.transformers.letters import TextRefused
from modelhooks.backends.transformers.scoring import Answer, Work, answer_of, is_lack_of_memory, unaffordable
from modelhooks.backends.transformers.text import Encoded
from modelhooks.engine.planning import Budget

Place = tuple[int, int]  # a group and a member of it
Batch = list[tuple[Place, Encoded]]


@dataclass
class PaddedEngine:
    """A model, its head, and how many tokens a batch has, its padding among them; a longer sequence is alone in one."""

    model: Any
    head: Head
    budget: Budget
    work: Work = field(default_factory=Work)

    def answers(self, groups: Sequence[Sequence[Encoded | TextRefused]]) -> list[list[Answer]]:
        """One answer per sequence, in the order of the groups and of their sequences."""
        found = [[Answer.refused(str(one)) for one in group] for group in groups]
        waiting = self._batches(groups)
        while waiting:
            batch = waiting.pop()
            for (group, member), answer in self._computed(batch, waiting):
                found[group][member] = answer
        return found

    def _computed(self, batch: Batch, waiting: list[Batch]) -> list[tuple[Place, Answer]]:
        """The batch's answers; none where memory did not suffice and its halves wait instead."""
        numbers = self._forward([one for _, one in batch])
        if numbers is not None:
            return [(place, answer_of(one, iter(its))) for (place, one), its in zip(batch, numbers, strict=True)]
        if len(batch) == 1:
            return [(place, unaffordable(one)) for place, one in batch]
        half = len(batch) // 2
        waiting.extend([batch[:half], batch[half:]])
        return []

    def _batches(self, groups: Sequence[Sequence[Encoded | TextRefused]]) -> list[Batch]:
        """Batches in which the longest come last, which is where `answers` begins: a lack of memory shows at once."""
        present = [
            ((number, member), one)
            for number, group in enumerate(groups)
            for member, one in enumerate(group)
            if isinstance(one, Encoded)
        ]
        batches: list[Batch] = []
        for one in sorted(present, key=lambda one: len(one[1].ids)):
            if batches and (len(batches[-1]) + 1) * len(one[1].ids) <= self.budget.target:
                batches[-1].append(one)
            else:
                batches.append([one])
        return batches

    def _forward(self, batch: Sequence[Encoded]) -> list[list[list[float]]] | None:
        """For each sequence the head's numbers for each of its reads; None where memory did not suffice."""
        try:
            with torch.inference_mode():
                states = self._states(batch)
                found = [self._read(states[row], one) for row, one in enumerate(batch)]
        except (torch.OutOfMemoryError, RuntimeError) as error:
            if not is_lack_of_memory(error):
                raise
            del error
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
            return None
        self.work.forwards += 1
        self.work.computed += len(batch) * max(len(one.ids) for one in batch)
        self.work.read += sum(len(one.ids) for one in batch)
        return found

    def _states(self, batch: Sequence[Encoded]) -> Any:
        """Last hidden states, (sequences, tokens of the longest, hidden); those of padding mean nothing."""
        device = self.model.device
        longest = max(len(one.ids) for one in batch)
        pad = self.model.config.pad_token_id or 0
        ids = [[*one.ids, *[pad] * (longest - len(one.ids))] for one in batch]
        mask = [[*[1] * len(one.ids), *[0] * (longest - len(one.ids))] for one in batch]
        return self.model(
            input_ids=torch.tensor(ids, device=device), attention_mask=torch.tensor(mask, device=device)
        ).last_hidden_state

    def _read(self, states: Any, one: Encoded) -> list[list[float]]:
        places = [list(read) for read in one.reads if read is not None]
        found: list[list[float]] = self.head(states[torch.tensor(places, device=states.device)].float()).tolist()
        return found

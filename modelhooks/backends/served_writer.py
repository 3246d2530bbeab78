"""Writers of rubrics that are servers: one chat model that writes, and the same or another one that judges by it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

from modelhooks import endpoints
from modelhooks.backends.remote.endpoint import Endpoint, Prices
from modelhooks.backends.remote.purse import Purse
from modelhooks.backends.served import PaidChat, chat_endpoint, eyes, require, seeing
from modelhooks.catalog import WriterOptions
from modelhooks.contracts import (
    Checklist,
    Constraints,
    Contrast,
    Contrasted,
    Explaining,
    Feedback,
    Hypotheses,
    Instruction,
    Merged,
    Merging,
    Principles,
    Revised,
    Revision,
    Trajectory,
)
from modelhooks.judging import health
from modelhooks.judging.asking import Setting
from modelhooks.judging.chat import MOST_ALTERNATIVES, Sampling
from modelhooks.judging.checklists import ChecklistWriter
from modelhooks.judging.complying import ComplyingJudge
from modelhooks.judging.constraints import ConstraintFinder
from modelhooks.judging.contrast import ContrastWriter
from modelhooks.judging.hypotheses import HypothesisWriter
from modelhooks.judging.merging import Merger
from modelhooks.judging.pictures import Resolve
from modelhooks.judging.principles import PrincipleFinder
from modelhooks.judging.revising import Reviser


@dataclass(frozen=True)
class ServedWriter:
    """One chat model as every kind of writer that it can be, and the one that judges what it wrote."""

    setting: Setting
    judging: Setting
    temperature: float
    """Of votes, where there are several."""

    @cached_property
    def contrasting(self) -> ContrastWriter:
        """Out of a pair and its label."""
        return ContrastWriter(self.setting, ComplyingJudge(self.judging, self.temperature))

    @property
    def fingerprint(self) -> str:
        """Whatever changes an answer of any of them."""
        kinds = (PrincipleFinder, ConstraintFinder, ChecklistWriter, HypothesisWriter, Merger, Reviser)
        all_of_them = (self.contrasting, *(kind(self.setting) for kind in kinds))
        return hashlib.sha256(" ".join(one.fingerprint for one in all_of_them).encode()).hexdigest()

    @property
    def prices(self) -> Prices:
        """Of a million tokens, of the one that writes."""
        return _paid(self.setting).prices

    def paying_from(self, purse: Purse) -> "ServedWriter":
        """The same writer, which with its judge spends no more than this purse holds."""
        beside = purse.beside(_paid(self.judging).prices)
        return replace(
            self,
            setting=replace(self.setting, chat=_paid(self.setting).paying_from(purse)),
            judging=replace(self.judging, chat=_paid(self.judging).paying_from(beside)),
        )

    def seeing(self, resolve: Resolve) -> "ServedWriter":
        """The same writer, which finds pictures like this if it is shown any."""
        return replace(self, setting=seeing(self.setting, resolve), judging=seeing(self.judging, resolve))

    def contrast(self, contrasts: Sequence[Contrast]) -> list[Contrasted]:
        """What makes the difference between two responses, for each."""
        return self.contrasting.contrast(contrasts)

    def find_principles(self, feedbacks: Sequence[Feedback]) -> list[Principles]:
        """What each feedback judges by."""
        return PrincipleFinder(self.setting).find_principles(feedbacks)

    def find_constraints(self, instructions: Sequence[Instruction]) -> list[Constraints]:
        """What each prompt demands."""
        return ConstraintFinder(self.setting).find_constraints(instructions)

    def write_checklists(self, trajectories: Sequence[Trajectory]) -> list[Checklist]:
        """What can be checked in each trajectory, turn by turn."""
        return ChecklistWriter(self.setting).write_checklists(trajectories)

    def explain(self, several: Sequence[Explaining]) -> list[Hypotheses]:
        """Which criteria may be at work that nobody named."""
        return HypothesisWriter(self.setting).explain(several)

    def merge(self, several: Sequence[Merging]) -> list[Merged]:
        """One list for each several."""
        return Merger(self.setting).merge(several)

    def revise(self, revisions: Sequence[Revision]) -> list[Revised]:
        """Each rubric as its errors suggest."""
        return Reviser(self.setting).revise(revisions)


def load(options: WriterOptions) -> ServedWriter:
    """The writer that a checkpoint of the backend `writer` stands for. Raises LoadRefused and Unavailable."""
    writes = chat_endpoint(options.endpoint)
    setting = _setting(options, writes, options.prices(writes.prices))
    if not options.judge_endpoint:
        return ServedWriter(setting, _certain(setting, writes), options.temperature)
    judges = chat_endpoint(options.judge_endpoint)
    judging = _setting(options, judges, judges.prices)
    return ServedWriter(setting, _certain(judging, judges), options.temperature)


def _setting(options: WriterOptions, described: Endpoint, prices: Prices) -> Setting:
    chat = endpoints.backend(described.name, prices=prices, raises_away=True)
    require(health.chat(chat))
    return Setting(chat, Sampling(options.temperature, max_tokens=options.longest), eyes(options, described))


def _certain(setting: Setting, described: Endpoint) -> Setting:
    """As judges are asked: without chance, and with the probabilities where the server tells them."""
    alternatives = MOST_ALTERNATIVES if described.tells_probabilities else 0
    return replace(setting, sampling=replace(setting.sampling, temperature=0.0, alternatives=alternatives))


def _paid(setting: Setting) -> PaidChat:
    return cast("PaidChat", setting.chat)  # an endpoint's

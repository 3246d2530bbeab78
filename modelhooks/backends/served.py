"""Checkpoints that are servers: the judge or the reward model behind a name of the deployment's endpoints.

Loading asks the server whether it does what it promises. One that lets its model say anything, or that squashes scores,
is refused before a single item is sent there.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Protocol, cast

from modelhooks import endpoints
from modelhooks.backends.remote.endpoint import Endpoint, EndpointRefused, Prices
from modelhooks.backends.remote.purse import Purse
from modelhooks.catalog import ChatOptions, GeneratorOptions, JudgeOptions, ServedOptions
from modelhooks.contracts import (
    Candidate,
    Comparison,
    CriterionVerdicts,
    Generation,
    Judgment,
    Messages,
    Orders,
    Ranked,
    Rated,
    ResponseGroup,
    RewardScore,
    Rubric,
    Scale,
    Solution,
    StepScore,
)
from modelhooks.errors import LoadRefused
from modelhooks.judging import health
from modelhooks.judging.asking import Setting
from modelhooks.judging.chat import MOST_ALTERNATIVES, Chat, Sampling
from modelhooks.judging.generating import ChatGenerator
from modelhooks.judging.listwise import Listing, ListwiseJudge
from modelhooks.judging.pairwise import PairwiseJudge
from modelhooks.judging.pictures import Resolve
from modelhooks.judging.pointwise import PointwiseJudge, Rating
from modelhooks.judging.rethink import RethinkJudge
from modelhooks.judging.rubrics import GradingJudge
from modelhooks.judging.steps import StepJudge
from modelhooks.means import Paid

CHAT = "openai_chat"
FEWEST_LISTINGS = 2


class PaidChat(Chat, Paid, Protocol):
    """A chat model behind an endpoint."""


@dataclass(frozen=True)
class ServedJudge:
    """One chat model as every kind of judge that it can be."""

    setting: Setting
    options: JudgeOptions

    @cached_property
    def pairs(self) -> PairwiseJudge | RethinkJudge:
        """Which of two is better."""
        if self.options.style == "rethink":
            return RethinkJudge(self.setting, self.options.allows_tie)
        return PairwiseJudge(self.setting, self.options.style, self.options.allows_tie)

    @cached_property
    def grading(self) -> GradingJudge:
        """By a rubric."""
        return GradingJudge(self.setting, self.options.samples)

    @cached_property
    def rating(self) -> PointwiseJudge:
        """One by one, on a scale."""
        return PointwiseJudge(self.setting, samples=self.options.samples)

    @property
    def listings(self) -> int:
        """How many seatings a list is asked in: from both ends at least."""
        return max(FEWEST_LISTINGS, self.options.samples)

    @cached_property
    def checking(self) -> StepJudge:
        """Step by step."""
        return StepJudge(self.setting, self.options.samples)

    @property
    def prices(self) -> Prices:
        """Of a million tokens."""
        return self._chat.prices

    def paying_from(self, purse: Purse) -> "ServedJudge":
        """The same judge, which spends no more than this purse holds."""
        return replace(self, setting=replace(self.setting, chat=self._chat.paying_from(purse)))

    def seeing(self, resolve: Resolve) -> "ServedJudge":
        """The same judge, which finds pictures like this if it is shown any."""
        return replace(self, setting=seeing(self.setting, resolve))

    @property
    def _chat(self) -> "PaidChat":
        return cast("PaidChat", self.setting.chat)  # an endpoint's

    @property
    def fingerprint(self) -> str:
        """Whatever changes an answer of any of them."""
        listing = ListwiseJudge(self.setting, self.listings)
        all_of_them = (self.pairs, self.grading, self.rating, self.checking, listing)
        return hashlib.sha256(" ".join(one.fingerprint for one in all_of_them).encode()).hexdigest()

    def judge(self, comparisons: Sequence[Comparison], *, n: int = 1, orders: Orders = "both") -> list[Judgment]:
        """Which of two is better."""
        return self.pairs.judge(comparisons, n=n, orders=orders)

    def grade(self, candidates: Sequence[Candidate], rubric: Rubric) -> list[CriterionVerdicts]:
        """Whether responses meet criteria."""
        return self.grading.grade(candidates, rubric)

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        """The expected point of a scale from 1 to 5 for each response."""
        return self.rating.score(groups)

    def rank(self, groups: Sequence[ResponseGroup], *, principle: str = "") -> list[Ranked]:
        """Several responses in order, by what all seatings agree on."""
        return [_ranked(one) for one in ListwiseJudge(self.setting, self.listings, principle).rank(groups)]

    def rate(self, candidates: Sequence[Candidate], *, scale: Scale, principle: str = "") -> list[Rated]:
        """The expected point of this scale for each."""
        judge = PointwiseJudge(self.setting, dict(scale), principle, self.options.samples)
        return [_rated(one) for one in judge.rate(candidates)]

    def score_steps(self, solutions: Sequence[Solution]) -> list[list[StepScore]]:
        """The probability that each step is right."""
        return self.checking.score_steps(solutions)


def _ranked(one: Listing) -> Ranked:
    reason, error = (one.error, "") if one.came else ("", one.error)
    return Ranked(one.groups, tuple(sorted(one.disputed)), one.mean_places, one.raw_text, one.usage, reason, error)


def _rated(one: Rating) -> Rated:
    reason, error = (one.error, "") if one.came else ("", one.error)
    return Rated(one.value, dict(one.probabilities), one.rationale, one.raw_text, one.usage, reason, error)


def load_judge(options: JudgeOptions) -> ServedJudge:
    """The judge that a checkpoint of the backend `judge` stands for. Raises LoadRefused and Unavailable."""
    described = chat_endpoint(options.endpoint)
    chat = endpoints.backend(described.name, prices=options.prices(described.prices), raises_away=True)
    require(health.chat(chat))
    return ServedJudge(Setting(chat, _sampling(options, described), eyes(options, described)), options)


@dataclass(frozen=True)
class ServedGenerator:
    """One chat model as a Generator that writes down by whom and how each response was drawn."""

    setting: Setting
    endpoint: Endpoint

    @property
    def fingerprint(self) -> str:
        """Whatever changes a response but how it is drawn."""
        return self._generator.fingerprint

    @property
    def prices(self) -> Prices:
        """Of a million tokens."""
        return cast("PaidChat", self.setting.chat).prices

    def paying_from(self, purse: Purse) -> "ServedGenerator":
        """The same generator, which spends no more than this purse holds."""
        chat = cast("PaidChat", self.setting.chat).paying_from(purse)
        return replace(self, setting=replace(self.setting, chat=chat))

    def seeing(self, resolve: Resolve) -> "ServedGenerator":
        """The same generator, which finds pictures like this if it is shown any."""
        return replace(self, setting=seeing(self.setting, resolve))

    def generate(self, prompts: Sequence[Messages], *, n: int, parameters: Mapping[str, Any]) -> list[list[Generation]]:
        """`n` responses per prompt, each with the model's name, the endpoint's, and all it was drawn with."""
        found = self._generator.generate(prompts, n=n, parameters=parameters)
        return [[self._told(one) for one in each] for each in found]

    def _told(self, one: Generation) -> Generation:
        said = {"model": self.endpoint.model, "endpoint": self.endpoint.name, "revision": self.endpoint.revision}
        return replace(one, parameters={**one.parameters, **said, "fingerprint": self.fingerprint})

    @property
    def _generator(self) -> ChatGenerator:
        return ChatGenerator(self.setting)


def load_generator(options: GeneratorOptions) -> ServedGenerator:
    """The generator that a checkpoint of the backend `generator` stands for. Raises LoadRefused."""
    described = chat_endpoint(options.endpoint)
    chat = endpoints.backend(described.name, prices=options.prices(described.prices), raises_away=True)
    return ServedGenerator(Setting(chat, Sampling(temperature=1.0), eyes(options, described)), described)


def load_reward(options: ServedOptions) -> Any:
    """The reward model that a checkpoint of the backend `served` stands for. Raises LoadRefused and Unavailable."""
    described = _endpoint(options.endpoint)
    if described.kind == CHAT:
        raise LoadRefused(f"“{described.name}” is a chat server, and no reward model.")
    try:
        model = endpoints.backend(described.name, prices=options.prices(described.prices), raises_away=True)
    except EndpointRefused as refusal:
        raise LoadRefused(str(refusal)) from None
    require(health.scale(model))
    return model


def _endpoint(name: str) -> Endpoint:
    try:
        return endpoints.endpoint(name)
    except EndpointRefused as refusal:
        raise LoadRefused(str(refusal)) from None


def chat_endpoint(name: str) -> Endpoint:
    """The endpoint of this name, where it is a chat server. Raises LoadRefused."""
    described = _endpoint(name)
    if described.kind != CHAT:
        raise LoadRefused(f"“{described.name}” is no chat server, so it cannot be asked in words.")
    return described


def eyes(options: ChatOptions, described: Endpoint) -> Resolve | None:
    """What stands for eyes until a run brings pictures; None for a model that is shown none. Raises LoadRefused."""
    if options.pictures and not described.takes_images:
        setting = f"GOLDPAN_ENDPOINT_{described.name.upper().replace('-', '_')}_IMAGES"
        raise LoadRefused(f"Pictures are to be shown to it, and “{described.name}” is said to see none ({setting}).")
    return (lambda _media: None) if options.pictures else None


def seeing(setting: Setting, resolve: Resolve) -> Setting:
    """Only where it is shown pictures at all: that is part of its fingerprint."""
    return replace(setting, resolve=resolve) if setting.resolve else setting


def _sampling(options: JudgeOptions, described: Endpoint) -> Sampling:
    alternatives = MOST_ALTERNATIVES if described.tells_probabilities else 0
    return Sampling(options.temperature, max_tokens=options.longest, alternatives=alternatives)


def require(found: health.Health) -> None:
    """Raises LoadRefused where something is wrong."""
    if not found.is_healthy:
        raise LoadRefused(" ".join(found.faults))

"""Checkpoints that are servers: the judge or the reward model behind a name of the deployment's endpoints.

Loading asks the server whether it does what it promises. One that lets its model say anything, or that squashes scores,
is refused before a single item is sent there.
"""

from dataclasses import dataclass, replace
from typing import Any, Protocol, cast

from modelhooks import endpoints
from modelhooks.backends.remote.endpoint import Endpoint, EndpointRefused, Prices
from modelhooks.backends.remote.purse import Purse
from modelhooks.catalog import ChatOptions, GeneratorOptions, JudgeOptions, ServedOptions
from modelhooks.errors import LoadRefused
from modelhooks.judging import health
from modelhooks.judging.asking import Setting
from modelhooks.judging.chat import MOST_ALTERNATIVES, Chat, Sampling
from modelhooks.judging.generating import NamedGenerator
from modelhooks.judging.judge import ChatJudge
from modelhooks.judging.pictures import Resolve
from modelhooks.means import Paid

CHAT = "openai_chat"


class PaidChat(Chat, Paid, Protocol):
    """A chat model behind an endpoint."""


@dataclass(frozen=True)
class ServedJudge(ChatJudge):
    """A judge that is paid, and may be shown pictures."""

    @property
    def prices(self) -> Prices:
        """Of a million tokens."""
        return paid(self.setting).prices

    def paying_from(self, purse: Purse) -> "ServedJudge":
        """The same judge, which spends no more than this purse holds."""
        return replace(self, setting=paying(self.setting, purse))

    def seeing(self, resolve: Resolve) -> "ServedJudge":
        """The same judge, which finds pictures like this if it is shown any."""
        return replace(self, setting=seeing(self.setting, resolve))


def load_judge(options: JudgeOptions) -> ServedJudge:
    """The judge that a checkpoint of the backend `judge` stands for. Raises LoadRefused and Unavailable."""
    described = chat_endpoint(options.endpoint)
    chat = endpoints.backend(described.name, prices=options.prices(described.prices), raises_away=True)
    require(health.chat(chat))
    sampling, resolve = _sampling(options, described), eyes(options, described)
    setting = Setting(chat, sampling, resolve, instructions=options.instructions)
    return ServedJudge(setting, options.style, options.allows_tie, options.samples)


@dataclass(frozen=True)
class ServedGenerator(NamedGenerator):
    """A generator that is paid, and may be shown pictures."""

    @property
    def prices(self) -> Prices:
        """Of a million tokens."""
        return paid(self.setting).prices

    def paying_from(self, purse: Purse) -> "ServedGenerator":
        """The same generator, which spends no more than this purse holds."""
        return replace(self, setting=paying(self.setting, purse))

    def seeing(self, resolve: Resolve) -> "ServedGenerator":
        """The same generator, which finds pictures like this if it is shown any."""
        return replace(self, setting=seeing(self.setting, resolve))


def load_generator(options: GeneratorOptions) -> ServedGenerator:
    """The generator that a checkpoint of the backend `generator` stands for. Raises LoadRefused."""
    described = chat_endpoint(options.endpoint)
    chat = endpoints.backend(described.name, prices=options.prices(described.prices), raises_away=True)
    said = {"model": described.model, "endpoint": described.name, "revision": described.revision}
    return ServedGenerator(Setting(chat, Sampling(temperature=1.0), eyes(options, described)), said)


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


def paid(setting: Setting) -> PaidChat:
    """Its chat, which is an endpoint's."""
    return cast("PaidChat", setting.chat)


def paying(setting: Setting, purse: Purse) -> Setting:
    """The same, which spends no more than this purse holds."""
    return replace(setting, chat=paid(setting).paying_from(purse))


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

"""Writers of rubrics that are servers: one chat model that writes, and the same or another one that judges by it."""

from dataclasses import dataclass, replace

from modelhooks import endpoints
from modelhooks.backends.remote.endpoint import Endpoint, Prices
from modelhooks.backends.remote.purse import Purse
from modelhooks.backends.served import chat_endpoint, eyes, paid, paying, require, seeing
from modelhooks.catalog import WriterOptions
from modelhooks.judging import health
from modelhooks.judging.asking import Setting
from modelhooks.judging.chat import MOST_ALTERNATIVES, Sampling
from modelhooks.judging.pictures import Resolve
from modelhooks.judging.writer import ChatWriter


@dataclass(frozen=True)
class ServedWriter(ChatWriter):
    """A writer that is paid, and may be shown pictures."""

    @property
    def prices(self) -> Prices:
        """Of a million tokens, of the one that writes."""
        return paid(self.setting).prices

    def paying_from(self, purse: Purse) -> "ServedWriter":
        """The same writer, which with its judge spends no more than this purse holds."""
        beside = purse.beside(paid(self.judging).prices)
        return replace(
            self,
            setting=paying(self.setting, purse),
            judging=paying(self.judging, beside),
        )

    def seeing(self, resolve: Resolve) -> "ServedWriter":
        """The same writer, which finds pictures like this if it is shown any."""
        return replace(self, setting=seeing(self.setting, resolve), judging=seeing(self.judging, resolve))


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

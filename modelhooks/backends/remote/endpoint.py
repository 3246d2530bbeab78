"""One server as the deployment describes it. Plain data: nothing here calls anybody."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from modelhooks.contracts import Usage

Kind = Literal["openai_chat", "vllm_classify", "sglang_classify"]
MILLION = 1_000_000


class EndpointRefused(ValueError):
    """An endpoint that cannot be called as it is described."""


@dataclass(frozen=True)
class Limits:
    """How long, how large, how often. Seconds and bytes; `at_once` counts requests in flight.

    An attempt is one HTTP request with its whole answer; a request is its attempts with the pauses between them; a call
    is all the requests that were asked for together. Each has an end of its own, and the innermost ends first.
    """

    attempt_seconds: float = 120.0
    request_seconds: float = 300.0
    call_seconds: float = 540.0
    retries: int = 4
    response_bytes: int = 4 * 2**20
    at_once: int = 8
    # After so many attempts in a row without an answer the server is left alone for `rest_seconds`.
    failures: int = 8
    rest_seconds: float = 30.0

    def __post_init__(self) -> None:
        seconds = (self.attempt_seconds, self.request_seconds, self.call_seconds, self.rest_seconds)
        if not all(math.isfinite(one) and one > 0 for one in seconds):
            raise EndpointRefused("Every time limit is a number of seconds above zero.")
        if self.retries < 0 or min(self.response_bytes, self.at_once, self.failures) < 1:
            raise EndpointRefused("Retries are none or more; sizes and counts are at least one.")


@dataclass(frozen=True)
class Prices:
    """What a million tokens cost, in whatever the deployment counts in. `cached` are prompt tokens that were
    remembered.
    """

    prompt: float = 0.0
    completion: float = 0.0
    cached: float | None = None

    def __post_init__(self) -> None:
        if not all(math.isfinite(one) and one >= 0 for one in (self.prompt, self.completion, self.cached or 0.0)):
            raise EndpointRefused("A price is zero or more.")

    @property
    def are_known(self) -> bool:
        """Whether anything has a price."""
        return any((self.prompt, self.completion, self.cached))

    def cost(self, usage: Usage) -> float:
        """What this usage costs. Cached tokens are counted among the prompt's, and without a price of their own like
        them.
        """
        remembered = min(usage.cached_tokens, usage.prompt_tokens)
        fresh = usage.prompt_tokens - remembered
        cached = self.prompt if self.cached is None else self.cached
        return (fresh * self.prompt + remembered * cached + usage.completion_tokens * self.completion) / MILLION

    def most(self, usage: Usage) -> float:
        """What it can cost at most, whatever of it turns out to be cached."""
        dearest = max(self.prompt, self.cached or 0.0)
        return (usage.prompt_tokens * dearest + usage.completion_tokens * self.completion) / MILLION


@dataclass(frozen=True)
class Endpoint:
    """A server and the one model that is asked there.

    `url` is what the paths of the API follow, such as http://127.0.0.1:8001/v1. `takes_images`, `counts_samples`
    (several samples in one request), `tells_probabilities` (log-probabilities of tokens) and `obeys_schemas`
    (structured output) say what the server can do; `extra` goes into the body of each request as it is; `template` is
    the model's chat template, for servers that take rendered text. Neither URL nor key is part of its printed form.
    """

    name: str
    kind: Kind
    url: str = field(repr=False)
    model: str
    key: str = field(default="", repr=False)
    revision: str = ""
    takes_images: bool = False
    counts_samples: bool = True
    tells_probabilities: bool = True
    obeys_schemas: bool = True
    length_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    extra: Mapping[str, Any] = field(default_factory=dict)
    template: str = field(default="", repr=False)
    limits: Limits = Limits()
    prices: Prices = Prices()

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise EndpointRefused(f"The URL of “{self.name}” must be http:// or https:// and name a host.")
        if parts.username is not None or parts.query or parts.fragment:
            raise EndpointRefused(f"The URL of “{self.name}” must hold no password, query or fragment.")
        if not self.model:
            raise EndpointRefused(f"“{self.name}” names no model.")

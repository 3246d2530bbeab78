"""The deployment's endpoints, and the backend for each. Whoever runs models asks here by name; no address comes from a
user.
"""

from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any

from django.conf import settings

from modelhooks.backends.remote.breaker import Breaker
from modelhooks.backends.remote.endpoint import Endpoint, EndpointRefused, Limits, Prices
from modelhooks.backends.remote.purse import Purse

# By the kind of server: the module and the class, loaded when one is asked for, in a worker.
BACKENDS = {
    "openai_chat": ("modelhooks.backends.openai_chat", "OpenAIChat"),
    "vllm_classify": ("modelhooks.backends.vllm_classify", "VllmClassify"),
    "sglang_classify": ("modelhooks.backends.sglang_classify", "SglangClassify"),
}


def configured() -> dict[str, Endpoint]:
    """All endpoints by name. Raises EndpointRefused with a sentence about the first that cannot be called."""
    return {name: _endpoint(name, dict(fields)) for name, fields in settings.MODEL_ENDPOINTS.items()}


def endpoint(name: str) -> Endpoint:
    """The endpoint of this name. Raises EndpointRefused."""
    fields = settings.MODEL_ENDPOINTS.get(name)
    if fields is None:
        raise EndpointRefused(f"No endpoint is called “{name}”. Name it in GOLDPAN_ENDPOINTS.")
    return _endpoint(name, dict(fields))


def backend(name: str, *, purse: Purse | None = None, prices: Prices | None = None, raises_away: bool = False) -> Any:
    """What calls the endpoint of this name: a Chat or a RewardModel. Loads what calls out; not for the web process.

    `prices` take the place of the endpoint's own. With `raises_away` a server that is away raises Unavailable, for runs
    that can wait.
    """
    described = endpoint(name)
    described = replace(described, prices=prices) if prices else described
    module, called = BACKENDS[described.kind]
    limits = described.limits
    return getattr(import_module(module), called)(
        described,
        purse=purse,
        breaker=_breaker(name, limits.failures, limits.rest_seconds),
        raises_away=raises_away,
    )


@cache
def _breaker(name: str, failures: int, rest_seconds: float) -> Breaker:
    """One for each endpoint in a process, so that the next run knows what the last one found."""
    return Breaker(failures, rest_seconds)


def _endpoint(name: str, fields: dict[str, Any]) -> Endpoint:
    limits, prices = Limits(**fields.pop("limits", {})), Prices(**fields.pop("prices", {}))
    return Endpoint(name=name, limits=limits, prices=prices, **fields)

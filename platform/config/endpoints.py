"""Servers that models run on elsewhere, as the environment names them: `GOLDPAN_ENDPOINTS=judge,reward`, and for each
`GOLDPAN_ENDPOINT_JUDGE_URL` and its like. What the fields mean is `modelhooks.backends.remote.endpoint`'s to say.
"""

import json
import re
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config import env

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
KINDS = ("openai_chat", "vllm_classify", "sglang_classify")
LENGTH_FIELDS = ("max_tokens", "max_completion_tokens")
Fields = dict[str, Any]


def endpoints(setting: str = "GOLDPAN_ENDPOINTS") -> dict[str, Fields]:
    """The fields of each endpoint by its name, in the order that the setting has them."""
    return {name: _endpoint(name) for name in env.words(setting)}


def _endpoint(name: str) -> Fields:
    if not NAME.fullmatch(name):
        raise ImproperlyConfigured(f"GOLDPAN_ENDPOINTS: {name!r} is no name; use small letters, digits and hyphens.")
    before = f"GOLDPAN_ENDPOINT_{name.upper().replace('-', '_')}_"
    return {
        "kind": _one_of(f"{before}KIND", KINDS),
        "url": _said(f"{before}URL").rstrip("/"),
        "model": _said(f"{before}MODEL"),
        "key": env.value(f"{before}KEY"),
        "revision": env.value(f"{before}REVISION"),
        "takes_images": env.flag(f"{before}IMAGES"),
        "counts_samples": env.flag(f"{before}SAMPLES", default=True),
        "tells_probabilities": env.flag(f"{before}PROBABILITIES", default=True),
        "obeys_schemas": env.flag(f"{before}SCHEMAS", default=True),
        "length_field": _one_of(f"{before}LENGTH_FIELD", LENGTH_FIELDS),
        "template": env.value(f"{before}TEMPLATE"),
        "extra": _extra(f"{before}EXTRA"),
        "limits": _limits(before),
        "prices": _prices(before),
    }


def _limits(before: str) -> Fields:
    """Seconds, counts and bytes. A call ends before its job does."""
    return {
        "attempt_seconds": float(env.number(f"{before}ATTEMPT_SECONDS", 120, low=1, high=3_600)),
        "request_seconds": float(env.number(f"{before}REQUEST_SECONDS", 300, low=1, high=3_600)),
        "call_seconds": float(env.number(f"{before}CALL_SECONDS", 540, low=1, high=86_400)),
        "retries": env.number(f"{before}RETRIES", 4, high=20),
        "response_bytes": env.number(f"{before}RESPONSE_KB", 4_096, low=1, high=2**16) * 2**10,
        "at_once": env.number(f"{before}AT_ONCE", 8, low=1, high=256),
    }


def _prices(before: str) -> Fields:
    prompt = env.amount(f"{before}PROMPT_PRICE", 0.0)
    return {
        "prompt": prompt,
        "completion": env.amount(f"{before}COMPLETION_PRICE", 0.0),
        "cached": env.amount(f"{before}CACHED_PRICE", prompt),
    }


def _said(name: str) -> str:
    said = env.value(name)
    if not said:
        raise ImproperlyConfigured(f"{name} is not set, and GOLDPAN_ENDPOINTS names this endpoint.")
    return said


def _one_of(name: str, known: tuple[str, ...]) -> str:
    said = env.value(name, known[0])
    if said not in known:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(known)}, not {said!r}.")
    return said


def _extra(name: str) -> Fields:
    try:
        said = json.loads(env.value(name, "{}"))
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise ImproperlyConfigured(f"{name} must be a JSON object.")
    return said

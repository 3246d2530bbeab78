"""A conversation as the text that a model reads, by its own chat template, for servers that take nothing but text."""

import json
from functools import lru_cache
from typing import Any

import jinja2
import jinja2.sandbox

from modelhooks.contracts import Messages
from modelhooks.judging.fences import harmless


class NotRendered(ValueError):
    """There is no text for this conversation; the message says why."""


def rendered(template: str, prompt: Messages, response: str) -> str:
    """The prompt and the response as the last turn. Control words in what people and models wrote are broken.

    The text that begins every text (BOS) is left to the server, which puts one there itself. Raises NotRendered for a
    conversation that the template refuses, or a template that does not work.
    """
    turns = [{"role": turn["role"], "content": harmless(str(turn.get("content") or ""))} for turn in prompt]
    turns.append({"role": "assistant", "content": harmless(response)})
    try:
        return _compiled(template).render(messages=turns, bos_token="", eos_token="", add_generation_prompt=False)
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise NotRendered(f"The chat template cannot show this conversation: {type(error).__name__}.") from None


@lru_cache(maxsize=16)
def _compiled(template: str) -> jinja2.Template:
    """In a sandbox and without loaders: a template sees the conversation and nothing else."""
    surroundings = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, autoescape=False, extensions=["jinja2.ext.loopcontrols"]
    )
    surroundings.filters["tojson"] = _tojson
    surroundings.globals["raise_exception"] = _raise
    return surroundings.from_string(template)


def _tojson(value: Any, **_: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _raise(message: str) -> None:
    raise jinja2.TemplateError(message)

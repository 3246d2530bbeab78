"""Any server that speaks OpenAI's chat API: vLLM, SGLang, llama.cpp, a provider.

What comes back is read by our own rules, since servers differ in what they leave out and some answer what nobody asked:
the envelope is checked field by field and the text is passed on as it is. Whether the text has the shape that was asked
for is the judge's to find out; a server that promises structured output is never believed.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Annotated, Any, Self

import httpx2
import openai
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from modelhooks.backends.remote.breaker import Breaker
from modelhooks.backends.remote.calling import Caller, Outcome, Request, Unreadable
from modelhooks.backends.remote.endpoint import Endpoint, EndpointRefused, Prices
from modelhooks.backends.remote.purse import Purse
from modelhooks.contracts import Usage
from modelhooks.judging.chat import MOST_ALTERNATIVES, MOST_SAMPLES, Answer, Ask, Picture, Reply, Sample, Token, Turn

# A byte is a token at worst; templates and schemas put words of their own around each message.
TOKENS_AROUND_A_TURN = 64
# Servers make between some hundred and two thousand tokens of a picture, and more where it is cut in tiles.
TOKENS_OF_A_PICTURE = 8_192

Count = Annotated[int, Field(ge=0, le=2**31)]


class OpenAIChat:
    """A chat model behind an endpoint. Not for the web process."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        purse: Purse | None = None,
        breaker: Breaker | None = None,
        raises_away: bool = False,
    ) -> None:
        if endpoint.kind != "openai_chat":
            raise EndpointRefused(f"“{endpoint.name}” is no chat server.")
        self.endpoint = endpoint
        self._caller = Caller(endpoint, purse=purse, breaker=breaker, raises_away=raises_away)

    @property
    def takes_images(self) -> bool:
        """Whether pictures may be sent."""
        return self.endpoint.takes_images

    @property
    def fingerprint(self) -> str:
        """What answers: the model, its revision and how it is asked, not where it stands."""
        asked = self.endpoint
        known = [asked.model, asked.revision, asked.obeys_schemas, asked.counts_samples, dict(asked.extra)]
        return hashlib.sha256(json.dumps(["openai_chat 1", *known], sort_keys=True).encode()).hexdigest()

    @property
    def purse(self) -> Purse:
        """What has been spent, and what still may be."""
        return self._caller.purse

    @property
    def prices(self) -> Prices:
        """Of a million tokens."""
        return self.endpoint.prices

    def paying_from(self, purse: Purse) -> Self:
        """The same server, asked for no more than this purse holds."""
        other = copy(self)
        other._caller = self._caller.paying_from(purse)
        return other

    def ask(self, asks: Sequence[Ask]) -> list[Reply]:
        """One reply for each, in their order, within the endpoint's limits."""
        parts = [list(self._parts(ask)) for ask in asks]
        outcomes = iter(self._caller.call([self._request(part) for each in parts for part in each]))
        return [_reply([next(outcomes) for _ in each]) for each in parts]

    def _parts(self, ask: Ask) -> list[Ask]:
        """The ask as single requests: one, or one for each sample where the server takes no number of them."""
        if self.endpoint.counts_samples or ask.samples == 1:
            return [ask]
        seed = ask.sampling.seed
        seeds = [None if seed is None else seed + number for number in range(ask.samples)]
        return [replace(ask, samples=1, sampling=replace(ask.sampling, seed=each)) for each in seeds]

    def _request(self, ask: Ask) -> Request[tuple[Sample, ...]]:
        async def send(web: httpx2.AsyncClient) -> httpx2.Response:
            # Written out only now: pictures are large, and only so many requests are sent at once.
            return await _sent(_client(self.endpoint, web), _fields(ask, self.endpoint))

        return Request(send, lambda content: _read(content, ask.samples), _most(ask, self.endpoint))


def _client(endpoint: Endpoint, web: httpx2.AsyncClient) -> openai.AsyncOpenAI:
    # Whatever the library would otherwise take from the environment is said here. Trying again is the caller's.
    return openai.AsyncOpenAI(
        api_key=endpoint.key or "none",
        base_url=endpoint.url,
        organization="",
        project="",
        max_retries=0,
        timeout=None,
        http_client=web,
    )


async def _sent(client: openai.AsyncOpenAI, fields: Mapping[str, Any]) -> httpx2.Response:
    """The bare answer, whatever its status; errors of the transport as they are, not as the library wraps them."""
    try:
        raw = await client.chat.completions.with_raw_response.create(**fields)
    except openai.APIStatusError as error:
        return error.response
    except openai.APIConnectionError as error:
        raise (error.__cause__ or httpx2.TransportError("The connection failed.")) from None
    response: httpx2.Response = raw.http_response
    return response


def _fields(ask: Ask, endpoint: Endpoint) -> dict[str, Any]:
    sampling = ask.sampling
    fields: dict[str, Any] = {
        "model": endpoint.model,
        "messages": [_message(turn) for turn in ask.turns],
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        endpoint.length_field: sampling.max_tokens,
    }
    if ask.samples > 1:
        fields["n"] = ask.samples
    if sampling.seed is not None:
        fields["seed"] = sampling.seed
    if sampling.alternatives and endpoint.tells_probabilities:
        fields |= {"logprobs": True, "top_logprobs": sampling.alternatives}
    if form := _form(ask, endpoint):
        fields["response_format"] = form
    return fields | ({"extra_body": dict(endpoint.extra)} if endpoint.extra else {})


def _form(ask: Ask, endpoint: Endpoint) -> dict[str, Any] | None:
    return response_format(ask.shape) if ask.shape is not None and endpoint.obeys_schemas else None


def response_format(shape: type[Answer]) -> dict[str, Any]:
    """The shape as strict structured output: enums and objects that allow no other key."""
    described = {"name": shape.__name__, "strict": True, "schema": shape.model_json_schema()}
    return {"type": "json_schema", "json_schema": described}


def _message(turn: Turn) -> dict[str, Any]:
    if not turn.pictures:
        return {"role": turn.role, "content": _encodable(turn.text)}
    pictures = [{"type": "image_url", "image_url": {"url": data_url(picture)}} for picture in turn.pictures]
    return {"role": turn.role, "content": [*pictures, {"type": "text", "text": _encodable(turn.text)}]}


def _encodable(text: str) -> str:
    """Half a surrogate pair cannot be sent; a question mark stands for it."""
    return text.encode("utf-8", "replace").decode()


def data_url(picture: Picture) -> str:
    """A picture's own bytes as a URL, so that no server is ever asked to fetch one."""
    return f"data:{picture.media_type};base64,{base64.b64encode(picture.content).decode()}"


def _most(ask: Ask, endpoint: Endpoint) -> Usage:
    """The most tokens that this can use, so that it can be set aside before anybody counts."""
    words = sum(len(turn.text.encode("utf-8", "replace")) + TOKENS_AROUND_A_TURN for turn in ask.turns)
    words += sum(TOKENS_OF_A_PICTURE * len(turn.pictures) for turn in ask.turns)
    words += len(json.dumps(_form(ask, endpoint) or ""))
    return Usage(words, ask.samples * ask.sampling.max_tokens)


class _Loose(BaseModel):
    # Servers add fields of their own; the ones that are read must be what they should be.
    model_config = ConfigDict(extra="ignore", strict=True)


class _Alternative(_Loose):
    token: str
    logprob: FiniteFloat


class _Token(_Alternative):
    top_logprobs: Annotated[list[_Alternative], Field(max_length=4 * MOST_ALTERNATIVES)] | None = None


class _Logprobs(_Loose):
    content: list[_Token] | None = None


class _Message(_Loose):
    content: str | None = None


class _Choice(_Loose):
    message: _Message
    finish_reason: str | None = None
    logprobs: _Logprobs | None = None


class _Details(_Loose):
    cached_tokens: Count | None = None


class _Usage(_Loose):
    prompt_tokens: Count
    completion_tokens: Count
    prompt_tokens_details: _Details | None = None


class _Envelope(_Loose):
    choices: Annotated[list[_Choice], Field(min_length=1, max_length=MOST_SAMPLES)]
    usage: _Usage | None = None


def _read(content: bytes, samples: int) -> tuple[tuple[Sample, ...], Usage | None]:
    """The samples of an answer, no more than were asked for, and what they used where it says so. Raises Unreadable."""
    try:
        envelope = _Envelope.model_validate_json(content)
    except ValidationError:
        raise Unreadable from None
    usage = None if envelope.usage is None else _usage(envelope.usage)
    return tuple(map(_sample, envelope.choices[:samples])), usage


def _usage(said: _Usage) -> Usage:
    details = said.prompt_tokens_details
    cached = 0 if details is None else details.cached_tokens or 0
    return Usage(said.prompt_tokens, said.completion_tokens, min(cached, said.prompt_tokens))


def _sample(choice: _Choice) -> Sample:
    told = choice.logprobs.content if choice.logprobs else None
    tokens = tuple(Token(one.token, _alternatives(one)) for one in told or ())
    return Sample(choice.message.content or "", choice.finish_reason or "", tokens)


def _alternatives(token: _Token) -> tuple[tuple[str, float], ...]:
    """What could have stood there, each once; the token itself is among it even where a server leaves it out."""
    found = {one.token: one.logprob for one in (*(token.top_logprobs or ()), token)}
    return tuple(found.items())


def _reply(outcomes: Sequence[Outcome[tuple[Sample, ...]]]) -> Reply:
    """One reply from the requests that it took. It has the samples that came; with none, the first reason why."""
    usage = sum((one.usage for one in outcomes), Usage())
    samples = tuple(sample for one in outcomes for sample in one.value or ())
    if samples:
        return Reply(samples, usage)
    return Reply((), usage, outcomes[0].reason, outcomes[0].error)

"""Reward models behind SGLang's `/classify`, as raw logits.

This server takes text, so the conversation is rendered here, by the chat template that the endpoint's settings hold.
All responses of a group go in one request, so that the server can compute their common beginning once.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, TypeAdapter, ValidationError

from modelhooks.backends.remote.breaker import Breaker
from modelhooks.backends.remote.calling import Outcome, Request, Unreadable
from modelhooks.backends.remote.endpoint import Endpoint, EndpointRefused
from modelhooks.backends.remote.purse import Purse
from modelhooks.backends.remote.scoring import ScoringServer, most_tokens, one_number, posted, unseen
from modelhooks.backends.remote.templates import NotRendered, rendered
from modelhooks.contracts import ResponseGroup, RewardScore, Usage

MOST_TEXTS = 64
Count = Annotated[int, Field(ge=0, le=2**31)]
Scored = tuple[tuple[float, int], ...]


class SglangClassify(ScoringServer):
    """A RewardModel; one request for each group of up to 64 responses. The endpoint's URL is the server's root."""

    kind = "sglang_classify"

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        purse: Purse | None = None,
        breaker: Breaker | None = None,
        raises_away: bool = False,
    ) -> None:
        super().__init__(endpoint, purse=purse, breaker=breaker, raises_away=raises_away)
        if not endpoint.template:
            raise EndpointRefused(f"“{endpoint.name}” needs the model's chat template, because its server takes text.")

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        """The raw scores, in the order of the groups and of their responses."""
        texts = [_texts(self.endpoint.template, group) for group in groups]
        parts = [
            (number, each[begin : begin + MOST_TEXTS])
            for number, each in enumerate(texts)
            if not isinstance(each, str)
            for begin in range(0, len(each), MOST_TEXTS)
        ]
        outcomes = self.caller.call([self._request(part) for _, part in parts])
        found: list[list[RewardScore]] = [[] for _ in groups]
        for (number, part), outcome in zip(parts, outcomes, strict=True):
            found[number] += _scores(outcome, len(part))
        return [
            [RewardScore(None, error=each)] * len(group.responses) if isinstance(each, str) else scores
            for group, each, scores in zip(groups, texts, found, strict=True)
        ]

    def _request(self, texts: Sequence[str]) -> Request[Scored]:
        body = {"model": self.endpoint.model, "text": list(texts)}
        return posted(self.endpoint, "/classify", body, lambda content: _read(content, len(texts)), most_tokens(texts))


def _texts(template: str, group: ResponseGroup) -> list[str] | str:
    """What the server reads, for each response; or why there is nothing to read."""
    try:
        return unseen(group) or [rendered(template, group.prompt, response) for response in group.responses]
    except NotRendered as refusal:
        return str(refusal)


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class _Told(_Loose):
    prompt_tokens: Count = 0


class _One(_Loose):
    embedding: Annotated[list[FiniteFloat], Field(min_length=1, max_length=20_000)]
    meta_info: _Told = _Told()


_ANSWER = TypeAdapter(Annotated[list[_One], Field(max_length=MOST_TEXTS)])


def _read(content: bytes, count: int) -> tuple[Scored, Usage | None]:
    try:
        found = _ANSWER.validate_json(content)
    except ValidationError:
        raise Unreadable from None
    if len(found) != count:
        raise Unreadable("gave another number of scores than it was sent responses")
    tokens = [one.meta_info.prompt_tokens for one in found]
    usage = Usage(sum(tokens)) if all(tokens) else None
    return tuple((one_number(one.embedding), each) for one, each in zip(found, tokens, strict=True)), usage


def _scores(outcome: Outcome[Scored], count: int) -> list[RewardScore]:
    if outcome.value is None:
        return [RewardScore(None, error=outcome.error)] * count
    return [RewardScore(raw, tokens) for raw, tokens in outcome.value]

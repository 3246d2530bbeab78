"""Reward models behind vLLM's classification endpoint, as raw logits.

The server renders the conversation by the model's own template. Without `use_activation` set to false it answers with a
sigmoid of the score, which makes all good responses equal; whether it obeyed is for the health check to find out.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from modelhooks.backends.remote.calling import Outcome, Request, Unreadable
from modelhooks.backends.remote.scoring import (
    ScoringServer,
    most_tokens,
    one_number,
    posted,
    regrouped,
    turns,
    unseen,
)
from modelhooks.contracts import ResponseGroup, RewardScore, Usage

Count = Annotated[int, Field(ge=0, le=2**31)]


class VllmClassify(ScoringServer):
    """A RewardModel; one request for each response. The endpoint's URL is the server's root, without /v1."""

    kind = "vllm_classify"

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        """The raw scores, in the order of the groups and of their responses."""
        asked = [(group, response, unseen(group)) for group in groups for response in group.responses]
        calls = [self._request(group, response) for group, response, trouble in asked if not trouble]
        outcomes = iter(self.caller.call(calls))
        scores = [RewardScore(None, error=trouble) if trouble else _score(next(outcomes)) for _, _, trouble in asked]
        return regrouped(groups, scores)

    def _request(self, group: ResponseGroup, response: str) -> Request[tuple[float, int]]:
        messages = turns(group, response)
        body = {
            "model": self.endpoint.model,
            "messages": messages,
            "use_activation": False,
            "add_generation_prompt": False,
            "add_special_tokens": False,
        }
        return posted(self.endpoint, "/classify", body, _read, most_tokens([turn["content"] for turn in messages]))


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class _Class(_Loose):
    probs: Annotated[list[FiniteFloat], Field(min_length=1, max_length=10_000)]


class _Usage(_Loose):
    prompt_tokens: Count


class _Answer(_Loose):
    data: Annotated[list[_Class], Field(min_length=1, max_length=1)]
    usage: _Usage | None = None


def _read(content: bytes) -> tuple[tuple[float, int], Usage | None]:
    try:
        found = _Answer.model_validate_json(content)
    except ValidationError:
        raise Unreadable from None
    tokens = found.usage.prompt_tokens if found.usage else 0
    return (one_number(found.data[0].probs), tokens), Usage(tokens) if found.usage else None


def _score(outcome: Outcome[tuple[float, int]]) -> RewardScore:
    if outcome.value is None:
        return RewardScore(None, error=outcome.error)
    raw, tokens = outcome.value
    return RewardScore(raw, tokens)

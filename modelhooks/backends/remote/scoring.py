"""What servers that score texts have in common: JSON goes there, one finite number for each response comes back."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from copy import copy
from typing import Any, Self

import httpx2

from modelhooks.backends.remote.breaker import Breaker
from modelhooks.backends.remote.calling import Caller, Request, Unreadable, Value
from modelhooks.backends.remote.endpoint import Endpoint, EndpointRefused, Kind, Prices
from modelhooks.backends.remote.purse import Purse
from modelhooks.contracts import ResponseGroup, RewardScore, Usage
from modelhooks.judging.fences import harmless


class ScoringServer:
    """An endpoint of one kind, with the caller that is kept from call to call."""

    kind: Kind

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        purse: Purse | None = None,
        breaker: Breaker | None = None,
        raises_away: bool = False,
    ) -> None:
        if endpoint.kind != self.kind:
            raise EndpointRefused(f"“{endpoint.name}” is no server of the kind {self.kind}.")
        self.endpoint = endpoint
        self.caller = Caller(endpoint, purse=purse, breaker=breaker, raises_away=raises_away)

    @property
    def fingerprint(self) -> str:
        """What answers: the model, its revision and how texts are shown to it, not where it stands."""
        asked = self.endpoint
        known = [f"{self.kind} 1", asked.model, asked.revision, dict(asked.extra), asked.template]
        return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()

    @property
    def purse(self) -> Purse:
        """What has been spent, and what still may be."""
        return self.caller.purse

    @property
    def prices(self) -> Prices:
        """Of a million tokens."""
        return self.endpoint.prices

    def paying_from(self, purse: Purse) -> Self:
        """The same server, asked for no more than this purse holds."""
        other = copy(self)
        other.caller = self.caller.paying_from(purse)
        return other


def posted(endpoint: Endpoint, path: str, body: Mapping[str, Any], read: Any, most: Usage) -> Request[Value]:
    """A request with this body; `read` makes a value of the answer's bytes or raises Unreadable."""
    headers = {"authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
    content = json.dumps({**body, **endpoint.extra}).encode()

    async def send(web: httpx2.AsyncClient) -> httpx2.Response:
        return await web.post(
            f"{endpoint.url}{path}", content=content, headers={"content-type": "application/json", **headers}
        )

    return Request(send, read, most)


def turns(group: ResponseGroup, response: str) -> list[dict[str, str]]:
    """Prompt and response as messages, with every control word in them broken."""
    prompt = [{"role": str(turn["role"]), "content": harmless(str(turn.get("content") or ""))} for turn in group.prompt]
    return [*prompt, {"role": "assistant", "content": harmless(response)}]


def unseen(group: ResponseGroup) -> str:
    """Why a group cannot be scored from its text alone; empty where it can."""
    shows = any(turn.get("media") for turn in group.prompt)
    return "The prompt shows something, and this model reads text alone." if shows else ""


def most_tokens(texts: Sequence[str]) -> Usage:
    """A token for each byte at worst, and some around each text."""
    return Usage(sum(len(text.encode("utf-8", "replace")) + 64 for text in texts))


def one_number(numbers: Sequence[float]) -> float:
    """The score. Raises Unreadable where a model tells several classes: which of them is the reward is not known."""
    if len(numbers) != 1:
        raise Unreadable(f"gave {len(numbers)} numbers where a reward model gives one")
    return numbers[0]


def regrouped(groups: Sequence[ResponseGroup], scores: Sequence[RewardScore]) -> list[list[RewardScore]]:
    """Scores in a row as lists for each group."""
    waiting = iter(scores)
    return [[next(waiting) for _ in group.responses] for group in groups]

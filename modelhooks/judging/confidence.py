"""How sure a judge is, from the probabilities of the token where its verdict stands, or from its votes."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from modelhooks.judging.chat import Token

Path = Sequence[str | int]
# With less of the probability on the verdicts than this, what is on them says nothing about the rest.
LEAST_MASS = 0.5
_decoder = json.JSONDecoder()


@dataclass(frozen=True)
class Told:
    """Probabilities of the verdicts, normalized to 1, and how much of all probability was on them before."""

    probabilities: Mapping[str, float]
    mass: float


def told(text: str, tokens: Sequence[Token], start: int, path: Path, verdicts: Sequence[str]) -> Told | None:
    """The probabilities at the value that `path` leads to in the JSON object that begins at `start` of the text.

    None where the tokens from the verdict on are not those of the text, or where too little of their probability is on
    verdicts. What could not be seen counts as nothing.
    """
    value = _place(text, start, path)
    at = value + 1 if text[value] == '"' else value
    token, begins = _token_at(text, tokens, at)
    if token is None:
        return None
    before = token.text[: at - begins]
    sums = dict.fromkeys(verdicts, 0.0)
    for written, logarithm in token.alternatives:
        meant = _verdict(written, before, verdicts)
        if meant is not None:
            sums[meant] += math.exp(min(logarithm, 0.0))
    mass = sum(sums.values())
    if not mass >= LEAST_MASS:
        return None
    return Told({verdict: share / mass for verdict, share in sums.items()}, min(mass, 1.0))


def _token_at(text: str, tokens: Sequence[Token], at: int) -> tuple[Token | None, int]:
    """The token that holds a character, and where that token begins.

    They are laid along the text from its end, since a letter that several tokens share is in none of them as it is in
    the text. One token after the text, the one that ends it, may be told as well.
    """
    for told_ones in (tokens, tokens[:-1]):
        begins = len(text)
        for token in reversed(told_ones):
            begins -= len(token.text)
            if begins < 0 or not text.startswith(token.text, begins):
                break
            if begins <= at:
                return token, begins
    return None, 0


def _verdict(written: str, before: str, verdicts: Sequence[str]) -> str | None:
    """The one verdict that a token says or begins, None where it is none of them or could be several."""
    if not written.startswith(before):
        return None
    rest = written[len(before) :]
    whole = [one for one in verdicts if rest.startswith(one) and not rest[len(one) : len(one) + 1].isalnum()]
    begun = [one for one in verdicts if rest and one.startswith(rest)]
    found = set(whole) | set(begun)
    return found.pop() if len(found) == 1 else None


def _place(text: str, start: int, path: Path) -> int:
    """Where the value that the path leads to begins. The text is known to be JSON that has it."""
    at = _skip(text, start)
    for key in path:
        at = _member(text, at, key) if isinstance(key, str) else _element(text, at, key)
    return at


def _member(text: str, at: int, wanted: str) -> int:
    at = _skip(text, at + 1)
    while True:
        key, at = scanstring(text, at + 1)
        at = _skip(text, _skip(text, at) + 1)
        if key == wanted:
            return at
        at = _skip(text, _skip(text, _decoder.raw_decode(text, at)[1]) + 1)


def _element(text: str, at: int, wanted: int) -> int:
    at = _skip(text, at + 1)
    for _ in range(wanted):
        at = _skip(text, _skip(text, _decoder.raw_decode(text, at)[1]) + 1)
    return at


def _skip(text: str, at: int) -> int:
    while text[at] in " \t\r\n":
        at += 1
    return at


def smoothed(share: float, samples: int) -> float:
    """A share of votes, pulled to one half as if there had been one more vote, half each way: Beta(½, ½)."""
    return (share * samples + 0.5) / (samples + 1)


def majority(votes: Sequence[Any]) -> Any:
    """What more than half of all votes say; None where nothing does. A vote of None is one that could not be read."""
    counted = {vote: votes.count(vote) for vote in votes if vote is not None}
    best = max(counted, key=lambda vote: counted[vote], default=None)
    return best if best is not None and 2 * counted[best] > len(votes) else None

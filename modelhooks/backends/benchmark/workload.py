"""What is scored: groups of prompts and responses with lengths as people write them, one word a token."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from modelhooks.contracts import ResponseGroup

FIRST_WORD, VOCABULARY = 4, 32_000  # before the first stand the four control tokens


@dataclass(frozen=True)
class Lengths:
    """A log-normal distribution of token counts by its own mean and standard deviation, cut at both ends."""

    mean: float
    deviation: float
    least: int
    most: int

    def draw(self, chance: random.Random) -> int:
        """One length."""
        variance = math.log(1 + (self.deviation / self.mean) ** 2)
        drawn = chance.lognormvariate(math.log(self.mean) - variance / 2, math.sqrt(variance))
        return min(max(round(drawn), self.least), self.most)

    def shrunk(self, factor: int) -> "Lengths":
        """The same shape, shorter."""
        return Lengths(
            self.mean / factor, self.deviation / factor, max(1, self.least // factor), max(1, self.most // factor)
        )


@dataclass(frozen=True)
class Mix:
    """How long prompts and responses are and how many responses a prompt has."""

    prompt: Lengths
    response: Lengths
    responses: int


CHATS = Lengths(300, 200, 16, 1_500)
ANSWERS = Lengths(200, 150, 8, 1_200)
MIXES = {
    "pairs": Mix(CHATS, ANSWERS, 2),
    "best-of-8": Mix(CHATS, ANSWERS, 8),
    "long-prompts": Mix(Lengths(2_000, 800, 500, 3_500), Lengths(300, 200, 8, 590), 2),
}


def groups(mix: Mix, count: int, *, seed: int = 0) -> list[ResponseGroup]:
    """Random words in lengths of the mix; the same seed, the same words."""
    chance = random.Random(seed)  # noqa: S311  nothing secret: it must repeat
    return list(_groups(mix, count, chance))


def _groups(mix: Mix, count: int, chance: random.Random) -> Iterator[ResponseGroup]:
    for _ in range(count):
        prompt = _words(mix.prompt.draw(chance), chance)
        responses = tuple(_words(mix.response.draw(chance), chance) for _ in range(mix.responses))
        yield ResponseGroup(({"role": "user", "content": prompt},), responses)


def _words(count: int, chance: random.Random) -> str:
    return " ".join(f"w{chance.randrange(FIRST_WORD, VOCABULARY)}" for _ in range(count))

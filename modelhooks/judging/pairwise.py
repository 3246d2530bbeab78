"""Which of two responses is better, asked in one round: directly, after a critique of each, or after principles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

from modelhooks.contracts import Comparison, Judgment, Orders
from modelhooks.judging.asking import Setting, hear
from modelhooks.judging.chat import Answer
from modelhooks.judging.pairs import order, pair_question, seated, together, verdict_shape

Style = Literal["direct", "critique", "principles"]
Before = tuple[tuple[str, Any], ...]
CRITIQUES: Before = (("critique_a", str), ("critique_b", str))
PRINCIPLES: Before = (("principles", Annotated[list[str], Field(min_length=1, max_length=5)]),)
# The prompt of each style, and what has to come before the verdict.
STYLES: dict[Style, tuple[str, Before]] = {
    "direct": ("pairwise-direct-1", ()),
    "critique": ("pairwise-critique-1", CRITIQUES),
    "principles": ("pairwise-principles-1", PRINCIPLES + CRITIQUES),
}


@dataclass(frozen=True)
class PairwiseJudge:
    """A PreferenceJudge that asks once for each order, for all samples together."""

    setting: Setting
    style: Style = "critique"
    allows_tie: bool = True

    @property
    def shape(self) -> type[Answer]:
        """What has to come back."""
        return verdict_shape(f"Pairwise{self.style.capitalize()}", STYLES[self.style][1], self.allows_tie)

    @property
    def fingerprint(self) -> str:
        """Whatever changes a judgment, the number of samples and the orders aside."""
        return self.setting.fingerprint(STYLES[self.style][0], judge="pairwise", allows_tie=self.allows_tie)

    def judge(self, comparisons: Sequence[Comparison], *, n: int = 1, orders: Orders = "both") -> list[Judgment]:
        """One judgment per comparison, of `n` samples in each order."""
        pairs = seated(comparisons, orders)
        name = STYLES[self.style][0]
        questions = [
            pair_question(self.setting, name, self.shape, pair, samples=n, allows_tie=self.allows_tie) for pair in pairs
        ]
        heard = hear(self.setting, questions)
        return together([order(pair, one, n) for pair, one in zip(pairs, heard, strict=True)], orders)

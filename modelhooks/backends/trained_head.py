"""A reward head of a project, as runs ask it: which of two is better, or how good each of several is."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import expit

from modelhooks import embedders
from modelhooks.catalog import HeadOptions
from modelhooks.contracts import Comparison, Judgment, Orders, ResponseGroup, RewardScore
from modelhooks.embedders import Embedder
from modelhooks.errors import LoadRefused
from modelhooks.head import files
from modelhooks.head.pairs import Floats
from modelhooks.head.reward_head import RewardHead
from modelhooks.models import Head
from modelhooks.services.embeddings import vectors


@dataclass(frozen=True)
class TrainedHead:
    """A head and the embedder that it was trained on. It reads responses alone, and never sees which stands first."""

    head: RewardHead
    embedder: Embedder
    fingerprint: str

    def judge(self, comparisons: Sequence[Comparison], *, n: int = 1, orders: Orders = "both") -> list[Judgment]:
        """The better of each two, or an abstention below the confidence that its training allows."""
        if not comparisons:
            return []
        rated = self._rate([text for one in comparisons for text in (one.first, one.second)])
        return [self._judgment(first, second) for first, second in rated.reshape(-1, 2)]

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        """Ratings whose differences are the calibrated log-odds of each comparison."""
        rated = iter(self._rate([text for group in groups for text in group.responses]))
        return [[RewardScore(float(next(rated))) for _ in group.responses] for group in groups]

    def _rate(self, texts: Sequence[str]) -> Floats:
        return self.head.rate(vectors(self.embedder, texts).astype(float))

    def _judgment(self, first: float, second: float) -> Judgment:
        p_first = float(expit(first - second))
        confidence, needed = max(p_first, 1 - p_first), self.head.cutoff
        rationale = f"It rates the first response {first:.2f} and the second {second:.2f}."
        if needed is None:
            return _abstention(p_first, rationale, "It abstains always: no confidence has proved right often enough.")
        if confidence < needed.confidence or first == second:
            sure = f"It is {confidence:.1%} sure, and speaks from {needed.confidence:.1%} on."
            return _abstention(p_first, rationale, sure)
        # Swapping the sides negates the difference of ratings, so the other order is answered with this one.
        return Judgment(
            "first" if first > second else "second",
            p_first=p_first,
            consistent_under_swap=True,
            rationale=rationale,
        )


def _abstention(p_first: float, rationale: str, reason: str) -> Judgment:
    return Judgment(None, p_first=p_first, consistent_under_swap=True, rationale=rationale, reason=reason)


def load(options: HeadOptions) -> TrainedHead:
    """The head that a checkpoint of the backend `head` stands for. Raises LoadRefused."""
    found = Head.objects.filter(pk=options.head, finished_at__isnull=False).first()
    if found is None or found.weights is None:
        raise LoadRefused("There is no such version of a reward head.")
    return of(found, embedders.load(options.embedder))


def of(found: Head, embedder: Embedder) -> TrainedHead:
    """A finished version on the embedder that it was trained on. Raises LoadRefused for another one."""
    if embedder.fingerprint != found.embedder:
        raise LoadRefused(
            "This worker’s embedder is another than the one that the head was trained on (weights or version). "
            "Train the head again."
        )
    assert found.weights is not None  # it is finished
    weights = bytes(found.weights)
    try:
        head = files.read(weights, found.rest)
    except files.Damaged as error:
        raise LoadRefused(str(error)) from None
    if files.fingerprint(weights, found.rest, embedder.fingerprint) != found.fingerprint:
        raise LoadRefused("The stored weights are not those that were trained.")
    return TrainedHead(head, embedder, found.fingerprint)

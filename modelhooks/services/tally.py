"""How a run stands, as the worker that holds it needs to know after every chunk.

Counting anew would take as long as the run is large. So it is counted where a turn begins and carried on in memory; an
error ends the turn, and what was carried on is forgotten with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from modelhooks.models import Chunk, Failure, Run
from modelhooks.queries import usage

ATTEMPTS = 3  # of a subject that stands alone


@dataclass(slots=True)
class Tally:
    """Counts of subjects: of all, of those that ended, and of these the answered and those whose attempts all failed.

    `tokens` were read and written so far, and `cost` is what that cost where there are prices, else 0.
    """

    total: int
    done: int
    answered: int
    given_up: int
    tokens: int
    cost: float

    @classmethod
    def of(cls, run: Run) -> "Tally":
        """Counted anew, in two queries."""
        ended = Q(finished_at__isnull=False)
        # What was refused unasked ended at its first attempt.
        hopeless = ended & Q(attempts__gte=ATTEMPTS, subjects__len__gt=0) & ~Q(reason="")
        found = Chunk.objects.filter(run=run).aggregate(
            total=Sum("subjects__len", default=0),
            done=Sum("subjects__len", filter=ended, default=0),
            given_up=Count("pk", filter=hopeless),
            read=usage.tokens("prompt_tokens"),
            written=usage.tokens("completion_tokens"),
            cost=usage.money(),
        )
        tokens, cost = (found.pop("read") or 0) + (found.pop("written") or 0), found.pop("cost") or 0.0
        lost = Failure.objects.filter(run=run).count()
        return cls(**found, answered=found["done"] - lost, tokens=tokens, cost=cost)

    def pay(self, used: Mapping[str, float]) -> None:
        """Count what a chunk has used: counts by the names of `modelhooks.contracts.Usage`, and `cost`."""
        self.tokens += int(used.get("prompt_tokens", 0) + used.get("completion_tokens", 0))
        self.cost += used.get("cost", 0.0)

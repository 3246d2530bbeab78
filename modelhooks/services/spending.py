"""What a run may spend, and what each of its chunks has spent: tokens, and money where its server has a price.

What was used is written down with the answers that it bought, and also where none came; what was in flight when a
worker was killed is the one thing that nobody can know.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from jobs.services import JobFailed
from modelhooks.asking import usage_of
from modelhooks.backends.remote.purse import Purse
from modelhooks.means import Paid
from modelhooks.models import Chunk, Run
from modelhooks.services.tally import Tally
from ui.money import priced

GOES_ON = "What it said is kept: a new run with a higher limit goes on from there."
Used = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Account:
    """A model for one chunk of a run, and the purse that its server is paid from; None where it has none."""

    model: Any
    purse: Purse | None = None

    @property
    def is_out(self) -> bool:
        """Whether something was not asked, since it could have cost more than was left."""
        return self.purse is not None and self.purse.has_refused

    def used(self, answers: Iterable[Any] = ()) -> dict[str, float]:
        """Counts of tokens and requests (`Usage`), and `cost` where there are prices."""
        if self.purse is None:
            return asdict(usage_of(answers))
        cost = {"cost": self.purse.cost} if self.purse.is_priced else {}
        return asdict(self.purse.used) | cost


def account(run: Run, model: Any, tally: Tally) -> Account:
    """The model, which cannot spend more than what is left of the run's money."""
    if not isinstance(model, Paid):
        return Account(model)
    most = _most_cost(run)
    purse = Purse(model.prices, cost=max(0.0, most - tally.cost) if most else None)
    return Account(model.paying_from(purse), purse)


def note(chunk: Chunk, tally: Tally, used: Used) -> None:
    """Add to what a chunk has used so far, in its row and in these objects."""
    with transaction.atomic():
        held = Chunk.objects.select_for_update().filter(pk=chunk.pk).first()
        if held is None:
            return
        chunk.usage = added(held.usage, used)
        Chunk.objects.filter(pk=chunk.pk).update(usage=chunk.usage)
    tally.pay(used)


def added(one: Used, other: Used) -> dict[str, float]:
    """What both used together."""
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}


def require_rest(run: Run, tally: Tally) -> None:
    """Raises JobFailed where the run has used as many tokens, or as much money, as it may.

    Of tokens only what was in flight can pass the limit; of money nothing can.
    """
    most = run.parameters.get("most_tokens", 0)
    if most and tally.tokens >= most:
        raise JobFailed(f"It has used {tally.tokens:,} tokens and may use {most:,}. {GOES_ON}")
    most_cost = _most_cost(run)
    if most_cost and tally.cost >= most_cost:
        raise out_of_money(run, tally)


def out_of_money(run: Run, tally: Tally) -> JobFailed:
    """Why a run ends whose next question could cost more than is left."""
    spent, most = priced(tally.cost), priced(_most_cost(run))
    return JobFailed(f"It has cost {spent} of at most {most}, and the next question could pass that. {GOES_ON}")


def _most_cost(run: Run) -> float:
    found: float = run.parameters.get("most_cost", 0.0)
    return found

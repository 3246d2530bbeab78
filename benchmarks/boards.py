"""A leaderboard as large as one can be: 20,000 rows in 40 subsets, three models that were asked about all of them."""

import io
import json
from collections.abc import Iterator
from typing import Any

ROWS = 20_000
SUBSETS = 40
MODELS = ("one", "another", "a third")


def addresses(place: Any) -> Iterator[tuple[str, str]]:
    """Make it; name and address of each of its pages below the project's."""
    from curation.models import EvaluationResult
    from curation.services import evaluation_sets

    file = io.BytesIO("\n".join(json.dumps(_row(number)) for number in range(ROWS)).encode())
    made = evaluation_sets.from_file(place, name="exam", file=file)
    for name in MODELS:
        _ask(place, made, name)
    result = EvaluationResult.objects.order_by("score").first()
    assert result
    yield from (
        ("leaderboards", "leaderboards/"),
        ("leaderboard", "leaderboards/1/"),
        ("leaderboard, one model", f"leaderboards/1/results/{result.pk}/"),
        ("leaderboard, one model and subset", f"leaderboards/1/results/{result.pk}/?subset=part-7"),
        ("leaderboard, one row", f"leaderboards/1/rows/{ROWS // 2}/"),
    )


def _row(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "prompt": f"What is said about the {number}th thing of all, and why is that so? " * 4,
        "chosen": f"It is the {number}th, because it comes after the one before. " * 6,
        "chosen_model": "m1",
        "rejected": f"Nobody knows what the {number}th is. " * 8,
        "rejected_model": "m2",
        "subset": f"part-{number % SUBSETS}",
    }


def _ask(place: Any, made: Any, name: str) -> None:
    from curation.services import evaluating
    from jobs import runner
    from modelhooks.models import Checkpoint

    options = {"seed": name}
    checkpoint = Checkpoint.objects.create(name=name, contract="reward", backend="fake", options=options)
    runner.execute(str(evaluating.start(place, made, checkpoint).job_id))

"""`goldpan evaluation ask|show`: a checkpoint is asked to the end, and the board is told in words and as JSON."""

import json
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from curation.models import EvaluationSet
from modelhooks.models import Checkpoint
from projects.access import Place
from tests.curation.evaluation_sets import planted_rows as rows
from tests.curation.evaluation_sets.planted_models import Planted

PAIRS = [rows.pair(n, 2 if n else 1, 1.5) for n in range(10)]


def command(*words: str) -> str:
    out = StringIO()
    call_command("evaluation", *words, stdout=out)
    return out.getvalue()


def test_a_checkpoint_is_asked_and_the_board_told(
    olga: Place, make_set: Callable[..., EvaluationSet], loads: Callable[[Any], None]
) -> None:
    make_set(PAIRS)
    loads(Planted())
    Checkpoint.objects.create(name="Max", contract="reward", backend="fake")

    said = command("ask", "answers", "1", "--checkpoint", "Max").splitlines()
    told = json.loads(command("show", "answers", "1", "--json"))

    assert said[0].startswith("Run ")
    assert said[-2] == "exam: Max scores 90.0 %."
    assert said[-1].startswith("  1. Max: 90.0 % (70.0 % to 100.0 %), the best; 0 without an answer")
    assert (told["headline"], told["results"][0]["score"]) == ("Max scores 90.0 %", 0.9)
    assert command("show", "answers", "1").splitlines() == said[-2:]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["show", "answers", "7"], "There is no evaluation set 7 in answers."),
        (["ask", "answers", "1", "--checkpoint", "Nobody"], "There is no checkpoint Nobody"),
        (["ask", "answers", "1", "--checkpoint", "Stepped"], "Stepped cannot be asked about rows of RewardBench"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_sentence(
    olga: Place, make_set: Callable[..., EvaluationSet], words: list[str], why: str
) -> None:
    make_set(PAIRS)
    Checkpoint.objects.create(name="Stepped", contract="steps", backend="fake")

    with pytest.raises(CommandError, match=why):
        command(*words)

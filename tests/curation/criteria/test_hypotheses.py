"""Guessed criteria are claimed where labels follow them, and never for saying again what is said already."""

from typing import Any

import numpy as np
import pytest

from curation.criteria.hypotheses import Assessed, assess
from curation.criteria.verdicts import Verdicts, from_table
from tests.curation.criteria.worlds import weighed

HIDDEN, NOISE, COPY, DENIAL, TWIN = range(5)
SEEDS = range(20)


def guessed(pairs: int = 400, *, seed: int = 0, flips: float = 0.1) -> tuple[Verdicts, Verdicts]:
    """A rubric of two criteria that people go by, and guesses: one more that they go by, one that tells nothing, the
    first criterion in other words and its denial, and the first guess in other words. A judge errs about each anew."""
    draw = np.random.default_rng(seed)
    true = weighed(pairs, weights=np.array([2.0, 1.5, 2.5, 0.0]), seed=seed).settled().astype(bool)

    def asked(columns: Any) -> Verdicts:
        said = columns[..., None] ^ (draw.random((*columns.shape, 2)) < flips)
        return from_table(said.astype(float), np.arange(pairs))

    guesses = np.stack([true[..., 2], true[..., 3], true[..., 0], ~true[..., 0], true[..., 2]], axis=2)
    return asked(true[..., :2]), asked(guesses)


def by_guess(found: list[Assessed]) -> dict[int, Assessed]:
    return {one.found.candidate: one for one in found}


def test_what_labels_follow_is_claimed_first_and_what_was_drawn_by_lot_is_not() -> None:
    for seed in SEEDS:
        rubric, guesses = guessed(seed=seed)

        found = assess(rubric, guesses.of_criteria(np.array([HIDDEN, NOISE])), draws=79)

        assert [(one.found.candidate, one.is_claimed) for one in found] == [(HIDDEN, True), (NOISE, False)]


def test_what_a_criterion_says_is_not_claimed_in_other_words_nor_denied() -> None:
    """Though the judge errs about it anew, so that it gains."""
    gained = 0
    for seed in range(10):
        rubric, guesses = guessed(1_000, seed=seed, flips=0.2)

        found = by_guess(assess(rubric, guesses.of_criteria(np.array([COPY, DENIAL])), draws=79))

        gained += any(one.found.is_claimed and one.found.hits.value > 0 for one in found.values())
        assert [(one.is_claimed, one.criterion) for one in found.values()] == [(False, 0)] * 2
    assert gained >= 5


def test_of_two_guesses_that_say_the_same_the_one_that_gains_more_is_claimed() -> None:
    for seed in SEEDS:
        rubric, guesses = guessed(seed=seed)

        best, other = assess(rubric, guesses.of_criteria(np.array([HIDDEN, TWIN])), draws=79)

        assert (best.is_claimed, best.guess) == (True, None)
        assert (other.is_claimed, other.guess) == (False, best.found.candidate)


def test_a_guess_that_was_asked_once_is_tested_and_no_doubles_are_told() -> None:
    rubric, guesses = guessed()
    once = from_table(guesses.table()[..., :1], guesses.groups)

    found = by_guess(assess(rubric, once, draws=79))

    assert found[HIDDEN].is_claimed
    assert {one.criterion for one in found.values()} | {one.guess for one in found.values()} == {None}


def test_without_criteria_without_guesses_and_of_few_prompts_there_is_an_answer() -> None:
    rubric, guesses = guessed(60)
    empty = from_table(rubric.table()[:, :, :0], rubric.groups)

    assert len(assess(empty, guesses, draws=9)) == guesses.criterion_count
    assert assess(rubric, from_table(guesses.table()[:, :, :0], guesses.groups), draws=9) == []
    assert assess(*guessed(19), draws=9) == []


def test_verdicts_on_other_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match="of each pair"):
        assess(guessed(60)[0], guessed(50)[1])


@pytest.mark.nightly
@pytest.mark.parametrize(("pairs", "flips"), [(100, 0.1), (200, 0.1), (1_000, 0.1), (1_000, 0.2)])
def test_the_whole_table_of_guesses(pairs: int, flips: float) -> None:
    worlds = [guessed(pairs, seed=seed, flips=flips) for seed in range(100)]
    found = [by_guess(assess(rubric, guesses)) for rubric, guesses in worlds]
    claimed = {guess: np.mean([one[guess].is_claimed for one in found]) for guess in range(5)}
    either = np.mean([one[HIDDEN].is_claimed or one[TWIN].is_claimed for one in found])
    gained = np.mean([any(_gains(one[guess]) for guess in (COPY, DENIAL)) for one in found])
    twice = np.mean([one[HIDDEN].is_claimed and one[TWIN].is_claimed for one in found])
    print(
        f"guesses, {pairs} pairs, errors {flips}: hidden {either:.2f}, noise {claimed[NOISE]:.2f}, twice {twice:.2f}, "
        f"copy {claimed[COPY]:.2f}, denial {claimed[DENIAL]:.2f}, either of both without the rule {gained:.2f}"
    )

    assert either >= {100: 0.8, 200: 0.97, 1_000: 1.0}[pairs]
    assert max(claimed[NOISE], claimed[COPY], claimed[DENIAL], twice) <= 0.03


def _gains(one: Assessed) -> bool:
    return one.found.is_claimed and one.found.hits.value > 0

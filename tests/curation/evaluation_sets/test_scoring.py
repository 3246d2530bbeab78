"""Checkpoints with planted scores are asked about sets: known figures, one score a row, whatever is killed."""

from collections.abc import Callable
from typing import Any

import pytest

from curation.models import EvaluationResult, EvaluationScore, EvaluationSet
from curation.scoring.ways import contracts
from curation.services import evaluating
from jobs import faults
from jobs.models import Job, State
from modelhooks.models import Checkpoint, Failure, Run
from modelhooks.services import runs
from modelhooks.services.runs import RunRefused
from projects.access import Place
from tests.curation.evaluation_sets import planted_rows as rows
from tests.curation.evaluation_sets.conftest import Ask, do
from tests.curation.evaluation_sets.planted_models import Planted, Siding

MakeSet = Callable[..., EvaluationSet]
# Right, wrong, level, and right; of the hard ones one of two.
PAIRS = [
    rows.pair(0, 2, 1),
    rows.pair(1, 1, 2),
    rows.pair(2, 1, 1),
    rows.pair(3, 5, 1),
    rows.pair(4, 3, 1, "hard"),
    rows.pair(5, 1, 3, "hard"),
]


def score(found: EvaluationResult) -> float | None:
    return found.figures["score"]["value"] if found.figures["score"] else None


@pytest.mark.parametrize("contract", ["reward", "attributes", "ranking", "rating", "preference"])
def test_pairs_with_planted_scores_have_the_figures_that_were_planted(
    make_set: MakeSet, ask: Ask, contract: str
) -> None:
    found = ask(make_set(PAIRS), Planted(), contract)

    figures = found.figures
    assert figures["over_rows"]["value"] == pytest.approx(3 / 6)
    assert figures["over_subsets"]["value"] == pytest.approx((2 / 4 + 1 / 2) / 2)
    assert (figures["headline"], found.score) == ("rows", pytest.approx(0.5))
    assert [(one["name"], one["rows"], one["wrong"], one["value"]) for one in figures["subsets"]] == [
        ("easy", 4, 2, 0.5),
        ("hard", 2, 1, 0.5),
    ]
    assert (figures["rows"], figures["answered"], figures["abstained"], figures["unanswered"]) == (6, 6, 0, 0)


def test_one_right_among_several_with_a_share_among_equals(make_set: MakeSet, ask: Ask) -> None:
    made = make_set(
        [
            rows.best_of("1", [3], [1, 2]),
            rows.best_of("2", [3], [3, 3]),
            rows.best_of("3", [1], [2, 3], "Math"),
            rows.best_of("tied:1", [10, 10.5], [1], "Ties"),
            rows.best_of("ref:1", [10], [1], "Ties"),
        ]
    )

    found = ask(made, Planted())

    by_name = {one["name"]: one["value"] for one in found.figures["subsets"]}
    assert by_name == {"Focus": pytest.approx(2 / 3), "Math": 0, "Ties": pytest.approx(1.01, abs=1e-6)}
    assert score(found) == pytest.approx((2 / 3 + 0 + 1.01) / 3, abs=1e-5)
    assert found.figures["over_rows"]["value"] == pytest.approx((1 + 1 / 3 + 0 + 1 + 1) / 5)
    assert [one["value"] for one in found.figures["parts"]] == [1, 1, 1, 1, pytest.approx(1, abs=1e-6)]


@pytest.mark.parametrize("contract", ["reward", "preference"])
def test_three_styles_are_a_matrix(make_set: MakeSet, ask: Ask, contract: str) -> None:
    made = make_set([rows.styled(1, [2, 4, 6], [1, 3, 5]), rows.styled(2, [6, 6, 6], [1, 1, 1], "code")])

    found = ask(made, Planted(), contract)

    assert found.figures["matrix"] == [[1, 0.5, 0.5], [1, 1, 0.5], [1, 1, 1]]
    assert {one["words"]: one["value"] for one in found.figures["parts"]} == {"Easy": 1, "Normal": 1, "Hard": 0.5}
    assert score(found) == pytest.approx((6 / 9 + 1) / 2)


def test_a_judge_is_asked_in_the_files_order_and_found_right_on_either_side(make_set: MakeSet, ask: Ask) -> None:
    model = Planted()
    made = make_set([rows.judged(1, 2, 1, "A>B"), rows.judged(2, 1, 2, "B>A"), rows.judged(3, 2, 1, "B>A")])

    found = ask(made, model, "preference")

    assert [(one.first, one.second) for one in model.asked] == [
        ("score 2", "score 1"),
        ("score 1", "score 2"),
        ("score 2", "score 1"),
    ]
    assert list(EvaluationScore.objects.order_by("row").values_list("points", flat=True)) == [1, 1, 0]
    assert (score(found), found.figures["torn"], found.figures["comparisons"]) == (pytest.approx(2 / 3, abs=1e-6), 0, 3)


def test_a_judge_that_follows_the_order_is_wrong_and_torn(make_set: MakeSet, ask: Ask) -> None:
    found = ask(make_set([rows.judged(n, 2, 1, "A>B") for n in range(4)]), Siding(), "preference")

    assert (found.score, found.figures["torn"], found.figures["abstained"]) == (0, 4, 0)


def test_first_errors_are_found_below_the_threshold(make_set: MakeSet, ask: Ask) -> None:
    made = make_set(
        [
            rows.solved("gsm8k-1", [0.9, 0.2, 0.1], 1),  # found
            rows.solved("gsm8k-2", [0.4, 0.2], 1),  # called wrong too early
            rows.solved("gsm8k-3", [0.9, 0.8], -1),  # left alone
            rows.solved("math-1", [0.1], 0),  # found
            rows.solved("math-2", [0.3], -1),  # called wrong
        ]
    )

    found = ask(made, Planted(), "steps")
    stricter = ask(made, Planted("stricter"), "steps", threshold=0.15)

    by_name = {one["name"]: one["value"] for one in found.figures["subsets"]}
    assert by_name == {"gsm8k": pytest.approx(2 * 0.5 / 1.5, abs=1e-6), "math": 0}
    assert score(found) == pytest.approx(1 / 3, abs=1e-6)
    assert [one["value"] for one in found.figures["parts"]] == [pytest.approx(2 / 3, abs=1e-6), 0.5]
    assert {one["name"]: one["value"] for one in stricter.figures["subsets"]}["math"] == 1


@pytest.mark.parametrize("contract", ["ranking", "rating", "preference"])
def test_what_cannot_be_read_counts_as_wrong_and_is_told(make_set: MakeSet, ask: Ask, contract: str) -> None:
    made = make_set([rows.pair(n, 2, 1, prompt="Hush." if n < 2 else "") for n in range(5)])

    found = ask(made, Planted(silent="Hush."), contract)

    assert (found.score, found.figures["answered"], found.figures["abstained"]) == (0.6, 5, 2)
    run = Run.objects.get()
    outcomes = [one.outcome for one in run.chunks.all()]
    assert outcomes == [{"rows without an answer that can be read": 2}]


def test_what_a_run_gives_up_counts_as_wrong_and_is_told(make_set: MakeSet, ask: Ask) -> None:
    made = make_set([rows.pair(n, 2, 1, prompt="Break." if n == 0 else "") for n in range(4)])

    found = ask(made, Planted(broken="Break."))

    assert Failure.objects.count() == 1
    assert (found.score, found.figures["answered"], found.figures["unanswered"]) == (0.75, 3, 1)


def test_rows_of_one_prompt_are_one_in_the_interval(make_set: MakeSet, ask: Ask) -> None:
    alone = ask(make_set([rows.pair(n, 2 - n % 2, 1.5) for n in range(20)], "alone"), Planted())
    together = ask(
        make_set([rows.pair(n, 2 - (n // 10) % 2, 1.5, prompt=f"P {n // 10}") for n in range(20)], "two"), Planted()
    )

    assert (alone.figures["prompts"], together.figures["prompts"]) == (20, 2)
    assert together.figures["score"]["high"] - together.figures["score"]["low"] == 1


def test_the_same_weights_asked_again_leave_one_score_a_row_and_one_place(make_set: MakeSet, ask: Ask) -> None:
    made, model = make_set(PAIRS), Planted()

    first = ask(made, model)
    again = ask(made, model)

    assert EvaluationScore.objects.count() == len(PAIRS)
    assert (first.pk, first.figures) == (again.pk, again.figures)
    assert again.run != first.run
    assert len(model.asked) == len(PAIRS), "what was said before is not asked again"


def test_a_worse_one_is_told_apart_from_the_best_and_an_equal_one_is_not(make_set: MakeSet, ask: Ask) -> None:
    made = make_set([rows.pair(n, 2, 1, prompt=f"{'Odd' if n % 3 == 0 else 'Even'} {n}") for n in range(60)])
    good = ask(made, Planted("good", turned="Even 1"))  # misses few
    equal = ask(made, Planted("equal", turned="Even 2"))
    bad = ask(made, Planted("bad", turned="Odd"))

    for one in (good, equal, bad):
        one.refresh_from_db()
    best, second = (good, equal) if good.behind == {} else (equal, good)
    assert best.score is not None
    assert second.score is not None
    assert best.score >= second.score
    assert second.behind["best"] == bad.behind["best"] == best.pk
    assert second.behind["is_told"] is False
    assert bad.behind["is_told"] is True
    assert bad.behind["high"] < 0
    assert bad.behind["value"] == pytest.approx((bad.score or 0) - best.score, abs=1e-6)


def test_a_new_best_is_what_all_others_are_compared_with(make_set: MakeSet, ask: Ask) -> None:
    made = make_set([rows.pair(n, 2, 1, prompt=f"{'Odd' if n % 2 else 'Even'} {n}") for n in range(40)])
    old = ask(made, Planted("old", turned="Odd"))
    assert old.behind == {}

    new = ask(made, Planted("new"))

    old.refresh_from_db()
    assert (new.behind, old.behind["best"], old.behind["different"]) == ({}, new.pk, 20)
    assert [one.pk for one in EvaluationResult.objects.all()] == [new.pk, old.pk]


POINTS = ("run_computed", "run_opinions_kept", "run_chunk_stored", "run_closed")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", POINTS)
def test_killed_anywhere_and_repeated_every_row_has_one_score(
    olga: Place, make_set: MakeSet, loads: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    class Killed(BaseException):
        pass

    def kill(name: str) -> None:
        if name == point:
            raise Killed

    loads(Planted())
    checkpoint = Checkpoint.objects.create(name="Max", contract="reward", backend="fake")
    run = evaluating.start(olga, make_set(PAIRS), checkpoint)
    with monkeypatch.context() as patched:
        patched.setattr(faults, "crash_here", kill)
        with pytest.raises(Killed):
            do(run)
    assert not EvaluationResult.objects.exists()
    Job.objects.filter(pk=run.job_id).update(state=State.QUEUED, lease_until=None)

    assert do(run).state == State.DONE

    assert EvaluationScore.objects.values("row").distinct().count() == EvaluationScore.objects.count() == len(PAIRS)
    assert EvaluationResult.objects.get().score == 0.5


def test_a_cancelled_run_has_no_place_until_it_goes_on(
    olga: Place, make_set: MakeSet, loads: Callable[[Any], None]
) -> None:
    loads(Planted())
    checkpoint = Checkpoint.objects.create(name="Max", contract="reward", backend="fake")
    run = evaluating.start(olga, make_set(PAIRS), checkpoint)
    runs.cancel(olga, run)
    assert not EvaluationResult.objects.exists()

    runs.resume(olga, run)
    do(run)

    assert EvaluationResult.objects.get().run == run


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("rewardbench", ["reward", "attributes", "preference", "ranking", "rating"]),
        ("rewardbench2", ["reward", "attributes", "ranking", "rating"]),
        ("judgebench", ["reward", "attributes", "preference", "ranking", "rating"]),
        ("rm_bench", ["reward", "attributes", "preference", "ranking", "rating"]),
        ("processbench", ["steps"]),
    ],
)
def test_who_can_be_asked_about_which_layout(layout: str, expected: list[str]) -> None:
    assert contracts(layout) == expected


def test_a_checkpoint_that_cannot_be_asked_is_refused_with_a_sentence(olga: Place, make_set: MakeSet) -> None:
    checkpoint = Checkpoint.objects.create(name="Max", contract="steps", backend="fake")

    with pytest.raises(RunRefused, match="Max cannot be asked about rows of RewardBench: it scores steps"):
        evaluating.start(olga, make_set(PAIRS), checkpoint)


def test_pressed_twice_one_run_is_started(olga: Place, make_set: MakeSet) -> None:
    made, checkpoint = make_set(PAIRS), Checkpoint.objects.create(name="Max", contract="reward", backend="fake")

    assert evaluating.start(olga, made, checkpoint) == evaluating.start(olga, made, checkpoint)
    other = make_set(PAIRS[:2], "other")
    assert evaluating.start(olga, other, checkpoint).parameters["set"] == other.pk

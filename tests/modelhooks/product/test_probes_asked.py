"""Our own probes, asked of a checkpoint as a run: kept once each, and told as passed or failed, kind by kind."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from jobs.models import State
from modelhooks.contracts import Comparison, Judgment, Preference
from modelhooks.judging.probe_set import Kind, Probe, digest, probe_set
from modelhooks.models import Checkpoint, Probed, Run
from modelhooks.probing import Probes
from modelhooks.queries import probing as queries
from modelhooks.services import probing
from modelhooks.services.runs import RunRefused
from tests.modelhooks.product.conftest import do
from tests.world import World

Add = Callable[..., Checkpoint]


def judged(run: Run, choose: Callable[[Comparison], Preference | None]) -> queries.Probing:
    """A run whose judge chooses so, stored as a chunk is."""
    asked = Probes().collect(run, range(1, len(probe_set()) + 1))
    Probes().store(run, {one.subject: [Judgment(choose(one.inputs[0]))] for one in asked})
    run.job.state = State.DONE
    return queries.probing(run)


def failed(found: queries.Probing) -> set[str]:
    return {one.kind.value for one in found.failed}


@pytest.fixture
def run(world: World, add: Add) -> Run:
    return probing.start(world.answers.places["olga"], add())


def test_the_set_is_our_own_and_large_enough() -> None:
    kinds = [one.kind for one in probe_set()]

    assert {kind: kinds.count(kind) for kind in Kind} == {
        Kind.EASY: 13,
        Kind.EMPTY: 26,
        Kind.KEY: 117,
        Kind.BEGINNING: 13,
        Kind.TALK: 13,
    }
    assert all(one.right and one.right != one.other for one in probe_set())
    assert all(len(one.other) > 5 * len(one.right) for one in probe_set() if one.kind == Kind.TALK)
    assert all(one.other and one.right.startswith(one.other) for one in probe_set() if one.kind == Kind.BEGINNING)
    assert digest() == "6cb4b16f2b90"


@pytest.mark.parametrize(
    ("choose", "fails"),
    [
        (lambda _one: "first", set()),
        (lambda one: "second" if one.second == ":" else "first", {"key"}),
        (lambda one: "tie" if not one.second.strip() else "first", {"empty"}),
        (lambda one: "second" if one.first.startswith(one.second) and len(one.second) > 20 else "first", {"beginning"}),
        (lambda one: "second" if len(one.second) > len(one.first) else "first", {"talk"}),
        (lambda _one: None, {"easy"}),  # torn by every pair: it takes nothing for something, and decides nothing
        (lambda _one: "second", {"easy", "empty", "key", "beginning", "talk"}),
    ],
)
def test_what_a_judge_fails(run: Run, choose: Callable[[Any], Preference | None], fails: set[str]) -> None:
    found = judged(run, choose)

    assert failed(found) == fails
    assert found.is_passed == (not fails)
    assert found.at_most < 0.02 or fails & {"key", "empty", "beginning"}


def test_one_easy_pair_in_thirteen_may_be_missed_and_two_may_not(run: Run) -> None:
    easy = [number for number, one in enumerate(probe_set(), 1) if one.kind == Kind.EASY]
    right = dict.fromkeys(range(1, len(probe_set()) + 1), "right")
    run.job.state = State.DONE

    assert queries.read(run, {**right, easy[0]: "none"}).is_passed
    assert not queries.read(run, {**right, easy[0]: "none", easy[1]: "other"}).is_passed


def test_probes_that_were_given_up_are_not_passed(run: Run) -> None:
    right: Mapping[int, str] = dict.fromkeys(range(2, len(probe_set()) + 1), "right")
    run.job.state = State.DONE
    keys = [number for number, one in enumerate(probe_set(), 1) if one.kind == Kind.KEY]

    assert queries.read(run, right).is_passed, "an easy one is missing"
    assert not queries.read(run, {number: said for number, said in right.items() if number != keys[0]}).is_passed


def test_a_run_asks_every_probe_once_and_a_fake_judge_fails(run: Run, world: World) -> None:
    assert do(run.job).state == State.DONE

    rows = Probed.objects.filter(run=run)
    found = queries.newest(run.project, run.checkpoint)
    assert (rows.count(), rows.values("number").distinct().count()) == (182, 182)
    assert found is not None
    assert (found.run, found.is_done, found.is_passed) == (run, True, False)
    assert "key" in failed(found)
    assert queries.newest(world.others.owner.project, run.checkpoint) is None, "each project asks by itself"


def test_what_another_set_has_shown_is_told_no_more(run: Run) -> None:
    run.parameters["set"] = "another"
    run.job.state = State.DONE

    found = queries.probing(run)

    assert (found.is_of_today, found.outcomes, found.is_passed) == (False, [], False)


def test_pressed_twice_one_run_is_started(run: Run, world: World) -> None:
    again = probing.start(world.answers.places["olga"], run.checkpoint)

    assert again == run
    assert Run.objects.filter(hook="probe").count() == 1


def test_what_compares_nothing_is_refused(world: World, add: Add) -> None:
    with pytest.raises(RunRefused, match="nothing to probe"):
        probing.start(world.answers.places["olga"], add("Steps", contract="steps"))


@pytest.mark.parametrize("contract", ["reward", "attributes", "ranking", "rating"])
def test_other_contracts_are_asked_in_their_own_way(world: World, add: Add, contract: str) -> None:
    started = probing.start(world.answers.places["olga"], add(contract, contract=contract))

    do(started.job)

    assert Probed.objects.filter(run=started).count() == len(probe_set())
    said = set(Probed.objects.filter(run=started).values_list("said", flat=True))
    assert {"right", "other"} <= said


def test_a_probe_is_a_pair_and_its_right_answer_comes_first() -> None:
    first = probe_set()[0]

    assert isinstance(first, Probe)
    assert (first.kind, first.right != first.other) == (Kind.EASY, True)

"""The benchmark itself, on a tiny shape: all arms score alike, tokens are counted, and a gate can fail. No times."""

import json
import subprocess
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
import torch
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from modelhooks.backends.benchmark import arms, measuring, report, running, workload
from modelhooks.backends.benchmark.measuring import Measured

OPTIONS = {
    "shape": "tiny",
    "mix": "pairs",
    "groups": 6,
    "device": "cpu",
    "dtype": "float32",
    "repeats": 1,
    "threads": 1,
    "arms": "",
    "row_tokens": 0,
    "seed": 0,
}
ROOT = Path(__file__).resolve().parents[3]
USUAL = [one.key for one in arms.ARMS if one.is_usual]


def told_by_command(*words):
    out = StringIO()
    call_command("bench_scoring", "--shape", "tiny", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.fixture(scope="module", params=sorted(workload.MIXES))
def run(request):
    return running.run(**{**OPTIONS, "mix": request.param}, told=lambda _line: None)


def test_all_arms_score_alike_in_every_mix(run):
    assert [one.arm.key for one in run.measured] == USUAL
    for one in run.measured:
        assert len(one.scores) == len(run.subject.sequences)
        assert one.scores == pytest.approx(run.reference, abs=1e-4)
    assert max(run.reference) - min(run.reference) > 1
    assert running.held(run)


def test_the_arms_compute_what_they_are_told_to_and_goldpan_the_least(run):
    subject = run.subject
    computed = {one.arm.key: one.counted.computed for one in run.measured}
    by_16 = [subject.sequences[begin : begin + 16] for begin in range(0, len(subject.sequences), 16)]

    assert computed["1"] == computed["3b"] == computed["3g"] == subject.useful
    assert computed["1b"] == computed["2"] == sum(len(batch) * max(map(len, batch)) for batch in by_16)
    assert computed["5"] <= 1.02 * subject.distinct
    assert computed["5"] == min(computed.values())
    assert run.arm("1").counted.forwards == len(subject.sequences)


def test_in_half_precision_the_measure_is_its_own_noise():
    run = running.run(**{**OPTIONS, "dtype": "bfloat16", "arms": "1,3n,5"}, told=lambda _line: None)
    noise = report.deviation(run, run.arm("1"))

    assert noise > 1e-4
    assert {one.budget for one in report.gates(run) if one.name.endswith("deviation")} == {f"≤ {1.5 * noise:.1e}"}
    assert running.held(run)


@pytest.fixture(scope="module")
def small():
    return running.run(**{**OPTIONS, "arms": "1,5"}, told=lambda _line: None)


def with_scores(run, key, scores):
    """The same run, in which an arm said something else."""
    measured = [replace(one, scores=scores) if one.arm.key == key else one for one in run.measured]
    return replace(run, measured=measured)


def test_a_score_that_is_off_misses_its_gate(small):
    off = [*small.reference[:-1], small.reference[-1] + 2e-4]

    missed = [one for one in report.gates(with_scores(small, "5", off)) if not one.is_met]

    assert [one.name for one in missed] == ["arm 5, deviation"]
    assert not running.held(with_scores(small, "5", off))
    assert "MISSED arm 5, deviation" in report.table(with_scores(small, "5", off))


def test_a_preference_that_turns_is_counted_with_its_margin(small):
    first, second, *others = small.reference
    turned = with_scores(small, "5", [second, first, *others])

    assert report.flips(turned, turned.arm("5")) == pytest.approx([abs(first - second)])
    assert report.summary(turned)["arms"][1]["flips"] == 1
    assert not running.held(turned)


def test_tokens_computed_twice_miss_their_gate(small):
    wasteful = replace(small.arm("5"), counted=measuring.Counted(round(small.subject.distinct * 1.03), 1))
    run = replace(small, measured=[small.arm("1"), wasteful])

    assert [one.name for one in report.gates(run) if not one.is_met] == ["computed of distinct tokens"]


def timed(key, seconds, small):
    return replace(small.arm(key), wall=[9.0, 1.0, 1.0], cpu=[0.1, seconds, seconds + 1])


@pytest.mark.parametrize(("seconds", "is_met"), [(1.41, True), (1.39, False)])
def test_speed_is_judged_by_cpu_time_of_the_middle_repeat(small, seconds, is_met, monkeypatch):
    monkeypatch.setattr(report, "ENOUGH", 12)
    measured = [timed("1", seconds, small), timed("5", 1.0, small)]
    run = replace(small, measured=measured, shape="small")

    (gate,) = [one for one in report.gates(run) if not one.is_exact]

    assert (gate.is_met, gate.budget) == (is_met, "≥ 1.4×")
    assert running.held(run)
    assert all(one.is_exact for one in report.gates(replace(run, shape="tiny")))
    assert all(one.is_exact for one in report.gates(replace(run, threads=2)))
    monkeypatch.setattr(report, "ENOUGH", 13)
    assert all(one.is_exact for one in report.gates(run))


def test_on_a_gpu_the_measure_is_what_its_multiplications_reach(small):
    operations = 2 * report.body_weights(small.subject.model) * small.subject.distinct
    run = replace(small, measured=[timed("5", 1.0, small)], matmul=operations / 0.59)

    (gate,) = [one for one in report.gates(run) if not one.is_exact]

    assert (gate.figure, gate.is_met) == ("59%", False)


def test_the_command_prints_a_table_and_json():
    table = told_by_command("--groups", "3", "--repeats", "2", "--arms", "1,2,5")
    told = json.loads(told_by_command("--groups", "3", "--repeats", "2", "--arms", "1,2,5", "--json"))

    assert "| 5 Goldpan: packed, each prompt once |" in table
    assert "held   computed of distinct tokens: 1.000" in table
    assert [one["arm"] for one in told["arms"]] == ["1", "2", "5"]
    assert all(len(one["wall_seconds"]) == len(one["cpu_seconds"]) == 2 for one in told["arms"])
    assert told["machine"]["threads"] == 1
    assert told["arms"][2]["computed_of_distinct"] == 1
    assert {"name", "figure", "budget", "is_met", "is_exact"} == told["gates"][0].keys()


def test_a_missed_gate_is_the_commands_exit_code(monkeypatch):
    monkeypatch.setattr(report, "CLOSE", -1.0)

    with pytest.raises(SystemExit) as left:
        told_by_command("--groups", "2", "--repeats", "1", "--arms", "5")
    assert left.value.code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--arms", "1,9"], "There is no arm '9'; there are 1, 1b"),
        (["--groups", "0"], "one group"),
        (["--device", "cuda"], "sees no GPU"),
        (["--dtype", "int4"], "invalid choice"),
        (["--mix", "poems"], "invalid choice"),
    ],
)
def test_options_that_make_no_sense_are_refused_in_a_sentence(words, said):
    with pytest.raises(CommandError, match=said):
        told_by_command(*words)


def test_goldpan_takes_as_many_tokens_at_once_as_it_is_told():
    few = running.run(**{**OPTIONS, "arms": "5", "row_tokens": 40}, told=lambda _line: None)
    many = running.run(**{**OPTIONS, "arms": "5", "row_tokens": 4_000}, told=lambda _line: None)

    assert few.arm("5").counted.forwards > many.arm("5").counted.forwards == 1
    assert few.reference == pytest.approx(many.reference, abs=1e-4)


def test_each_repeat_runs_every_arm_once_and_tells():
    lines = []
    running.run(**{**OPTIONS, "groups": 1, "arms": "3n,5", "repeats": 2}, told=lines.append)

    assert [line.split()[:2] for line in lines] == [["1/2", "3n"], ["1/2", "5"], ["2/2", "3n"], ["2/2", "5"]]


def failing(_subject):
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 40 GiB.\nMore words.")


@pytest.mark.parametrize(("key", "is_held"), [("3b", True), ("5", False)])
def test_an_arm_without_memory_leaves_the_others_their_figures(key, is_held, monkeypatch):
    tried = [replace(one, run=failing) if one.key == key else one for one in arms.ARMS]
    monkeypatch.setattr(running, "ARMS", tried)
    lines = []

    run = running.run(**{**OPTIONS, "arms": "1,3b,5", "repeats": 2}, told=lines.append)

    assert len(run.measured) == 2
    assert sum("CUDA out of memory" in line for line in lines) == 1
    assert f"MISSED arm {key}: CUDA out of memory. Tried to allocate 40 GiB. (ends)" in report.table(run)
    assert running.held(run) == is_held


def test_where_no_arm_ends_the_reason_is_said(monkeypatch):
    monkeypatch.setattr(running, "ARMS", [replace(arms.ARMS[0], run=failing)])

    with pytest.raises(ValueError, match="No arm came to an end: CUDA out of memory"):
        running.run(**OPTIONS, told=lambda _line: None)


def test_a_score_that_is_no_number_is_off_by_any_measure(small):
    broken = with_scores(small, "5", [*small.reference[:-1], float("nan")])

    assert report.deviation(broken, broken.arm("5")) == float("inf")
    assert not running.held(broken)


def test_a_model_is_widened_for_the_reference_and_is_the_same_afterwards():
    run = running.run(**{**OPTIONS, "dtype": "bfloat16", "arms": "1"}, told=lambda _line: None)
    model = run.subject.model
    before = {name: weights.clone() for name, weights in model.named_parameters()}

    again = measuring.in_float32(run.subject)

    assert again == run.reference
    assert {weights.dtype for weights in model.parameters()} == {torch.bfloat16}
    assert all(torch.equal(weights, before[name]) for name, weights in model.named_parameters())
    assert all(buffer.dtype == torch.float32 for buffer in model.buffers())


def test_the_module_runs_without_django_and_gives_the_exit_code():
    without = "import sys; sys.modules['django'] = None; import runpy; "
    words = ["--shape", "tiny", "--groups", "2", "--repeats", "1", "--arms", "3n,5"]
    there = "runpy.run_module('modelhooks.backends.benchmark', run_name='__main__')"

    done, refused = (
        subprocess.run(
            [sys.executable, "-c", without + there, *more], capture_output=True, text=True, check=False, cwd=ROOT
        )
        for more in (words, ["--arms", "9"])
    )

    assert done.returncode == 0, done.stderr
    assert "| 5 Goldpan: packed, each prompt once |" in done.stdout
    assert "1/1  5 " in done.stderr
    assert refused.returncode == 2
    assert "There is no arm '9'" in refused.stderr


def test_the_median_is_of_repeats_and_the_spread_of_their_ends():
    one = Measured(arms.ARMS[0], wall=[4.0, 2.0, 3.0], cpu=[2.0, 1.0, 9.0])

    assert (one.seconds, one.cpu_seconds) == (3.0, 2.0)
    assert one.spread == pytest.approx(2 / 3)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=30), st.integers(1, 80))
def test_batches_by_length_hold_all_and_no_more_than_they_may(lengths, most):
    batches = arms.longest_first(lengths, most)

    assert sorted(one for batch in batches for one in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(lengths[one] for one in batch) <= most


def test_the_same_seed_gives_the_same_words_and_lengths_as_they_should_be():
    mix = workload.MIXES["best-of-8"]
    some, again, others = (workload.groups(mix, 60, seed=seed) for seed in (1, 1, 2))
    prompts = [len(one.prompt[0]["content"].split()) for one in some]
    responses = [len(text.split()) for one in some for text in one.responses]

    assert some == again != others
    assert len(responses) == 8 * 60
    assert 220 < sum(prompts) / len(prompts) < 380
    assert 170 < sum(responses) / len(responses) < 230
    assert min(responses) >= 8
    assert max(responses) <= 1_200

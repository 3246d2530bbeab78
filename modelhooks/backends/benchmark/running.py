"""One benchmark from its options to its report."""

import argparse
import json
from collections.abc import Callable, Sequence

import torch
import transformers

from modelhooks.backends.benchmark import measuring, report, subject
from modelhooks.backends.benchmark.arms import ARMS, Arm
from modelhooks.backends.benchmark.shapes import SHAPES
from modelhooks.backends.benchmark.workload import MIXES
from modelhooks.backends.transformers.body import DTYPES
from modelhooks.engine.planning import CPU, CUDA, Budget

BATCH_TOKENS = {"cpu": 2_048, "cuda": 32_768}  # of the arms that batch by tokens and pad


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("--shape", choices=SHAPES, default="small", help="the random model's (small: 24 M weights)")
    parser.add_argument("--mix", choices=MIXES, default="pairs", help="how many responses, and how long")
    parser.add_argument("--groups", type=int, default=40, help="how many prompts (40)")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N")
    parser.add_argument("--dtype", choices=DTYPES, default="float32")
    parser.add_argument("--repeats", type=int, default=3, help="of every arm, interleaved (3)")
    parser.add_argument("--threads", type=int, default=1, help="of the CPU (1)")
    parser.add_argument("--arms", default="", help="keys by comma (all but 6): " + ", ".join(one.key for one in ARMS))
    parser.add_argument("--row-tokens", type=int, default=0, help="Goldpan's tokens per forward (the device's default)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")


def run(
    *,
    shape: str,
    mix: str,
    groups: int,
    device: str,
    dtype: str,
    repeats: int,
    threads: int,
    arms: str,
    row_tokens: int,
    seed: int,
    told: Callable[[str], object],
) -> report.Run:
    """Measure. Raises ValueError with a sentence where the options make no sense."""
    chosen = _chosen(arms)
    if min(groups, repeats, threads) < 1:
        raise ValueError("There must be one group, one repeat and one thread at least.")
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise ValueError("This torch sees no GPU.")
    torch.set_num_threads(threads)
    transformers.logging.set_verbosity_error()
    on = "cuda" if device.startswith("cuda") else "cpu"
    usual = CUDA if on == "cuda" else CPU
    budget = Budget(row_tokens, max(row_tokens, usual.most)) if row_tokens else usual
    made = subject.make(
        SHAPES[shape],
        MIXES[mix],
        groups,
        device=device,
        dtype=dtype,
        budget=budget,
        batch_tokens=BATCH_TOKENS[on],
        seed=seed,
    )
    exact = None if dtype == "float32" else measuring.in_float32(made)
    tried = measuring.measure(made, chosen, repeats, told=told)
    measured = [one for one in tried if not one.failed]
    if not measured:
        raise ValueError(f"No arm came to an end: {tried[0].failed}")
    rate = measuring.matmul_rate(device, dtype) if on == "cuda" else None
    failed = [one for one in tried if one.failed]
    return report.Run(made, measured, exact or measured[0].scores, mix, shape, dtype, threads, rate, failed)


def _chosen(arms: str) -> Sequence[Arm]:
    if not arms:
        return [one for one in ARMS if one.is_usual]
    keys = [one.strip() for one in arms.split(",")]
    known = {one.key: one for one in ARMS}
    unknown = [key for key in keys if key not in known]
    if unknown:
        raise ValueError(f"There is no arm {unknown[0]!r}; there are {', '.join(known)}.")
    return [known[key] for key in keys]


def printed(found: report.Run, *, as_json: bool) -> str:
    """What the command writes."""
    return json.dumps(report.summary(found), indent=1) if as_json else report.table(found)


def held(found: report.Run) -> bool:
    """Whether every gate held that no busy machine can miss."""
    return all(one.is_met for one in report.gates(found) if one.is_exact)

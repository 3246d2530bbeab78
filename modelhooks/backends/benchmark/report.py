"""What was measured, as a table, as gates that hold or do not, and as JSON."""

import math
import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import transformers

from modelhooks.backends.benchmark.measuring import Measured
from modelhooks.backends.benchmark.shapes import body_weights
from modelhooks.backends.benchmark.subject import Subject
from modelhooks.backends.transformers import attention

CLOSE = 1e-4  # float32
NOISE = 1.5  # times what half precision does to scores one by one
MOST_COMPUTED = 1.02  # of distinct tokens
OF_MATMUL = 0.6
OURS = ("3g", "5", "6")
ENOUGH = 48  # responses: with fewer, batches of 16 are too few to say anything
# (mix, compared with arm, at least so many times as fast); of arm 5, on one CPU thread.
SPEEDS = (("pairs", "1", 1.4), ("pairs", "2", 3.5), ("best-of-8", "1", 1.9))


@dataclass(frozen=True)
class Gate:
    """A promise. Those of time are `is_exact` False: a busy machine may miss them."""

    name: str
    figure: str
    budget: str
    is_met: bool
    is_exact: bool = True


@dataclass(frozen=True)
class Run:
    """All that a report needs. `reference` are the scores in float32, `matmul` operations per second or None.

    `failed` are the arms that came to no end.
    """

    subject: Subject
    measured: list[Measured]
    reference: list[float]
    mix: str
    shape: str
    dtype: str
    threads: int
    matmul: float | None = None
    failed: Sequence[Measured] = ()

    def arm(self, key: str) -> Measured | None:
        """What came of this arm, if it ran."""
        return next((one for one in self.measured if one.arm.key == key), None)


def deviation(run: Run, one: Measured) -> float:
    """The largest difference from the reference; infinite where a score is no number."""
    apart = [abs(score - right) for score, right in zip(one.scores, run.reference, strict=True)]
    return max((one if math.isfinite(one) else math.inf for one in apart), default=0.0)


def flips(run: Run, one: Measured) -> list[float]:
    """Of the groups whose best response is another one: by how much the reference prefers its own."""
    found, begun = [], 0
    for group in run.subject.ids:
        right = run.reference[begun : begun + len(group)]
        scores = one.scores[begun : begun + len(group)]
        begun += len(group)
        chosen = max(range(len(group)), key=scores.__getitem__)
        if max(right) > right[chosen]:
            found.append(max(right) - right[chosen])
    return found


def gates(run: Run) -> list[Gate]:
    """Every promise that this run can tell of."""
    return [*_endings(run), *_exactness(run), *_tokens(run), *_speeds(run), *_of_matmul(run)]


def _endings(run: Run) -> list[Gate]:
    """That each arm came to an end: those of others may run out of memory, ours may not."""
    return [Gate(f"arm {one.arm.key}", one.failed, "ends", False, one.arm.key in OURS) for one in run.failed]


def _exactness(run: Run) -> list[Gate]:
    one_by_one = run.arm("1")
    if run.dtype == "float32":
        noise, allowed = CLOSE, CLOSE
    elif one_by_one is None:
        return []
    else:
        noise = deviation(run, one_by_one)
        allowed = NOISE * noise
    found = []
    for one in run.measured:
        far, lost = deviation(run, one), max(flips(run, one), default=0.0)
        found.append(Gate(f"arm {one.arm.key}, deviation", f"{far:.1e}", f"≤ {allowed:.1e}", far <= allowed))
        found.append(Gate(f"arm {one.arm.key}, margin flipped", f"{lost:.1e}", f"≤ {noise:.1e}", lost <= noise))
    return found


def _tokens(run: Run) -> list[Gate]:
    ours = run.arm("5")
    if ours is None:
        return []
    ratio = ours.counted.computed / run.subject.distinct
    return [Gate("computed of distinct tokens", f"{ratio:.3f}", f"≤ {MOST_COMPUTED}", ratio <= MOST_COMPUTED)]


def _speeds(run: Run) -> list[Gate]:
    ours = run.arm("5")
    if ours is None or run.shape == "tiny" or run.threads != 1 or run.subject.model.device.type != "cpu":
        return []
    if len(run.subject.sequences) < ENOUGH:
        return []
    found = []
    for mix, key, least in SPEEDS:
        other = run.arm(key)
        if mix == run.mix and other is not None:
            times = other.cpu_seconds / ours.cpu_seconds
            name = f"{mix} per CPU second, of arm {key} ({other.arm.title})"
            found.append(Gate(name, f"{times:.2f}×", f"≥ {least}×", times >= least, is_exact=False))
    return found


def _of_matmul(run: Run) -> list[Gate]:
    ours = run.arm("5")
    if ours is None or run.matmul is None:
        return []
    part = _operations(run, run.subject.distinct) / ours.seconds / run.matmul
    return [Gate("of the dense matmul rate", f"{part:.0%}", f"≥ {OF_MATMUL:.0%}", part >= OF_MATMUL, is_exact=False)]


def _operations(run: Run, tokens: int) -> float:
    """Two for each weight of the body and token; attention itself is not counted."""
    return 2.0 * body_weights(run.subject.model) * tokens


def summary(run: Run) -> dict[str, Any]:
    """All figures, for machines."""
    subject = run.subject
    first = run.measured[0]
    return {
        "machine": machine(run),
        "mix": run.mix,
        "shape": run.shape,
        "dtype": run.dtype,
        "groups": len(subject.groups),
        "responses": len(subject.sequences),
        "tokens": {"useful": subject.useful, "distinct": subject.distinct},
        "body_weights": body_weights(subject.model),
        "matmul_rate": run.matmul,
        "arms": [_figures(run, one, first) for one in run.measured],
        "gates": [vars(one) for one in gates(run)],
    }


def _figures(run: Run, one: Measured, first: Measured) -> dict[str, Any]:
    subject = run.subject
    return {
        "arm": one.arm.key,
        "title": one.arm.title,
        "groups_per_second": len(subject.groups) / one.seconds,
        "groups_per_cpu_second": len(subject.groups) / one.cpu_seconds,
        "of_first_per_cpu_second": first.cpu_seconds / one.cpu_seconds,
        "of_first": first.seconds / one.seconds,
        "spread": one.spread,
        "useful_tokens_per_second": subject.useful / one.seconds,
        "operations_per_second": _operations(run, one.counted.computed) / one.seconds,
        "computed_of_useful": one.counted.computed / subject.useful,
        "computed_of_distinct": one.counted.computed / subject.distinct,
        "forwards": one.counted.forwards,
        "deviation": deviation(run, one),
        "flips": len(flips(run, one)),
        "peak_bytes": one.peak_bytes,
        "load": sum(one.load) / len(one.load),
        "wall_seconds": one.wall,
        "cpu_seconds": one.cpu,
    }


def machine(run: Run) -> dict[str, Any]:
    """Where and with what it was measured."""
    device = run.subject.model.device
    return {
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor() or "CPU",
        "cores": os.cpu_count(),
        "threads": run.threads,
        "load": list(os.getloadavg()),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "has_kernel": has_kernel(run.subject.model, device),
    }


def has_kernel(model: Any, device: Any) -> bool:
    """Whether Goldpan's attention is torch's kernel, which needs a GPU, half precision, and to be right there."""
    if device.type != "cuda" or model.dtype not in attention.HALF:
        return False
    heads, key_heads = model.config.num_attention_heads, model.config.num_key_value_heads
    return attention.proven_kernel(device, model.dtype, heads, key_heads, model.config.head_dim) is not None


def table(run: Run) -> str:
    """The figures in Markdown, with what they mean above and the gates below."""
    told = summary(run)
    on_gpu = run.subject.model.device.type == "cuda"
    columns = ["arm", "groups/s", "groups/CPU s", "× arm 1", "spread", "computed ÷ useful", "÷ distinct", "forwards"]
    columns += ["largest difference", "flips", "load"] + (["useful tokens/s", "TFLOP/s", "peak GiB"] if on_gpu else [])
    lines = [_head(run, told), "", f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(_cells(one, on_gpu=on_gpu))} |" for one in told["arms"]]
    return "\n".join([*lines, "", *_verdicts(gates(run))])


def _head(run: Run, told: dict[str, Any]) -> str:
    where, tokens = told["machine"], told["tokens"]
    rate = f"; dense matmul {run.matmul / 1e12:.0f} TFLOP/s" if run.matmul else ""
    rate += "; Goldpan attends by torch's kernel" if where["has_kernel"] else ""
    return (
        f"{run.mix}: {told['groups']} groups, {told['responses']} responses, {tokens['useful']:,} tokens, "
        f"{tokens['distinct']:,} with each prompt once ({tokens['useful'] / tokens['distinct']:.2f}×). "
        f"Shape {run.shape}, {told['body_weights'] / 1e6:,.1f} M weights, {run.dtype}, {where['device']}, "
        f"{where['threads']} threads of {where['cores']} cores, torch {where['torch']}, "
        f"transformers {where['transformers']}{rate}."
    )


def _cells(one: dict[str, Any], *, on_gpu: bool) -> list[str]:
    times = one["of_first"] if on_gpu else one["of_first_per_cpu_second"]
    cells = [
        f"{one['arm']} {one['title']}",
        f"{one['groups_per_second']:.2f}",
        f"{one['groups_per_cpu_second']:.2f}",
        f"{times:.2f}",
        f"{one['spread']:.0%}",
        f"{one['computed_of_useful']:.2f}",
        f"{one['computed_of_distinct']:.2f}",
        f"{one['forwards']:,}",
        f"{one['deviation']:.1e}",
        f"{one['flips']}",
        f"{one['load']:.1f}",
    ]
    if on_gpu:
        cells += [
            f"{one['useful_tokens_per_second']:,.0f}",
            f"{one['operations_per_second'] / 1e12:.1f}",
            f"{one['peak_bytes'] / 2**30:.1f}",
        ]
    return cells


def _verdicts(found: list[Gate]) -> list[str]:
    """Those of time and tokens one by one; of the scores' only what was missed, and how many held."""
    held = [one for one in found if one.is_met and one.name.startswith("arm ")]
    told = [
        f"{'held  ' if one.is_met else 'MISSED'} {one.name}: {one.figure} ({one.budget})"
        for one in found
        if one not in held
    ]
    return [f"held   {len(held)} gates on the scores of all arms", *told] if held else told

"""All arms on one subject, one after the other and again, so that a busy machine is busy for all of them alike."""

import copy
import gc
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch

from modelhooks.backends.benchmark.arms import Arm, Scores, padded_without_mask
from modelhooks.backends.benchmark.subject import Counted, Subject

EXACT_TOKENS = 4_096


@dataclass
class Measured:
    """What came of an arm. Lists have an entry per repeat; seconds, bytes. `cpu` counts all threads of this process."""

    arm: Arm
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    load: list[float] = field(default_factory=list)
    peak_bytes: int = 0
    counted: Counted = field(default_factory=Counted)
    scores: Scores = field(default_factory=list)
    failed: str = ""  # why it came to no end, such as a lack of memory

    @property
    def seconds(self) -> float:
        """Of the repeat in the middle."""
        return statistics.median(self.wall)

    @property
    def cpu_seconds(self) -> float:
        """Of the repeat in the middle."""
        return statistics.median(self.cpu)

    @property
    def spread(self) -> float:
        """How far the slowest repeat is from the fastest, as a part of the median."""
        return (max(self.wall) - min(self.wall)) / self.seconds


def measure(
    subject: Subject, arms: Sequence[Arm], repeats: int, *, told: Callable[[str], object] = lambda _line: None
) -> list[Measured]:
    """Every arm so many times, interleaved. `told` hears of each as it ends. One that fails is not tried again."""
    found = [Measured(arm) for arm in arms]
    with torch.inference_mode():
        subject.model(input_ids=torch.tensor([subject.sequences[0]], device=subject.model.device), use_cache=False)
        for repeat in range(repeats):
            for one in found:
                if one.failed:
                    continue
                try:
                    _once(subject, one)
                except RuntimeError as error:  # so that hours on a lent machine are not lost with one arm of ten
                    one.failed = (str(error).strip().splitlines() or [repr(error)])[0][:200]
                took = one.failed or f"{one.wall[-1]:8.2f} s"
                told(f"{repeat + 1}/{repeats}  {one.arm.key:<3} {one.arm.title:<38} {took}")
    return found


def _once(subject: Subject, one: Measured) -> None:
    gc.collect()
    subject.counted = one.counted = Counted()
    device = subject.model.device
    on_gpu = device.type == "cuda"
    if on_gpu:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)
        torch.cuda.synchronize(device)
    wall, cpu = time.perf_counter(), time.process_time()
    one.scores = one.arm.run(subject)
    if on_gpu:
        torch.cuda.synchronize(device)
        one.peak_bytes = torch.cuda.max_memory_allocated(device)
    one.wall.append(time.perf_counter() - wall)
    one.cpu.append(time.process_time() - cpu)
    one.load.append(os.getloadavg()[0])


def in_float32(subject: Subject) -> Scores:
    """The scores that all arms are compared with, where the subject itself is less exact.

    Its own weights are widened for that long and then narrowed again, which loses nothing; two copies of a large model
    do not fit beside each other. Batches are small, since attention in this type may write all its logits out.
    """
    narrow = {name: weights.dtype for name, weights in subject.model.named_parameters()}
    exact = copy.copy(subject)
    exact.counted, exact.batch_tokens = Counted(), min(subject.batch_tokens, EXACT_TOKENS)
    try:
        for weights in subject.model.parameters():
            weights.data = weights.data.float()
        with torch.inference_mode():
            return padded_without_mask(exact)
    finally:
        for name, weights in subject.model.named_parameters():
            weights.data = weights.data.to(narrow[name])


def matmul_rate(device: str, dtype: str, size: int = 8_192, times: int = 20) -> float:
    """Operations per second of one dense multiplication, the most that this device was seen to do."""
    left, right = (torch.randn(size, size, device=device, dtype=getattr(torch, dtype)) for _ in range(2))
    best = float("inf")
    for _ in range(times):
        torch.cuda.synchronize(device)
        begun = time.perf_counter()
        left @ right
        torch.cuda.synchronize(device)
        best = min(best, time.perf_counter() - begun)
    return 2 * size**3 / best

"""What is known of a version, as plain JSON for its page and for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from modelhooks.head.promotion import Measured
from modelhooks.head.reward_head import Trained
from modelhooks.labels import Voted


def of(trained: Trained, measured: Measured, training: Sequence[Voted]) -> dict[str, Any]:
    """Shares lie from 0 to 1, losses are nats a pair.

    `frozen` is of pairs that no head was trained on; `crossfit` of training pairs, each scored by heads that had not
    seen its prompt; `curve` is [prompts trained on, accuracy]; `bins` go from the least confident to the most.
    """
    head, report = trained.head, trained.report
    return {
        "frozen": {
            "head": asdict(measured.head),
            "length_only": asdict(measured.length_only),
            "gain": asdict(measured.gain),
            "log_loss": measured.log_loss,
            "calibration_error": measured.calibration_error,
            "bins": [asdict(one) for one in measured.bins],
            "spoken": asdict(measured.spoken),
            "ties": measured.ties,
            "ties_expected": measured.ties_expected,
            "rival": None if measured.rival is None else asdict(measured.rival),
        },
        "crossfit": {
            "head": asdict(report.head),
            "length_only": None if report.length_only is None else asdict(report.length_only),
            "gain": None if report.gain is None else asdict(report.gain),
            "log_loss": report.log_loss,
            "calibration_error": trained.calibration_error,
            "bins": [asdict(one) for one in trained.reliability],
        },
        "curve": [list(point) for point in report.curve],
        "ties": sum(1 for one in training if one.p == 0.5),
        "penalty": head.penalty,
        "factor": head.factor,
        "cutoff": None if head.cutoff is None else asdict(head.cutoff),
    }

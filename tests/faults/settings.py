"""The settings of the programs under fault: the product's own, and jobs that misbehave on demand."""

from config.settings import *  # noqa: F403
from config.settings import JOB_HANDLERS as _HANDLERS
from modelhooks.catalog import BACKENDS
from tests.faults.models import NOTING, NOTING_JUDGE

JOB_HANDLERS = {
    **_HANDLERS,
    "probe.once": "tests.faults.probes.once",
    "probe.slow": "tests.faults.probes.slow",
    "probe.poison": "tests.faults.probes.poison",
    "probe.greedy": "tests.faults.probes.greedy",
    "probe.stuck": "tests.faults.probes.stuck",
    "probe.turns": "tests.faults.probes.turns",
    "probe.broken": "tests.faults.probes.broken",
    "probe.refused": "tests.faults.probes.refused",
}
BACKENDS["noting"] = NOTING
BACKENDS["noting_judge"] = NOTING_JUDGE

"""The settings of a worker beside a journey: the product's own, and a judge that takes its time behind `fake`."""

from config.settings import *  # noqa: F403
from modelhooks.catalog import BACKENDS
from tests.journeys.judge import SLOW

BACKENDS["fake"] = SLOW

"""`goldpan bench`: the budgets, measured on this machine."""

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

BENCHMARKS = Path(__file__).resolve().parents[4] / "benchmarks" / "everything.py"


class Command(BaseCommand):
    help = "Measure the budgets on a PostgreSQL of the benchmark's own. Example: goldpan bench --quick"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")

    def handle(self, *args: Any, **options: Any) -> None:
        if not BENCHMARKS.is_file():
            raise CommandError("The benchmarks come with a checkout, not with an installed package.")
        words = [sys.executable, str(BENCHMARKS), *(["--quick"] if options["quick"] else [])]
        if subprocess.run(words, check=False).returncode:  # noqa: S603  (our own script)
            raise CommandError("A benchmark broke; see above.")

"""`goldpan bench_scoring`: how fast responses are scored, beside other ways, in one run."""

import importlib.util
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

HAS_TORCH = importlib.util.find_spec("torch") is not None
OPTIONS = ("shape", "mix", "groups", "device", "dtype", "repeats", "threads", "arms", "row_tokens", "seed")


class Command(BaseCommand):
    help = (
        "Score random texts with a random model in all the ways that there are, and compare times, tokens and scores. "
        "Example: .venv-models/bin/goldpan bench_scoring --mix best-of-8 --groups 12. The exit code is 1 if scores "
        "differ or tokens are wasted; a time that is missed is printed."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        if HAS_TORCH:
            from modelhooks.backends.benchmark import running  # torch takes seconds to load

            running.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if not HAS_TORCH:
            raise CommandError("This Python has no torch. `make models` installs it: .venv-models/bin/goldpan.")
        from modelhooks.backends.benchmark import running

        try:
            found = running.run(**{name: options[name] for name in OPTIONS}, told=self._told)
        except ValueError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(running.printed(found, as_json=options["as_json"]))
        if not running.held(found):
            raise SystemExit(1)

    def _told(self, line: str) -> None:
        """At once, and not only to a terminal: a machine may be taken away before the end."""
        self.stderr.write(line)
        self.stderr.flush()

"""`goldpan relay`: hands queued work to the workers and keeps the house in order, until stopped."""

import os
import signal
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand

from jobs import relay

EXAMPLE = """Example:
  goldpan relay            run until SIGTERM or Ctrl-C; `goldpan up` starts one by itself
"""


class Command(BaseCommand):
    """Runs until told to stop; needs no orderly end, because PostgreSQL holds all it knows."""

    help = "Hand queued work to the workers, find work that got stuck, and seal the audit trail; until stopped."
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> Any:
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def handle(self, *_: object, **options: object) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: os._exit(0))
        relay.serve()

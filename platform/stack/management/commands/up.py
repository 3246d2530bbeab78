"""`goldpan up`. The console script starts it without Django; this makes it known to `goldpan help`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from stack import up


class Command(BaseCommand):
    help = "Start everything that one machine needs: PostgreSQL, Redis, web, worker and relay."
    requires_system_checks = []

    def run_from_argv(self, argv: list[str]) -> None:
        raise SystemExit(up.main(argv[2:]))

    def print_help(self, prog_name: str, subcommand: str) -> None:
        up.arguments().print_help()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("words", nargs="*")

    def handle(self, *, words: list[str], **options: Any) -> None:
        raise SystemExit(up.main(words))

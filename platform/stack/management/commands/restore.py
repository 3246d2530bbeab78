"""`goldpan restore`: an empty database becomes what a backup was, and proves it."""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from stack import address, dumps
from stack.errors import StackError


class Command(BaseCommand):
    help = (
        "Fill an empty database from a backup, then compare every table with the digests taken at the backup.\n\n"
        "Example: goldpan restore /backups/monday.dump"
    )
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the dump; its .json must lie beside it")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")

    def handle(self, *, file: Path, as_json: bool, **options: Any) -> None:
        try:
            manifest = dumps.restore(file, address.of_database(), Path(settings.HOME))
        except StackError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(dumps.summary(file, manifest, as_json=as_json, verb="restored from"))

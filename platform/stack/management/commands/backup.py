"""`goldpan backup`: a dump of the database, with the digests that prove a restore."""

from argparse import RawDescriptionHelpFormatter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from stack import address, dumps
from stack.errors import StackError


class Command(BaseCommand):
    help = (
        "Write the whole database into one file, and beside it every table's digest and the files of all releases. "
        "People can go on working.\n\n"
        "Example: goldpan backup /backups/monday.dump\n\n"
        "Without a name it goes to the folder `backups` of GOLDPAN_HOME."
    )

    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="where to; never overwritten")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")

    def handle(self, *, file: Path | None, as_json: bool, **options: Any) -> None:
        moment = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
        dump = file or Path(settings.HOME) / "backups" / f"goldpan-{moment}.dump"
        try:
            manifest = dumps.back_up(dump, address.of_database(), Path(settings.HOME))
        except StackError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(dumps.summary(dump, manifest, as_json=as_json, verb="backed up to"))

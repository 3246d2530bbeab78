"""`goldpan doctor`: is this installation well?"""

import json
from argparse import RawDescriptionHelpFormatter
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from stack import checkup
from stack.checkup import Level


class Command(BaseCommand):
    help = (
        "Check Python, the home folder, disk, PostgreSQL, migrations, Redis, workers, the audit trail, the clock and "
        "the settings.\n\nExample: goldpan doctor --json\n\nThe exit code is 1 if anything fails."
    )
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")

    def handle(self, *, as_json: bool, **options: Any) -> None:
        results = []
        for result in checkup.everything():
            results.append(result)
            if not as_json:
                self._print(result)
        well = all(result.level != Level.FAIL for result in results)
        if as_json:
            self.stdout.write(json.dumps({"well": well, "checks": [asdict(result) for result in results]}))
        if not well:
            raise SystemExit(1)

    def _print(self, result: checkup.Result) -> None:
        style = {Level.OK: self.style.SUCCESS, Level.WARN: self.style.WARNING, Level.FAIL: self.style.ERROR}
        line = f"{style[result.level](f'{result.level:<5}')} {result.subject:<11} {result.text}"
        self.stdout.write(f"{line}. {result.remedy}" if result.remedy else line)

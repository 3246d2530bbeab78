# ruff: noqa: N999 - Django takes the name of a command from its file
"""`goldpan run-hook`: ask a model one question about a project's items, and follow it to the end."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict

from annotation.management import asked_runs
from annotation.queries.items import read_filters
from annotation.services import prelabels
from annotation.services.prelabels import MOST, Wishes
from projects.access import Right
from projects.commanding import place_of
from ui.problems import Refusal

EXAMPLE = """Examples:
  goldpan run-hook answers --checkpoint judge --question better
  goldpan run-hook answers --checkpoint judge --question better --items "state=open&tag=maths" --limit 200 --json
  goldpan run-hook answers --checkpoint judge --question better --set n=3 --set orders=both
"""


class Command(BaseCommand):
    """Exit code 1 and one sentence where the run cannot be started or ends early; items given up are no error."""

    help = (
        "Ask a checkpoint one question of the form about items, in its own name. What it said before is not asked "
        "again. Works with or without a running worker; a model that only a worker can load needs one (--no-work)."
    )

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: CommandParser) -> None:
        asked_runs.add_arguments(parser, Wishes.model_fields, MOST)
        parser.add_argument("--question", required=True, metavar="KEY", help="a question of the form, by its key")

    def handle(self, *args: Any, **options: Any) -> None:
        where = place_of(options["project"], options["email"], Right.CURATE, "ask no model")
        try:
            run = prelabels.start(
                where,
                checkpoint=asked_runs.checkpoint_of(options["checkpoint"]),
                question=options["question"],
                filters=read_filters(QueryDict(options["items"].removeprefix("?"))),
                limit=options["limit"],
                wishes=asked_runs.wishes_of(options["wishes"], Wishes.model_fields),
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        asked_runs.follow(run, options, self.stdout)

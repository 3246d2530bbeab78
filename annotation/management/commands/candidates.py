"""`goldpan candidates`: let a model write responses to the prompts of items, and make new items of them."""

from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import QueryDict

from annotation.management import asked_runs
from annotation.queries.items import read_filters
from annotation.services import candidates
from annotation.services.candidates import MOST, Wishes
from projects.access import Right
from projects.commanding import place_of
from ui.problems import Refusal

EXAMPLE = """Examples:
  goldpan candidates answers --checkpoint "Writer"
  goldpan candidates answers --checkpoint "Writer" --items "tag=maths" --limit 200 --set n=6 --set pairs=4
  goldpan candidates answers --checkpoint "Writer" --set shape=one --set temperature=0.7 --set seed=1 --json
"""


class Command(BaseCommand):
    """Exit code 1 and one sentence where the run cannot be started or ends early; prompts given up are no error."""

    help = (
        "Let a checkpoint write several responses to the prompt of each item, and make new items of them: pairs, or "
        "one for each prompt. The same wish a second time asks nothing and makes nothing."
    )

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: CommandParser) -> None:
        asked_runs.add_arguments(parser, Wishes.model_fields, MOST)

    def handle(self, *args: Any, **options: Any) -> None:
        where = place_of(options["project"], options["email"], Right.OWN, "make no items")
        try:
            run = candidates.start(
                where,
                checkpoint=asked_runs.checkpoint_of(options["checkpoint"]),
                filters=read_filters(QueryDict(options["items"].removeprefix("?"))),
                limit=options["limit"],
                wishes=asked_runs.wishes_of(options["wishes"], Wishes.model_fields),
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        asked_runs.follow(run, options, self.stdout)

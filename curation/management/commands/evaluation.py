"""`goldpan evaluation put|build|list`: rows whose answer is known, on which checkpoints are measured."""

import json
from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.layouts import LAYOUTS, OF_RECIPES
from curation.models import EvaluationSet, Release
from curation.services import evaluation_sets
from projects.access import Place, Right
from projects.commanding import place_of
from ui.problems import Refusal

EXAMPLE = """Examples:
  goldpan evaluation put answers "RewardBench 2" reward-bench-2.parquet
  goldpan evaluation build answers "Our own pairs" 3 --recipe judge_pairs --split test
  goldpan evaluation list answers
"""


class Command(BaseCommand):
    """Exit code 1 and one sentence where something is refused."""

    help = "Make evaluation sets, on which reward models, judges and models of steps are measured and compared."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        put = _verb(verbs, "put", "make a set of a file")
        put.add_argument("name", help="what the set is called")
        put.add_argument("file", type=Path, help="JSONL, JSON, CSV or Parquet, plain or packed")
        put.add_argument("--layout", choices=list(LAYOUTS), default="", help="default: found out by the columns")
        build = _verb(verbs, "build", "make a set of the rows of a release")
        build.add_argument("name", help="what the set is called")
        build.add_argument("release", type=int, help="the number of the release")
        build.add_argument("--recipe", choices=list(OF_RECIPES), required=True, help="whose rows")
        build.add_argument("--split", default="test", help="of which split (default: test)")
        _verb(verbs, "list", "which sets there are")

    def handle(self, *, verb: str, **options: Any) -> None:
        right = Right.VIEW if verb == "list" else Right.CURATE
        where = place_of(options["project"], options["email"], right, "make no evaluation sets")
        if verb == "list":
            self._list(where, as_json=options["as_json"])
            return
        try:
            made = self._put(where, options) if verb == "put" else self._build(where, options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(json.dumps(_told(made)) if options["as_json"] else _sentence(made))

    def _put(self, where: Place, options: dict[str, Any]) -> EvaluationSet:
        path = options["file"]
        try:
            with path.open("rb") as file:
                return evaluation_sets.from_file(
                    where, name=options["name"], file=file, file_name=path.name, layout=options["layout"]
                )
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from None

    def _build(self, where: Place, options: dict[str, Any]) -> EvaluationSet:
        release = Release.objects.filter(project=where.project, number=options["release"]).first()
        if release is None:
            raise CommandError(f"There is no release {options['release']} in {where.project.slug}.")
        return evaluation_sets.from_release(
            where, name=options["name"], release=release, recipe=options["recipe"], split=options["split"]
        )

    def _list(self, where: Place, *, as_json: bool) -> None:
        found = [_told(one) for one in EvaluationSet.objects.filter(project=where.project)]
        if as_json:
            self.stdout.write(json.dumps(found))
        for one in [] if as_json else found:
            self.stdout.write(f"{one['number']}: {one['name']}, {one['rows']:,} rows, {one['layout']}")


def _verb(verbs: Any, name: str, help_: str) -> CommandParser:
    parser: CommandParser = verbs.add_parser(name, help=help_)
    parser.add_argument("project", help="the project's address, such as answers")
    parser.add_argument("--as", dest="email", help="who asks; by default who started the project")
    parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
    return parser


def _told(one: EvaluationSet) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.name,
        "layout": one.layout,
        "rows": one.row_count,
        "subsets": dict(one.subsets),
        "refused": one.refused,
        "refusals": [{"number": number, "reason": reason} for number, reason in one.refusals],
        "sha256": bytes(one.digest).hex(),
    }


def _sentence(one: EvaluationSet) -> str:
    refused = [f"  row {number}: {reason}" for number, reason in one.refusals[:10]]
    left_out = f" {one.refused:,} rows could not be used:" if one.refused else ""
    title = LAYOUTS[one.layout].title
    return "\n".join([f"Set {one.number}, {one.name}: {one.row_count:,} rows of {title}.{left_out}", *refused])

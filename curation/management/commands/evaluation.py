"""`goldpan evaluation put|build|list|ask|show`: rows whose answer is known, on which checkpoints are measured."""

import json
from argparse import RawDescriptionHelpFormatter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotation.management import asked_runs
from curation.api.evaluations import board_of, set_of
from curation.layouts import LAYOUTS, OF_RECIPES
from curation.models import EvaluationSet, Release
from curation.queries import leaderboards as queries
from curation.services import evaluating, evaluation_sets
from curation.services.evaluating import THRESHOLD
from projects.access import Place, Right
from projects.commanding import place_of
from ui.problems import Refusal
from ui.templatetags.numbers import percent

EXAMPLE = """Examples:
  goldpan evaluation put answers "RewardBench 2" reward-bench-2.parquet
  goldpan evaluation build answers "Our own pairs" 3 --recipe judge_pairs --split test
  goldpan evaluation list answers
  goldpan evaluation ask answers 1 --checkpoint "Skywork 8B"
  goldpan evaluation show answers 1 --json
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
        ask = _verb(verbs, "ask", "ask a checkpoint about a set, and follow it to the end")
        ask.add_argument("number", type=int, help="the number of the set")
        ask.add_argument("--checkpoint", required=True, metavar="NAME", help="see goldpan checkpoint list")
        ask.add_argument("--threshold", type=float, default=THRESHOLD, help="a step below it is wrong (default 0.5)")
        ask.add_argument("--no-work", action="store_true", help="leave the work to a worker, and only follow it")
        ask.add_argument("--timeout", type=float, default=86_400, help="seconds to wait (default: a day)")
        show = _verb(verbs, "show", "who is best on a set")
        show.add_argument("number", type=int, help="the number of the set")

    def handle(self, *, verb: str, **options: Any) -> None:
        right = Right.VIEW if verb in ("list", "show") else Right.CURATE
        where = place_of(options["project"], options["email"], right, f"{verb} no evaluation sets")
        try:
            getattr(self, f"_{verb}")(where, options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None

    def _ask(self, where: Place, options: dict[str, Any]) -> None:
        found = _set(where, options["number"])
        checkpoint = asked_runs.checkpoint_of(options["checkpoint"])
        run = evaluating.start(where, found, checkpoint, options["threshold"])
        asked_runs.follow(run, options, self.stdout)
        if not options["as_json"]:
            self._show(where, options)

    def _show(self, where: Place, options: dict[str, Any]) -> None:
        board = queries.board(_set(where, options["number"]))
        told = json.dumps(board_of(board), default=str) if options["as_json"] else "\n".join(_lines(board))
        self.stdout.write(told)

    def _tell(self, made: EvaluationSet, options: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(set_of(made), default=str) if options["as_json"] else _sentence(made))

    def _put(self, where: Place, options: dict[str, Any]) -> None:
        path = options["file"]
        try:
            with path.open("rb") as file:
                made = evaluation_sets.from_file(
                    where, name=options["name"], file=file, file_name=path.name, layout=options["layout"]
                )
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from None
        self._tell(made, options)

    def _build(self, where: Place, options: dict[str, Any]) -> None:
        release = Release.objects.filter(project=where.project, number=options["release"]).first()
        if release is None:
            raise CommandError(f"There is no release {options['release']} in {where.project.slug}.")
        made = evaluation_sets.from_release(
            where, name=options["name"], release=release, recipe=options["recipe"], split=options["split"]
        )
        self._tell(made, options)

    def _list(self, where: Place, options: dict[str, Any]) -> None:
        found = [set_of(one) for one in EvaluationSet.objects.filter(project=where.project)]
        if options["as_json"]:
            self.stdout.write(json.dumps(found, default=str))
            return
        for one in found:
            self.stdout.write(f"{one['number']}: {one['name']}, {one['rows']:,} rows, {one['layout']}")


def _verb(verbs: Any, name: str, help_: str) -> CommandParser:
    parser: CommandParser = verbs.add_parser(name, help=help_)
    parser.add_argument("project", help="the project's address, such as answers")
    parser.add_argument("--as", dest="email", help="who asks; by default who started the project")
    parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
    return parser


def _set(where: Place, number: int) -> EvaluationSet:
    found = EvaluationSet.objects.filter(project=where.project, number=number).first()
    if found is None:
        raise CommandError(f"There is no evaluation set {number} in {where.project.slug}.")
    return found


def _lines(board: queries.Board) -> Iterator[str]:
    yield f"{board.evaluation_set.name}: {board.headline}."
    for line in board.lines:
        score = line.score
        bounds = f" ({percent(score['low'], 1)} to {percent(score['high'], 1)})" if score.get("low") is not None else ""
        told = f"{percent(score.get('value'), 1)}{bounds}, {line.behind}"
        yield f"  {line.place}. {line.result.checkpoint}: {told}; {line.silent:,} without an answer"


def _sentence(one: EvaluationSet) -> str:
    refused = [f"  row {number}: {reason}" for number, reason in one.refusals[:10]]
    left_out = f" {one.refused:,} rows could not be used:" if one.refused else ""
    title = LAYOUTS[one.layout].title
    return "\n".join([f"Set {one.number}, {one.name}: {one.row_count:,} rows of {title}.{left_out}", *refused])

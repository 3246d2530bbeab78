"""`goldpan curate`: look at all labels of a project, and say what they come to."""

import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from curation.models import Analysis
from curation.models.analyses import SURE
from curation.queries import guarded
from curation.queries.analyses import report
from curation.services import analyses
from jobs.following import StillOpen, to_its_end
from jobs.models import Job, State
from jobs.watching import Watched
from projects.access import Right
from projects.commanding import place_of
from ui.problems import Refusal


class Command(BaseCommand):
    """Exit code 1 and one sentence where there is nothing to look at, or the look ends early."""

    help = (
        "Look at every label of a project as it stands: consensus, agreement, and how far each annotator can be "
        "believed. No label is touched.\n\n"
        "Example: goldpan curate answers --json\n\n"
        "Works with or without a running worker."
    )

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("project", help="the project's address, such as answers")
        parser.add_argument("--as", dest="email", help="who asks; by default who started the project")
        parser.add_argument(
            "--planted", action="store_true", help="also test on flipped labels whether findings may be dropped"
        )
        parser.add_argument("--no-work", action="store_true", help="leave the work to a worker, and only follow it")
        parser.add_argument("--timeout", type=float, default=3_600, help="seconds to wait (default 3600)")
        parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        where = place_of(options["project"], options["email"], Right.CURATE, "look at no labels")
        try:
            asked = analyses.start(where, planted=options["planted"])
        except Refusal as error:
            raise CommandError(str(error)) from None
        with Watched(lambda: _so_far(asked)):
            job = _ended(asked, options)
        if job.state != State.DONE:
            raise CommandError(job.message or "The look ended early, and nothing says why.")
        told = report(Analysis.objects.get(pk=asked.pk))
        self.stdout.write(json.dumps(told, default=str) if options["as_json"] else "\n".join(_sentences(told)))
        if options["planted"] and not options["as_json"]:
            self.stdout.write("\n".join(guarded.sentences(where.project)))


def _ended(asked: Analysis, options: dict[str, Any]) -> Job:
    try:
        return to_its_end(asked.job, does_work=not options["no_work"], seconds=options["timeout"])
    except StillOpen:
        raise CommandError(f"Not all is looked at after {options['timeout']:.0f} seconds. It goes on.") from None


def _so_far(asked: Analysis) -> str:
    return Job.objects.get(pk=asked.job_id).message


def _sentences(told: dict[str, Any]) -> list[str]:
    found = told["summary"]
    lines = [
        f"Analysis {told['number']}: {found['labels']:,} labels of {found['annotators']:,} annotators "
        f"on {found['items']:,} items."
    ]
    for one in told["questions"]:
        name = f"{one['question']}.{one['facet']}" if one["facet"] else one["question"]
        settled = f"{one['settled']:,} of {one['units']:,} settled, {one['sure']:,} above {SURE}"
        lines.append(f"  {name}: {settled}; {_alpha(one)}")
    return lines


def _alpha(one: dict[str, Any]) -> str:
    alpha = (one["agreement"] or {}).get("alpha")
    if alpha is None:
        return "agreement cannot be told"
    if alpha["low"] is None:
        return f"α {alpha['value']:.2f}, too few for an interval"
    return f"α {alpha['value']:.2f} ({alpha['low']:.2f} to {alpha['high']:.2f})"

"""`goldpan head`: train a new version of a project's reward head, and say which there are."""

import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jobs.following import StillOpen, to_its_end
from jobs.models import Job, State
from jobs.watching import Watched
from modelhooks.access import head as head_of
from modelhooks.embedders import DEFAULT, EMBEDDERS
from modelhooks.models import Head
from modelhooks.queries.heads import MOST, described, versions
from modelhooks.services import heads
from projects.access import Place, Right
from projects.commanding import place_of
from ui.problems import Refusal

EXAMPLE = """Examples:
  goldpan head train answers --question better
  goldpan head train answers --question better --embedder fake --with-imported --json
  goldpan head list answers
"""


class Command(BaseCommand):
    """Exit code 1 and one sentence where nothing can be trained; a version that is not promoted is no error."""

    help = "The reward head that a project trains from its own preference labels: a new version, and which there are."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        train = verbs.add_parser("train", help="a new version, measured and promoted or not")
        train.add_argument("--question", required=True, metavar="KEY", help="a preference question of the form")
        train.add_argument("--embedder", default=DEFAULT, choices=list(EMBEDDERS), help=f"default: {DEFAULT}")
        train.add_argument("--with-imported", action="store_true", help="count labels that came with files, too")
        train.add_argument("--widen", action="store_true", help="freeze a wider evaluation set first")
        train.add_argument("--target", type=float, default=0.9, help="right this often where it speaks (default 0.9)")
        train.add_argument("--seed", type=int, default=0)
        train.add_argument("--no-work", action="store_true", help="leave the work to a worker, and only follow it")
        train.add_argument("--timeout", type=float, default=7_200, help="seconds to wait (default: two hours)")
        listing = verbs.add_parser("list", help="which versions there are, the newest first")
        for verb in (train, listing):
            verb.add_argument("project", help="the project's address, such as answers")
            verb.add_argument("--as", dest="email", help="who asks; by default who started the project")
            verb.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        where = place_of(options["project"], options["email"], Right.CURATE, "train no head")
        {"train": self._train, "list": self._list}[options["verb"]](where, options)

    def _train(self, where: Place, options: dict[str, Any]) -> None:
        wishes = {name: options[name] for name in ("embedder", "with_imported", "widen", "target", "seed")}
        try:
            head = heads.train(where, question=options["question"], wishes=wishes)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        with Watched(lambda: _so_far(head)):
            job = _ended(head, options)
        if job.state != State.DONE:
            raise CommandError(job.message or "The training ended early, and nothing says why.")
        self._tell([head_of(where, head.number)], options)

    def _list(self, where: Place, options: dict[str, Any]) -> None:
        found = list(versions(where.project)[:MOST])
        self._tell(found, options)
        if not found and not options["as_json"]:
            self.stdout.write("No reward head was trained here yet. Train one with goldpan head train.")

    def _tell(self, found: list[Head], options: dict[str, Any]) -> None:
        if options["as_json"]:
            told = [described(one) for one in found]
            self.stdout.write(json.dumps(told[0] if options["verb"] == "train" else told, default=str))
            return
        for one in found:
            self.stdout.write(f"Head {one.number} of “{one.question}”: {one.verdict or one.job.message}")


def _ended(head: Head, options: dict[str, Any]) -> Job:
    try:
        return to_its_end(head.job, does_work=not options["no_work"], seconds=options["timeout"])
    except StillOpen:
        raise CommandError(f"The head is not trained after {options['timeout']:.0f} seconds. It goes on.") from None


def _so_far(head: Head) -> str:
    job = Job.objects.get(pk=head.job_id)
    return f"{job.message} {job.done:,} of {job.total:,}" if job.total else ""

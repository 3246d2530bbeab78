"""`goldpan checkpoint`: add a checkpoint, check it, and say which there are."""

import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jobs.following import StillOpen, to_its_end
from jobs.models import Job, State
from modelhooks.api.checkpoints import checkpoint_of
from modelhooks.catalog import ADDED
from modelhooks.models import Checkpoint, Contract
from modelhooks.queries.checkpoints import lines, listed
from modelhooks.services import checkpoints
from modelhooks.services.checkpoints import CheckpointRefused

COMMERCIAL = {"unknown": None, "yes": True, "no": False}
EXAMPLE = """Examples:
  goldpan checkpoint add "Fake judge" --backend fake --contract preference --set seed=7
  goldpan checkpoint check "Fake judge"
  goldpan checkpoint list --json
"""


class Command(BaseCommand):
    """Exit code 1 and one sentence where a checkpoint is refused or its check finds that it does not work."""

    help = "The models that can be asked: add one, check whether it works, list them."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        add = verbs.add_parser("add", help="add one, and leave its check to a worker")
        add.add_argument("name")
        add.add_argument("--backend", required=True, choices=list(ADDED))
        add.add_argument("--contract", required=True, choices=Contract.values)
        add.add_argument("--set", action="append", default=[], dest="given", metavar="NAME=VALUE", help=_options())
        add.add_argument("--licence", default="")
        add.add_argument("--commercial-use", choices=list(COMMERCIAL), default="unknown")
        check = verbs.add_parser("check", help="load it, ask it something with a known answer, and wait for the result")
        check.add_argument("name")
        check.add_argument("--no-work", action="store_true", help="leave the work to a worker, and only wait")
        check.add_argument("--timeout", type=float, default=600, help="seconds to wait (default 600)")
        listing = verbs.add_parser("list", help="which there are")
        for verb in (add, check, listing):
            verb.add_argument("--json", action="store_true", dest="as_json", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        verb = {"add": self._add, "check": self._check, "list": self._list}[options["verb"]]
        try:
            verb(options)
        except CheckpointRefused as refusal:
            raise CommandError(str(refusal)) from None

    def _add(self, options: dict[str, Any]) -> None:
        made = checkpoints.add(
            None,
            name=options["name"],
            backend=options["backend"],
            contract=options["contract"],
            options=dict(_given(text) for text in options["given"]),
            licence=options["licence"],
            commercial_use=COMMERCIAL[options["commercial_use"]],
        )
        made.refresh_from_db()
        self._tell(made, f"{made.name} is there, and waits for a worker to check it.", options)

    def _check(self, options: dict[str, Any]) -> None:
        job = checkpoints.check(None, _named(options["name"]))
        _await(job, options)
        found = _named(options["name"])
        self._tell(found, f"{found.name}: {found.health}", options)
        if not found.is_healthy:
            raise CommandError(f"{found.name} does not work.")

    def _list(self, options: dict[str, Any]) -> None:
        found = list(listed())
        if options["as_json"]:
            self.stdout.write(json.dumps([checkpoint_of(one) for one in found], default=str))
            return
        for line in lines(found):
            one = line.checkpoint
            self.stdout.write(
                f"{one.name}  {one.contract}  {one.backend}  {line.standing.word}: {line.standing.sentence}"
            )
        if not found:
            self.stdout.write("There are no checkpoints yet. Add one with goldpan checkpoint add.")

    def _tell(self, one: Checkpoint, sentence: str, options: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(checkpoint_of(one), default=str) if options["as_json"] else sentence)


def _named(name: str) -> Checkpoint:
    found = Checkpoint.objects.select_related("check_job").filter(name=name).first()
    if found is None:
        raise CommandError(f"There is no checkpoint {name}; goldpan checkpoint list names them.")
    return found


def _await(job: Job, options: dict[str, Any]) -> None:
    try:
        ended = to_its_end(job, does_work=not options["no_work"], seconds=options["timeout"])
    except StillOpen:
        raise CommandError(f"The check is not done after {options['timeout']:.0f} seconds. It goes on.") from None
    if ended.state != State.DONE:
        raise CommandError(ended.message or "The check ended early, and nothing says why.")


def _given(text: str) -> tuple[str, Any]:
    """`seed=7`: true and false are what they say, all else is words, which the backend reads."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise CommandError(f"--set takes NAME=VALUE, not {text}.")
    return name, {"true": True, "false": False}.get(value, value)


def _options() -> str:
    told = "; ".join(f"{key}: {', '.join(one.options_type.model_fields) or 'none'}" for key, one in ADDED.items())
    return f"what the backend wants to know ({told}); repeatable"

"""`goldpan audit verify|seal`: has anybody changed what happened?"""

import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from audit import services

EXAMPLE = """Examples:
  goldpan audit verify
  goldpan audit verify --head 5f0c…    the newest seal, as the manifest of a release printed it
"""


class Command(BaseCommand):
    """Exit code 1 when the trail is broken."""

    help = "Check every sealed block of the audit trail against its events, or seal what is not sealed yet."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="name the first block that does not hold")
        verify.add_argument("--head", default="", help="also check that a block with this seal is part of the chain")
        verify.add_argument("--json", action="store_true", help="print one JSON object")
        seal = verbs.add_parser("seal", help="close everything recorded so far into a block")
        seal.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, verb: str, **options: Any) -> None:
        told, problem = self._verify(options["head"]) if verb == "verify" else self._seal()
        if options["json"]:
            self.stdout.write(json.dumps({**told, "problem": problem}))
            if problem:
                raise SystemExit(1)
        elif problem:
            raise CommandError(problem)
        else:
            self.stdout.write(", ".join(f"{name}: {value}" for name, value in told.items()))

    def _verify(self, head: str) -> tuple[dict[str, Any], str]:
        verdict = services.verify()
        told = {"blocks": verdict.blocks, "events": verdict.events, "unsealed": verdict.unsealed}
        problem = verdict.problem
        if head and not problem and not services.has_seal(head):
            problem = f"No block has the seal {head}: the trail is not the one that sealed it."
        return told, problem

    def _seal(self) -> tuple[dict[str, Any], str]:
        try:
            services.seal()
        except OperationalError:
            return {"head": services.head()}, "Somebody is writing events right now. Try again."
        return {"head": services.head()}, ""

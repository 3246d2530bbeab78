"""`goldpan token create|revoke`: keys for programs, from the command line."""

import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import ApiToken, Scope, User
from accounts.services import tokens

EXAMPLE = """Examples:
  goldpan token create olga@example.org --name trainer --scopes read,write --days 90
  goldpan token create olga@example.org --name trainer --project my-pairs --json
  goldpan token revoke gp_Ab3dE9
"""


class Command(BaseCommand):
    """Exit code 1 and one sentence where something is refused."""

    help = "Make a token for a person's programs, or revoke one. The token is printed once and kept nowhere."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="make a token")
        create.add_argument("email", help="in whose name the program speaks")
        create.add_argument("--name", default="command line", help="which program will carry it")
        create.add_argument("--scopes", default="read", help=f"comma-separated, out of {', '.join(Scope.values)}")
        create.add_argument("--project", default="", metavar="SLUG", help="good for this project only")
        create.add_argument("--days", type=int, default=90, help="until it ends, at most 365 (default: 90)")
        create.add_argument("--json", action="store_true", help="print one JSON object")
        revoke = verbs.add_parser("revoke", help="end the token that begins so")
        revoke.add_argument("prefix", help="its first nine characters, as the page shows them")
        revoke.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, verb: str, **options: Any) -> None:
        told = self._create(**options) if verb == "create" else self._revoke(options["prefix"])
        if options["json"]:
            self.stdout.write(json.dumps(told))
        elif verb == "create":
            self.stdout.write(f"{told['token']}\n(shown this once; ends on {told['expires_at'][:10]})")
        else:
            self.stdout.write(f"{told['prefix']}… is revoked.")

    def _create(self, *, email: str, name: str, scopes: str, project: str, days: int, **_: Any) -> dict[str, Any]:
        user = User.objects.filter(email=email.lower(), is_active=True).first()
        if user is None:
            raise CommandError(f"There is no open account {email}.")
        wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
        unknown = sorted(set(wanted) - set(Scope.values))
        if unknown:
            raise CommandError(f"There is no scope {unknown[0]}; there are {', '.join(Scope.values)}.")
        try:
            issued = tokens.create(user, name=name, scopes=wanted, days=days, project_id=_project_id(user, project))
        except tokens.TokenRefused as error:
            raise CommandError(str(error)) from None
        return {
            "token": issued.secret,
            "scopes": issued.token.scopes,
            "expires_at": issued.token.expires_at.isoformat(),
        }

    def _revoke(self, prefix: str) -> dict[str, Any]:
        found = list(ApiToken.objects.filter(prefix=prefix[: tokens.SHOWN], revoked_at__isnull=True)[:2])
        if len(found) != 1:
            raise CommandError(f"{'Several tokens begin' if found else 'No live token begins'} with {prefix}.")
        tokens.revoke(found[0].user, found[0].pk)
        return {"prefix": found[0].prefix}


def _project_id(user: User, slug: str) -> int | None:
    if not slug:
        return None
    membership = user.memberships.filter(project__slug=slug).first()
    if membership is None:
        raise CommandError(f"{user.email} does not belong to a project {slug}.")
    return membership.project_id

"""`goldpan user create|close`: accounts, from the command line."""

import json
import secrets
import sys
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from accounts.models import User
from accounts.services import users

EXAMPLE = """Examples:
  goldpan user create ana@example.org --name Ana
  goldpan user create olga@example.org --owner --password-stdin < password.txt
  goldpan user close ana@example.org
"""


class Command(BaseCommand):
    """Exit code 1 and one sentence where something is refused."""

    help = "Make an account, or close one. A generated password is printed once and kept nowhere."

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, epilog=EXAMPLE, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="make an account")
        create.add_argument("email")
        create.add_argument("--name", default="", help="what others read beside this person's work")
        create.add_argument("--owner", action="store_true", help="may do everything in the admin")
        create.add_argument("--staff", action="store_true", help="may look into the admin")
        create.add_argument("--password-stdin", action="store_true", help="read the password from the standard input")
        create.add_argument("--json", action="store_true", help="print one JSON object")
        close = verbs.add_parser("close", help="deactivate an account: its sessions and tokens end at once")
        close.add_argument("email")
        close.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, verb: str, **options: Any) -> None:
        told = self._create(**options) if verb == "create" else self._close(options["email"])
        if options["json"]:
            self.stdout.write(json.dumps(told))
        elif told.get("password"):
            self.stdout.write(f"{told['email']} signs in with the password {told['password']} (shown this once).")
        else:
            self.stdout.write(f"{told['email']}: done.")

    def _create(
        self, *, email: str, name: str, owner: bool, staff: bool, password_stdin: bool, **_: Any
    ) -> dict[str, Any]:
        password = sys.stdin.readline().rstrip("\r\n") if password_stdin else secrets.token_urlsafe(15)
        try:
            validate_email(email)
            validate_password(password, User(email=email, name=name))
            user = users.create(email=email, password=password, name=name, is_staff=staff, is_superuser=owner)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except users.EmailTaken as error:
            raise CommandError(str(error)) from None
        return {"id": user.pk, "email": user.email, "password": None if password_stdin else password}

    def _close(self, email: str) -> dict[str, Any]:
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            raise CommandError(f"There is no account {email}.")
        users.deactivate(user)
        return {"id": user.pk, "email": user.email}

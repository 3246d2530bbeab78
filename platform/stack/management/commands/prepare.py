"""`goldpan prepare`: the database up to date, and somebody who can sign in."""

import json
import secrets
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction

FIRST_OWNER = "owner@localhost"
# The number of the lock under which only one of several hosts makes the first owner.
LOCK = 4_700_001


class Command(BaseCommand):
    help = "Apply the migrations, and make the first owner in an empty installation.\n\nExample: goldpan prepare --json"

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", default=FIRST_OWNER, help="who the first owner is (default: %(default)s)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, email: str, json: bool, **options: Any) -> None:
        call_command("migrate", interactive=False, stdout=self.stderr)
        password = first_owner(email)
        if json:
            self.stdout.write(as_json(email, password))
        elif password:
            self.stdout.write(f"Sign in as {email} with the password {password} (shown this once).")


def first_owner(email: str) -> str:
    """Make the first person, who may do everything, and return the generated password; "" if there are people."""
    people = get_user_model()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if people._default_manager.exists():
            return ""
        password = secrets.token_urlsafe(15)
        people._default_manager.create_superuser(email, password, name="Owner")
        return password


def as_json(email: str, password: str) -> str:
    """What `goldpan up` needs to know, the commands of all installed apps included."""
    return json.dumps({"email": email, "password": password, "commands": sorted(get_commands())})

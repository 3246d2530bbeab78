"""The `goldpan` command: Django's commands under our own name."""

import os
import sys
from importlib import import_module

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    """Run one command; a wrong setting is one sentence on stderr and exit code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["up"]:
        # It makes what the settings need, so it must run without them.
        raise SystemExit(import_module("stack.up").main(sys.argv[2:]))
    try:
        execute_from_command_line(["goldpan", *sys.argv[1:]])
    except ImproperlyConfigured as error:
        print(f"goldpan: {error}", file=sys.stderr)
        raise SystemExit(2) from None

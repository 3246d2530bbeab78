"""Where Django's database is, in the words of PostgreSQL's own programs."""

from django.db import connection

from stack.dumps import VARIABLES, Address


def of_database() -> Address:
    """The parts of the address that the settings give."""
    given = connection.get_connection_params()
    return {name: str(given[name]) for name in VARIABLES if given.get(name)}

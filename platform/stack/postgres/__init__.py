"""The embedded PostgreSQL: its programs come from a wheel, and we drive them ourselves."""

from stack.postgres.server import Postgres, Server, ephemeral

__all__ = ["Postgres", "Server", "ephemeral"]

"""Broker, relay and worker as processes of their own, on the database that the live server uses."""

import os
import signal
from pathlib import Path
from urllib.parse import quote, urlencode

from django.db import connection

from stack import redis
from stack.up import ROOTS, celery_worker, goldpan
from tests.faults.stack import HASTE, Child


class Workers:
    """What carries jobs out. `end` leaves no process behind; it comes before the database is emptied."""

    def __init__(self, folder: Path, settings: str = "config.settings") -> None:
        self.broker = redis.ephemeral(folder / "home")
        environment = self._environment(settings)
        logs = self.broker.home.logs
        self.relay = Child("relay", goldpan("relay"), logs / "relay.log", environment)
        self.worker = Child("worker", celery_worker(), logs / "worker.log", environment, on_our_death=signal.SIGKILL)

    def start(self) -> None:
        self.broker.start()
        self.worker.start()
        self.relay.start()

    def end(self) -> None:
        for child in (self.worker, self.relay):
            child.kill()
        self.broker.remove()

    def logs(self) -> str:
        """What they have said, for whoever wonders why nothing happened."""
        return "".join(child.log.read_text()[-4000:] for child in (self.worker, self.relay) if child.log.exists())

    def _environment(self, settings: str) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
        return {
            **ours,
            **HASTE,
            # Long enough for two loaded cores: this is no test of leases that run out.
            "GOLDPAN_JOB_LEASE_SECONDS": "30",
            "GOLDPAN_HOME": str(self.broker.home.path),
            "DATABASE_URL": address_of_the_database(),
            "REDIS_URL": self.broker.url,
            "DJANGO_SETTINGS_MODULE": settings,
            "PYTHONPATH": os.pathsep.join(map(str, ROOTS)),
            "PYTHONUNBUFFERED": "1",
        }


def address_of_the_database() -> str:
    """Where this process's Django works, as a URL."""
    there = connection.settings_dict
    user = f"{quote(str(there['USER']))}:{quote(str(there['PASSWORD']))}@"
    more = {name.lower(): str(there[name]) for name in ("HOST", "PORT") if there[name]}
    return f"postgresql://{user}/{quote(str(there['NAME']))}?{urlencode(more)}"

"""/livez: this process answers. /readyz: everything it needs works, and nothing piles up."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from ui.measures import measure
from ui.operators import is_operator
from ui.rules import public

log = structlog.get_logger(__name__)

# Beyond these, something is stuck. Seconds; of the disk, the bytes that must be left.
HIGHEST = {"job_oldest_seconds": 900.0, "outbox_lag_seconds": 60.0, "audit_seal_lag_seconds": 600.0}
LEAST_DISK = 512 * 2**20

SEEN_APPLIED: set[bool] = set()
Finding = tuple[bool, object]


@public
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """Asks nobody, so it answers while PostgreSQL and Redis are away."""
    return HttpResponse("alive\n", content_type="text/plain")


@public
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while all is well, else 503; what exactly is wrong is for operators only."""
    findings = {name: _ask(name, check) for name, check in CHECKS.items()}
    is_well = all(well for well, _ in findings.values())
    body: dict[str, object] = {"status": "ready" if is_well else "unwell"}
    if is_operator(request):
        body["checks"] = {name: {"well": well, "found": found} for name, (well, found) in findings.items()}
    return JsonResponse(body, status=200 if is_well else 503)


def _ask(name: str, check: Callable[[], Finding]) -> Finding:
    try:
        well, found = check()
    except DatabaseError as error:
        well, found = False, type(error).__name__
    if not well:
        log.warning("ready.unwell", check=name, found=str(found))
    return well, found


def database_takes_writes() -> Finding:
    """A message in the log that recovery reads: as durable as an answer, and it leaves no row behind."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_logical_emit_message(true, 'goldpan', 'ready')")
        cursor.execute("SHOW transaction_read_only")
        takes = cursor.fetchone() == ("off",)
    return takes, "writes" if takes else "read only"


def migrations_are_applied() -> Finding:
    """Remembered once true: nobody takes migrations back under a running process."""
    if not SEEN_APPLIED:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        waiting = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
        if waiting:
            return False, waiting
        SEEN_APPLIED.add(True)
    return True, "applied"


def broker_answers() -> Finding:
    answers = bool(import_string(settings.BROKER_PING)())
    return answers, "answers" if answers else "does not answer"


def nothing_piles_up() -> Finding:
    found = {name: value for name, labels, value in measure() if name in HIGHEST or name == "disk_free_bytes"}
    well = found["disk_free_bytes"] >= LEAST_DISK and all(found.get(name, 0) <= most for name, most in HIGHEST.items())
    return well, {name: round(value) for name, value in found.items()}


CHECKS: dict[str, Callable[[], Finding]] = {
    "database": database_takes_writes,
    "migrations": migrations_are_applied,
    "broker": broker_answers,
    "backlog": nothing_piles_up,
}

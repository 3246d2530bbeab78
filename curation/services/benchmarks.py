"""Keeping the prompts of benchmarks, and letting go of them."""

import hashlib
import json
from collections.abc import Iterable

from django.db import transaction

import audit.services as audit
from curation.models import Benchmark
from ui.problems import Refusal

MOST_ROWS = 50_000
MOST_CHARACTERS = 64_000_000


class BenchmarkRefused(Refusal):
    """The rows cannot be kept; the text says why."""

    status = 422
    title = "This benchmark cannot be kept"


@transaction.atomic
def put(name: str, rows: Iterable[str]) -> Benchmark:
    """Keep the prompts of a benchmark under its name, in place of those that were kept before.

    Raises BenchmarkRefused.
    """
    kept = _bounded(name, rows)
    digest = hashlib.sha256(json.dumps(kept).encode()).digest()
    found, _ = Benchmark.objects.update_or_create(name=name, defaults={"rows": kept, "digest": digest})
    detail = {"name": name, "rows": len(kept), "sha256": digest.hex()}
    audit.record("benchmark.kept", subject=f"benchmark:{found.pk}", actor_id=None, project_id=None, detail=detail)
    return found


@transaction.atomic
def remove(name: str) -> bool:
    """Let go of a benchmark; False where there is none of this name."""
    found = Benchmark.objects.filter(name=name).first()
    if found is None:
        return False
    audit.record(
        "benchmark.removed", subject=f"benchmark:{found.pk}", actor_id=None, project_id=None, detail={"name": name}
    )
    found.delete()
    return True


def _bounded(name: str, rows: Iterable[str]) -> list[str]:
    if not 0 < len(name) <= 80 or not name.isprintable():
        raise BenchmarkRefused("A benchmark has a name of 1 to 80 characters that print.")
    kept: dict[str, None] = {}
    characters = 0
    for row in rows:
        text = row.replace("\x00", "").strip()
        if text and text not in kept:
            kept[text] = None
            characters += len(text)
        if len(kept) > MOST_ROWS or characters > MOST_CHARACTERS:
            raise BenchmarkRefused(f"It has more than {MOST_ROWS:,} rows or {MOST_CHARACTERS:,} characters.")
    if not kept:
        raise BenchmarkRefused("There is no text in it.")
    return list(kept)

"""What the whole database holds, in one line per table: equal before and after means that nothing was changed."""

from collections.abc import Iterable

from django.db import connection

# Signing in and using a token leave a time behind; that is no change of anything.
FORGOTTEN = ("last_used_at", "last_login")
KEPT_ASIDE = frozenset({"django_migrations", "django_session"})


def digest(*, besides: Iterable[str] = ()) -> dict[str, str]:
    """A checksum per table, without the tables named."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - KEPT_ASIDE - set(besides))
        kept = "to_jsonb(t) - '{" + ",".join(FORGOTTEN) + "}'::text[]"
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}', coalesce(md5(string_agg(({kept})::text, '|' ORDER BY ({kept})::text)), '')"
                f' FROM "{table}" t'
                for table in tables
            )
        )
        return dict(cursor.fetchall())


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The tables that differ."""
    return [table for table, sum_before in before.items() if after[table] != sum_before]

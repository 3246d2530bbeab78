"""How often someone may do what costs the others something. Counted in PostgreSQL, so that every process agrees."""

from http import HTTPStatus

from django.conf import settings
from django.db import connection

from ui.problems import Refusal

# One row per person and thing; a window that is over starts anew. One statement, so that racers count right.
COUNT = """
INSERT INTO accounts_allowance AS old (key, used, began_at) VALUES (%(key)s, 1, statement_timestamp())
ON CONFLICT (key) DO UPDATE SET (used, began_at) = (
    SELECT CASE WHEN is_over THEN 1 ELSE old.used + 1 END,
           CASE WHEN is_over THEN statement_timestamp() ELSE old.began_at END
    FROM (SELECT old.began_at + %(window)s::interval < statement_timestamp() AS is_over) AS window_now
)
RETURNING used, ceil(extract(epoch FROM began_at + %(window)s::interval - statement_timestamp()))
"""


class TooMany(Refusal):
    """The quota of this hour is used up."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    title = "Too many in a short time"

    def __init__(self, what: str, retry_after: int) -> None:
        minutes = -(-retry_after // 60)
        when = "in a minute" if minutes == 1 else f"in {minutes} minutes"
        super().__init__(f"That was one {what} too many for now. Nothing was changed; try again {when}.")
        self.retry_after = retry_after


def spend(what: str, *, user_id: int | None = None, project_id: int | None = None, address: str = "") -> None:
    """Count one use against each subject given. Raises TooMany, which answers 429 with Retry-After.

    `what` is a key of `settings.QUOTAS`. Inside a transaction that is rolled back the use is not counted.
    """
    most, seconds = settings.QUOTAS[what]
    for subject, value in (("user", user_id), ("project", project_id), ("address", address)):
        if value:
            used, left = _count(f"{what}:{subject}:{value}", seconds)
            if used > most:
                raise TooMany(what, max(1, left))


def _count(key: str, seconds: int) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"key": key[:120], "window": f"{seconds} seconds"})
        used, left = cursor.fetchone()
    return int(used), int(left)

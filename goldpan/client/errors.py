"""Everything that the client raises. Each reads as a sentence; what the server said, it says in the server's words."""

from collections.abc import Mapping
from typing import Any


class GoldpanError(Exception):
    """Whatever keeps the client from doing what it was asked."""


class Unreachable(GoldpanError):
    """The server did not answer, or broke off, however often it was tried."""


class Damaged(GoldpanError):
    """What arrived is not what the release holds."""


class LibraryMissing(GoldpanError):
    """A library that loads rows is not installed; the text says how to install it."""


class StillOpen(GoldpanError):
    """The time to wait is over. The work goes on, and `report` says how far it was."""

    def __init__(self, sentence: str, report: Mapping[str, Any]) -> None:
        super().__init__(sentence)
        self.report = report


class Stopped(GoldpanError):
    """An import, a run or a release ended before its work was done; `report` is the server's, with its reason."""

    def __init__(self, sentence: str, report: Mapping[str, Any]) -> None:
        super().__init__(sentence)
        self.report = report


class Problem(GoldpanError):
    """An answer that says no (RFC 9457): `detail` is the server's sentence, `errors` has those for single fields."""

    def __init__(
        self,
        *,
        status: int,
        title: str,
        detail: str,
        errors: Mapping[str, list[str]],
        retry_after: float | None = None,
    ) -> None:
        named = [f"{field}: {sentence}" for field, said in errors.items() for sentence in said]
        super().__init__(" ".join([detail or title, *(one for one in named if one not in detail)]))
        self.status = status
        self.title = title
        self.detail = detail
        self.errors = dict(errors)
        self.retry_after = retry_after


class NotUnderstood(Problem):
    """400: a field or a parameter is not understood."""


class TokenRefused(Problem):
    """401: no token, or one that is unknown, expired or revoked."""


class NotFound(Problem):
    """404: nothing here that this token may see."""


class Conflict(Problem):
    """409: it cannot be done now."""


class TooLarge(Problem):
    """413: larger than the server takes."""


class Refused(Problem):
    """422: understood and refused."""


class TooMany(Problem):
    """429: too many; `retry_after` says in how many seconds to come back."""


class ServerFault(Problem):
    """5xx: a fault of the server's own, or a database that is away."""


BY_STATUS: dict[int, type[Problem]] = {
    400: NotUnderstood,
    401: TokenRefused,
    404: NotFound,
    409: Conflict,
    413: TooLarge,
    422: Refused,
    429: TooMany,
}


def problem_of(status: int, body: object, retry_after: float | None) -> Problem:
    """The problem of an answer, whatever its body is: a proxy in between says no in words of its own."""
    said = body if isinstance(body, dict) else {}
    errors = said.get("errors")
    kind = BY_STATUS.get(status, ServerFault if status >= 500 else Problem)
    return kind(
        status=status,
        title=str(said.get("title") or f"The server answered {status}"),
        detail=str(said.get("detail") or f"The server answered {status} without a reason."),
        errors={str(name): [str(one) for one in texts] for name, texts in errors.items() if isinstance(texts, list)}
        if isinstance(errors, dict)
        else {},
        retry_after=retry_after,
    )

"""Keys that people give to their programs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import ApiToken, Scope, User
from accounts.services.keys import digest_of, new_secret
from audit import services as audit
from ui.joined import Joined

MARK = "gp_"
SHOWN = 9  # characters of a token that stay readable
LONGEST_DAYS = 365
USE_NOTED_EVERY = timedelta(minutes=1)


class TokenRefused(Exception):
    """The token cannot be made as asked; the text says why."""


@dataclass(frozen=True)
class Issued:
    """A new token and its secret: shown once, stored nowhere."""

    token: ApiToken
    secret: str


@transaction.atomic
def create(
    user: User, *, name: str, scopes: Iterable[str], days: int, project_id: int | None = None, address: str = ""
) -> Issued:
    """Make a token for at most a year, for one project of the person's or for all. Raises TokenRefused."""
    wanted = sorted(set(scopes), key=Scope.values.index)
    if not wanted or not 1 <= days <= LONGEST_DAYS:
        raise TokenRefused(f"A token has at least one scope and lasts from 1 to {LONGEST_DAYS} days.")
    if project_id is not None and not user.memberships.filter(project_id=project_id).exists():
        raise TokenRefused("You do not belong to that project.")
    secret = new_secret(MARK)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=secret[:SHOWN],
        digest=digest_of(secret),
        scopes=wanted,
        project_id=project_id,
        expires_at=Now() + timedelta(days=days),
    )
    token.refresh_from_db()  # the database's clock set the times
    _record("token.create", token, address, {"scopes": wanted, "days": days})
    return Issued(token, secret)


@transaction.atomic
def revoke(user: User, token_id: int, *, address: str = "") -> bool:
    """End one of the person's own tokens; False when there is no such live token."""
    token = user.api_tokens.filter(pk=token_id, revoked_at__isnull=True).first()
    if token is None:
        return False
    user.api_tokens.filter(pk=token.pk).update(revoked_at=Now())
    _record("token.revoke", token, address, {})
    return True


def revoke_all(user: User) -> int:
    """End every live token of a person; how many there were."""
    return user.api_tokens.filter(revoked_at__isnull=True).update(revoked_at=Now())


LIVE = Joined(
    """
    FROM accounts_apitoken t JOIN accounts_user u ON u.id = t.user_id
    WHERE t.digest = %(digest)s AND t.revoked_at IS NULL AND t.expires_at > statement_timestamp() AND u.is_active
    """,
    {"t": ApiToken, "u": User},
)


def find_live(secret: str) -> ApiToken | None:
    """The token behind a secret, with its person, if both are still good.

    Takes the same steps for a wrong secret as for a right one: one digest, one look-up by it. Nothing is compared
    character by character, so the time says nothing about how much of a guess was right.
    """
    found = LIVE.first(digest=digest_of(secret))
    if found is None:
        return None
    token: ApiToken
    token, token.user = found
    return token


def note_use(token: ApiToken) -> None:
    """Remember when a token was last used, to the minute: a busy program must not write a row per request."""
    if token.last_used_at and timezone.now() - token.last_used_at < USE_NOTED_EVERY:
        return
    not_lately = Q(last_used_at__isnull=True) | Q(last_used_at__lt=Now() - USE_NOTED_EVERY)
    ApiToken.objects.filter(not_lately, pk=token.pk).update(last_used_at=Now())


def _record(verb: str, token: ApiToken, address: str, detail: dict[str, object]) -> None:
    audit.record(
        verb,
        subject=f"token:{token.pk}",
        actor_id=token.user_id,
        project_id=token.project_id,
        address=address,
        detail=detail,
    )

"""Making accounts from the command line, changing one's own, and closing one."""

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.services import tokens
from audit import services as audit


class EmailTaken(Exception):
    """Somebody has this address already."""

    def __init__(self, email: str) -> None:
        super().__init__(f"{email} has an account already.")


@transaction.atomic
def create(*, email: str, password: str, name: str = "", is_staff: bool = False, is_superuser: bool = False) -> User:
    """Make an account, from an operator's command. Raises EmailTaken."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email, password, name=name, is_staff=is_staff or is_superuser, is_superuser=is_superuser
            )
    except IntegrityError as error:
        if User.objects.filter(email=email.lower()).exists():
            raise EmailTaken(email) from error
        raise
    audit.record("user.create", subject=f"user:{user.pk}", detail={"staff": user.is_staff, "superuser": is_superuser})
    return user


def rename(user: User, name: str) -> None:
    """Change what others read beside this person's work."""
    user.name = name
    user.save(update_fields=["name"])


@transaction.atomic
def change_password(user: User, password: str, *, address: str = "") -> int:
    """Set a new password and end every API token; how many there were.

    Sessions carry a digest of the password, so all of them end with it; the caller keeps its own alive.
    """
    revoked = tokens.revoke_all(user)
    user.set_password(password)
    user.save(update_fields=["password"])
    _record("user.password", user, user.pk, address, {"tokens_revoked": revoked})
    return revoked


@transaction.atomic
def deactivate(user: User, *, by: int | None = None) -> None:
    """Close an account: its sessions and tokens are dead from the next request on. Its work stays."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    revoked = tokens.revoke_all(user)
    _record("user.deactivate", user, by, "", {"tokens_revoked": revoked})


def _record(verb: str, user: User, actor_id: int | None, address: str, detail: dict[str, object]) -> None:
    audit.record(verb, subject=f"user:{user.pk}", actor_id=actor_id, address=address, detail=detail)

"""Coming in by invitation: the only way to an account besides an operator's command."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.models import Invitation, User
from accounts.services.keys import digest_of
from audit import services as audit
from ui.problems import Refusal


class InvitationRefused(Refusal):
    """The invitation cannot be used by this person; the text says why."""

    title = "You cannot accept this invitation"


class InvitationGone(InvitationRefused):
    """No open invitation has this token: never made, used, withdrawn or expired. Nobody can tell which."""

    def __init__(self) -> None:
        super().__init__("This invitation was used or withdrawn, or its time is over. Ask for a new one.")


def find(token: str) -> Invitation:
    """The open invitation behind a link. Raises InvitationGone."""
    found = _open(token).select_related("project", "created_by").first()
    if found is None:
        raise InvitationGone
    return found


@transaction.atomic
def accept(token: str, user: User, *, address: str = "") -> Invitation:
    """Make the person a member, once. Raises InvitationRefused; a member's role is not changed by an invitation."""
    invitation = _hold(token)
    if invitation.email and invitation.email.lower() != user.email:
        raise InvitationRefused(f"This invitation is for {invitation.email}. Sign in with that address to accept it.")
    _, is_new = user.memberships.get_or_create(project_id=invitation.project_id, defaults={"role": invitation.role})
    if not is_new:
        raise InvitationRefused("You already belong to this project. The invitation stays open for somebody else.")
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=Now(), accepted_by=user)
    audit.record(
        "invitation.accept",
        subject=f"invitation:{invitation.pk}",
        actor_id=user.pk,
        project_id=invitation.project_id,
        address=address,
        detail={"role": invitation.role},
    )
    return invitation


@transaction.atomic
def accept_as_newcomer(token: str, *, name: str, email: str, password: str, address: str = "") -> User:
    """Make an account and let it accept. Raises InvitationRefused, or ValidationError for a taken address."""
    _hold(token)
    try:
        with transaction.atomic():
            user = User.objects.create_user(email, password, name=name)
    except IntegrityError as error:
        if not User.objects.filter(email=email.lower()).exists():
            raise
        raise ValidationError(
            {"email": "This address has an account already. Sign in, then open this link again."}
        ) from error
    accept(token, user, address=address)
    return user


def _hold(token: str) -> Invitation:
    """Lock the row: of two who accept at once, the second finds it used."""
    invitation = _open(token).select_for_update(of=("self",)).first()
    if invitation is None:
        raise InvitationGone
    return invitation


def _open(token: str) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        digest=digest_of(token),
        accepted_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gt=Now(),
        project__archived_at__isnull=True,
    )

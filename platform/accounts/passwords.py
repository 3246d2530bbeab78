"""What must happen whenever a password changes, whoever changes it: the page, the admin or a command."""

from accounts.models import User
from accounts.services import tokens


class TokensEnd:
    """Listed among Django's validators for their hook `password_changed`; it finds nothing wrong with a password."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Takes any."""

    def get_help_text(self) -> str:
        return ""

    def password_changed(self, password: str, user: User | None = None) -> None:
        if user is not None and user.pk:
            tokens.revoke_all(user)

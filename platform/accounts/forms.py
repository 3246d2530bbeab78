"""What people say about themselves: to come in, to stay, and for their programs."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from accounts.models import Scope, User

STRONG_ENOUGH = "At least 12 characters. Three or four unrelated words are easy to remember and hard to guess."


class SignInForm(AuthenticationForm):
    """E-mail and password. Says the same whichever of the two is wrong."""

    username = forms.EmailField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        error_messages={"invalid": "Enter an e-mail address, such as ana@example.org."},
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    error_messages = {
        "invalid_login": "This e-mail and password do not belong together, or the account is closed. Check both.",
        "inactive": "This e-mail and password do not belong together, or the account is closed. Check both.",
    }

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).lower()


class NewPasswordForm(forms.Form):
    """A password typed twice, and strong enough."""

    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=1000,
        help_text=STRONG_ENOUGH,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The same password again",
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password, again = cleaned.get("password"), cleaned.get("again")
        if password and again and password != again:
            self.add_error("again", "The two passwords differ. Type the same one twice.")
        elif password:
            self._judge(password)
        return cleaned

    def owner(self) -> User:
        """Whose password it will be: it must not resemble them."""
        return User(name=self.cleaned_data.get("name", ""), email=self.cleaned_data.get("email", ""))

    def _judge(self, password: str) -> None:
        try:
            password_validation.validate_password(password, self.owner())
        except ValidationError as error:
            self.add_error("password", error)


class NewAccountForm(NewPasswordForm):
    """A newcomer with an invitation. An invitation for one address fixes it."""

    name = forms.CharField(label="Name", max_length=100, help_text="What others read beside your work.")
    email = forms.EmailField(
        label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    field_order = ["name", "email", "password", "again"]

    def __init__(self, *args: Any, invited_email: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if invited_email:
            self.fields["email"].initial = invited_email
            self.fields["email"].disabled = True
            self.fields["email"].help_text = "The invitation is for this address."

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class NameForm(forms.Form):
    """What others read beside a person's work."""

    name = forms.CharField(label="Name", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))


class ChangePasswordForm(NewPasswordForm):
    """The old password and a new one."""

    current = forms.CharField(
        label="Current password",
        strip=False,
        max_length=1000,
        help_text="A new password signs you out everywhere else and ends all your API tokens.",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["current", "password", "again"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password"].label = "New password"
        self.fields["again"].label = "The same new password again"

    def clean_current(self) -> str:
        current = str(self.cleaned_data["current"])
        if not self.user.check_password(current):
            raise ValidationError("This is not your current password.")
        return current

    def owner(self) -> User:
        return self.user


class TokenForm(forms.Form):
    """A key for a program: what it may do, where, and for how long."""

    name = forms.CharField(label="Name", max_length=100, help_text="Which program will carry it, and where.")
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=Scope.choices,
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        help_text="Never more than you may yourself.",
    )
    project = forms.TypedChoiceField(label="Where", required=False, coerce=int, empty_value=None)
    days = forms.IntegerField(
        label="Days until it ends", min_value=1, max_value=365, initial=90, help_text="At most 365."
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        memberships = user.memberships.select_related("project").order_by("project__name", "project_id")
        live = memberships.filter(project__archived_at__isnull=True)
        choices = [(str(membership.project_id), membership.project.name) for membership in live]
        self.fields["project"].choices = [("", "All my projects"), *choices]  # type: ignore[attr-defined]

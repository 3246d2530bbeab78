"""What the browser says about guidelines, members and invitations."""

from typing import Any

from django import forms

from projects.models import Guideline, Role

ROLES_EXPLAINED = {
    Role.OWNER: "imports, changes the form, the members and the settings",
    Role.CURATOR: "labels, sees everybody's answers, makes releases",
    Role.ANNOTATOR: "labels, and sees only their own answers",
    Role.VIEWER: "sees items and answers, changes nothing",
}


def role_choices() -> list[tuple[str, str]]:
    """Roles with what each may do."""
    return [(role.value, f"{role.label}: {ROLES_EXPLAINED[role]}") for role in Role]


class GuidelineForm(forms.Form):
    """The text of a new version."""

    text = forms.CharField(
        label="Guideline",
        required=False,
        strip=False,
        max_length=Guideline._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true"}),
        help_text="Markdown. Annotators reach it with one key while they label.",
        error_messages={
            "max_length": "A guideline takes at most %(limit_value)d characters; there are %(show_value)d."
        },
    )

    def clean_text(self) -> str:
        # Browsers send line ends as CRLF whatever was typed; versions are compared line by line.
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(
        choices=Role.choices,
        error_messages={"invalid_choice": "Choose one of the four roles.", "required": "Choose a role."},
    )


class InviteForm(forms.Form):
    """Who is asked in, as what, for how long."""

    role = forms.ChoiceField(
        label="Role",
        initial=Role.ANNOTATOR,
        error_messages={"invalid_choice": "Choose one of the four roles.", "required": "Choose a role."},
    )
    email = forms.EmailField(
        label="E-mail address",
        required=False,
        max_length=254,
        help_text="If given, only this person can use the link. Nothing is sent: you pass the link on.",
        error_messages={"invalid": "This does not look like an e-mail address."},
    )
    days = forms.IntegerField(
        label="Days it can be used",
        initial=14,
        min_value=1,
        max_value=60,
        error_messages={
            "required": "Give a number of days from 1 to 60.",
            "invalid": "Give a number of days from 1 to 60.",
            "min_value": "Give a number of days from 1 to 60.",
            "max_value": "Give a number of days from 1 to 60.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices()  # type: ignore[attr-defined]

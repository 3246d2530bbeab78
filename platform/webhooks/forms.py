"""What the browser says about webhooks."""

from django import forms

from webhooks import addresses
from webhooks.addresses import AddressRefused
from webhooks.models import LONGEST_URL, Event


class HookForm(forms.Form):
    """A new webhook."""

    url = forms.CharField(
        label="Address",
        max_length=LONGEST_URL,
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocomplete": "off"}),
        help_text="Where a POST with the event goes. What it answers is not read.",
        error_messages={"required": "Give the address to call."},
    )
    events = forms.MultipleChoiceField(
        label="Tell it when",
        choices=Event.choices,
        initial=Event.values,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one event.", "invalid_choice": "There is no such event."},
    )

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        try:
            addresses.target(url)
        except AddressRefused as error:
            raise forms.ValidationError(str(error)) from None
        return url

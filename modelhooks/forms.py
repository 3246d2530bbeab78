"""What the browser says about a checkpoint that someone adds."""

from typing import Any

from django import forms

from modelhooks import option_fields
from modelhooks.catalog import Backend
from modelhooks.embedders import DEFAULT, EMBEDDERS
from modelhooks.models import Contract
from modelhooks.services.checkpoints import LONGEST_LICENCE, LONGEST_NAME
from modelhooks.services.heads import Wishes
from modelhooks.services.retraining import MOST

COMMERCIAL = {"": None, "yes": True, "no": False}


class TrainForm(forms.Form):
    """What may be chosen about a new version of a reward head. `wishes()` is what `heads.train` takes."""

    embedder = forms.ChoiceField(
        choices=[(name, one.title) for name, one in EMBEDDERS.items()],
        initial=DEFAULT,
        help_text=Wishes.model_fields["embedder"].description or "",
    )
    with_imported = forms.BooleanField(
        label=Wishes.model_fields["with_imported"].title,
        required=False,
        help_text=Wishes.model_fields["with_imported"].description or "",
    )
    widen = forms.BooleanField(
        label=Wishes.model_fields["widen"].title,
        required=False,
        help_text=Wishes.model_fields["widen"].description or "",
    )
    target = forms.FloatField(
        label="Right at least so often where it speaks, in %",
        min_value=55,
        max_value=99,
        initial=90,
        help_text=Wishes.model_fields["target"].description or "",
    )

    def wishes(self) -> dict[str, Any]:
        """The form must be valid."""
        said = self.cleaned_data
        return {**said, "target": said["target"] / 100}


class RetrainForm(forms.Form):
    """After how many new answers a head is trained again."""

    every = forms.IntegerField(
        label="Train again after so many new answers",
        min_value=0,
        max_value=MOST,
        help_text="With what was chosen for the newest version. 0: only when somebody asks.",
    )


class CheckpointForm(forms.Form):
    """A name, what the backend wants to know, and the licence. `wish()` gives the arguments of `checkpoints.add`."""

    name = forms.CharField(max_length=LONGEST_NAME, help_text="Its answers stand under this name. It is never changed.")
    contract = forms.ChoiceField(label="What it can be asked")
    licence = forms.CharField(max_length=LONGEST_LICENCE, required=False, help_text="As its publisher names it.")
    commercial_use = forms.ChoiceField(
        label="Commercial use", required=False, choices=[("", "not known"), ("yes", "allowed"), ("no", "not allowed")]
    )

    def __init__(self, *args: Any, backend: Backend, **options: Any) -> None:
        super().__init__(*args, **options)
        fitting = [(value, label) for value, label in Contract.choices if value in backend.contracts]
        self.fields["contract"].choices = fitting  # type: ignore[attr-defined]
        self.fields.update(option_fields.fields(backend.options_type))

    def own(self) -> list[forms.BoundField]:
        """The fields of this backend alone."""
        return [self[name] for name in self.fields if name.startswith(option_fields.PREFIX)]

    def wish(self) -> dict[str, Any]:
        """What `checkpoints.add` takes beside the backend. The form must be valid."""
        said = self.cleaned_data
        return {
            "name": said["name"],
            "contract": said["contract"],
            "options": option_fields.given(said),
            "licence": said["licence"],
            "commercial_use": COMMERCIAL[said["commercial_use"]],
        }

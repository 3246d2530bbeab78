"""Forms to start with: those for people, and those that ask what the labels of a file in some layout answer."""

from annotation.imports.adapters import ADAPTERS
from annotation.services.presets import PRESETS, Preset

LAYOUT_FORMS: dict[str, Preset] = {
    name: Preset(
        title=f"{adapter.title} labels",
        about=f"Asks what the labels of {adapter.title} files answer, so that they come in with their items.",
        questions=adapter.form,
    )
    for name, adapter in ADAPTERS.items()
    if adapter.form
}

FORMS: dict[str, Preset] = {**PRESETS, **LAYOUT_FORMS}
"""All of them by name. Pages that let people choose show `PRESETS`: files can wait, and their layouts are many."""


def form_for(layout: str) -> str:
    """The name of the form that takes the labels of files in this layout."""
    return layout if layout in LAYOUT_FORMS else "preference"

"""What a checkpoint says to its backend."""

from typing import Annotated, Any
from unicodedata import category

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

# Of a folder or an endpoint of the deployment: a name, never a path or an address.
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
NAME_OR_NONE = rf"^(?:{NAME})?$"
Name = Annotated[str, StringConstraints(pattern=rf"^{NAME}$")]

LONGEST_INSTRUCTIONS = 4_000


def _is_text(text: str) -> str:
    """Lines of signs: what a database keeps, a page shows and a prompt holds."""
    if any(category(sign) in {"Cc", "Cs"} and sign not in "\n\t" for sign in text):
        raise ValueError("there are control characters in it")
    return text


def _lines(text: Any) -> Any:
    """Browsers end the lines of a form with two signs."""
    return text.replace("\r\n", "\n") if isinstance(text, str) else text


Instructions = Annotated[
    str,
    BeforeValidator(_lines),
    StringConstraints(max_length=LONGEST_INSTRUCTIONS, strip_whitespace=True),
    AfterValidator(_is_text),
]


class BackendOptions(BaseModel):
    """Base of what a checkpoint says to its backend. Nothing that is not declared is taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def only_contract(self) -> str:
        """The one contract that these options fit; empty where they do not say."""
        return ""

    @property
    def only_queue(self) -> str:
        """The workers that these options need, where that is not the backend's own queue; else empty."""
        return ""

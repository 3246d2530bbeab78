"""What a checkpoint says to its backend."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

# Of a folder or an endpoint of the deployment: a name, never a path or an address.
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
NAME_OR_NONE = rf"^(?:{NAME})?$"
Name = Annotated[str, StringConstraints(pattern=rf"^{NAME}$")]


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

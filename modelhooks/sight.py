"""Whether a checkpoint is shown pictures, and whether it wants to. Reads settings and rows alone."""

from modelhooks.catalog import BACKENDS, ChatOptions
from modelhooks.models import Checkpoint


def sees(checkpoint: Checkpoint) -> bool:
    """Whether pictures are shown to it: its keeper says so, and loading it fails where its endpoint does not."""
    backend = BACKENDS.get(checkpoint.backend)
    if backend is None or not issubclass(backend.options_type, ChatOptions):
        return False
    return bool(checkpoint.options.get("pictures", False))


def reads_prompts(checkpoint: Checkpoint) -> bool:
    """Whether its answer depends on the prompt at all; it does not where a response is held beside a known answer."""
    backend = BACKENDS.get(checkpoint.backend)
    return backend is None or backend.reads_prompts

"""The rendering child: what is confined, and where its program lies."""

from pathlib import Path

from stack.confined import child as confined

HOME = Path(__file__).parent
BOOT = confined.BOOT


class Child(confined.Child):
    """Turns texts into HTML."""

    def __init__(self) -> None:
        super().__init__(HOME, BOOT)

"""What goes wrong while models are asked, told apart by what helps: nothing, another attempt, or waiting."""


class LoadRefused(ValueError):
    """The checkpoint cannot be loaded here, and trying again would not help; the text is a sentence."""


class Unavailable(Exception):
    """What runs the model cannot be reached at the moment; the text is a sentence. No item is to blame."""


class InputRefused(ValueError):
    """The model cannot be asked about this input; the text is a sentence without people's words."""

"""What the services of this floor refuse, in sentences for the person who asked."""

from ui.problems import Refusal


class LeaseLost(Refusal):
    """The slot went to someone else, and the item has no other free one."""

    status = 409
    title = "This item was given to someone else"

    def __init__(self) -> None:
        super().__init__(
            "You held it for longer than the project allows, and someone else has it now. Your words are kept: "
            "they come back if the item does."
        )


class AnswersRefused(Refusal):
    """One or more answers do not fit their questions; `errors` maps question keys to sentences."""

    errors: dict[str, str]

    status = 422
    title = "Some answers do not fit"

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


class KeyReused(Refusal):
    """The same Idempotency-Key came with different answers."""

    status = 422
    title = "This key was used before"

    def __init__(self) -> None:
        super().__init__("The same request key came with other answers. Nothing was changed; send a new key.")


class NoForm(Refusal):
    """A project without questions cannot be labeled."""

    status = 409
    title = "There is no form yet"

    def __init__(self) -> None:
        super().__init__("The project has no questions yet. Its owner adds them under Settings, Form.")


class AlreadyChanged(Refusal):
    """The annotation to be changed has been changed meanwhile."""

    status = 409
    title = "This answer was changed meanwhile"

    def __init__(self) -> None:
        super().__init__(
            "A newer answer of yours exists, perhaps from another tab. Look at it before changing it again."
        )


class DraftTooLarge(Refusal):
    """A draft beyond what an answer could ever hold."""

    status = 413
    title = "This draft is too large"

    def __init__(self) -> None:
        super().__init__("A draft holds at most 400,000 characters. It stays in your browser.")

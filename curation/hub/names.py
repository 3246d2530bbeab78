"""What a repository of the Hub is called, and what a release is called in it."""

import re

LONGEST = 96  # characters of an owner, and of a name
PART = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9])?"
REPOSITORY = re.compile(rf"{PART}/{PART}", re.ASCII)


def is_repository(said: str) -> bool:
    """Whether it is `owner/name` as the Hub writes them: nothing in it can lead to another address."""
    return bool(REPOSITORY.fullmatch(said)) and not re.search(r"--|\.\.|\.git$", said)


def tag_of(number: int) -> str:
    """The tag of a release with this number."""
    return f"goldpan-release-{number}"

"""How a refused value is named in a sentence."""


def letter(index: int) -> str:
    """The name of a response by its position: a, b, c, …"""
    return chr(97 + index) if index < 26 else str(index + 1)


def describe(value: object) -> str:
    """What a JSON value is, for a sentence such as "Response b is true, not text."."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else f"a {type(value).__name__}"


def quoted(text: object) -> str:
    """A name from the file, short and in quotes."""
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(text)[:60])
    return f"'{shown}…'" if len(str(text)) > 60 else f"'{shown}'"


def listing(names: list[str]) -> str:
    """Names in quotes with commas between, the first eight of them."""
    shown = ", ".join(quoted(name) for name in names[:8])
    return f"{shown} and {len(names) - 8} more" if len(names) > 8 else shown

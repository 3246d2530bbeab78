"""The one error of the embedded stack: its text is a sentence for the person at the terminal."""


class StackError(Exception):
    """Something outside our code stands in the way. Print `str(error)`, leave with exit code 1, show no traceback."""

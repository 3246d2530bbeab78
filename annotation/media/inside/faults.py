"""What is wrong with a file."""


class Unusable(Exception):
    """The file cannot be kept. Its text ends the sentence "The file …", without a full stop."""


CUT_SHORT = "is cut short or damaged"

"""What ends the reading of a file. A row that cannot be read ends nothing: it is an `Unreadable`."""


class ReadingError(Exception):
    """Nothing more comes out of this file. Its text is a sentence for the person who sent it."""


class Unrecognized(ReadingError):
    """The first bytes belong to no layout that can be read."""


class Bomb(ReadingError):
    """The file unpacks to far more than its size lets expect."""


class TooLarge(ReadingError):
    """The file, unpacked, is over the limit on bytes or on rows."""


class Damaged(ReadingError):
    """The packing is broken or cut short. What came before it was read."""

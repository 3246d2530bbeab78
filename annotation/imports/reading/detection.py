"""What a file is, by its first bytes. Its name is not asked."""

import re
from enum import StrEnum

from annotation.imports.reading.delimited import delimiter_of
from annotation.imports.reading.errors import Unrecognized
from annotation.imports.reading.ndjson import BYTE_ORDER_MARK
from annotation.imports.reading.parsing import Unparsable, parse

HEAD = 1 << 16


class Layout(StrEnum):
    """How the rows of a file stand in it, once it is unpacked."""

    NDJSON = "ndjson"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


COMPRESSIONS = ((b"\x1f\x8b", "gz"), (b"\x28\xb5\x2f\xfd", "zst"), (b"\xfd7zXZ\0", "xz"))

OTHERS = (
    (b"PK\x03\x04", "a zip archive or an office document; send the table itself, as CSV or as lines of JSON"),
    (b"BZh", "compressed with bzip2; send it plain, or packed with gzip, zstd or xz"),
    (b"7z\xbc\xaf", "a 7-Zip archive; send the file itself, plain or packed with gzip, zstd or xz"),
    (b"Rar!", "a RAR archive; send the file itself, plain or packed with gzip, zstd or xz"),
    (b"ARROW1", "an Arrow or Feather file; write it as Parquet"),
    (b"Obj\x01", "an Avro file; write it as Parquet or as lines of JSON"),
    (b"SQLite format 3", "a database; export the table as CSV or as lines of JSON"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture, a sound or a film"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"\xff\xfe", "text in UTF-16; save it as UTF-8"),
    (b"\xfe\xff", "text in UTF-16; save it as UTF-8"),
)

_markup = re.compile(rb"(?i)^<(?:!doctype|html|svg|\?xml|script|head|body)")


def compression_of(head: bytes) -> str | None:
    """gz, zst or xz, or None for a file that is not packed in one of these ways."""
    return next((name for magic, name in COMPRESSIONS if head.startswith(magic)), None)


def layout_of(head: bytes) -> Layout:
    """The layout of a file that begins like this. Raises `Unrecognized` with a sentence about what it is instead."""
    if head.startswith(b"PAR1"):
        return Layout.PARQUET
    _refuse_others(head)
    text = head.removeprefix(BYTE_ORDER_MARK).lstrip()
    if not text:
        raise Unrecognized("The file is empty.")
    if _markup.match(text):
        raise Unrecognized("This is a page of HTML or XML, not a table.")
    return _layout_of_text(text)


def _refuse_others(head: bytes) -> None:
    if compression_of(head):
        raise Unrecognized("The file is compressed twice; unpack it once.")
    for magic, name in OTHERS:
        if head.startswith(magic):
            raise Unrecognized(f"This is {name}.")


def _layout_of_text(text: bytes) -> Layout:
    first, _, rest = text.partition(b"\n")
    if text.startswith(b"{"):
        return _layout_of_objects(first, rest)
    if text.startswith(b"["):
        inside = text[1:].lstrip()
        if inside[:1] in (b"{", b"]", b"") or not _has_object_lines(rest):
            return Layout.JSON
        return Layout.NDJSON
    if _has_object_lines(text) and not _is_header(first):
        return Layout.NDJSON
    if _is_header(first):
        return Layout.CSV
    raise Unrecognized("This is neither lines of JSON, nor a JSON array, CSV with a header, or Parquet.")


def _layout_of_objects(first: bytes, rest: bytes) -> Layout:
    """Lines of objects, unless the first one is only the beginning of a single object in many lines."""
    if first.strip() == b"{" and rest.strip() and not _has_object_lines(rest):
        raise Unrecognized(
            "This is a single JSON object over many lines. What can be read is one object per line, or an array."
        )
    return Layout.NDJSON


def _has_object_lines(text: bytes) -> bool:
    for line in text.split(b"\n")[:50]:
        if line.lstrip().startswith(b"{"):
            try:
                value = parse(line)
            except Unparsable:
                continue
            if isinstance(value, dict) and value:
                return True
    return False


def _is_header(line: bytes) -> bool:
    """Whether a line could name the columns of a CSV file: at least two short names of plain text."""
    if b"\0" in line or line[:1] in (b"<", b"#"):
        return False
    try:
        header = line.decode().strip("\r\n")
    except UnicodeDecodeError:
        return False
    names = header.split(delimiter_of(header))
    return len(names) > 1 and all(len(name) <= 200 for name in names) and "{" not in header

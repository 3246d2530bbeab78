"""A reader that begins where another one stopped."""

import gzip
import io
import json

import pytest

from annotation.imports.reading import START, Position, open_rows

ROWS = [{"n": n, "text": "line\u2028" * (n % 5)} for n in range(60)]
LINES = b"\xef\xbb\xbf" + b"\n".join(
    json.dumps(row, ensure_ascii=False).encode() if row["n"] % 7 else b'{"cut": ' for row in ROWS
).replace(b'{"n": 11', b'\n\r\n{"n": 11')
FILES = {
    "lines": LINES,
    "packed lines": gzip.compress(LINES),
    "array": json.dumps(ROWS).encode(),
    "csv": b"n,text\n" + b"".join(b'%d,"a\n%s"\n' % (row["n"], b"b" * row["n"]) for row in ROWS),
}


@pytest.mark.parametrize("name", FILES)
def test_stopping_after_any_row_loses_none_and_repeats_none(name):
    content = FILES[name]
    whole = list(open_rows(io.BytesIO(content)))
    position = START

    for done, record in enumerate(whole):
        rest = list(open_rows(io.BytesIO(content), start=position))
        assert rest == whole[done:]
        position = Position(rows=done + 1, number=record.number, offset=record.offset)

    assert list(open_rows(io.BytesIO(content), start=position)) == []


def test_plain_lines_are_not_read_again():
    class Watched(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            chunk = super().read(size)
            self.taken += len(chunk)
            return chunk

    content = b'{"a": "%s"}\n' % (b"x" * 90) * 100_000
    last = list(open_rows(io.BytesIO(content)))[-2]
    file = Watched(content)

    rest = list(open_rows(file, start=Position(rows=99_999, number=last.number, offset=last.offset)))

    assert [record.number for record in rest] == [100_000]
    assert file.taken < len(content) / 10

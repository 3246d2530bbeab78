"""CSV that no spreadsheet runs."""

import csv
import io
from typing import Any

import pytest

from ui.spreadsheets import FORMULA, as_csv


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("start", FORMULA)
def test_a_text_that_would_be_run_is_quoted_and_a_number_is_left_alone(start: str) -> None:
    rows: list[list[Any]] = [[f"{start}1+2", -0.5, None, True, 'a,"b"\nc']]

    head, row = read("".join(as_csv(["=name", "number", "nothing", "flag", "text"], rows)))

    assert row[0] == f"'{start}1+2"
    assert row[1:] == ["-0.5", "", "True", 'a,"b"\nc']
    assert head[1] == "number"


def test_rows_are_written_as_they_come() -> None:
    taken = []

    def rows() -> Any:
        for number in range(3):
            taken.append(number)
            yield [number]

    lines = as_csv(["number"], rows())

    assert (next(lines), taken) == ("number\r\n", [])
    assert (next(lines), taken) == ("0\r\n", [0])

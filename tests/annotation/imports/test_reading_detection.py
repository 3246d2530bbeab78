"""What a file is, by what it holds."""

import gzip
import io

import pytest

from annotation.imports.reading import Layout, Unrecognized, mismatch, open_rows


@pytest.mark.parametrize(
    ("content", "layout"),
    [
        (b'{"a": 1}\n', "ndjson"),
        (b'\xef\xbb\xbf\n\n {"a": 1}', "ndjson"),
        (b'{"a": "cut\n{"a": 1}\n', "ndjson"),
        (b'garbage\n{"a": 1}\n', "ndjson"),
        (b'{\n{"a": 1}\n', "ndjson"),
        (b'[{"a": 1}]', "json"),
        (b'\n[\n  {\n    "a": 1\n  }\n]', "json"),
        (b"[]", "json"),
        (b"id,prompt\n1,x\n", "csv"),
        (b"id\tprompt\n1\tx\n", "csv"),
        (b'id,prompt\n1,"\n{""a"": 1}\n"\n', "csv"),
        (b'id,prompt\n1,"\n{""a"": 1}\n{}"\n', "csv"),
    ],
)
def test_the_first_bytes_tell_the_layout(content, layout):
    assert open_rows(io.BytesIO(content)).layout == layout
    assert open_rows(io.BytesIO(gzip.compress(content))).layout == layout


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b" \n\n", "The file is empty."),
        (b"PK\x03\x04 and more", "a zip archive or an office document"),
        (b"BZh91AY", "compressed with bzip2"),
        (b"ARROW1\0\0", "Arrow or Feather"),
        (b"GIF89a/*\n*/=1;alert(1)//", "a picture"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"<!DOCTYPE html><p>,</p>", "HTML or XML"),
        (b"<svg onload='alert(1)'>", "HTML or XML"),
        (b"SQLite format 3\0", "a database"),
        ('id,prompt\n"é",x'.encode("utf-16"), "UTF-16"),
        (b"just a sentence\nand another\n", "neither lines of JSON"),
        (b"\x00\x01\x02,\x03", "neither lines of JSON"),
        (b'{\n  "rows": [\n    1\n  ]\n}', "a single JSON object over many lines"),
    ],
)
def test_ab_15_anything_else_is_refused_in_words(content, words):
    with pytest.raises(Unrecognized, match=words):
        open_rows(io.BytesIO(content))


def test_the_layout_may_be_given_instead(values):
    assert values(b"just a sentence\n", layout=Layout.NDJSON) == [
        "This is not valid JSON: expecting value (character 1)."
    ]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("rows.jsonl", b"id,prompt\n1,x\n", "The file is named .jsonl and was read as CSV, which is what it holds."),
        ("rows.csv.gz", b'{"a": 1}', "The file is named .csv and was read as lines of JSON"),
        ("rows.parquet", b"[]", "The file is named .parquet and was read as a JSON array"),
    ],
)
def test_ab_15_a_name_that_says_something_else_is_pointed_out(name, content, words):
    assert (mismatch(name, open_rows(io.BytesIO(content))) or "").startswith(words)


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.JSONL.gz", "rows.json", "rows.ndjson", "rows", "v1.2", "r.txt"])
def test_a_name_that_agrees_or_says_nothing_is_fine(name):
    assert mismatch(name, open_rows(io.BytesIO(b'{"a": 1}'))) is None

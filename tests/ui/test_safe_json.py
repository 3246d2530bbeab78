"""AB-16 for JSON: a value that can be stored, or a sentence."""

import gzip
import io
import json
import math
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from ui.safe_json import JsonRefused, Limits, Line, lines, loads

REFUSED = {
    b"[" * 100_000: "nested more than 32 levels",
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000: "nested more than 32 levels",
    b"[" * 33 + b"]" * 33: "nested more than 32 levels",
    b"[" + b"1," * 200_000 + b"1]": "more than 100,000 values",
    b"[" + b"[]," * 100_000 + b"[]]": "more than 100,000 values",
    b"{" + b",".join(b'"%d":1' % n for n in range(100_001)) + b"}": "more than 100,000 values",
    b"1e999": "too large",
    b'{"a":-1e999}': "too large",
    b"1" * 300 + b"e99": "too large",
    b"NaN": "not a number that JSON knows",
    b"[Infinity]": "not a number that JSON knows",
    b"-Infinity": "not a number that JSON knows",
    b'{"a":1,"b":2,"a":3}': 'The key "a" stands twice',
    b'{"a":{"\\u0061":1,"a":2}}': 'The key "a" stands twice',
    b'"\\u0000"': "NUL character",
    b'{"a\\u0000":1}': "NUL character",
    b'["\\ud800"]': "half a surrogate pair",
    b'{"\\udfff":1}': "half a surrogate pair",
    b'"\\ude00\\ud83d"': "half a surrogate pair",
    b'"\x00"': "control character",
    b'"\xed\xa0\x80"': "not valid UTF-8",
    b'{"a":"\xff\xfe"}': "not valid UTF-8",
    json.dumps({"a": 1}).encode("utf-16"): "not valid UTF-8",
    gzip.compress(b"{}", mtime=0): "not valid UTF-8",
    b"9007199254740993": "beyond",
    b"[-9007199254740993]": "beyond",
    b"9" * 5_000: "beyond",
    b"": "Expecting value at character 1",
    b'{"a":1': "This is not JSON",
    b"[1,]": "This is not JSON",
    b"{}\n{}": "Extra data at line 2, character 1",
    b"[]]": "This is not JSON",
    b"'a'": "This is not JSON",
    b'"' + b"a" * (2**20 + 1) + b'"': "at most 1,048,576",
}


@pytest.mark.parametrize("raw", REFUSED, ids=lambda raw: repr(raw[:20]))
def test_ab_16_what_cannot_be_stored_is_refused_in_a_sentence(raw: bytes) -> None:
    with pytest.raises(JsonRefused, match=r"\.$") as refused:
        loads(raw)

    assert REFUSED[raw] in str(refused.value)
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a":1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b"9007199254740992", 2**53),
        (b"-9007199254740992", -(2**53)),
        (b"1e300", 1e300),
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"\\\\u0000 \\\\ud800"', "\\u0000 \\ud800"),
        (b"[" * 32 + b"]" * 32, eval("[" * 32 + "]" * 32)),
        (b'"' + b"[{," * 50_000 + b'"', "[{," * 50_000),
        (b'["\\"[[[[", {"]": "}"}]', ['"[[[[', {"]": "}"}]),
        (b" null ", None),
    ],
)
def test_ordinary_json_is_read_as_it_is(raw: bytes, value: Any) -> None:
    assert loads(raw) == value


def test_limits_are_the_callers() -> None:
    tight = Limits(size=20, depth=1, values=3, string=4)

    assert loads(b'["abcd",1]', limits=tight) == ["abcd", 1]
    for raw in (b"[[1]]", b"[1,2,3,4]", b'["abcdefghijklm"]', b'["abcdefghijklmnopqrst"]'):
        with pytest.raises(JsonRefused):
            loads(raw, limits=tight)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet='[]{}",:\\u0deE+-19.aN \n', max_size=60).map(str.encode))
def test_any_bytes_are_a_value_or_a_refusal(raw: bytes) -> None:
    try:
        value = loads(raw)
    except JsonRefused:
        return

    assert json.loads(json.dumps(value, allow_nan=False)) == value


def storable(value: Any) -> bool:
    match value:
        case float():
            return math.isfinite(value)
        case int():
            return abs(value) <= 2**53
        case str():
            return not re.search("[\x00\ud800-\udfff]", value)
        case list():
            return all(storable(each) for each in value)
        case dict():
            return all(storable(key) and storable(each) for key, each in value.items())
    return True


@settings(max_examples=400, deadline=None)
@given(anything, st.booleans())
def test_what_is_accepted_can_be_stored_and_says_the_same(value: Any, escaped: bool) -> None:
    raw = json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass")

    try:
        read = loads(raw)
    except JsonRefused:
        assert not storable(value)
        return

    assert read == value
    assert storable(read)


def test_every_line_is_accounted_for() -> None:
    stream = io.BytesIO(b'{"a":1}\n\n{"a":\n' + b'"' + b"x" * 100 + b'"\n' + b'{"b":2}\r\n{"c":3}')

    found = list(lines(stream, limits=Limits(size=50)))

    assert [line.number for line in found] == [1, 3, 4, 5, 6]
    assert found[0] == Line(1, {"a": 1})
    assert found[1].refusal.startswith("This is not JSON")
    assert found[2].refusal == "This line has more than 50 bytes."
    assert [line.value for line in found[3:]] == [{"b": 2}, {"c": 3}]


class Echo(APIView):
    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Any) -> Any:
        from rest_framework.response import Response

        return Response({"got": request.data})


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"[" * 100_000, "application/json"),
        (b'{"a":"\\u0000"}', "application/json"),
        (b'{"a":1e999}', "application/json"),
        (b'{"a":1,"a":2}', "application/json"),
        (b"BZh91", "application/json; charset=bz2_codec"),
        (json.dumps({"a": 1}).encode("utf-16"), "application/json; charset=utf-16"),
    ],
)
def test_the_api_answers_a_problem_to_json_it_refuses(body: bytes, content_type: str) -> None:
    request = APIRequestFactory().generic("POST", "/api/v1/echo/", body, content_type=content_type)

    response = Echo.as_view()(request)

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert json.loads(response.content)["title"] == "This JSON cannot be accepted"


def test_the_api_reads_ordinary_json() -> None:
    request = APIRequestFactory().generic("POST", "/api/v1/echo/", b'{"a":[1]}', content_type="application/json")

    assert Echo.as_view()(request).data == {"got": {"a": [1]}}


def test_the_api_takes_no_more_than_its_limit(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    request = APIRequestFactory().generic("POST", "/", b'"' + b"a" * 200 + b'"', content_type="application/json")

    assert Echo.as_view()(request).status_code in (400, 413)

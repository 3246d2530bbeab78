# ruff: noqa: E501  tables read better in lines
"""Programs that are tried: what passes, what fails, what cannot be told, and what tries to get away."""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modelhooks.backends.verifier import verifier
from modelhooks.backends.verifier.code import code_in
from modelhooks.contracts import Candidate, Verification
from stack.confined import lock
from tests.processes import started_from_now_on

ADD = "def add(a, b):\n    return a + b\n"
ASSERTS = "assert add(1, 2) == 3\nassert add(-1, 1) == 0\n"
ADD_CASES = {
    "function": "add",
    "cases": [{"arguments": [1, 2], "expected": 3}, {"arguments": ["a", "b"], "expected": "ab"}],
}
SUM_CASES = {"cases": [{"input": "1 2\n", "output": "3"}, {"input": "4 5", "output": "9\n"}]}
TABLES = "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (2, 'y'), (3, NULL);"
PYTHON = frozenset({"python"})


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folders = tmp_path_factory.mktemp("folders")
    monkeypatch.setattr(tempfile, "tempdir", str(folders))
    started = started_from_now_on()
    yield
    assert started() == set()
    assert list(folders.iterdir()) == []


def said_of(kind: str, response: str, reference: Any, **parameters: Any) -> Verification:
    written = reference if isinstance(reference, str) else json.dumps(reference)
    [said] = verifier(kind, {"seconds": 2, **parameters}).verify([Candidate((), response, written)])
    return said


@pytest.mark.parametrize(
    ("response", "tests", "is_correct", "explanation"),
    [
        (ADD, ASSERTS, True, "All 2 tests pass."),
        (f"Here you are:\n```python\n{ADD}```\nDone.", ASSERTS, True, "All 2 tests pass."),
        (ADD, "def test_one():\n    assert add(1, 1) == 2\n", True, "The tests pass."),
        (ADD, "def test_one():\n    assert add(1, 1) == 3\n", False, "test_one fails: “AssertionError”."),
        (ADD, "for n in range(3):\n    assert add(n, n) == 2 * n\n", True, "The tests pass."),
        (
            ADD,
            "import unittest\nclass T(unittest.TestCase):\n    def test_a(self): self.assertEqual(add(1, 1), 2)\n"
            "    def test_b(self): self.assertEqual(add(1, 1), 3)\n",
            False,
            "test_b fails: “AssertionError: 2 != 3”.",
        ),
        ("def add(a, b): return a - b", ASSERTS, False, "A test fails: “AssertionError”."),
        ("x = 1", ASSERTS, False, "A test fails: “NameError: name 'add' is not defined”."),
        (
            "def add(a, b) return",
            ASSERTS,
            False,
            "The code does not run: “SyntaxError: expected ':' (response.py, line 1)”.",
        ),
        ("import numpy", ASSERTS, False, "The code does not run: “ModuleNotFoundError: No module named 'numpy'”."),
        (f"{ADD}\nif __name__ == '__main__':\n    input()", ASSERTS, True, "All 2 tests pass."),
        (ADD, "x =", None, "The known answer is no Python: SyntaxError: invalid syntax (tests.py, line 1)."),
        (ADD, "x = 1", None, "The known answer holds no test."),
        (ADD, "def helper():\n    assert add(1, 1) == 3\n", None, "The known answer holds no test."),
        (ADD, " ", None, "There is no known answer to compare with."),
        ("Sorry.\n```js\nlet x\n```", ASSERTS, None, "There is no code in the response."),
        ("x" * 300_000, ASSERTS, None, "More than 200,000 characters are not run."),
        # What tries to get around its tests:
        ("import os; os._exit(0)", ASSERTS, False, "The code ended the program before its tests did."),
        ("raise SystemExit(0)", ASSERTS, False, "The code does not run: “SystemExit: 0”."),
        ("def add(a, b): raise SystemExit(0)", ASSERTS, False, "A test fails: “SystemExit: 0”."),
        ("import sys\ndef add(a, b): sys.exit()", ASSERTS, False, "A test fails: “SystemExit”."),
        (
            "import os\nfor n in range(3, 64):\n try: os.write(n, b'{\"passed\": 2}\\n')\n except OSError: pass\nos._exit(0)",
            ASSERTS,
            False,
            "The code ended the program before its tests did.",
        ),
        (
            "def test_mine(): raise ValueError\ndef check(x): raise ValueError\n" + ADD,
            ASSERTS,
            True,
            "All 2 tests pass.",
        ),
        (
            "class E(Exception):\n def __str__(self): raise self\ndef add(a, b): raise E",
            ASSERTS,
            False,
            "A test fails: “E”.",
        ),
    ],
)
def test_python_with_tests(response: str, tests: str, is_correct: bool | None, explanation: str) -> None:
    said = said_of("python_tests", response, tests)

    assert (said.is_correct, said.explanation) == (is_correct, explanation)


def test_a_check_is_called_with_the_function_that_is_asked_for() -> None:
    check = "def check(candidate):\n    assert candidate(1, 1) == 2\n"

    assert said_of("python_tests", ADD, check, entry_point="add").is_correct is True
    assert said_of("python_tests", ADD, check.replace("2", "3"), entry_point="add").is_correct is False
    assert said_of("python_tests", ADD, check).explanation == "The known answer holds no test."
    assert said_of("python_tests", ADD, check, entry_point="sub").explanation.endswith("“it defines no sub”.")


@pytest.mark.parametrize(
    ("response", "cases", "is_correct", "explanation"),
    [
        (ADD, ADD_CASES, True, "All 2 cases come out as they should."),
        ("def add(a, b): return a - b", ADD_CASES, False, "Case 1 of 2 gives “-1” and not “3”."),
        ("def add(a, b): return 1 / 0", ADD_CASES, False, "Case 1 of 2 raises “ZeroDivisionError: division by zero”."),
        (
            "def add(a, b): return object",
            ADD_CASES,
            False,
            'Case 1 of 2 gives “{"no JSON": "<class \'object\'>"}” and not “3”.',
        ),
        (
            "x = 1",
            ADD_CASES,
            False,
            "The code does not run: “AttributeError: module 'response' has no attribute 'add'”.",
        ),
        ("import os\ndef add(a, b): os._exit(0)", ADD_CASES, False, "The code ended the program before its cases did."),
        (
            "class S:\n  n = 0\n  def f(self, a, *, k):\n    self.n += 1\n    a.append(self.n)\n    return (a, {k})",
            {"function": "S.f", "cases": [{"arguments": [[0]], "named": {"k": 2}, "expected": [[0, 1], [2]]}] * 2},
            True,
            "All 2 cases come out as they should.",
        ),
        (
            "def f(): return .1 + .2",
            {"function": "f", "cases": [{"expected": 0.3}]},
            True,
            "The case comes out as it should.",
        ),
        (
            "def f(): return True",
            {"function": "f", "cases": [{"expected": 1}]},
            False,
            "Case 1 of 1 gives “true” and not “1”.",
        ),
        ("print(sum(map(int, input().split())))", SUM_CASES, True, "All 2 cases come out as they should."),
        (
            "print(sum(map(int, open(0).read().split())), end='  \\n\\n')",
            SUM_CASES,
            True,
            "All 2 cases come out as they should.",
        ),
        ("import sys\nprint(3)\nsys.exit()", SUM_CASES, False, "Case 2 of 2 prints “3” and not “9”."),
        ("print(3)\nraise SystemExit(4)", SUM_CASES, False, "Case 1 of 2 fails: “it ended with 4”."),
        ("import os\nos._exit(4)", SUM_CASES, False, "Case 1 of 2 fails: “exit status 4”."),
        ("1 / 0", SUM_CASES, False, "Case 1 of 2 fails: “ZeroDivisionError: division by zero”."),
        (ADD, "no JSON", None, "The known answer is no JSON."),
        (ADD, [], None, "The known answer is no JSON object."),
        (ADD, "[" * 100_000, None, "The known answer is no JSON."),
        (ADD, {"function": "os.system.x", "cases": [{"expected": 1}]}, None, "The known answer holds no cases."),
        (ADD, {"cases": []}, None, "The known answer holds no cases."),
    ],
)
def test_python_with_cases(response: str, cases: Any, is_correct: bool | None, explanation: str) -> None:
    said = said_of("python_cases", response, cases)

    assert (said.is_correct, said.explanation) == (is_correct, explanation)


def test_what_is_expected_never_reaches_the_code() -> None:
    looks = """
import gc, os, sys
def f():
    found = repr([one for one in gc.get_objects() if isinstance(one, (str, dict, list, tuple))])
    frame = sys._getframe()
    while frame: found += repr(frame.f_locals); frame = frame.f_back
    return "".join(["98", "7654321"]) in found
"""
    cases = {"function": "f", "cases": [{"arguments": [], "expected": False}, {"arguments": [], "expected": 987654321}]}

    assert said_of("python_cases", looks, cases).explanation == "Case 2 of 2 gives “false” and not “987654321”."


@pytest.mark.parametrize(
    ("attempt", "is_correct", "explanation"),
    [
        ("while True: pass", False, "The code took more than 1 seconds."),
        ("import time; time.sleep(99)", None, "The code did not end within 14 seconds, though it hardly computed."),
        (
            "import os\nwhile True: os.fork()",
            False,
            "The code does not run: “PermissionError: [Errno 1] Operation not permitted”.",
        ),
        ("x = [0] * 10 ** 10", False, "The code does not run: “MemoryError”."),
        ("while True: print('x' * 9999)", False, "The code wrote more than is read."),
        ("n = 0\nwhile True: n += 1; open(str(n), 'w').write('x')", False, "The code filled its folder."),
        ("import ctypes; ctypes.string_at(0)", False, "The code crashed (SIGSEGV)."),
        (
            "open('/etc/passwd').read()",
            False,
            "The code does not run: “PermissionError: [Errno 13] Permission denied: '/etc/passwd'”.",
        ),
        (
            "import socket; socket.socket()",
            False,
            "The code does not run: “PermissionError: [Errno 1] Operation not permitted”.",
        ),
        (
            "import os; os.symlink('/etc', 'x')",
            False,
            "The code does not run: “PermissionError: [Errno 1] Operation not permitted: '/etc' -> 'x'”.",
        ),
        ("__import__('os').system('true')", True, "All 2 tests pass."),  # it got -1 and no shell
    ],
)
def test_what_tries_to_get_away_ends_in_a_sentence(attempt: str, is_correct: bool | None, explanation: str) -> None:
    started = time.monotonic()

    said = said_of("python_tests", f"{ADD}{attempt}", ASSERTS, seconds=1, memory_mb=256)

    assert (said.is_correct, said.explanation) == (is_correct, explanation)
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    ("query", "known", "is_correct", "explanation"),
    [
        (
            "```sql\nSELECT a FROM t ORDER BY a DESC\n```",
            {"query": "SELECT a FROM t"},
            True,
            "The query returns the right 3 rows.",
        ),
        (
            "SELECT a FROM t ORDER BY a DESC",
            {"query": "SELECT a FROM t ORDER BY a"},
            False,
            "Row 1 is “3” and not “1”.",
        ),
        (
            "SELECT a FROM t WHERE a > 1",
            {"query": "SELECT a FROM t"},
            False,
            "The query returns 2 rows, and 3 are right.",
        ),
        ("SELECT b FROM t WHERE a = 1", {"rows": [["x"]]}, True, "The query returns the right row."),
        ("SELECT b, a FROM t", {"query": "SELECT a, b FROM t"}, False, "Row 1 is “NULL, 3” and not “1, x”."),
        ("SELECT avg(a) / 3 FROM t", {"rows": [[0.66666666667]]}, True, "The query returns the right row."),
        (
            "DELETE FROM t WHERE a > 1",
            {"query": "DELETE FROM t WHERE a IN (2, 3)", "check": "SELECT * FROM t"},
            True,
            "The query returns the right row.",
        ),
        (
            "DELETE FROM t",
            {"query": "DELETE FROM t WHERE a > 1", "check": "SELECT * FROM t"},
            False,
            "The query returns 0 rows, and 1 are right.",
        ),
        ("DROP TABLE t", {"query": "SELECT 1"}, False, "The query does not run: “it returns no rows”."),
        ("SELECT * FROM nowhere", {"query": "SELECT 1"}, False, "The query does not run: “no such table: nowhere”."),
        (
            "SELECT 1; SELECT 2",
            {"query": "SELECT 1"},
            False,
            "The query does not run: “You can only execute one statement at a time.”.",
        ),
        ("SELECT 1", {"query": "SELECT FROM"}, None, 'The known answer does not run: near "FROM": syntax error.'),
        (
            "SELECT 1",
            {"setup": "nonsense", "query": "SELECT 1"},
            None,
            'The known answer does not run: near "nonsense": syntax error.',
        ),
        ("SELECT 1", {}, None, "The known answer holds neither a query nor rows."),
        ("SELECT 1", {"question": 1}, None, "The known answer is no setup with a query or rows."),
        # What tries to get away:
        ("ATTACH '/etc/passwd' AS x", {"query": "SELECT 1"}, False, "The query does not run: “not authorized”."),
        ("VACUUM INTO 'x.db'", {"query": "SELECT 1"}, False, "The query does not run: “authorization denied”."),
        (
            "SELECT load_extension('x')",
            {"query": "SELECT 1"},
            False,
            "The query does not run: “not authorized to use function: load_extension”.",
        ),
        ("PRAGMA hard_heap_limit", {"query": "SELECT 1"}, False, "The query does not run: “not authorized”."),
        (
            "SELECT readfile('/etc/passwd')",
            {"query": "SELECT 1"},
            False,
            "The query does not run: “no such function: readfile”.",
        ),
        (
            "SELECT randomblob(2000000000)",
            {"query": "SELECT 1"},
            False,
            "The query does not run: “string or blob too big”.",
        ),
        (
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
            {"query": "SELECT 1"},
            False,
            "The code took more than 1 seconds.",
        ),
        (
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r",
            {"query": "SELECT 1"},
            False,
            "The query does not run: “it returns more than can be compared”.",
        ),
        (
            "SELECT 1",
            {"query": "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r"},
            None,
            "The known answer does not run: took more than 1 seconds or crashed.",
        ),
    ],
)
def test_sql(query: str, known: dict[str, Any], is_correct: bool | None, explanation: str) -> None:
    said = said_of("sql", query, {"setup": TABLES, **known}, seconds=1)

    assert (said.is_correct, said.explanation) == (is_correct, explanation)


def test_the_order_of_rows_is_a_parameter() -> None:
    known = {"setup": TABLES, "query": "SELECT a FROM t ORDER BY a"}

    assert said_of("sql", "SELECT a FROM t ORDER BY a DESC", known, ordered="never").is_correct is True
    assert (
        said_of(
            "sql", "SELECT a FROM t ORDER BY a DESC", {**known, "query": "SELECT a FROM t"}, ordered="always"
        ).is_correct
        is False
    )


def test_one_query_never_sees_what_another_did() -> None:
    known = json.dumps({"setup": TABLES, "query": "SELECT count(*) FROM t", "check": ""})
    candidates = [Candidate((), text, known) for text in ("DELETE FROM t", "SELECT count(*) FROM t")]

    assert [one.is_correct for one in verifier("sql").verify(candidates)] == [False, True]


@pytest.mark.parametrize(
    ("kind", "reference"), [("python_tests", ASSERTS), ("python_cases", json.dumps(ADD_CASES)), ("sql", '{"rows": []}')]
)
def test_where_code_cannot_be_locked_in_none_is_run(
    kind: str, reference: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(lock.landlock, "version", lambda: 0)

    said = said_of(kind, f"open({str(tmp_path / 'canary')!r}, 'w')", reference)

    assert said.is_correct is None
    assert said.explanation.startswith("This machine cannot lock code in")
    assert list(tmp_path.iterdir()) == []


def test_code_is_found_in_its_fences() -> None:
    response = "```python\na\n```\n```\nnone\n```\n~~~py\nb\n~~~\n  ```python\nc\n  ```\n```sh\nd\n```\n```py\ne\n"

    found = [code_in(response, frozenset({"python", "py"}), block).split() for block in ("first", "last", "all")]

    assert found == [["a"], ["e"], ["a", "b", "c", "e"]]
    assert code_in("```\nx\n```", PYTHON) == "x\n"
    assert code_in("plain", PYTHON) == "plain"
    assert code_in("```\nx\n```</think>plain", PYTHON) == "plain"


def test_what_never_closes_its_fence_takes_no_time() -> None:
    started = time.process_time()
    code_in("```python\n" * 20_000, PYTHON)

    assert time.process_time() - started < 5


def test_the_environment_of_the_worker_does_not_reach_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hidden")

    said = said_of("python_tests", "import os\nSEEN = os.environ.get('SECRET_KEY')", "assert SEEN is None")

    assert "SECRET_KEY" in os.environ
    assert said.is_correct is True

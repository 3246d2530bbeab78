"""Runs code, then tests of it, and says how they went. Nothing is imported late: there may be no file to open."""

import ast
import io
import types
import unittest
from collections.abc import Callable, Iterator, Mapping
from typing import Any

LONGEST_REASON = 300


class _Failed(Exception):
    """A test did not pass."""


def main(request: Mapping[str, Any], report: Callable[[Any], None]) -> None:
    """Report `unreadable`, `failed` with `why`, or how many `passed`, under the request's seal."""
    seal = request["seal"]
    try:
        tests = compile(request["tests"], "tests.py", "exec", dont_inherit=True)
        tree = ast.parse(request["tests"])
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        report({"seal": seal, "unreadable": f"is no Python: {_said(error)}"})
        return
    try:
        names = _names(request["code"])
        passed = _test(tests, tree, names, request["entry_point"])
    except _Failed as failed:
        report({"seal": seal, "failed": failed.args[0], "why": failed.args[1]})
    else:
        report({"seal": seal, "passed": passed} if passed else {"seal": seal, "unreadable": "holds no test"})


def _names(code: str) -> dict[str, Any]:
    """What the code defines. It is not the main program, so that what it does only as one is left out."""
    module = types.ModuleType("response")
    try:
        exec(compile(code, "response.py", "exec", dont_inherit=True), module.__dict__)  # noqa: S102  the sandbox
    except BaseException as error:
        raise _Failed("The code does not run", _said(error)) from None
    return module.__dict__


def _test(tests: types.CodeType, tree: ast.Module, names: dict[str, Any], entry_point: str) -> int:
    """How many passed. Raises _Failed at the first that did not."""
    scope = {**names, "__name__": "tests"}
    for name in [name for name in scope if name == "check" or name.startswith("test")]:
        del scope[name]  # tests are those of the reference
    _pass("A test fails", lambda: exec(tests, scope))  # noqa: S102
    passed = sum(isinstance(node, ast.Assert) for node in tree.body)
    for name, test in _functions(scope, names, entry_point):
        _pass(f"{name} fails", test)
        passed += 1
    for case in [one for one in scope.values() if isinstance(one, type) and issubclass(one, unittest.TestCase)]:
        passed += _run_case(case)
    return passed or sum(isinstance(node, ast.Assert) for node in ast.walk(tree) if not _is_defined_only(tree, node))


def _is_defined_only(tree: ast.Module, wanted: ast.AST) -> bool:
    """Whether a node stands in a function or class that nobody has called."""
    return any(
        node is wanted
        for definition in tree.body
        if isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for node in ast.walk(definition)
    )


def _functions(
    scope: dict[str, Any], names: dict[str, Any], entry_point: str
) -> Iterator[tuple[str, Callable[[], Any]]]:
    for name, test in list(scope.items()):
        if name.startswith("test") and isinstance(test, types.FunctionType) and not test.__code__.co_argcount:
            yield name, test
    check = scope.get("check")
    if entry_point and isinstance(check, types.FunctionType):
        if entry_point not in names:
            raise _Failed("The code does not run", f"it defines no {entry_point}")
        yield "check", lambda: check(names[entry_point])


def _run_case(case: type[unittest.TestCase]) -> int:
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(case)
    result = unittest.TextTestRunner(stream=io.StringIO(), verbosity=0).run(suite)
    for test, trace in [*result.errors, *result.failures]:
        raise _Failed(f"{test.id().rpartition('.')[2]} fails", trace.strip().rpartition("\n")[2][:LONGEST_REASON])
    return result.testsRun - len(result.skipped)


def _pass(what: str, test: Callable[[], Any]) -> None:
    try:
        test()
    except BaseException as error:
        raise _Failed(what, _said(error)) from None


def _said(error: BaseException) -> str:
    """The error on one line. Its own words may be code, which may err as well."""
    try:
        said = " ".join(str(error).split())[:LONGEST_REASON]
    except BaseException:
        said = ""
    return f"{type(error).__name__}: {said}" if said else type(error).__name__

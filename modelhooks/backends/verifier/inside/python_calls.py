"""Runs code, calls one of its functions, and says what each call gave."""

import copy
import json
import types
from collections.abc import Callable, Mapping
from typing import Any

LONGEST_VALUE = 20_000  # characters


def main(request: Mapping[str, Any], report: Callable[[Any], None]) -> None:
    """Report `broken` once, or `value` or `raised` for each call."""
    module = types.ModuleType("response")
    try:
        exec(compile(request["code"], "response.py", "exec", dont_inherit=True), module.__dict__)  # noqa: S102
        function = _found(module, request["function"])
    except BaseException as error:
        report({"broken": _said(error)})
        return
    for call in request["calls"]:
        report(_outcome(function, call))


def _found(module: types.ModuleType, name: str) -> Callable[..., Any]:
    """A function, or a method of a new object of a class."""
    owner, _, method = name.rpartition(".")
    if not owner:
        return getattr(module, name)  # type: ignore[no-any-return]

    def of_a_new_object(*words: Any, **named: Any) -> Any:
        return getattr(getattr(module, owner)(), method)(*words, **named)

    return of_a_new_object


def _outcome(function: Callable[..., Any], call: Mapping[str, Any]) -> dict[str, Any]:
    try:
        value = function(*copy.deepcopy(call["arguments"]), **copy.deepcopy(call["named"]))
        written = json.dumps(value, default=_as_json)
        return (
            {"value": json.loads(written)} if len(written) <= LONGEST_VALUE else {"raised": "a value that is too long"}
        )
    except BaseException as error:
        return {"raised": _said(error)}


def _as_json(value: object) -> object:
    """Sets in order, other things by what they say of themselves: nothing that is expected looks like that."""
    if isinstance(value, set | frozenset):
        return sorted(value)
    return {"no JSON": repr(value)[:200]}


def _said(error: BaseException) -> str:
    """The error on one line. Its own words may be code, which may err as well."""
    try:
        return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}".removesuffix(": ")
    except BaseException:
        return type(error).__name__

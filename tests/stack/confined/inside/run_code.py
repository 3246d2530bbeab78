"""Runs the code that it is given and says how that ended."""

from typing import Any


def main(request: Any, report: Any) -> None:
    try:
        exec(request["code"], {"__name__": "__main__", "report": report})
    except BaseException as error:
        report(f"{type(error).__name__}: {error}")
    else:
        report("done")

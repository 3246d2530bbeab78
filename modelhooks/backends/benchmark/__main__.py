"""`python -m modelhooks.backends.benchmark`: the same as `goldpan bench_scoring`, on a machine that has no Goldpan.

What it needs beside this folder is torch, transformers, pydantic and jinja2; no settings and no database.
"""

import argparse
import sys

from modelhooks.backends.benchmark import running


def main() -> int:
    """The exit code: 1 where scores differ or tokens are wasted, 2 where the options make no sense."""
    parser = argparse.ArgumentParser(prog="python -m modelhooks.backends.benchmark", description=__doc__)
    running.add_arguments(parser)
    options = vars(parser.parse_args())
    as_json = options.pop("as_json")
    try:
        found = running.run(**options, told=lambda line: print(line, file=sys.stderr, flush=True))
    except ValueError as error:
        parser.error(str(error))
    print(running.printed(found, as_json=as_json))
    return 0 if running.held(found) else 1


if __name__ == "__main__":
    sys.exit(main())

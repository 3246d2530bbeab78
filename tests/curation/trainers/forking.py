"""A Python that has imported what trainers need and forks for every script: run by the Python that has torch and trl.

    python forking.py MODULE...

Importing takes ten times as long as loading a file and two steps of a trainer. Reads one line of JSON per script from
its input: `words` (a path or `-c` and code, then arguments), `folder` to be in, `home`, and `out` and `err`, the files
that take what it prints. Answers with its exit code. A script finds modules loaded, and nothing else of another's.
"""

import importlib
import json
import os
import sys
import traceback
import types
from pathlib import Path
from typing import Any


def main() -> None:
    for name in sys.argv[1:]:
        _load(name)
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(_run(**json.loads(line)))
        answers.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        answers.flush()


def _load(name: str) -> None:
    """A module, or `module.Name`: libraries that import lazily do not import before they are asked for a name."""
    module, _, wanted = name.partition(":")
    loaded = importlib.import_module(module)
    if wanted:
        getattr(loaded, wanted)


def _run(words: list[str], folder: str, home: str, out: str, err: str) -> int:
    """The script in this process, which ends with it."""
    for descriptor, name in ((1, out), (2, err)):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(folder)
    _move_in(home)
    try:
        _be_main(words)
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _move_in(home: str) -> None:
    """Caches in a folder of this script's own, for those too who asked for theirs when they were imported."""
    before, here = os.environ["HOME"], {"HOME": home, "HF_HOME": f"{home}/hugging-face"}
    os.environ.update(here)
    config = sys.modules["datasets.config"]
    for name, value in list(vars(config).items()):
        if isinstance(value, str | Path) and str(value).startswith(before):
            setattr(config, name, type(value)(str(value).replace(before, home, 1)))


def _be_main(words: list[str]) -> None:
    is_code = words[0] == "-c"
    code = words[1] if is_code else Path(words[0]).read_text()
    sys.argv = ["-c", *words[2:]] if is_code else words
    sys.path.insert(0, "" if is_code else str(Path(words[0]).parent))
    script: Any = types.ModuleType("__main__")
    script.__file__ = words[0]
    sys.modules["__main__"] = script
    exec(compile(code, words[0], "exec"), vars(script))


if __name__ == "__main__":
    main()

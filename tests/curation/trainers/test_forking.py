"""Scripts in the trainers' Python are as alone as if each had a process that was started for it."""

import json

import pytest

LEAVE = "import datasets, os\nleft = datasets.left = 1\nos.environ['LEFT'] = '1'"
TELL = """
import datasets, json, os, sys
left = ["left" in globals(), hasattr(datasets, "left"), "LEFT" in os.environ]
print(json.dumps([sys.argv[1:], left, os.getcwd(), str(datasets.config.HF_DATASETS_CACHE)]))
"""


def test_a_script_that_fails_fails_the_test_and_says_why(run_there):
    with pytest.raises(AssertionError, match="ValueError: no such pan"):
        run_there("-c", "raise ValueError('no such pan')")
    with pytest.raises(AssertionError):
        run_there("-c", "import sys\nsys.exit(3)")


def test_a_script_finds_nothing_of_another_and_a_folder_of_its_own(run_there, tmp_path):
    run_there("-c", LEAVE)

    words, left, folder, cache = json.loads(run_there("-c", TELL, "word"))

    assert (words, left, folder) == (["word"], [False, False, False], str(tmp_path))
    assert cache.startswith(str(tmp_path))

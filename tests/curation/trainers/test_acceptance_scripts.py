"""What the other acceptance scripts say of files of a release: its splits, its columns, and loading it over HTTP.

Those that train are run in test_trainers_read_releases.py.
"""

import ast
import re
import shutil
import socket
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest

from tests.curation.trainers.acceptance import ACCEPTANCE, accepting
from tests.stack.installation import free_port

TRAINING = {"accept_rm.py", "accept_dpo.py", "accept_kto.py", "accept_prm.py"}
HERE = {"split_and_dedupe.py", "make_samples.py", "http_probe.py", "http_auth_probe.py", "http_stale_probe.py"}
OTHERS = {"tiny.py", "http_server.py"}
"""What those import or talk to."""
LIKE = {
    "pref_conv": "dpo_pairs",
    "pref_conv_implicit": "rm_pairs",
    "pref_std": "text_pairs",
    "unpaired_conv": "kto",
    "stepwise": "stepwise",
    "prompt_only_conv": "prompts",
}
"""Stand-ins for a release that the scripts were written with, and the recipes that they stood in for."""
PROVENANCE = {"pair_id", "prompt_id", "n_annotators", "agreement", "strength", "source"}
ADDRESS = "http://127.0.0.1:{}"
AS_SCRIPT = "import runpy, sys\nsys.argv = sys.argv[1:]\nrunpy.run_path(sys.argv[0], run_name='__main__')"
REFUSED = {
    "storage_options https key only",
    "DownloadConfig.storage_options https key only",
    "token='sesame' (hub token)",
    "no auth",
    "enc pref_conv.parquet streaming=True",
    "glob",
    "parquet with json loader",
}
"""What `datasets` does not do, whatever the file: docs/exports.md says how to load one instead."""


def test_every_acceptance_script_is_run():
    accepting("tiny.py")

    assert {path.name for path in ACCEPTANCE.glob("*.py")} == TRAINING | HERE | OTHERS


@pytest.mark.parametrize("recipe", ["rm_pairs", "dpo_pairs", "text_pairs"])
def test_no_group_is_in_two_splits_and_no_pair_is_there_twice(released, recipe):
    folder = released(recipe)

    said = python(accepting("split_and_dedupe.py"), folder / "train-00000-of-00001.jsonl")

    assert re.fullmatch(r"rows 6 duplicate pairs 0 of which contradictory 0 \| .*more than one split: 0\n", said), said


def test_rows_for_each_vote_contradict_each_other_within_one_split(released):
    said = python(accepting("split_and_dedupe.py"), released("rm_pairs_votes") / "train-00000-of-00001.jsonl")

    assert re.match(r"rows 16 duplicate pairs 8 of which contradictory 4 ", said), said
    assert said.endswith("more than one split: 0\n")


def test_releases_have_the_columns_of_the_files_that_the_scripts_were_written_with(run_there, released, tmp_path):
    run_there(accepting("make_samples.py"), tmp_path / "samples")

    for sample, recipe in LIKE.items():
        stood_in = pq.read_schema(tmp_path / "samples" / f"{sample}.parquet")
        ours = pq.read_schema(released(recipe) / "train-00000-of-00001.parquet")
        for field in stood_in:
            if field.name not in PROVENANCE:
                assert shape(ours.field(field.name).type) == shape(field.type), (recipe, field.name)


@pytest.fixture
def server(released, tmp_path):
    """The address of the scripts' own server, which gives out files of a release under the names that they ask for."""
    script, folder = accepting("http_server.py"), tmp_path / "served"
    folder.mkdir()
    for path in released("dpo_pairs", formats=["parquet", "jsonl", "jsonl.gz", "jsonl.zst"]).iterdir():
        shutil.copy(path, folder / path.name.replace("train-00000-of-00001", "pref_conv"))
    port = free_port()
    words = [sys.executable, script, str(port), folder, tmp_path / "http.log"]
    running = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(port)
    yield ADDRESS.format(port)
    running.kill()
    running.communicate()


def test_every_way_to_load_over_http_that_datasets_knows_loads_a_release(run_there, server, tmp_path):
    said = run_there("-c", AS_SCRIPT, runnable("http_probe.py", tmp_path), server, is_offline=False).splitlines()

    found = {word: {re.sub(" +", " ", name(line)) for line in said if line.startswith(word)} for word in ("OK", "FAIL")}
    assert found["FAIL"] == REFUSED, said
    assert len(found["OK"]) > 50
    rows = [line for line in said if "'rows', " in line or "'stream rows', " in line]
    assert rows
    assert all("rows', 6" in line for line in rows), rows


@pytest.mark.parametrize("way", ["so-http-headers", "so-http-client", "so-flat-headers", "so-http-and-https"])
def test_a_token_in_storage_options_loads_and_streams(run_there, server, way):
    said = run_there("-c", AS_SCRIPT, accepting("http_auth_probe.py"), server, way, is_offline=False).splitlines()

    assert [line.split()[1:] for line in said if line.startswith(way)] == [
        ["download", "OK", "6"],
        ["streaming", "OK", "6"],
    ]


def test_only_a_new_address_shows_new_rows_to_who_has_loaded_before(run_there, server, tmp_path):
    words = (accepting("http_stale_probe.py"), server, tmp_path / "served")

    said = run_there("-c", AS_SCRIPT, *words, is_offline=False).splitlines()

    seen = {line.partition(" rows before")[0]: line.rpartition(": ")[2] for line in said if line.startswith("mode=")}
    assert seen["mode=full url suffix='' "] == "[['2'], ['2']]"
    assert seen["mode=full url suffix='?v={n}' "] == "[['2'], ['3']]"  # as every release has an address of its own


def python(script, *words):
    """What a script without requirements prints."""
    ran = subprocess.run([sys.executable, script, *words], capture_output=True, text=True, check=True)
    return ran.stdout


def runnable(script, folder):
    """The script as it stands; on a Python that cannot read quotes inside the same quotes, with others."""
    path = accepting(script)
    try:
        ast.parse(path.read_text())
    except SyntaxError:
        copy = folder / script
        copy.write_text(path.read_text().replace('(str(e).splitlines() or [""])', "(str(e).splitlines() or [''])"))
        return copy
    return path


def shape(kind):
    """A type by its roles and contents, however a list calls what it holds."""
    told = re.sub(r"(element|item): ", "", str(kind))
    return told.replace("content: string, role: string", "role: string, content: string")


def name(line):
    return line.split(None, 1)[1].partition(":")[0].strip()


def wait_for(port):
    for _ in range(100):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"Nothing answers on {port}.")

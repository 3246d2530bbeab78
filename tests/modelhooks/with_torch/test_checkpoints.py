"""Hostile and broken checkpoints: one sentence each, and no code of theirs is ever run."""

import json
import pickle
import shutil
import socket

import pytest
import torch
from safetensors.torch import load_file, save_file

from modelhooks import presets
from modelhooks.backends.transformers import CheckpointRefused, load
from modelhooks.contracts import ResponseGroup
from modelhooks.specs import ModelSpec
from tests.modelhooks.with_torch import tiny

SPEC = presets.presets()["Skywork/Skywork-Reward-V2-Llama-3.2-1B"]
GROUP = ResponseGroup(({"role": "user", "content": "Why?"},), ("Because.", "So."))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return tiny.make(tmp_path_factory.mktemp("whole"), SPEC).folder


@pytest.fixture
def folder(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "checkpoint")


@pytest.fixture
def canary(tmp_path):
    """A file that hostile code would make."""
    path = tmp_path / "canary"
    yield path
    assert not path.exists()


def reweigh(folder, alter):
    tensors = load_file(folder / "model.safetensors")
    save_file(alter(tensors), folder / "model.safetensors")


def refused(folder, spec=SPEC):
    """The one sentence."""
    with pytest.raises(CheckpointRefused) as said:
        load(folder, spec)
    sentence = str(said.value)
    assert "\n" not in sentence
    assert len(sentence) < 400
    return sentence


class Boom:
    """A pickle that makes the canary when it is opened."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


@pytest.mark.parametrize("name", ["pytorch_model.bin", "training.bin", "head.pt", "in/side/state.PTH", "m.pkl"])
def test_a_pickle_in_the_folder_is_refused_unopened(folder, canary, name):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(Boom(canary)))

    assert path.name in refused(folder)


def test_a_pickle_that_calls_itself_safetensors_is_refused_unopened(folder, canary):
    (folder / "model.safetensors").write_bytes(pickle.dumps(Boom(canary)))

    assert "not a whole safetensors file" in refused(folder)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("config.json", {"auto_map": {"AutoModel": "evil.Model", "AutoConfig": "evil.Config"}}),
        ("config.json", {"text_config": {"auto_map": {"AutoConfig": "evil.Config"}}}),
        ("config.json", {"sub": [{"deep": {"trust_remote_code": True}}]}),
        ("config.json", {"custom_pipelines": {"x": {"impl": "evil.Pipeline"}}}),
        ("tokenizer_config.json", {"auto_map": {"AutoTokenizer": ["evil.Tokenizer", None]}}),
        ("tokenizer_config.json", {"extra": {"trust_remote_code": "yes"}}),
    ],
)
def test_a_request_to_run_code_is_refused_wherever_it_stands(folder, canary, name, values):
    (folder / "evil.py").write_text(f"open({str(canary)!r}, 'w')\nclass Model: pass\nclass Config: pass\n")
    tiny.rewrite(folder / name, **values)

    sentence = refused(folder)

    assert name in sentence
    assert "never run" in sentence


def test_what_the_spec_replaces_is_ignored_and_not_run(folder, canary):
    (folder / "evil.py").write_text(f"open({str(canary)!r}, 'w')\nclass Model: pass\nclass Config: pass\n")
    tiny.rewrite(folder / "config.json", auto_map={"AutoModel": "evil.Model", "AutoConfig": "evil.Config"})

    model = load(folder, SPEC.model_copy(update={"has_own_code": True}))

    assert all(score.raw is not None for score in model.score([GROUP])[0])


def test_even_then_code_that_is_asked_for_deeper_down_is_refused(folder, canary):
    (folder / "evil.py").write_text(f"open({str(canary)!r}, 'w')\n")
    tiny.rewrite(folder / "config.json", text_config={"auto_map": {"AutoModel": "evil.Model"}})

    assert "auto_map" in refused(folder, SPEC.model_copy(update={"has_own_code": True}))


@pytest.mark.parametrize("name", ["../canary", "..", "/tmp/x", "a/b", "", None])
def test_a_template_with_a_path_for_its_name_is_refused(folder, canary, name):
    tiny.rewrite(folder / "tokenizer_config.json", chat_template=[{"name": name, "template": "x"}])

    assert "no plain name" in refused(folder)


def test_a_template_cannot_reach_out_of_its_box(folder, canary):
    escape = "{{ ''.__class__.__mro__[1].__subclasses__() }}{{ messages }}"
    tiny.rewrite(folder / "tokenizer_config.json", chat_template=escape)

    scores = load(folder, SPEC).score([GROUP])[0]

    assert all(score.raw is None and "cannot show" in score.error for score in scores)


@pytest.mark.parametrize("name", ["../model.safetensors", "/etc/passwd", "sub/model.safetensors"])
def test_an_index_that_points_elsewhere_is_refused(folder, name):
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"model.norm.weight": name}}))

    assert "not one beside it" in refused(folder)


def test_weights_in_several_files_score_as_in_one(folder, whole):
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    names = sorted(tensors)
    parts = {"model-00001-of-00002.safetensors": names[:7], "model-00002-of-00002.safetensors": names[7:]}
    for file, listed in parts.items():
        save_file({name: tensors[name] for name in listed}, folder / file)
    mapped = {name: file for file, listed in parts.items() for name in listed}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": mapped}))

    assert load(folder, SPEC).score([GROUP]) == load(whole, SPEC).score([GROUP])


def test_a_tensor_that_stands_in_two_files_is_refused(folder):
    save_file({"score.weight": torch.zeros(1, 32)}, folder / "extra.safetensors")

    assert "score.weight stands in" in refused(folder, SPEC.model_copy(update={"head_files": ("extra.safetensors",)}))


def test_a_causal_model_without_the_head_gets_no_random_one(folder):
    reweigh(folder, lambda tensors: {name: one for name, one in tensors.items() if name != "score.weight"})

    assert "score.weight is missing" in refused(folder)


def test_missing_weights_are_named(folder):
    reweigh(folder, lambda tensors: {name: one for name, one in tensors.items() if "layers.1" not in name})

    sentence = refused(folder)

    assert "layers.1" in sentence
    assert "more" in sentence


def test_weights_that_nobody_reads_are_refused(folder):
    reweigh(folder, lambda tensors: {**tensors, "gating.layers.0.weight": torch.zeros(2, 2)})

    assert "gating.layers.0.weight" in refused(folder)
    ignoring = SPEC.model_copy(update={"ignored_tensors": ("gating.layers.0.weight",)})
    assert load(folder, ignoring).score([GROUP])[0][0].raw is not None


@pytest.mark.parametrize("name", ["score.weight", "model.norm.weight"])
def test_weights_of_another_shape_are_refused(folder, name):
    reweigh(folder, lambda tensors: {**tensors, name: torch.zeros(1, 7)})

    assert "shape" in refused(folder)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("config.json", "config.json is missing"),
        ("tokenizer.json", "tokenizer.json is missing"),
        ("model.safetensors", "model.safetensors is missing"),
    ],
)
def test_a_missing_file_is_named(folder, name, said):
    (folder / name).unlink()

    assert said in refused(folder)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("config.json", "{", "not JSON"),
        ("config.json", "[1]", "not a JSON object"),
        ("config.json", "[" * 100_000, "not JSON"),
        ("tokenizer.json", "{}", "cannot be read"),
    ],
)
def test_a_broken_file_is_named(folder, name, text, said):
    (folder / name).write_text(text)

    assert said in refused(folder)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"model_type": "qwen2"}, "another model"),
        ({"model_type": "../../evil"}, "another model"),
        ({"quantization_config": {"quant_method": "gptq"}}, "quantized"),
    ],
)
def test_another_model_than_the_spec_says_is_refused(folder, values, said):
    tiny.rewrite(folder / "config.json", **values)

    assert said in refused(folder)


def broken_tokenizer(folder, **changes):
    tiny.rewrite(folder / "tokenizer.json", **changes)
    return refused(folder)


def test_a_tokenizer_that_panics_is_refused_and_ends_nothing(folder):
    charsmap = {"type": "Precompiled", "precompiled_charsmap": "AAAA"}

    assert "tokenizer.json cannot be read" in broken_tokenizer(folder, normalizer=charsmap)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {
                "post_processor": {
                    "type": "TemplateProcessing",
                    "single": [{"SpecialToken": {"id": "nowhere", "type_id": 0}}],
                    "pair": [],
                    "special_tokens": {},
                }
            },
            "cannot be used",
        ),
        ({"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "nowhere"}}, "cannot be used"),
        ({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}, "does not write plain letters"),
        ({"model": {"type": "BPE", "vocab": {"a": 0}, "merges": [["b", "c"]]}}, "cannot be read"),
    ],
)
def test_a_tokenizer_that_cannot_write_a_letter_is_refused(folder, changes, said):
    assert said in broken_tokenizer(folder, **changes)


def test_a_tokenizers_own_cutting_and_padding_is_not_taken_over(folder, whole):
    cut = {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0}
    fill = {"direction": "Left", "pad_to_multiple_of": None, "pad_id": 9, "pad_type_id": 0, "pad_token": "!"}
    tiny.rewrite(folder / "tokenizer.json", truncation=cut, padding={**fill, "strategy": {"Fixed": 90}})

    assert load(folder, SPEC).score([GROUP]) == load(whole, SPEC).score([GROUP])


@pytest.mark.parametrize("name", ["tokenizer.json", "chat_template.jinja", "config.json"])
def test_a_file_that_is_far_too_large_is_refused_unread(folder, monkeypatch, name):
    monkeypatch.setattr("modelhooks.backends.transformers.checkpoint.MOST_JSON", 1 << 21)
    with (folder / name).open("ab") as file:
        file.truncate(3 << 21)

    assert f"{name} is larger than 2 MB" in refused(folder)


def test_an_adapter_without_its_base_is_refused(folder):
    (folder / "adapter_config.json").write_text("{}")

    assert "merge it" in refused(folder)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    assert "no folder" in refused(tmp_path / "nowhere")


def test_a_template_that_prints_todays_date_is_refused(folder):
    tiny.rewrite(
        folder / "tokenizer_config.json", chat_template="{{ strftime_now('%d') }}{{ messages[-1]['content'] }}"
    )

    assert "today's date" in refused(folder)


def test_without_any_template_nothing_is_scored(folder):
    tiny.rewrite(folder / "tokenizer_config.json", chat_template=None)

    assert "no chat template" in refused(folder)


def test_a_word_beyond_the_vocabulary_is_refused(tmp_path):
    spec = presets.presets()["nvidia/Llama-3.1-Nemotron-70B-Reward-HF"]
    folder = tiny.make(tmp_path / "words", spec).folder
    beyond = ModelSpec.model_validate({**spec.model_dump(), "head": {"kind": "vocab_logit_last", "token_id": 900_000}})

    assert "vocabulary ends" in refused(folder, beyond)


def test_a_type_of_weights_that_nobody_knows_is_refused(folder):
    with pytest.raises(CheckpointRefused, match="float32, bfloat16, float16"):
        load(folder, SPEC, dtype="int4")


def test_nothing_is_fetched(folder, monkeypatch):
    def connect(*_address):
        raise AssertionError("It asked for a connection.")

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", connect)

    assert load(folder, SPEC).score([GROUP])[0][0].raw is not None


def test_the_fingerprint_follows_the_files(folder):
    before = load(folder, SPEC).fingerprint
    again = load(folder, SPEC).fingerprint
    half = load(folder, SPEC, dtype="bfloat16").fingerprint
    reweigh(folder, lambda tensors: {**tensors, "score.weight": tensors["score.weight"] * 2})

    assert before == again
    assert len({before, half, load(folder, SPEC).fingerprint}) == 3

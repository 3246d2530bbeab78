"""Heads, specs, presets and fingerprints: strict data."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from modelhooks import presets
from modelhooks.contracts import RewardScore, StepScore, Usage
from modelhooks.fingerprint import Runtime, fingerprint, of_file
from modelhooks.heads import HEAD, KINDS, vocabulary_rows
from modelhooks.specs import ModelSpec

LAYER = {"weight": "score.weight"}
TWO_LAYERS = [{"weight": "a.weight", "bias": "a.bias"}, {"weight": "b.weight"}]
GATE = {"layers": TWO_LAYERS, "temperature": 10, "pattern": [1, 2]}
HEADS = {
    "linear_last": {"layer": LAYER},
    "mlp_last": {"layers": TWO_LAYERS},
    "vocab_logit_last": {"token_id": 0},
    "vocab_softmax_last": {"token_ids": [32, 33]},
    "gated_attributes": {"attributes": ["helpful", "brief"], "layer": LAYER, "gate": GATE},
    "linear_at_step": {"layer": LAYER},
    "mlp_at_step": {"layers": TWO_LAYERS},
    "vocab_softmax_at_step": {"token_ids": [648, 387]},
    "pair_difference": {"layers": TWO_LAYERS},
}
PARTS = {"source": "{{ messages }}", "candidate": "{{ response }}", "marks": ["<s>", "<a>", "<b>"]}
IN_PARTS = {
    "architecture": "deberta-v2",
    "head": {"kind": "pair_difference", "layers": TWO_LAYERS},
    "template": {"parts": {**PARTS, "source_max_length": 300}},
}
SPEC = {
    "name": "a/model",
    "revision": "main",
    "architecture": "llama",
    "head": {"kind": "linear_last", "layer": LAYER},
    "max_length": 512,
    "licence": "Apache-2.0",
    "commercial_use": True,
    "source": "here",
}
RUNTIME = Runtime("cpu", "float32", "packed", "shared prefix", "2.13.0", "5.23.0")


def test_every_kind_of_head_survives_json():
    assert set(HEADS) == set(KINDS)
    for kind, fields in HEADS.items():
        head = HEAD.validate_python({"kind": kind, **fields})
        assert HEAD.validate_json(HEAD.dump_json(head)) == head
        assert bool(list(head.tensors())) != bool(vocabulary_rows(head))


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("linear_last", {"layer": {"weight": "../score"}}, "pattern"),
        ("linear_last", {"surprise": 1}, "Extra inputs"),
        ("linear_first", {}, "does not match any"),
        ("mlp_last", {"layers": [LAYER]}, "at least 2"),
        ("vocab_logit_last", {"token_id": -1}, "greater than or equal"),
        ("vocab_softmax_last", {"token_ids": [1]}, "at least 2"),
        ("gated_attributes", {"weights": [1, 2]}, "one of them"),
        ("gated_attributes", {"gate": None}, "one of them"),
        ("gated_attributes", {"gate": None, "weights": [1]}, "as many weights"),
        ("gated_attributes", {"attributes": ["helpful", "helpful"]}, "one name"),
        ("gated_attributes", {"gate": {**GATE, "temperature": 0}}, "greater than 0"),
    ],
)
def test_a_head_that_makes_no_sense_is_refused(kind, change, said):
    with pytest.raises(ValidationError, match=said):
        HEAD.validate_python({"kind": kind, **HEADS.get(kind, {}), **change})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"head": {"kind": "linear_at_step", "layer": LAYER}}, "go together"),
        ({"template": {"steps": {"layout": "turns", "answer": "+"}}}, "go together"),
        ({"template": {"pair": "{{ first }} {{ second }}"}}, "softmax of two words"),
        ({**IN_PARTS, "architecture": "llama"}, "go together"),
        ({**IN_PARTS, "template": {}}, "go together"),
        ({**IN_PARTS, "head": {"kind": "linear_last", "layer": LAYER}}, "go together"),
        ({"architecture": "deberta-v2"}, "go together"),
        ({**IN_PARTS, "max_length": 300}, "leaves its responses"),
        ({"pool": "token_id"}, "needs the id"),
        ({"architecture": "mamba"}, "Input should be"),
        ({"head_files": ["../value_head.safetensors"]}, "pattern"),
        ({"head_files": ["value_head.bin"]}, "pattern"),
        ({"max_length": 0}, "greater than"),
        ({"unknown": 1}, "Extra inputs"),
    ],
)
def test_a_spec_that_makes_no_sense_is_refused(change, said):
    with pytest.raises(ValidationError, match=said):
        ModelSpec.model_validate({**SPEC, **change})


@pytest.mark.parametrize(
    ("rule", "said"),
    [({"layout": "joined"}, "needs? the id|need the id"), ({"layout": "turns"}, "word that answers")],
)
def test_steps_need_a_mark(rule, said):
    with pytest.raises(ValidationError, match=said):
        ModelSpec.model_validate(
            {**SPEC, "head": {"kind": "linear_at_step", "layer": LAYER}, "template": {"steps": rule}}
        )


def test_every_preset_says_where_it_comes_from_and_what_it_allows():
    found = presets.presets()

    assert len(found) >= 20
    for name, spec in found.items():
        assert spec.name == name
        assert spec.licence
        assert spec.source
        assert ModelSpec.model_validate_json(spec.model_dump_json()) == spec


def test_presets_cover_every_kind_of_head():
    assert {spec.head.kind for spec in presets.presets().values()} == set(KINDS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "broken.json: Expecting"),
        ("[]", "names no models"),
        ('{"models": [], "max_length": 512}', "names no models"),
        ('{"max_length": 512, "max_length": 4}', "twice"),
        ('{"models": [{"name": "a"}]}', "exactly commercial_use, licence, name"),
        (
            '{"models": [{"name": "a", "licence": "b", "commercial_use": null}], "max_length": 5}',
            "broken.json: a: revision: Field required",
        ),
    ],
)
def test_a_broken_file_of_presets_is_refused_with_one_sentence(tmp_path, text, said):
    path = tmp_path / "broken.json"
    path.write_text(text)

    with pytest.raises(presets.PresetRefused, match=said) as refused:
        list(presets.read(path))
    assert "\n" not in str(refused.value)


def test_two_files_cannot_name_one_model(tmp_path, monkeypatch):
    family = {key: value for key, value in SPEC.items() if key not in presets.OF_ONE_MODEL}
    model = {key: SPEC[key] for key in presets.OF_ONE_MODEL}
    for name in "ab":
        (tmp_path / f"{name}.json").write_text(json.dumps({**family, "models": [model]}))
    monkeypatch.setattr(presets, "FOLDER", tmp_path)

    with pytest.raises(presets.PresetRefused, match=r"b\.json: a/model is already"):
        presets.presets.__wrapped__()


def test_whatever_changes_a_score_changes_the_fingerprint():
    spec = ModelSpec.model_validate(SPEC)
    files = {"model.safetensors": "00"}
    changed = [
        (spec.model_copy(update={"max_length": 256}), files, RUNTIME),
        (spec.model_copy(update={"pool": "not_pad_last"}), files, RUNTIME),
        (spec.model_copy(update={"system_prompt": "Be fair."}), files, RUNTIME),
        (spec.model_copy(update={"revision": "other"}), files, RUNTIME),
        (spec, {"model.safetensors": "01"}, RUNTIME),
        (spec, files, Runtime("cpu", "bfloat16", "packed", "shared prefix", "2.13.0", "5.23.0")),
        (spec, files, Runtime("cpu", "float32", "packed", "shared prefix", "2.14.0", "5.23.0")),
    ]

    hashes = {fingerprint(*parts) for parts in [(spec, files, RUNTIME), *changed]}

    assert len(hashes) == len(changed) + 1
    assert {len(one) for one in hashes} == {64}


@given(st.fixed_dictionaries({"licence": st.text("abc", min_size=1), "commercial_use": st.none() | st.booleans()}))
def test_what_is_only_told_does_not_change_the_fingerprint(told):
    spec = ModelSpec.model_validate(SPEC)

    assert fingerprint(spec.model_copy(update=told), {}, RUNTIME) == fingerprint(spec, {}, RUNTIME)


def test_a_file_is_known_by_its_bytes(tmp_path):
    path = tmp_path / "weights"
    path.write_bytes(b"x" * 3_000_000)

    assert of_file(path) == "e55b8bdf621ddaa8f462c74745db9680d3bb7536a9cf854f8d6668b34a287890"


def test_an_answer_is_a_number_or_says_why_there_is_none():
    assert RewardScore(1.5).raw == 1.5
    assert StepScore(None, error="cut off").error == "cut off"
    for wrong in (lambda: RewardScore(None), lambda: RewardScore(1.0, error="but"), lambda: StepScore(None)):
        with pytest.raises(ValueError, match="says why"):
            wrong()


def test_usage_adds_up():
    assert Usage(1, 2, 3, 4) + Usage(10, 20, 30, 40) == Usage(11, 22, 33, 44)

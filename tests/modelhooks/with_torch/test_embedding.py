"""Texts as points: against a few lines of plain transformers, on the default encoder and on tiny random ones."""

import json
import shutil
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel, PreTrainedTokenizerFast

from modelhooks.backends import embedding
from modelhooks.backends.transformers import CheckpointRefused
from modelhooks.encoders import EmbedderOptions
from modelhooks.errors import LoadRefused
from tests.modelhooks.with_torch import encoders

CLOSE = 1e-5
TEXTS = [
    "A cat sits on the mat.",
    "There is a cat on a mat, sitting.",
    "Interest rates rose by a quarter of a point.",
    "é 字 Straße!",
    "",
    "word " * 60,
]


@pytest.fixture(scope="module")
def default():
    return embedding.load(EmbedderOptions())


@pytest.fixture(scope="module")
def folder_of_bert(tmp_path_factory):
    return encoders.make(tmp_path_factory.mktemp("bert"), "bert")


@pytest.fixture
def folder(folder_of_bert, tmp_path):
    return shutil.copytree(folder_of_bert, tmp_path / "encoder")


@lru_cache(maxsize=2)
def model_in(folder):
    return AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True).eval()


def plainly(folder, ids, pooling="mean"):
    """The point of one sequence of ids, with nothing beside it."""
    with torch.no_grad():
        states = model_in(folder)(input_ids=torch.tensor([ids])).last_hidden_state[0]
    point = {"mean": states.mean(0), "first": states[0], "last": states[-1]}[pooling]
    return (point / point.norm()).numpy()


def ids_of(folder, text):
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"))
    tokenizer.backend_tokenizer.no_truncation()
    tokenizer.backend_tokenizer.no_padding()
    return tokenizer.encode(text)


def test_points_of_the_default_encoder_are_those_of_plain_transformers(default):
    folder = embedding.packaged()

    points = default.embed(TEXTS)

    assert points.dtype == np.float32
    assert points.shape == (len(TEXTS), default.dimensions) == (6, 384)
    for text, point in zip(TEXTS, points, strict=True):
        assert point == pytest.approx(plainly(folder, ids_of(folder, text)), abs=CLOSE)


def test_what_means_the_same_lies_close(default):
    likeness = default.embed(TEXTS[:3]) @ default.embed(TEXTS[:3]).T

    assert likeness[0, 1] > 0.8
    assert abs(likeness[0, 2]) < 0.2


def test_a_long_text_is_the_mean_of_parts_of_equal_length(default):
    text = "".join(f"Sentence {number} of many. " for number in range(600))[:10_000]
    folder = embedding.packaged()
    start, *ids, end = ids_of(folder, text)
    count = -(-len(ids) // 254)
    edges = [len(ids) * n // count for n in range(count + 1)]
    points = [plainly(folder, [start, *ids[a:b], end]) for a, b in pairwise(edges)]
    mean = np.mean(points, axis=0)

    found = default.read([text, "short"])

    assert found.vectors[0] == pytest.approx(mean / np.linalg.norm(mean), abs=CLOSE)
    assert found.parts.tolist() == [count, 1]
    assert count > 5
    assert max(np.diff(edges)) - min(np.diff(edges)) <= 1
    assert found.tokens.tolist() == [len(ids), 1]
    assert not found.truncated.any()


def test_the_end_of_an_endless_text_is_left_out_and_told(default, monkeypatch):
    monkeypatch.setattr(embedding, "MOST_CHARACTERS", 100)

    found = default.read(["a" * 100, "a " * 50 + "and more", "a " * 50])

    assert found.truncated.tolist() == [False, True, False]
    assert found.vectors[1] == pytest.approx(found.vectors[2], abs=CLOSE)


def test_a_text_has_its_point_whatever_stands_beside_it(default):
    texts = [*TEXTS, *(f"{'long ' * number}text {number}" for number in range(0, 400, 23))]
    shuffled = np.random.default_rng(1).permutation(len(texts))

    together = default.embed(texts)
    mixed = default.embed([texts[n] for n in shuffled])
    alone = np.concatenate([default.embed([text]) for text in texts])

    assert mixed == pytest.approx(together[shuffled], abs=CLOSE)
    assert alone == pytest.approx(together, abs=CLOSE)
    assert np.linalg.norm(together, axis=1) == pytest.approx(np.ones(len(texts)), abs=CLOSE)


def test_no_text_has_no_point(default):
    found = default.read([])

    assert found.vectors.shape == (0, 384)
    assert len(found.tokens) == len(found.parts) == len(found.truncated) == 0


def test_control_tokens_in_a_text_are_letters(default):
    ids = default.reader.parts("end [SEP] of [PAD] it")[0]

    assert ids.count(102) == 1
    assert 0 not in ids
    assert default.embed(["\ud800 half a letter"]).shape == (1, 384)


@pytest.mark.parametrize("architecture", encoders.CLASSES)
def test_an_encoder_in_a_folder_points_like_plain_transformers(architecture, tmp_path):
    pooling, name = ("last", "lasttoken") if architecture == "qwen3" else ("mean", "mean_tokens")
    made = encoders.make(tmp_path, architecture, pooling=name)

    points = embedding.load_from(made).embed(TEXTS)

    expected = [plainly(made, ids_of(made, text), pooling) for text in TEXTS[:5]]
    assert points[:5] == pytest.approx(np.array(expected), abs=CLOSE)
    assert not np.allclose(expected[0], expected[1], atol=0.01)


def test_the_first_token_points_where_the_folder_says_so(tmp_path):
    made = encoders.make(tmp_path, "bert", pooling="cls_token")

    (point,) = embedding.load_from(made).embed(["abc"])

    assert point == pytest.approx(plainly(made, ids_of(made, "abc"), "first"), abs=CLOSE)


def test_positions_end_where_the_body_has_no_more(tmp_path):
    bert = encoders.make(tmp_path / "bert", "bert", longest=500)
    roberta = encoders.make(tmp_path / "roberta", "roberta", longest=500)

    assert embedding.load_from(bert).read(["a " * 100]).parts.tolist() == [2]  # 66 positions, two of them for ends
    found = embedding.load_from(roberta).read(["a " * 63])

    assert found.parts.tolist() == [2]  # 64 positions, since these count from behind the padding's id


def test_a_prefix_stands_before_each_part_and_changes_the_fingerprint(folder):
    plain, asked = embedding.load_from(folder), embedding.load_from(folder, prefix="query: ")

    (point,) = asked.embed(["abc"])

    assert point == pytest.approx(plainly(folder, ids_of(folder, "query: abc")), abs=CLOSE)
    parts = asked.reader.parts("a " * 100)
    assert len(parts) == 2
    assert len({tuple(part[:7]) for part in parts}) == 1
    assert asked.read(["abc"]).tokens.tolist() == [3]
    assert plain.fingerprint != asked.fingerprint


def test_lower_case_is_lowered_where_the_folder_says_so(tmp_path):
    lowered = embedding.load_from(encoders.make(tmp_path / "one", "bert", do_lower_case=True))
    as_is = embedding.load_from(encoders.make(tmp_path / "two", "bert"))

    assert np.array_equal(*lowered.embed(["ABC", "abc"]))
    assert not np.allclose(*as_is.embed(["ABC", "abc"]), atol=0.1)
    assert lowered.fingerprint != as_is.fingerprint


def test_other_weights_have_another_fingerprint(folder):
    before = embedding.load_from(folder).fingerprint
    tensors = load_file(folder / "model.safetensors")
    save_file({name: tensor * 1.5 for name, tensor in tensors.items()}, folder / "model.safetensors", {"format": "pt"})

    assert embedding.load_from(folder).fingerprint != before
    assert len(before) == 64


def test_memory_that_does_not_suffice_is_asked_for_less(folder, monkeypatch):
    one = embedding.load_from(folder)
    expected = one.embed(TEXTS)
    forward, asked = one.model.forward, []

    def short_of_memory(*, input_ids, **rest):
        asked.append(len(input_ids))
        if len(input_ids) > 2:
            raise torch.OutOfMemoryError
        return forward(input_ids=input_ids, **rest)

    monkeypatch.setattr(one.model, "forward", short_of_memory)

    assert one.embed(TEXTS) == pytest.approx(expected, abs=CLOSE)
    assert max(asked) > 2


def rewrite(path, change):
    read = json.loads(path.read_text())
    path.write_text(json.dumps(change(read)))


REFUSALS = {
    "what the mean is not taken of": (
        "1_Pooling/config.json",
        lambda read: {**read, "pooling_mode_max_tokens": True},
        "the mean of them all, the first or the last",
    ),
    "another module": ("modules.json", lambda read: [*read, {"type": "x.Dense", "path": "3_Dense"}], "Dense"),
    "a module elsewhere": (
        "modules.json",
        lambda read: [read[0], {**read[1], "path": "../other"}],
        "modules.json must",
    ),
    "no modules": ("modules.json", lambda _: {}, "it names nothing"),
    "another body": ("config.json", lambda read: {**read, "model_type": "t5"}, "no encoder that can be read here"),
    "code of its own": ("config.json", lambda read: {**read, "auto_map": {"AutoModel": "x.Y"}}, "code of its own"),
    "shapes that differ": ("config.json", lambda read: {**read, "hidden_size": 64}, "do not have the shape"),
    "nothing to read": ("sentence_bert_config.json", lambda read: {**read, "max_seq_length": 3}, "longest"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_an_encoder_that_would_point_elsewhere_is_refused_in_a_sentence(folder, what):
    name, change, said = REFUSALS[what]
    rewrite(folder / name, change)

    with pytest.raises(CheckpointRefused) as refused:
        embedding.load_from(folder)

    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_weights_in_a_pickle_are_refused(folder):
    (folder / "pytorch_model.bin").write_bytes(b"")

    with pytest.raises(CheckpointRefused, match="can run code"):
        embedding.load_from(folder)


def test_options_name_a_folder_of_the_deployment(folder, settings):
    settings.MODELS_FOLDER = folder.parent

    loaded = embedding.load(EmbedderOptions(folder="encoder", prefix="query: "))

    assert loaded.dimensions == 32
    assert loaded.fingerprint == embedding.load_from(folder, prefix="query: ").fingerprint
    with pytest.raises(LoadRefused, match="no folder “other”"):
        embedding.load(EmbedderOptions(folder="other"))
    with pytest.raises(ValueError, match="folder"):
        EmbedderOptions(folder="../encoder")


def test_files_in_the_wheel_that_are_not_the_published_ones_are_refused(monkeypatch, tmp_path):
    package = tmp_path / embedding.WHEEL
    shutil.copytree(embedding.packaged(), package / "model")
    (package / "__init__.py").write_text("raise SystemExit('imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert embedding.packaged() == package / "model"  # found, and its code was not run

    rewrite(package / "model" / "config.json", lambda read: {**read, "hidden_act": "relu"})

    with pytest.raises(LoadRefused, match=r"config\.json is not what was published"):
        embedding.packaged()


def test_where_the_wheel_is_missing_the_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(embedding, "WHEEL", "no_such_wheel")

    with pytest.raises(LoadRefused, match="make models"):
        embedding.load(EmbedderOptions())

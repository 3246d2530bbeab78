"""Texts as points, from what is known and from the embedder; what is computed is kept before it is used."""

import hashlib
from collections.abc import Sequence

import numpy as np
from django.db.models import Count

from modelhooks.embedders import Embedder
from modelhooks.head.pairs import Vectors
from modelhooks.models import Embedding

KEPT_AS = "<f4"  # little-endian float32, whatever machine it is


def vectors(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    """(n, d), one row per text. Each distinct text is embedded once in the installation's life.

    Nothing is held in a transaction: killed anywhere, it finds what was kept. Ask for a few hundred texts at once.
    """
    digests = _digests(texts)
    known = _known(embedder.fingerprint, digests)
    new = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in known}
    if new:
        _keep(embedder, new)
        known |= _known(embedder.fingerprint, list(new))  # where somebody else was first, theirs stands
    return np.stack([known[digest] for digest in digests]) if texts else np.zeros((0, embedder.dimensions), np.float32)


def kept(fingerprint: str, texts: Sequence[str]) -> list[Vectors | None]:
    """The point of each text by the embedder of this fingerprint; None where none was computed. Computes nothing."""
    digests = _digests(texts)
    known = _known(fingerprint, digests)
    return [known.get(digest) for digest in digests]


def known_by(texts: Sequence[str]) -> str:
    """The fingerprint of the embedder by which most of these few texts are known; empty where there is none."""
    found = Embedding.objects.filter(digest__in=set(_digests(texts))).values_list("fingerprint")
    most = found.annotate(known=Count("digest")).order_by("-known", "fingerprint").first()
    return str(most[0]) if most else ""


def _digests(texts: Sequence[str]) -> list[bytes]:
    return [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]


def _known(fingerprint: str, digests: Sequence[bytes]) -> dict[bytes, Vectors]:
    found = Embedding.objects.filter(fingerprint=fingerprint, digest__in=set(digests))
    return {
        bytes(digest): np.frombuffer(bytes(vector), KEPT_AS).astype(np.float32)
        for digest, vector in found.values_list("digest", "vector")
    }


def _keep(embedder: Embedder, new: dict[bytes, str]) -> None:
    computed = np.asarray(embedder.embed(list(new.values())))
    if computed.shape != (len(new), embedder.dimensions) or not np.isfinite(computed).all():
        raise ValueError("The embedder gave something else than one finite point for each text.")
    Embedding.objects.bulk_create(
        (
            Embedding(fingerprint=embedder.fingerprint, digest=digest, vector=row.astype(KEPT_AS).tobytes())
            for digest, row in zip(new, computed, strict=True)
        ),
        ignore_conflicts=True,
    )

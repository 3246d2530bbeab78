"""What curation gains on real pairs with planted flips, end to end: the tables of docs/methods.md.

.venv-models/bin/python benchmarks/curation_gain.py [--seeds 14] [--first 0] [--only ConvArg] [--shares 0.2 0.3 0.4]

Needs `make models` and the folder GOLDPAN_REAL_DATA. Texts are embedded once and kept in the temporary folder.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import ground

if TYPE_CHECKING:
    from benchmarks.gain import Known
    from benchmarks.topics import Labeled

SHARES = (0.2, 0.3, 0.4)
MOST, TESTED = 5_000, 0.3  # pairs; of ConvArg that is all of the topics that are not kept for the test
FEW = (0.3,)  # of the pairs that little can be learnt from


def known(pairs: "Sequence[Labeled]", name: str) -> "Known":
    """Points of all texts, by the packaged embedder."""
    import numpy as np

    from benchmarks.gain import Known

    texts = sorted({text for one in pairs for text in one.texts})
    mark = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
    path = Path(tempfile.gettempdir()) / f"goldpan-gain-{name}-{mark}.npy"
    if not path.exists():
        from modelhooks.backends import embedding

        embedder = embedding.load_from(embedding.packaged())
        np.save(path, np.asarray(embedder.embed(texts), np.float32))
    return Known(dict(zip(texts, np.load(path), strict=True)), f"gain-{mark}")


def sets() -> "Mapping[str, tuple[Sequence[Labeled], Sequence[float]]]":
    """Name to pairs and the shares of them that are flipped."""
    from benchmarks import topics

    return {
        "ConvArg": (list(topics.debates()), SHARES),
        "fine-grained": (list(topics.fine_grained()), FEW),
    }


def main(asked: argparse.Namespace) -> None:
    """Measure what is asked for, in a database of its own."""
    from benchmarks import real_pairs

    if not real_pairs.are_there():
        print(f"No real pairs at {real_pairs.FOLDER}; set GOLDPAN_REAL_DATA.")
        return
    seeds = range(asked.first, asked.first + asked.seeds)
    with ground.database():
        print(
            "| pairs, flipped | release | accuracy on held-out topics | least to most | of the way from raw to clean |"
        )
        print("|---|---|---:|---|---:|")
        for name, (pairs, shares) in sets().items():
            if asked.only in ("", name):
                for share in asked.shares or shares:
                    print("\n".join(_table(name, pairs, share, seeds)), flush=True)
        print(f"\nSeeds {seeds[0]} to {seeds[-1]}; {ground.machine()}")


def _table(name: str, pairs: "Sequence[Labeled]", share: float, seeds: Sequence[int]) -> list[str]:
    from benchmarks import gain

    embedder, found = known(pairs, name), []
    for seed in seeds:
        begun = time.monotonic()
        world = gain.draw(pairs, share=share, seed=seed, tested=TESTED, most=MOST)
        slug = f"{name.lower()}-{round(100 * share)}-{seed}"
        one = gain.measured(world, embedder, slug=slug, seed=seed)
        found.append(one)
        print(f"{slug}: {one.told()}; {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    return list(gain.lines(name, share, found))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=14)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--only", default="", choices=("", "ConvArg", "fine-grained"))
    parser.add_argument("--shares", type=float, nargs="*", default=())
    return parser.parse_args()


if __name__ == "__main__":
    main(_asked())

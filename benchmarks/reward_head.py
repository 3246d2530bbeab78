"""The reward head on real pairs: how right it is beside length alone, how it learns, and whether its odds hold.

.venv-models/bin/python benchmarks/reward_head.py [SEED]

Needs `make models` and the folder GOLDPAN_REAL_DATA. Prints the tables of docs/methods.md.
"""

import sys

import ground


def main(seed: int) -> None:
    """Measure every set that is there."""
    from benchmarks import head_figures, real_pairs
    from modelhooks.backends import embedding

    if not real_pairs.are_there():
        print(f"No real pairs at {real_pairs.FOLDER}; set GOLDPAN_REAL_DATA.")
        return
    embedder = embedding.load_from(embedding.packaged())
    found = {}
    for name, read in real_pairs.SETS.items():
        print(f"{name} …", file=sys.stderr, flush=True)
        found[name] = head_figures.measured(real_pairs.embedded(list(read()), embedder), seed=seed)
    print("\n".join(head_figures.lines(found)))


if __name__ == "__main__":
    print(ground.machine())
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)

"""What each detector finds of planted defects: import, look, findings, once with defects and once without.

.venv/bin/python benchmarks/planted_defects.py [ITEMS] [SEED]

Prints the table of the README.
"""

import sys

import ground


def main(items: int, seed: int) -> None:
    """Measure, in a database of its own."""
    with ground.database():
        from accounts.models import User
        from benchmarks import planted

        owner = User.objects.create_user("owner@planted.invalid", None, name="Owner")
        outcomes = planted.measured(items, seed=seed, owner=owner)
        print("\n".join(planted.lines(outcomes)))
        print(f"\n{items:,} items, seed {seed}; {ground.machine()}")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:3]]
    main(*given, *(5_000, 7)[len(given) :])

"""Write warehouse_moves.csv: eight nights of moves between the 1,024 bins of a warehouse.

    python examples/make_warehouse_moves.py > examples/warehouse_moves.csv

Every night the content of half of the bins is permuted, and scanners report for every bin where its content
went, in a random order. The question is the final bin of the pallet from the first line: the composition of
eight functions from [0, 1024) to itself.
"""

import random

BINS = 1024
NIGHTS = 8


def nightly_moves(rng):
    """Return the new bin of each bin's content."""
    moved = rng.sample(range(BINS), BINS // 2)
    goes = dict(zip(moved, [*moved[1:], moved[0]], strict=True))
    return [goes.get(bin_, bin_) for bin_ in range(BINS)]


def tokens(seed=2024):
    """Yield (key, image, last): first the pallet's bin, then a line per bin and night."""
    rng = random.Random(seed)
    yield 0, rng.randrange(BINS), 1
    for _ in range(NIGHTS):
        goes = nightly_moves(rng)
        order = rng.sample(range(BINS), BINS)
        for bin_ in order:
            yield bin_, goes[bin_], int(bin_ == order[-1])


if __name__ == "__main__":
    print("key,image,last")
    for token in tokens():
        print(*token, sep=",")

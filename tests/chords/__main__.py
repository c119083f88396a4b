"""Learn the weights of ``dsp.chords.struck`` anew: ``python -m tests.chords SOURCES_DIR [--strums N] [--seed N]``.

Needs JAX and Optax (``pip install jax optax``), which the pedal itself never does. SOURCES_DIR is that of
``tests.takes``. Neither the guitars of the shared recordings nor those in ``APART`` are among the teachers.
"""

import argparse
import multiprocessing
from functools import cache, partial
from pathlib import Path

import numpy as np

from tests.chords.bank import Bank, bank_of
from tests.chords.lessons import Lessons, lessons
from tests.chords.made_banks import made_bank
from tests.chords.writing import write_layers
from tests.takes.sources import guitar

TEACHERS = ("steel", "nylon", "clean", "drive", "muted")
APART = ("jazz", "acoustic")
MADE = 16
PART = 5_000


@cache
def teachers(sources: Path) -> tuple[Bank, ...]:
    """Recorded guitars more often than those made by formula; the one with few notes once."""
    recorded = [bank_of(guitar(sources, name)) for name in TEACHERS]
    return (*recorded[:4] * 5, recorded[4], *(made_bank(seed) for seed in range(MADE)))


def _part(sources: Path, seed: int) -> Lessons:
    return lessons(seed, teachers(sources), PART)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--strums", type=int, default=100_000)
    parser.add_argument("--passes", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    seeds = [1_000 * arguments.seed + part for part in range(max(1, arguments.strums // PART))]
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
        parts = pool.map(partial(_part, arguments.sources), seeds, chunksize=1)
    taught = Lessons(*(np.concatenate([getattr(part, one) for part in parts]) for one in ("looks", "struck", "rows")))

    from tests.chords.learn import layers_of, learn  # noqa: PLC0415  (JAX, which the workers need not load)

    about = f"python -m tests.chords, {len(taught.rows)} strums, {arguments.passes} passes, seed {arguments.seed}"
    write_layers(layers_of(learn(taught, arguments.seed, arguments.passes)), about)


if __name__ == "__main__":
    main()

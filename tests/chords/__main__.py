"""Learn the weights of ``dsp.chords.struck`` anew: ``python -m tests.chords SOURCES_DIR [--strums N] [--seed N]``.

Needs JAX and Optax (``pip install jax optax``), which the pedal itself never does. SOURCES_DIR is that of
``tests.takes``. Neither the guitars of the shared recordings nor those in
``teachers.APART`` are among the teachers.
"""

import argparse
import multiprocessing
from functools import partial
from pathlib import Path

import numpy as np

from dsp.chords.struck import learnt_layers
from dsp.chords.struck_weights import ABOUT
from tests.chords.lessons import Lessons
from tests.chords.teachers import PART, part_of
from tests.chords.writing import write_layers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--strums", type=int, default=100_000)
    parser.add_argument("--passes", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--go-on", action="store_true", help="from the weights that there are, more gently")
    arguments = parser.parse_args()
    seeds = [1_000 * arguments.seed + part for part in range(max(1, arguments.strums // PART))]
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
        parts = pool.map(partial(part_of, arguments.sources), seeds, chunksize=1)
    taught = Lessons(*(np.concatenate([getattr(part, one) for part in parts]) for one in ("looks", "struck", "rows")))

    from tests.chords.learn import GENTLY, RATE, layers_of, learn, weights_of  # noqa: PLC0415  (JAX: only here)

    first, rate = (weights_of(learnt_layers()), GENTLY) if arguments.go_on else (None, RATE)
    weights = learn(taught, arguments.seed, arguments.passes, first, rate)
    about = f"python -m tests.chords, {len(taught.rows)} strums, {arguments.passes} passes, seed {arguments.seed}"
    write_layers(layers_of(weights), about + (f", going on from: {ABOUT}" if arguments.go_on else ""))


if __name__ == "__main__":
    main()

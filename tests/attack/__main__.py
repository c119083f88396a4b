"""Learn the weights of ``dsp.ear.attack`` anew: ``python -m tests.attack SOURCES_DIR [--lessons N] [--seed N]``.

Needs JAX and Optax (``pip install jax optax``), which the pedal itself never does. SOURCES_DIR is that of
``tests.takes``. The guitars of the shared recordings are not among the teachers: what is measured on those is what the
finder makes of guitars that it never heard.
"""

import argparse
import multiprocessing
from functools import partial
from pathlib import Path

import numpy as np

from dsp.ear.attack import RATE_HZ, AttackFinder
from tests.attack.examples import Example, asked_in
from tests.attack.writing import write_layers

APART = 20
"""Every so manieth lesson is not learnt from, but asked about at the end."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--lessons", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    with multiprocessing.get_context("spawn").Pool(arguments.processes) as pool:
        work = partial(asked_in, arguments.sources, arguments.seed)
        lessons = pool.map(work, range(arguments.lessons), chunksize=4)
    taught = [part for index, part in enumerate(lessons) if index % APART]
    apart = [example for part in lessons[::APART] for example in part[2]]
    _say(apart, "the finder until now", AttackFinder())

    from tests.attack.learn import learn  # noqa: PLC0415  (JAX, which the workers need not load)

    seen, steps = (np.concatenate([part[column] for part in taught]) for column in (0, 1))
    print(f"{len(seen)} examples to learn from", flush=True)
    layers = learn(seen, steps, arguments.seed)
    write_layers(layers, f"python -m tests.attack, {arguments.lessons} lessons, seed {arguments.seed}")
    _say(apart, "the new one", AttackFinder(layers))


def _say(asked: list[Example], who: str, finder: AttackFinder) -> None:
    errors_ms = np.array(
        [(finder.find(one.samples, one.rough, noticed=one.noticed).at - one.true) * 1000 / RATE_HZ for one in asked]
    )
    off = np.mean(np.abs(errors_ms) > 3)
    print(
        f"{who}: {len(asked)} apart, bias {errors_ms.mean():.2f} ms, sd {errors_ms.std():.2f} ms, {off:.1%} off by 3 ms"
    )


if __name__ == "__main__":
    main()

"""Learn what tells a pick from a finger: ``python -P -m tests.picked SOURCES_DIR [--rounds N] [--seed N]``.

What SOURCES_DIR must hold stands in ``tests/takes/sources.py``. Of each guitar so many legato takes and picked ones are
heard by themselves, and twice more in turns. Writes ``dsp/ear/picked_weights.py``.
"""

import argparse
from pathlib import Path

import numpy as np

from tests.picked.learn import asked, fitted, heard, mixed, write
from tests.picked.lessons import lessons


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    seen: list[np.ndarray] = []
    answers: list[bool] = []
    for name, pairs in lessons(arguments.sources, arguments.rounds, arguments.seed).items():
        notes = [(heard(legato), heard(licks)) for legato, licks in pairs]
        every = [*(part for pair in notes for part in pair), *(mixed(*pair, rng) for pair in notes for _ in range(2))]
        for part in every:
            own, right = asked(part)
            seen += own
            answers += right
        print(f"{name}: {len(pairs)} pairs, {len(answers)} answers so far, {np.mean(answers):.2f} picked", flush=True)
    bias, weights = fitted(np.array(seen), np.array(answers))
    write(bias, weights, f"python -m tests.picked, {arguments.rounds} rounds, seed {arguments.seed}")
    odds = np.array(seen) @ weights + bias
    print(
        f"of the picked {np.mean(odds[answers] > 0):.3f} right, of the rest {np.mean(odds[~np.array(answers)] < 0):.3f}"
    )


if __name__ == "__main__":
    main()

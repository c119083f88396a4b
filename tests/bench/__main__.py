"""``make bench``: what the pedal costs and keeps, as counts and ratios.

A goal that is missed is marked, and makes the exit status 1; no test depends on these numbers.
python -m tests.bench             # everything, as a table
python -m tests.bench start ear   # some parts: start, ear, hear, noises, confidence, causal, follow, stall, flood, card
python -m tests.bench must_hold ancestor # what must hold, guitar by guitar; the formulas of FretCoach beside ours
python -m tests.bench hear --truth DIR   # recordings with truth instead of the project's own (or PEDAL_TRUTH=DIR)
python -m tests.bench kill 100    # kill -9 of everything in mid-session, so many times
"""

import argparse
import importlib
import os
import sys
import tempfile
from pathlib import Path

PARTS = ("start", "ear", "hear", "noises", "confidence", "causal", "follow", "stall", "flood", "card")

ASKED_FOR = ("must_hold", "ancestor")
"""Only by name: the tests hold what is ours, and what others do costs nothing here."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--truth", type=Path, metavar="DIR", help="folder of NAME.flac and NAME.json")
    arguments = parser.parse_args()
    if arguments.truth is not None:
        os.environ["PEDAL_TRUTH"] = str(arguments.truth)
    if arguments.parts[:1] == ["kill"]:
        times = int(arguments.parts[1]) if len(arguments.parts) > 1 else 100
        sys.exit(importlib.import_module("tests.bench.kill").main(times))
    missed = 0
    for part in arguments.parts or PARTS:
        if part not in PARTS + ASKED_FOR:
            parser.error(f"there is no part {part!r}; there are {', '.join(PARTS + ASKED_FOR)} and kill")
        with tempfile.TemporaryDirectory(prefix="pedal-bench-") as folder:
            for name, value, goal, good in importlib.import_module(f"tests.bench.{part}").measure(Path(folder)):
                missed += not good
                print(f"{name:52} {value:>16}   {goal:18} {'' if good else 'MISSED'}", flush=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()

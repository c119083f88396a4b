"""Build takes with an exact truth from free recordings: ``python -m tests.takes SOURCES_DIR OUT_DIR [--seed N]``.

``--only FAMILY ...`` builds some of them. The same sources and the same seed give the same takes. What SOURCES_DIR must
hold stands in ``sources.py``.
"""

import argparse
import json
from pathlib import Path

from tests.takes.program import FAMILIES, takes

SEED = 2511


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", nargs="+", choices=FAMILIES, default=FAMILIES)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    manifest = []
    for take in takes(arguments.sources, arguments.seed, arguments.only):
        manifest.append(take.write(arguments.out))
        print(f"{take.name}: {len(take.notes)} notes, {manifest[-1]['dur']:.1f} s", flush=True)
    (arguments.out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    print(f"{len(manifest)} takes, {sum(entry['dur'] for entry in manifest) / 60:.1f} min")


if __name__ == "__main__":
    main()

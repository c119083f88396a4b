"""How well chords are recognised: ``python -m tests.chords.examine [--takes DIR ...] [--sources DIR] [--png FILE]``.

Takes are folders of ``chord_*.flac`` with their truth beside them; ``--sources`` adds strums on the guitars that no
weight was learnt from. Prints shares by set and condition, the calibration of the confidence, and what is
taken for what.
"""

import argparse
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np

from dsp.chords.recognise import ChordGuess, recognise
from tests.chords.bank import bank_of
from tests.chords.confusion import answer, picture, shares, text
from tests.chords.heard import strums_of
from tests.chords.strums import any_strum
from tests.chords.teachers import APART
from tests.takes.sources import guitar

COMMON = frozenset({"", "m", "7", "m7", "maj7", "5", "sus4"})
STEPS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)
Answers = list[tuple[str, tuple[str, str], bool, float]]


def on_takes(folder: Path) -> Answers:
    """Of every chord: its set and condition, true and heard kind, whether the bass was right, the confidence."""
    answers: Answers = []
    for path in sorted(folder.glob("chord_*.flac")):
        for heard in strums_of(path):
            guess = recognise(heard.samples, heard.before)
            answers.append(_judged(f"{folder.name} {heard.cond}", heard.root, heard.kind, heard.bass, guess))
    return answers


def on_strums(sources: Path, count: int, seed: int = 901) -> tuple[Answers, float]:
    """The same of random strums on guitars apart; and how many of what was no chord were called one."""
    banks = [bank_of(guitar(sources, name)) for name in APART]
    rng, answers, false, others = np.random.default_rng(seed), [], 0, 0
    while len(answers) < count:
        strum = any_strum(rng, banks)
        guess = recognise(strum.samples, strum.before)
        voicing = strum.voicing
        if voicing.kind is None:
            few = len({midi % 12 for midi in voicing.midi}) < 3
            others, false = others + few, false + (few and guess.what == "chord")
            continue
        which = "apart, the seven kinds" if voicing.kind in COMMON else "apart, other kinds"
        answers.append(_judged(which, voicing.root, voicing.kind, voicing.bass, guess))
    return answers, false / max(1, others)


def _judged(which: str, root: int, kind: str, bass: int, guess: ChordGuess) -> tuple[str, tuple[str, str], bool, float]:
    return which, answer(root, kind, guess.root, guess.kind), guess.bass == bass, guess.confidence


def report(answers: Answers) -> str:
    """By set, then calibration, then the matrix."""
    sets = defaultdict(list)
    for which, pair, bass, _ in answers:
        sets[which].append((pair, bass))
    lines = [f"{'':28s}{'chords':>7s}{'roots':>8s}{'exact':>8s}{'bass':>8s}"]
    for which, judged in sets.items():
        roots, exact = shares([pair for pair, _ in judged])
        bass_share = float(np.mean([bass for _, bass in judged]))
        lines.append(f"{which:28s}{len(judged):7d}{roots:8.1%}{exact:8.1%}{bass_share:8.1%}")
    lines.append("\nconfidence  guesses  exact")
    for low, high in pairwise(STEPS):
        right = [pair[0] == pair[1] for _, pair, _, confidence in answers if low <= confidence < high]
        lines.append(f"{low:.2f}-{min(1.0, high):.2f}  {len(right):8d}  " + (f"{np.mean(right):.3f}" if right else "-"))
    return "\n".join([*lines, "", text(pair for _, pair, _, _ in answers)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--takes", type=Path, action="append", default=[])
    parser.add_argument("--sources", type=Path)
    parser.add_argument("--strums", type=int, default=1_000)
    parser.add_argument("--png", type=Path)
    arguments = parser.parse_args()
    answers = [one for folder in arguments.takes for one in on_takes(folder)]
    if arguments.sources:
        more, false = on_strums(arguments.sources, arguments.strums)
        answers += more
        print(f"single notes and pairs of pitches that were called a chord: {false:.1%}")
    print(report(answers))
    if arguments.png:
        picture([pair for _, pair, _, _ in answers], f"{len(answers)} chords: true kind down, heard across").save(
            arguments.png
        )


if __name__ == "__main__":
    main()

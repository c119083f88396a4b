"""Following on logs and on audio: players with 10 % wrong, 10 % missing and 10 % extra notes who stop, repeat and jump.

Logs: every kind of piece, every kind of practising, an ear that errs by itself. Audio: the notes in the repo, rendered,
and ``pedal follow`` run over them as a user would, with a MIDI file, a Guitar Pro file or a note list as the target.
FOLLOW_SEEDS=N takes other players and pieces (4).
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile

from dsp.follow.report import follow_json
from tests.bench.start import Row
from tests.dsp.made_grades import Grade, grade, histogram
from tests.dsp.made_performances import (
    KINDS,
    Performance,
    Played,
    Player,
    Rng,
    bars_of,
    heard,
    only_here,
    perform,
    piece,
)
from tests.dsp.made_sheets import WRITERS, shortened
from tests.takes.real import Placed, render

SEEDS = int(os.environ.get("FOLLOW_SEEDS", "4"))
FIRST_SEED = 12_000
HIT_F1, ERROR_MS, FOUND = 0.97, 3.0, 2
WAYS: dict[str, Player] = {
    "straight through": Player(),
    "a stop": Player(moves=("stop",)),
    "a bar repeated": Player(moves=("repeat",)),
    "a jump back": Player(moves=("back",)),
    "back to any note": Player(moves=("anywhere",)),
    "a jump forward": Player(moves=("forward",)),
    "stop, repeat, jump": Player(moves=("stop", "repeat", "back")),
    "tempo drifts 15 %": Player(drift=0.15),
    "half tempo": Player(rate=1.9),
    "no steady tempo": Player(breath=0.2),
    "from the middle": Player(),
    "two bars in a loop": Player(),
}
UNTIMED = ("no steady tempo",)
"""There nothing can be early or late."""


def measure(folder: Path) -> Iterator[Row]:
    graded = {(way, kind): [_logged(way, kind, FIRST_SEED + s) for s in range(SEEDS)] for way in WAYS for kind in KINDS}
    for way in WAYS:
        yield from _rows(way, [g for kind in KINDS for g in graded[way, kind]], timed=way not in UNTIMED)
    for kind in KINDS:
        timed = [g for way in WAYS if way not in UNTIMED for g in graded[way, kind]]
        yield from _rows(f"{kind}:", timed, goal=False)
    played = [_followed(folder, kind, FIRST_SEED + n) for n, kind in enumerate(KINDS)]
    yield from _rows("audio", played)


def _rows(name: str, graded: list[Grade], *, timed: bool = True, goal: bool = True) -> Iterator[Row]:
    """Medians over the performances, the worst twentieth beside them."""
    hit_f1 = np.array([g.hit_f1 for g in graded])
    wanted = f"median ≥ {HIT_F1}" if goal else ""
    good = bool(np.median(hit_f1) >= HIT_F1) or not goal
    yield f"{name} hit F1, median, 5 %", f"{np.median(hit_f1):.3f}, {np.percentile(hit_f1, 5):.3f}", wanted, good
    off_ms = np.array([np.median(np.abs(g.errors_ms)) for g in graded if len(g.errors_ms) > 3])
    if timed and len(off_ms):
        wanted = f"median ≤ {ERROR_MS:.0f} ms" if goal else ""
        value = f"{np.median(off_ms):.1f}, {np.percentile(off_ms, 95):.1f}"
        yield f"{name} ms off, median, 95 %", value, wanted, bool(np.median(off_ms) <= ERROR_MS) or not goal
    found = [n for g in graded for n in g.found_after]
    if found:
        share = float(np.mean(np.array(found) <= FOUND))
        wanted = "≥ 97 %" if goal else ""
        yield f"{name} found within {FOUND} notes", f"{share:.1%}", wanted, share >= 0.97 or not goal
        yield f"{name} live, after so many notes", histogram([n for g in graded for n in g.live_after]), "", True


def _player(way: str, rng: Rng) -> Player:
    tempo = rng.uniform(0.85, 1.15) if WAYS[way].rate == 1.0 else WAYS[way].rate
    ear = {"octaves": 0.005, "splits": 0.01, "guesses": 0.05}
    return replace(WAYS[way], rate=float(tempo), jitter_ms=float(rng.uniform(5.0, 25.0)), **ear)


def _logged(way: str, kind: str, seed: int) -> Grade:
    rng = np.random.default_rng([seed, KINDS.index(kind), list(WAYS).index(way)])
    target = piece(kind, rng)
    player = _player(way, rng)
    done = perform(target, player, rng, **_range(way, bars_of(target), [only_here(target, b) for b in bars_of(target)]))
    log = heard(done, player, rng)
    return grade(done, follow_json(target, log), log)


def _range(way: str, bars: list[int], told_apart: list[bool]) -> dict[str, int]:
    """Where a player begins and ends who does not play all of it: in a bar that is not found elsewhere."""
    fit = [n for n, alone in enumerate(told_apart[:-3]) if alone and n]
    if not fit:
        return {}
    if way == "from the middle":
        return {"start": bars[fit[len(fit) // 2]]}
    if way == "two bars in a loop":
        return {"start": bars[fit[0]], "stop": bars[fit[0] + 2], "times": 4}
    return {}


def _followed(folder: Path, kind: str, seed: int) -> Grade:
    """A take of real notes, and the command over it."""
    rng = np.random.default_rng(seed)
    target = shortened(piece(kind, rng))
    player = Player(rate=float(rng.uniform(0.9, 1.1)), moves=("stop", "repeat", "back"))
    done = perform(target, player, rng)
    take = folder / f"{kind}.flac"
    soundfile.write(take, render(placed(done, rng), ("jazz", "steel")[seed % 2]), 48_000)
    suffix, write = list(WRITERS.items())[seed % len(WRITERS)]
    sheet = folder / f"{kind}{suffix}"
    sheet.write_bytes(write(target))
    command = [sys.executable, "-P", "-m", "pedal", "follow", str(take), "--target", str(sheet), "--json"]
    result = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return grade(done, result, heard(done, replace(player, octaves=0.0), rng))


def placed(done: Performance, rng: Rng) -> list[Placed]:
    """What was played, on one string at a time; each note within 4 cents and 4 dB."""
    order = sorted(done.played, key=lambda p: p.at_s)
    ends_s = [p.at_s for p in order[1:]] + [order[-1].at_s + 0.4]
    return [_one(p, end_s, rng) for p, end_s in zip(order, ends_s, strict=True)]


def _one(played: Played, end_s: float, rng: Rng) -> Placed:
    held_s = min(0.9, max(0.06, 0.93 * (end_s - played.at_s)))
    return Placed(played.at_s, played.midi, float(rng.normal(0.0, 4.0)), float(rng.uniform(-4.0, 0.0)), held_s)

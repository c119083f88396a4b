"""What product.md says must hold, on every guitar there is: those in the repo, and more where PEDAL_SOURCES is.

PEDAL_SOURCES names a folder of the sources of ``tests.takes``. 32 8ths at 100 BPM, strictness .5, through the ear.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from dsp.scores.session import summarise
from dsp.types import Metrics, NoteEnded, SessionSetup
from tests.bench.start import Row
from tests.dsp.heard_takes import LICK, Samples, hear, normal, notes, ups_and_downs
from tests.takes import real
from tests.takes.sources import Guitar, guitar

SETUP = SessionSetup()
COUNT = 32
MORE = ("nylon", "clean", "acoustic")


def guitars() -> Iterator[Guitar]:
    yield from (real.library(name) for name in ("jazz", "steel"))
    folder = os.environ.get("PEDAL_SOURCES")
    if folder:
        yield from (guitar(Path(folder), name) for name in MORE)


def measure(_: Path) -> Iterator[Row]:
    for played in guitars():
        for name, value, goal, good in rows(played):
            yield f"{played.name}: {name}", f"{value:.3f}", goal, good


def rows(played: Guitar) -> Iterator[tuple[str, float, str, bool]]:
    def told(sound: Samples) -> Metrics:
        return summarise(SETUP, hear(sound)).metrics

    def lick(**how: object) -> Samples:
        return real.render(notes(COUNT, **how), played)  # type: ignore[arg-type]

    clean = lick()
    flawless = told(clean)
    yield _least("in tune", told(lick(cents=ups_and_downs(5.0, 1))).pitch_accuracy, 0.97)
    for cents in (20.0, -20.0):
        yield _most(f"{cents:+.0f} cents", told(lick(cents=_always(cents))).pitch_accuracy, 0.6)
    heard = [entry.midi for entry in hear(clean) if isinstance(entry, NoteEnded)]
    wrong = sum(one != LICK[i % len(LICK)] for i, one in enumerate(heard)) + abs(len(heard) - COUNT)
    yield _most("notes lost, added or of another pitch", float(wrong), 0.0)
    yield _least("root and fifth", told(lick(midis=(57, 64))).scale_conformity, 1.0)
    half = told(lick(midis=(57, 58))).scale_conformity
    yield "half wrong", half or 0.0, "= .5", half == 0.5
    yield _least("sd 10 ms", told(lick(late_ms=normal(10.0, 7))).timing_stability, 0.9)
    yield _most("sd 40 ms", told(lick(late_ms=normal(40.0, 7))).timing_stability, 0.5)
    yield _most("anywhere within half a step", told(lick(late_ms=ups_and_downs(150.0, 3))).timing_stability, 0.1)
    for name, dirt in (("hum at 50 Hz", real.hum(len(clean))), ("hiss", real.hiss(len(clean)))):
        noisy = told(clean + dirt).noise_control
        yield _least(f"clean less {name}", (flawless.noise_control or 0.0) - (1.0 if noisy is None else noisy), 0.5)
    yield _least("a quiet player in silence", told(lick(level_db=_always(-24.0))).noise_control, 0.97)
    yield _least("flawless", flawless.quality, 0.97)


def _always(value: float) -> Callable[[int], float]:
    return lambda _: value


def _least(name: str, value: float | None, limit: float) -> tuple[str, float, str, bool]:
    return name, -1.0 if value is None else value, f"≥ {limit:g}", value is not None and value >= limit


def _most(name: str, value: float | None, limit: float) -> tuple[str, float, str, bool]:
    return name, 2.0 if value is None else value, f"≤ {limit:g}", value is not None and value <= limit

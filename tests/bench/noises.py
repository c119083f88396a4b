"""False notes in what is no note, and wrong or missed ones in what is: situations made by formula, each three times.

Beside each number stands that of the same ear with its hum removal switched off.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dsp.ear.hum import HumRemover
from dsp.pipeline import Pipeline, PipelineConfig
from dsp.report import analysis_json
from dsp.types import HOP_SAMPLES, Frame, SegmentStarted, SessionSetup
from tests.bench.scoring import Json, matched, stood_wrong
from tests.bench.start import Row
from tests.dsp.noisy import HISS, HUM, KNOCKS, PLAYED, SECONDS, Floats, Situation
from tests.dsp.plucked import f0_hz

SEEDS = 3
KNOCKS_PER_MINUTE = 2.0


class Untouched(HumRemover):
    """Takes nothing out."""

    def remove(self, hop: Any) -> Any:
        return hop

    def learn(self, **_: Any) -> None:
        return


def measure(_: Path) -> Iterator[Row]:
    yield "false notes, or wrong and missed ones", "ear", "without removal", True
    for name, situations, allowed in (
        ("hum", HUM, 0.0),
        ("hiss", HISS, 0.0),
        ("knocks and pops", KNOCKS, KNOCKS_PER_MINUTE * SECONDS * SEEDS * len(KNOCKS) / 60.0),
        ("notes over it", PLAYED, 0.0),
    ):
        ours = beside = 0
        for situation in situations:
            one, other = (sum(wrong(situation, seed, removes) for seed in range(SEEDS)) for removes in (True, False))
            ours, beside = ours + one, beside + other
            yield f"  {situation.name}", str(one), f"{other:15}", True
        yield f"{name}, of {len(situations)} situations", str(ours), f"≤ {allowed:.0f} | {beside}", ours <= allowed


def wrong(situation: Situation, seed: int, removes: bool = True) -> int:
    """Notes that were reported and are none, and notes that are and were not found."""
    heard = heard_in(situation.samples(seed), removes)
    true = [
        {"onset": n.onset_s, "offset": n.onset_s + n.length_s, "f0_hz": f0_hz(n.midi), "midi": n.midi}
        for n in situation.notes
    ]
    found = len(matched(true, heard["notes"]))
    return len(true) - found + len(heard["notes"]) - found + stood_wrong(heard)


def heard_in(samples: Floats, removes: bool = True) -> Json:
    """As ``pedal analyze --json`` prints it."""
    ear = Pipeline(PipelineConfig())
    if not removes:
        ear._hum = Untouched()
    heard: list[Any] = []
    for start in range(0, len(samples), HOP_SAMPLES):
        heard += ear.process(samples[start : start + HOP_SAMPLES])
    entries = [e for e in (*heard, *ear.finish()) if not isinstance(e, Frame)]
    return analysis_json([SegmentStarted(0, 0), *entries], SessionSetup())

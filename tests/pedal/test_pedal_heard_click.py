"""From the cable to the number: who plays exactly on the click that he hears is neither early nor late.

The whole way: the round trip is measured, a click counts through the output, a string sounds exactly when a beat of it
is heard, the ear hears the string, and the session's timing is taken against where the click was *played*.
"""

import numpy as np
import pytest

from dsp.pipeline import Pipeline, PipelineConfig
from dsp.scores.session import summarise
from dsp.types import GridSet, SegmentStarted, SessionSetup
from hardware.cable import CABLE_FRAMES, CableSource
from hardware.fake import FakeSource
from pedal.listen import Intake, run
from pedal.measure import RoundTripMeter
from tests.dsp.plucked import pluck
from tests.pedal.test_pedal_listen import ListSink

RATE_HZ = 48_000
BPM, NOTES, STEP = 120.0, 16, RATE_HZ // 4
MELODY = (57, 60, 62, 64)


class Evening(ListSink):
    """Measures or not, then sends a string down the cable at each eighth: it arrives when the click would be heard."""

    def __init__(self, source: CableSource, *, measure: bool) -> None:
        super().__init__()
        self.meter = RoundTripMeter(source, 0, lambda _: None)
        self.first_beat: int | None = None
        self._source = source
        self._played = 0
        if measure:
            self.meter.begin()

    def turn(self) -> None:
        super().turn()
        position = self._source.position
        if self.meter.running:
            return
        if self.first_beat is None:
            self.first_beat = position + RATE_HZ
        at = self.first_beat + self._played * STEP
        if self._played < NOTES and at < position + 2_000:
            sound = 0.25 * pluck(MELODY[self._played % len(MELODY)], 0.22)
            assert self._source.play(at, sound.astype(np.float32)[:, None]) == 0
            self._played += 1


def signed_ms(delay_frames: int, *, measure: bool) -> float:
    """What the session says of that player. The clock stands at 0 when sample 0 is heard."""
    silence = FakeSource(np.zeros((10 if measure else 6) * RATE_HZ, np.float32), chunk_frames=500, clock=lambda: 0)
    source = CableSource(silence, delay_frames=delay_frames, plugged=True)
    evening = Evening(source, measure=measure)
    run(Intake(source, 1, lambda _: None), evening, Pipeline(PipelineConfig()), lambda: False, aside=evening.meter)
    assert evening.first_beat is not None
    segment = [entry for entry in evening.entries if isinstance(entry, SegmentStarted)][-1]
    begun_at = round(segment.boottime_ns * RATE_HZ / 1e9)
    click = GridSet(segment.segment, evening.first_beat - begun_at, BPM)
    played = [entry for entry in evening.entries if entry.segment == segment.segment]
    summary = summarise(SessionSetup(), [*played, click])
    assert summary.notes == NOTES
    assert summary.metrics.signed_ms is not None
    return summary.metrics.signed_ms


@pytest.mark.parametrize("delay_frames", [CABLE_FRAMES, 2_000])
def test_on_the_heard_click_is_on_time_once_it_is_measured(delay_frames: int) -> None:
    late_ms = 1000 * delay_frames / RATE_HZ
    assert signed_ms(delay_frames, measure=False) == pytest.approx(late_ms, abs=1.0)
    assert signed_ms(delay_frames, measure=True) == pytest.approx(0.0, abs=1.0)

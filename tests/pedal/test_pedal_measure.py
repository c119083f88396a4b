"""The engine's measurement on a simulated cable: found, refused with its reason, and the ear's time around it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dsp.chirp import CHIRPS, PERIOD_SAMPLES
from dsp.types import Gap, SegmentStarted
from hardware.audio_port import AudioSource
from hardware.cable import CABLE_FRAMES, CableSource
from hardware.fake import FakeSource
from pedal.listen import Intake, run
from pedal.measure import TRIES, RoundTripMeter
from pedal.order import Order
from tests.pedal.test_pedal_listen import CountingEar, ListSink

RATE_HZ = 48_000
CHUNK = 500


class Bench:
    """An engine's loop on a source, which ends with it. ``hand(bench, turn)`` is called before every turn."""

    def __init__(self, source: AudioSource, hand: "Callable[[Bench, int], None] | None" = None, known: int = 0) -> None:
        self.told: list[dict[str, Any]] = []
        self.source = source
        self.meter = RoundTripMeter(source, known, self.told.append)
        self.ear = CountingEar()
        self.sink = ListSink()

        def stop() -> bool:
            (hand or at_once)(self, self.sink.turns)
            return False

        run(Intake(source, 1, lambda _: None), self.sink, self.ear, stop, first_segment=7, aside=self.meter)

    def entries(self, kind: type) -> list[Any]:
        return [entry for entry in self.sink.entries if isinstance(entry, kind)]


def at_once(bench: Bench, turn: int) -> None:
    if turn == 0:
        bench.meter.begin()


def silence(seconds: float = 5.0, channels: int = 1, rate_hz: int = RATE_HZ) -> FakeSource:
    samples = np.zeros((round(seconds * rate_hz), channels), np.float32)
    return FakeSource(samples, rate_hz, chunk_frames=CHUNK, clock=lambda: 1_000)


def plugged(seconds: float = 5.0, **more: Any) -> CableSource:
    return CableSource(silence(seconds), plugged=True, **more)


@pytest.mark.parametrize("delay", [0, 1, CABLE_FRAMES, 9_999])
def test_it_finds_the_cable_s_delay_to_the_sample(delay: int) -> None:
    found = Bench(plugged(delay_frames=delay)).told[-1]["found"]
    assert found["samples"] == delay
    assert found["exact_samples"] == pytest.approx(delay, abs=0.01)
    assert found["spread_samples"] < 0.01
    assert (found["input"], found["inverted"]) == (1, False)


def test_it_says_which_card_it_is_and_how_far_it_has_come() -> None:
    told = Bench(plugged(), known=12).told
    card = {"name": "fake", "rate_hz": 48_000, "block_frames": 0, "outputs": 1, "samples": 12}
    assert told[0] == {"card": card}
    assert told[1:-1] == [{"step": heard} for heard in range(CHIRPS)]
    assert list(told[-1]) == ["found"]


def test_three_times_over_it_is_the_same() -> None:
    def again(bench: Bench, _turn: int) -> None:
        if not bench.meter.running and sum("found" in message for message in bench.told) < 3:
            bench.meter.begin()

    told = Bench(plugged(13.0), again).told
    assert [message["found"]["samples"] for message in told if "found" in message] == [CABLE_FRAMES] * 3


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (lambda: CableSource(silence()), "no_cable"),
        (lambda: plugged(gain=0.0), "no_cable"),
        (lambda: plugged(gain=20.0), "clipped"),
        (silence, "no_output"),
    ],
)
def test_where_nothing_can_be_measured_it_says_why_and_keeps_what_it_knew(
    source: Callable[[], AudioSource], reason: str
) -> None:
    bench = Bench(source(), known=5)
    assert bench.told[-1] == {"refused": reason}
    assert {entry.latency_samples for entry in bench.entries(SegmentStarted)} == {5}


def test_a_quiet_cable_that_turns_it_over_is_one() -> None:
    found = Bench(plugged(gain=-0.02)).told[-1]["found"]
    assert (found["samples"], found["inverted"]) == (CABLE_FRAMES, True)
    assert found["gain_db"] == pytest.approx(-34.0, abs=0.2)


def test_whichever_input_it_comes_back_in() -> None:
    class SecondInput(CableSource):
        def read(self, frames_max: int) -> Any:
            return super().read(frames_max)[:, ::-1]

    found = Bench(SecondInput(silence(channels=2), plugged=True)).told[-1]["found"]
    assert (found["samples"], found["input"]) == (CABLE_FRAMES, 2)


def test_at_another_rate_it_counts_in_samples_of_the_music() -> None:
    source = CableSource(silence(6.0, rate_hz=44_100), delay_frames=441, plugged=True)
    found = Bench(source).told[-1]["found"]
    assert (found["samples"], round(found["exact_samples"])) == (480, 441)


@pytest.mark.parametrize("turn", [2, 60, 300])
def test_where_sound_is_lost_it_starts_over(turn: int) -> None:
    inner = silence(9.0)

    def lose(bench: Bench, now: int) -> None:
        at_once(bench, now)
        if now == turn:
            inner.lose(64)

    told = Bench(CableSource(inner, plugged=True), lose).told
    assert [message.get("step") for message in told].count(0) == 2
    assert told[-1]["found"]["samples"] == CABLE_FRAMES


def test_where_sound_is_lost_all_the_time_it_gives_up() -> None:
    inner = silence()

    def lose(bench: Bench, now: int) -> None:
        at_once(bench, now)
        if now % 100 == 50:
            inner.lose(64)

    bench = Bench(CableSource(inner, plugged=True), lose)
    assert [message.get("step") for message in bench.told].count(0) == TRIES
    assert bench.told[-1] == {"refused": "interrupted"}
    assert bench.entries(SegmentStarted)[-1].latency_samples == 0


def test_chirps_that_are_late_end_it() -> None:
    class Slow(CableSource):
        def play(self, at_sample: int, frames: Any) -> int:
            return super().play(at_sample, frames) + 1

    assert Bench(Slow(silence(), plugged=True)).told[-1] == {"refused": "interrupted"}


def test_two_cables_that_disagree_are_refused() -> None:
    class Slipping(CableSource):
        def play(self, at_sample: int, frames: Any) -> int:
            slip = 30 if at_sample > 2 * PERIOD_SAMPLES else 0
            return super().play(at_sample + slip, frames)

    assert Bench(Slipping(silence(), plugged=True)).told[-1] == {"refused": "unsteady"}


def test_meanwhile_the_ear_hears_nothing_and_afterwards_a_new_segment_has_it_taken_out() -> None:
    bench = Bench(plugged(), lambda bench, turn: bench.meter.begin() if turn == 10 else None)
    first, second = bench.entries(SegmentStarted)
    (gap,) = bench.entries(Gap)
    assert (first.segment, first.latency_samples, second.segment, second.latency_samples) == (7, 0, 8, CABLE_FRAMES)
    assert (gap.segment, gap.sample, gap.reason) == (8, 0, "the round trip was measured")
    before_s = 10 * CHUNK / RATE_HZ
    assert second.boottime_ns - first.boottime_ns == pytest.approx((before_s + gap.lost_s) * 1e9, abs=2)
    heard_s = len(bench.ear.heard) / RATE_HZ
    assert heard_s + gap.lost_s == pytest.approx(5.0)
    assert 3.5 < gap.lost_s < 4.6
    assert not bench.ear.heard.any()


def test_it_may_be_left_and_what_was_known_stays() -> None:
    def leave(bench: Bench, turn: int) -> None:
        at_once(bench, turn)
        if turn == 50:
            bench.meter.cancel()

    bench = Bench(plugged(), leave, known=5)
    assert "found" not in bench.told[-1]
    assert [entry.latency_samples for entry in bench.entries(SegmentStarted)] == [5, 5]
    assert len(bench.ear.heard) == 5 * RATE_HZ - 50 * CHUNK


@pytest.mark.parametrize("turn", [15, 20, 40, 60])
def test_the_chirps_of_a_measurement_that_was_left_do_not_disturb_the_next(turn: int) -> None:
    def again(bench: Bench, now: int) -> None:
        at_once(bench, now)
        if now == turn:
            bench.meter.cancel()
            bench.meter.begin()

    told = Bench(plugged(8.0, delay_frames=20_000), again).told
    assert [message.get("step") for message in told].count(0) == 2
    assert told[-1]["found"]["samples"] == 20_000


def test_asked_twice_it_measures_once() -> None:
    def twice(bench: Bench, turn: int) -> None:
        if turn in {0, 30}:
            bench.meter.begin()

    told = Bench(plugged(), twice).told
    assert [message.get("step") for message in told].count(0) == 1
    assert "found" in told[-1]


def test_an_engine_s_order_holds_what_was_measured_for_the_card_as_it_was() -> None:
    order = Order(-1, -1, 0, round_trips={"Solo": [523, 48_000, 128]})
    assert Order.from_json(order.to_json()).latency_samples("Solo", 48_000, 128) == 523
    assert order.latency_samples("Solo", 48_000, 256) == 0
    assert order.latency_samples("Solo", 44_100, 128) == 0
    assert order.latency_samples("Duo", 48_000, 128) == 0

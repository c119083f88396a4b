"""The round trip of a real PortAudio stream on JACK: exactly the frames that JACK is known to take, again and again."""

import time
from typing import Any

import pytest

from hardware.audio import BLOCK_FRAMES, CardSource
from pedal.listen import Intake, run
from pedal.measure import INTERRUPTED, RoundTripMeter
from tests.pedal.test_pedal_listen import CountingEar, ListSink

CABLE_FRAMES = 37
PATIENCE_S = 60.0

pytestmark = pytest.mark.rig("jack")


def measured(times: int) -> list[dict[str, Any]]:
    """So many answers of one engine's run; once more where a busy machine held us up for longer than 0.2 s."""
    answers: list[dict[str, Any]] = []
    source = CardSource("cable")

    def tell(message: dict[str, Any]) -> None:
        if "found" in message or message.get("refused", INTERRUPTED) != INTERRUPTED:
            answers.append(message)

    meter = RoundTripMeter(source, 0, tell)
    give_up_s = time.monotonic() + PATIENCE_S

    def stop() -> bool:
        assert time.monotonic() < give_up_s, answers
        if not meter.running and len(answers) < times:
            meter.begin()
        return len(answers) == times

    assert run(Intake(source, 1, lambda _: None), ListSink(), CountingEar(), stop, aside=meter) == "stopped"
    return answers


@pytest.mark.parametrize(("period", "times"), [(128, 3), (256, 1)])
def test_it_takes_jack_s_period_and_our_block_and_no_more(plug_cable, period, times):
    plug_cable(period, CABLE_FRAMES)
    found = [said["found"] for said in measured(times)]
    assert [one["samples"] for one in found] == [period + BLOCK_FRAMES + CABLE_FRAMES] * times
    assert max(one["spread_samples"] for one in found) < 0.01
    assert min(one["confidence"] for one in found) > 0.99


def test_without_a_cable_there_is_no_number(plug_cable):
    plug_cable(128, -1)
    assert measured(1) == [{"refused": "no_cable"}]


def test_a_card_that_only_hears_is_refused(jack_card):
    answers: list[dict[str, Any]] = []
    source = CardSource("guitar")
    source.start()
    RoundTripMeter(source, 0, answers.append).begin()
    source.stop()
    assert answers == [{"refused": "no_output"}]

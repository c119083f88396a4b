"""Early and late along the player's own line: an offset, a tempo, a drift and a stop are no errors; jitter is."""

from dataclasses import replace

import numpy as np
import pytest

from dsp.follow.report import follow_json
from tests.dsp.made_performances import Performance, Played, Player, heard, perform, target_of

MIDIS = [57, 60, 62, 64, 67, 69, 67, 64, 62, 60, 57, 55, 52, 55, 57, 60] * 4
LICK = target_of(MIDIS)
FLAWLESS = Player(wrong=0.0, missed=0.0, extra=0.0, jitter_ms=0.0)


def errors_ms(played: list[Played], known: bool = True) -> np.ndarray:
    """Of what was said to the truth, note by note."""
    result = follow_json(LICK, heard(Performance(LICK, played), FLAWLESS, np.random.default_rng(0)))
    said = [t["signed_ms"] for t in result["targets"]]
    return np.array([s - p.late_ms for s, p in zip(said, played, strict=True)]) if known else np.array(said)


def jittered(played: list[Played], sd_ms: float, seed: int) -> list[Played]:
    late_ms = np.random.default_rng(seed).normal(0.0, sd_ms, len(played))
    late_ms -= late_ms.mean()  # a mean of the jitter is an offset, and nobody can know it
    return [replace(p, at_s=p.at_s + ms / 1000, late_ms=ms) for p, ms in zip(played, late_ms, strict=True)]


def played(**changes: float) -> list[Played]:
    return perform(LICK, replace(FLAWLESS, **changes), np.random.default_rng(0)).played


@pytest.mark.parametrize("rate", [0.87, 1.0, 1.13, 1.6])
@pytest.mark.parametrize("seed", range(4))
def test_jitter_is_told_note_by_note_at_any_tempo(rate: float, seed: int) -> None:
    off_ms = np.abs(errors_ms(jittered(played(rate=rate), 15.0, seed)))
    assert np.median(off_ms) <= 2.5  # the slope is measured on 64 strokes that jitter
    assert off_ms.max() <= 8.0


@pytest.mark.parametrize("seed", range(4))
def test_a_tempo_that_drifts_is_no_error(seed: int) -> None:
    off_ms = np.abs(errors_ms(jittered(played(drift=0.1), 10.0, seed)))
    assert np.median(off_ms) <= 4.0


def test_a_stop_is_no_lateness() -> None:
    stopped = [replace(p, at_s=p.at_s + (3.3 if p.index >= 30 else 0.0)) for p in played()]
    assert np.abs(errors_ms(stopped)).max() < 0.05


def test_one_slip_is_one_slip() -> None:
    slip = [replace(p, at_s=p.at_s + (0.09 if p.index == 20 else 0.0)) for p in played()]
    said_ms = errors_ms(slip, known=False)
    assert said_ms[20] == pytest.approx(90.0, abs=0.5)
    assert np.abs(np.delete(said_ms, 20)).max() < 0.5


def test_where_no_line_holds_nothing_is_said_of_early_and_late() -> None:
    adrift = perform(LICK, replace(FLAWLESS, breath=0.6), np.random.default_rng(2)).played
    result = follow_json(LICK, heard(Performance(LICK, adrift), FLAWLESS, np.random.default_rng(0)))
    assert result["summary"]["hits"] >= 60
    assert {t["signed_ms"] for t in result["targets"]} == {None}


def test_going_back_in_the_beat_keeps_the_line() -> None:
    """Five strokes hardly make a line of their own; the beat goes on, so the one that was there holds for them."""
    once = played()[:16]
    again = [replace(p, at_s=once[-1].at_s + 0.3 * (n + 1) + 0.04 * (n == 4)) for n, p in enumerate(played()[8:13])]
    result = follow_json(LICK, heard(Performance(LICK, once + again), FLAWLESS, np.random.default_rng(0)))
    assert [e["kind"] for e in result["events"]] == ["repeat"]
    assert [result["targets"][i]["signed_ms"] for i in range(8, 13)] == pytest.approx([0.0] * 4 + [40.0], abs=1.5)

"""Dynamics and picking: known spreads, accents that are meant, a swell that is meant, and hands that are uneven."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.replay import replay
from dsp.scores.dynamics import dynamics
from dsp.scores.metrics import confident, score
from dsp.scores.picking import picking
from dsp.scores.strokes import runs, strokes
from dsp.types import ChordStarted, GridSet, NoteEnded, SegmentStarted
from tests.dsp import heard_takes
from tests.dsp.made_logs import FIRST_SAMPLE, RATE_HZ, SETUP, note
from tests.takes import real

COUNT = 64


def log(level_db=lambda i: 0.0, late_ms=lambda i: 0.0, count=COUNT, click=True, midis=(57, 60, 62, 64)):
    entries = [SegmentStarted(0, 1_000)]
    if click:
        entries.append(GridSet(0, FIRST_SAMPLE, 100.0))
    for i in range(count):
        sample = FIRST_SAMPLE + round((i * 300 + late_ms(i)) * RATE_HZ / 1000)
        entries += note(i, sample, midis[i % len(midis)], level_dbfs=-16.0 + level_db(i))
    return entries


def heard(entries):
    record = replay(entries)
    picked = strokes(record, confident(record.notes))
    steady = runs(record, picked)
    return dynamics(picked, steady, 0.5), picking(steady)


def drawn(sd, seed=1):
    values = np.random.default_rng(seed).normal(0.0, sd, 1_000)
    return lambda i: float(values[i])


CLICK = pytest.mark.parametrize("click", [True, False], ids=["click", "own pulse"])


@CLICK
@pytest.mark.parametrize("sd_db", [0.5, 2.0, 4.0])
def test_the_spread_is_what_was_put_in(sd_db, click):
    found = [heard(log(drawn(sd_db, seed), click=click))[0].spread_db for seed in range(8)]
    assert np.mean(found) == pytest.approx(sd_db, rel=0.12)


@CLICK
@pytest.mark.parametrize("pattern", [(0, -5), (0, -4, -4), (0, -6, -3, -6), (0, -6, -3, -6, -2, -6, -3, -6)], ids=len)
def test_accents_are_meant(pattern, click):
    unrest = drawn(0.5)
    found, _ = heard(log(lambda i: pattern[i % len(pattern)] + unrest(i), count=96, click=click))
    assert found.spread_db < 0.9
    assert found.evenness > 0.95


def test_chance_is_no_pattern():
    found = [heard(log(drawn(3.0, seed), count=96))[0].spread_db for seed in range(24)]
    assert np.mean(found) == pytest.approx(3.0, rel=0.04)


@CLICK
def test_a_crescendo_is_meant(click):
    unrest = drawn(0.5)
    found, _ = heard(log(lambda i: 12.0 * i / COUNT + unrest(i), click=click))
    assert found.spread_db < 0.8
    assert found.range_db > 8.0
    swelling, _ = heard(log(lambda i: 6.0 * np.sin(2 * np.pi * i / 96) + unrest(i), count=96, click=click))
    assert swelling.spread_db < 1.1


def test_uneven_strokes_are_not():
    found, _ = heard(log(drawn(6.0)))
    assert found.evenness < 0.5


def test_the_accent_is_told_beside_a_click_only():
    on_the_beat = lambda i: 3.0 if i % 2 == 0 else 0.0  # noqa: E731
    assert heard(log(on_the_beat))[0].accent_db == pytest.approx(3.0)
    assert heard(log(on_the_beat, click=False))[0].accent_db is None


@settings(max_examples=25, deadline=None)
@given(st.floats(-20.0, 12.0), st.integers(-12, 12), st.integers(0, 50))
def test_a_louder_input_or_another_key_changes_no_evenness(gain_db, shift, seed):
    plain, moved = (
        heard(log(lambda i, g=g: g + drawn(2.0, seed)(i), midis=tuple(m + s for m in (57, 60, 64))))
        for g, s in ((0.0, 0), (gain_db, shift))
    )
    assert moved[0].spread_db == pytest.approx(plain[0].spread_db, abs=1e-9)
    assert moved[0].evenness == pytest.approx(plain[0].evenness, abs=1e-9)
    assert moved[0].level_dbfs == pytest.approx(plain[0].level_dbfs + gain_db)
    assert moved[1].offset_ms == plain[1].offset_ms


@CLICK
@pytest.mark.parametrize("late", [-25.0, -8.0, 0.0, 12.0, 30.0])
def test_late_up_strokes(late, click):
    unrest, louder = drawn(4.0, 3), drawn(1.0, 4)
    entries = log(lambda i: louder(i) - 2.0 * (i % 2), lambda i: late * (i % 2) + unrest(i), click=click)
    _, found = heard(entries)
    assert found.offset_ms == pytest.approx(late, abs=3.5)
    assert found.level_db == pytest.approx(-2.0, abs=0.8)
    assert found.n == COUNT - 2


def test_its_standard_error_is_honest():
    found = [heard(log(late_ms=drawn(6.0, seed)))[1] for seed in range(60)]
    spread = np.std([one.offset_ms for one in found])
    assert np.mean([one.offset_se_ms for one in found]) == pytest.approx(spread, rel=0.25)


def test_with_a_click_the_beat_is_the_down_stroke_whatever_a_run_begins_with():
    def late_ms(i):
        return 15.0 * (i % 2)

    entries = log(late_ms=late_ms)
    after_first = [e for e in entries if getattr(e, "note_id", 1) != 0]
    assert heard(after_first)[1].offset_ms == pytest.approx(15.0, abs=0.5)


def test_a_long_round_trip_does_not_swap_the_hands():
    """Two thirds of a stroke late at the input: without the latency the beats would seem to lie between."""
    entries = log(lambda i: -4.0 * (i % 2), lambda i: 200.0 + 15.0 * (i % 2))
    entries[0] = SegmentStarted(0, 1_000, latency_samples=9_600)
    loud, hands = heard(entries)
    assert hands.offset_ms == pytest.approx(15.0, abs=0.5)
    assert hands.level_db == pytest.approx(-4.0, abs=0.1)
    assert loud.accent_db == pytest.approx(4.0, abs=0.1)


def test_rests_and_long_notes_do_not_swap_the_hands():
    entries = log(late_ms=lambda i: 15.0 * (i % 2), count=80)
    gone = {7, 21, 22, 40, 41, 42, 55}
    kept = [e for e in entries if getattr(e, "note_id", -1) not in gone]
    for click in (True, False):
        only = kept if click else [e for e in kept if not isinstance(e, GridSet)]
        assert heard(only)[1].offset_ms == pytest.approx(15.0, abs=1.0)


def test_few_strokes_are_not_compared():
    metrics = score(SETUP, replay(log(count=6)))
    assert metrics.picking.offset_ms is None
    assert metrics.dynamics.evenness is None
    assert metrics.dynamics.level_dbfs == -16.0
    assert metrics.not_scored["picking"] == metrics.not_scored["dynamics"] == "no steady run of strokes"


def test_a_chord_is_one_stroke():
    entries = [SegmentStarted(0, 1_000), GridSet(0, FIRST_SAMPLE, 100.0)]
    for i in range(32):
        sample = FIRST_SAMPLE + i * 14_400
        for string, midi in enumerate((45, 52, 57, 60)):
            entries += note(10 * i + string, sample + 800 * string, midi, level_dbfs=-20.0 - string)
        entries.append(ChordStarted(0, i, sample, sample + 14_000, 9, "m", 9, 0.9, -14.0 - 3.0 * (i % 2)))
    record = replay(entries)
    assert len(strokes(record, confident(record.notes))) == 32
    found, hand = heard(entries)
    assert found.spread_db < 0.1
    assert hand.level_db == pytest.approx(-3.0)
    assert abs(hand.offset_ms) < 0.1


@pytest.mark.parametrize("guitar", ["jazz", "steel"])
def test_real_strings(guitar):
    """Down strokes 3 dB louder, up strokes 14 ms late, and 1.5 dB of unrest."""
    unrest = heard_takes.normal(1.5, 4)
    placed = heard_takes.notes(
        32, late_ms=lambda i: 14.0 * (i % 2), level_db=lambda i: -3.0 * (i % 2) + unrest(i), midis=(57, 60, 62)
    )
    metrics = score(SETUP, replay(heard_takes.hear(real.render(placed, guitar))))
    assert metrics.picking.offset_ms == pytest.approx(14.0, abs=1.5)
    assert metrics.picking.level_db == pytest.approx(-3.0, abs=0.8)
    assert metrics.dynamics.spread_db == pytest.approx(1.5, rel=0.25)
    assert metrics.dynamics.accent_db == pytest.approx(3.0, abs=0.8)


def without_hammering(entries):
    """The same log from an ear that takes every note for picked."""
    return [replace(e, stroke=True) if isinstance(e, NoteEnded) else e for e in entries]


def hammering(entries, is_hammered):
    """Which notes were hammered on, as their ends say."""
    return [replace(e, stroke=not is_hammered(e.note_id)) if isinstance(e, NoteEnded) else e for e in entries]


def test_what_is_hammered_on_is_no_uneven_stroke_of_the_pick():
    """Groups of four, the last one hammered: 9 dB less and 20 ms late, whoever holds the pick."""
    made = log(level_db=lambda i: -9.0 * (i % 4 == 3), late_ms=lambda i: 20.0 * (i % 4 == 3), count=64)
    first = min(e.note_id for e in made if isinstance(e, NoteEnded))
    told = hammering(made, lambda number: (number - first) % 4 == 3)
    loud, hand = heard(told)
    assert loud.n == 48
    assert loud.range_db < 0.1
    assert loud.spread_db < 0.1
    assert abs(hand.offset_ms) < 0.1
    assert abs(hand.level_db) < 0.1
    assert abs(heard(without_hammering(told))[1].offset_ms) > 3.0


def test_a_pick_on_every_second_note_is_no_alternate_picking():
    """Without the notes between them all strokes would look like neighbours, one down and one up."""
    made = log(late_ms=lambda i: 15.0 * (i % 4 == 2), count=64)
    first = min(e.note_id for e in made if isinstance(e, NoteEnded))
    hand = heard(hammering(made, lambda number: (number - first) % 2 == 1))[1]
    assert (hand.offset_ms, hand.n) == (None, 0)

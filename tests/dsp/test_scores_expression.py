"""Bends and vibrato: curves made by formula, real strings bent by a known curve, and what the scores make of them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.ear.curve import curve_numbers
from dsp.replay import replay
from dsp.scores.expression import bends, vibrato
from dsp.types import NoteEnded, NoteStarted
from tests.dsp.heard_takes import RATE_HZ, hear
from tests.takes.dirt import amplitude
from tests.takes.measure import hz_of
from tests.takes.real import PEAK_DBFS, library
from tests.takes.strings import bent, damped

POINT_S = 512 / RATE_HZ


def curve_of(cents_at, seconds=1.2, noise=0.0, seed=0):
    at_s = np.arange(0.04, seconds, POINT_S)
    unrest = np.random.default_rng(seed).normal(0.0, noise, len(at_s)) if noise else 0.0
    midi = 60.0 + (cents_at(at_s) + unrest) / 100.0
    return curve_numbers([(round(s * RATE_HZ), float(m)) for s, m in zip(at_s, midi, strict=True)], 0, 60.0)


def shaken(rate_hz, width_cents, begins_s=0.15, phase=0.0):
    def cents_at(at_s):
        since_s = np.maximum(0.0, at_s - begins_s)
        turn = np.cos(2 * np.pi * rate_hz * since_s + phase)
        return width_cents * np.minimum(1.0, since_s / 0.2) * 0.5 * (1.0 - turn)

    return cents_at


def pushed(cents, begins_s=0.2, takes_s=0.15):
    return lambda at_s: cents * 0.5 * (1 - np.cos(np.pi * np.clip((at_s - begins_s) / takes_s, 0.0, 1.0)))


@settings(max_examples=60, deadline=None)
@given(st.floats(3.8, 7.5), st.floats(18.0, 60.0), st.integers(0, 99))
def test_rate_and_width_of_a_vibrato(rate_hz, width_cents, seed):
    numbers = curve_of(shaken(rate_hz, width_cents), noise=1.0, seed=seed)
    assert numbers.vibrato_hz == pytest.approx(rate_hz, rel=0.06)
    assert numbers.vibrato_cents == pytest.approx(width_cents, rel=0.12, abs=1.5)
    assert numbers.bend_cents == 0.0


@settings(max_examples=40, deadline=None)
@given(st.floats(0.0, 2.0), st.floats(-10.0, 10.0), st.integers(0, 99))
def test_unrest_and_a_sag_are_no_vibrato(noise, sag_cents, seed):
    assert curve_of(lambda at_s: sag_cents * at_s, noise=noise, seed=seed).vibrato_hz == 0.0


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([-200.0, -100.0, 100.0, 150.0, 200.0, 300.0]), st.floats(0.05, 0.25), st.integers(0, 99))
def test_a_bend_arrives_where_it_rests(cents, takes_s, seed):
    numbers = curve_of(pushed(cents, takes_s=takes_s), noise=4.0, seed=seed)
    assert numbers.bend_cents == pytest.approx(cents, abs=6.0)
    assert numbers.vibrato_hz == 0.0


def strings(guitar, curves, midis):
    """Bent notes of 1.2 s, 1.4 s apart, through the ear."""
    out = np.zeros(round((0.5 + 1.4 * len(curves)) * RATE_HZ))
    for index, (cents_at, midi) in enumerate(zip(curves, midis, strict=True)):
        source = library(guitar).nearest(midi)
        voice = damped(bent(source, hz_of(midi), cents_at, 1.15), 1.1)
        start = round((0.5 + 1.4 * index) * RATE_HZ) - voice.lead
        out[start : start + len(voice.samples)] += voice.samples * amplitude(PEAK_DBFS)
    return replay(hear(out.astype(np.float32))).notes


@pytest.mark.parametrize("guitar", ["jazz", "steel"])
def test_bends_of_real_strings(guitar):
    reached = [180.0, 200.0, 200.0, 85.0]
    heard = bends(strings(guitar, [pushed(cents) for cents in reached], (59, 64, 67, 62)))
    assert heard.n == 4
    assert heard.off_cents == pytest.approx(-7.5, abs=8.0)
    assert heard.in_tune == pytest.approx(0.75, abs=0.25)
    assert [(b.semitones, b.n) for b in heard.by_target] == [(1, 1), (2, 3)]
    assert heard.by_target[0].off_cents == pytest.approx(-15.0, abs=6.0)
    assert heard.by_target[1].off_cents == pytest.approx(0.0, abs=7.0)


@pytest.mark.parametrize("guitar", ["jazz", "steel"])
def test_vibrato_of_real_strings(guitar):
    heard = vibrato(strings(guitar, [shaken(5.0, 36.0)] * 3, (60, 64, 67)))
    assert heard.n == 3
    assert heard.rate_hz == pytest.approx(5.0, rel=0.06)
    assert heard.width_cents == pytest.approx(36.0, rel=0.12)


def note(number, midi=64, cents=0.0, bend_cents=0.0, slide=False, vibrato_hz=0.0, vibrato_cents=0.0):
    started = NoteStarted(0, number, 1_000 * number, 1_000 * number + 500, midi, cents, 0.9, -14.0)
    ended = NoteEnded(0, number, 9_000, midi, cents, 0.9, -14.0, slide, bend_cents, vibrato_hz)
    return replay([started, replace(ended, vibrato_cents=vibrato_cents)]).notes[0]


def test_short_is_negative_whichever_way_the_bend_goes():
    assert bends([note(1, bend_cents=180.0), note(2, bend_cents=-180.0)]).off_cents == pytest.approx(-20.0)
    assert bends([note(1, cents=-10.0, bend_cents=200.0)]).off_cents == pytest.approx(-10.0)


def test_curls_slides_and_vibrato_have_no_semitone_to_arrive_at():
    others = [note(1, bend_cents=50.0), note(2, bend_cents=200.0, slide=True), note(3, bend_cents=99.0, vibrato_hz=5.0)]
    assert bends(others).n == 0
    assert bends(others).off_cents is None


def test_a_width_that_an_older_log_does_not_know_is_left_out():
    old = [note(1, vibrato_hz=5.0), note(2, vibrato_hz=5.4)]
    assert vibrato(old).rate_hz == pytest.approx(5.2)
    assert vibrato(old).width_cents is None
    assert vibrato([*old, note(3, vibrato_hz=6.0, vibrato_cents=30.0)]).width_cents == 30.0

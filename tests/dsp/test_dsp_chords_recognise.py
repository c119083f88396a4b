"""A strum's chord, on strings made by formula, on real ones, and on no strings at all."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.chords.recognise import recognise
from dsp.chords.spectrum import look_at
from dsp.chords.struck import LOWEST_PITCH, struck_odds
from tests.dsp.struck_chords import NOTHING_BEFORE, low, strum
from tests.takes.phrases import SHAPES, chord
from tests.takes.real import Placed, render

E_SHAPES = {
    "": (0, 7, 12, 16, 19, 24),
    "m": (0, 7, 12, 15, 19, 24),
    "7": (0, 7, 10, 16, 19, 24),
    "m7": (0, 7, 10, 15, 19, 24),
    "5": (0, 7, 12),
    "sus4": (0, 7, 12, 17, 19, 24),
}
SHAPED = [(shape, kind) for shape in SHAPES for kind in SHAPES[shape]]


@pytest.mark.parametrize("kind", E_SHAPES)
def test_a_barre_chord_is_named(kind):
    struck = tuple(43 + step for step in E_SHAPES[kind])
    guess = recognise(strum(struck), NOTHING_BEFORE)
    assert (guess.what, guess.root, guess.kind, guess.bass) == ("chord", 7, kind, 7)
    assert set(struck) <= set(guess.tones) | {struck[-1]}


@settings(max_examples=25, deadline=None)
@given(kind=st.sampled_from(["", "m", "7", "m7"]), up=st.integers(0, 9), cents=st.floats(-20, 20))
def test_a_chord_higher_up_the_neck_is_the_same_chord_higher(kind, up, cents):
    struck = [42 + up + step + cents / 100 for step in E_SHAPES[kind]]
    guess = recognise(strum(struck), NOTHING_BEFORE)
    assert (guess.root, guess.kind) == ((6 + up) % 12, kind)


@settings(max_examples=10, deadline=None)
@given(gain=st.floats(0.02, 8.0))
def test_loudness_changes_no_name(gain):
    samples = strum([45 + step for step in E_SHAPES["m7"]])
    once, again = recognise(samples, NOTHING_BEFORE), recognise((samples * gain).astype(np.float32), NOTHING_BEFORE)
    assert (once.root, once.kind, once.tones) == (again.root, again.kind, again.tones)


def test_real_strings_of_a_guitar_that_taught_nothing():
    roots = exact = 0
    for fret, (shape, kind) in enumerate(SHAPED):
        notes = chord(shape, kind, fret % 8)
        sound = render([Placed(0.02 + 0.012 * at, note, duration_s=0.6) for at, note in enumerate(notes)], "jazz", 0.4)
        heard = low(sound)
        guess = recognise(heard[240:3_840], heard[:240])
        roots += guess.root == notes[0] % 12
        exact += (guess.root, guess.kind) == (notes[0] % 12, {"maj": "", "min": "m"}.get(kind, kind))
    assert roots == len(SHAPED)
    assert exact >= len(SHAPED) - 1


def test_one_string_is_no_chord_and_two_are_a_double_stop():
    one, two = recognise(strum([45]), NOTHING_BEFORE), recognise(strum([57, 61]), NOTHING_BEFORE)
    assert (one.what, one.root, one.kind, one.tones) == ("note", None, None, (45,))
    assert (two.what, two.root, two.kind, two.tones) == ("double stop", None, None, (57, 61))


def test_a_chord_that_rings_on_does_not_join_what_is_struck_next():
    ringing = strum([40, 47, 52, 56, 59, 64], seconds=1.0)
    begun = strum([69], peak=0.2)
    guess = recognise(ringing[7_200 : 7_200 + len(begun)] + begun, ringing[3_600:7_200])
    assert guess.what != "chord"
    assert 69 in guess.tones
    assert not {40, 47, 52, 56, 59} & set(guess.tones)


def test_a_string_as_loud_as_just_before_is_less_surely_struck():
    struck = (45, 52, 57, 61)
    look = look_at(strum(struck), strum(struck), 440.0)
    at = [midi - LOWEST_PITCH for midi in struck]
    rang_on = struck_odds(replace(look, last=look.whole))[at]
    had_faded = struck_odds(replace(look, last=np.zeros_like(look.last)))[at]
    assert rang_on.sum() < had_faded.sum() - 4.0


def test_what_no_card_could_tell_from_silence_is_silence():
    chord_heard = strum([45, 52, 57, 61, 64])
    assert recognise((1e-2 * chord_heard).astype(np.float32), NOTHING_BEFORE).what == "chord"
    assert recognise((1e-4 * chord_heard).astype(np.float32), NOTHING_BEFORE).what == "none"


@pytest.mark.parametrize("samples", [np.zeros(3_600), np.zeros(0), np.zeros(1), np.ones(1), 1e-7 * np.ones(3_600)])
@pytest.mark.parametrize("before", [np.zeros(0), NOTHING_BEFORE])
def test_silence_is_no_chord(samples, before):
    guess = recognise(samples.astype(np.float32), before.astype(np.float32))
    assert (guess.what, guess.root, guess.kind, guess.bass, guess.tones) == ("none", None, None, None, ())


@pytest.mark.parametrize("seed", range(5))
def test_noise_and_scratches_are_no_chord(seed):
    rng = np.random.default_rng(seed)
    hiss = (0.01 * rng.normal(size=3_600)).astype(np.float32)
    scratch = (0.2 * rng.normal(size=3_600) * np.exp(-np.arange(3_600) / 120)).astype(np.float32)
    assert recognise(hiss, hiss[::-1]).what == "none"
    assert recognise(scratch, 0.01 * hiss).what == "none"


def test_the_same_sound_is_always_told_the_same():
    samples = strum([48, 55, 60, 64])
    assert recognise(samples, NOTHING_BEFORE) == recognise(samples.copy(), NOTHING_BEFORE.copy())

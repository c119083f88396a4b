"""When a strum is over, what of it is looked at, and what is asked of the recogniser. What the strings are is told."""

import numpy as np
import pytest

from dsp.chords import listener
from dsp.chords.listener import BEFORE, DECIMATION, LOOK, LOOK_MIN, MS, NAME, ChordListener
from dsp.chords.recognise import ChordGuess
from dsp.chords.several import OneString, Strings
from dsp.types import HOP_SAMPLES

ONE, MANY = OneString(1.0, 0.0), OneString(0.4, 0.6)
STRUM = Strings(of_all=MANY, of_new=MANY, new=1.0, fresh=1.0, louder=3.0)
AGAIN = Strings(of_all=MANY, of_new=MANY, new=0.1, fresh=0.0, louder=1.5)
NOTE_OVER = Strings(of_all=MANY, of_new=ONE, new=0.1, fresh=0.6, louder=1.5)
GUESS = ChordGuess(9, "m", 9, (45, 52, 57, 60), 0.9, "chord")
FIRST = 300 * HOP_SAMPLES  # 0.8 s
FLUX = 0.8


@pytest.fixture
def asked(monkeypatch):
    """What the recogniser was given: samples since the stroke and before it."""
    calls = []

    def recognise(samples, before, a4_hz):
        calls.append((len(samples), len(before)))
        assert a4_hz == 442.0
        return GUESS

    monkeypatch.setattr(listener, "recognise", recognise)
    monkeypatch.setattr(listener, "partials", lambda after, before: (len(after), len(before)))
    return calls


def heard(monkeypatch, strokes, told, ringing=False, until=FIRST + 2 * NAME):
    """Verdicts while flux peaks at these samples; every look at strings says ``told``."""
    monkeypatch.setattr(listener, "strings", lambda looked: told)
    ear = ChordListener(442.0)
    ear.ringing = ringing
    found = []
    for sample in range(0, until, HOP_SAMPLES):
        flux = FLUX if sample in strokes else 0.0
        verdict = ear.update(sample, flux, 1.0, 1e-6, lambda count: np.zeros(count, np.float32))
        found += [verdict] if verdict is not None else []
    return found


def test_a_strum_is_named_after_300_ms_from_all_that_was_heard(asked, monkeypatch):
    (verdict,) = heard(monkeypatch, {FIRST}, STRUM)
    assert (verdict.rough_sample, verdict.until_sample, verdict.again) == (FIRST, FIRST + NAME, False)
    assert asked == [((NAME + 6 * MS) // DECIMATION, BEFORE // DECIMATION)]


@pytest.mark.parametrize("told", [Strings(ONE, MANY, 1.0, 1.0, 3.0), Strings(MANY, ONE, 1.0, 1.0, 3.0)])
def test_one_string_alone_or_over_others_is_not_asked_about(told, asked, monkeypatch):
    assert heard(monkeypatch, {FIRST}, told) == []
    assert asked == []


def test_the_first_sound_of_all_is_no_stroke(asked, monkeypatch):
    """Whatever the input begins with is new, hum too."""
    assert heard(monkeypatch, {HOP_SAMPLES}, STRUM) == []


def test_the_next_stroke_ends_the_look_at_the_first(asked, monkeypatch):
    following = FIRST + 80 * HOP_SAMPLES
    first, second = heard(monkeypatch, {FIRST, following}, STRUM)
    assert first.until_sample == following - 6 * MS
    assert (second.rough_sample, second.until_sample) == (following, following + NAME)
    assert asked[0][0] == (following - FIRST) // DECIMATION


def test_strings_of_an_arpeggio_are_never_looked_at_together_nor_alone(asked, monkeypatch):
    """Too short a sound melts the partials of two strings together."""
    apart = (LOOK_MIN - 20 * MS) // HOP_SAMPLES * HOP_SAMPLES
    strokes = {FIRST + n * apart for n in range(5)}
    last = max(strokes)
    found = heard(monkeypatch, strokes, STRUM, until=last + 2 * NAME)
    assert [verdict.rough_sample for verdict in found] == [last]
    assert last + LOOK < found[0].until_sample


def test_struck_again_over_itself_all_that_sounds_is_the_chord(asked, monkeypatch):
    """Strings that rang before would not be struck ones to the recogniser: it is shown nothing of before."""
    (verdict,) = heard(monkeypatch, {FIRST}, AGAIN, ringing=True)
    assert verdict.again
    assert asked == [((NAME + 6 * MS) // DECIMATION, 0)]
    assert heard(monkeypatch, {FIRST}, AGAIN, ringing=False) == []


def test_a_new_string_over_a_chord_that_rings_is_a_note(asked, monkeypatch):
    assert heard(monkeypatch, {FIRST}, NOTE_OVER, ringing=True) == []
    assert asked == []

"""A strum's chord, on strings made by formula and on no strings at all."""

import numpy as np
import pytest

from dsp.chords.recognise import recognise
from tests.dsp.struck_chords import NOTHING_BEFORE, strum

E_SHAPES = {
    "": (0, 7, 12, 16, 19, 24),
    "m": (0, 7, 12, 15, 19, 24),
    "7": (0, 7, 10, 16, 19, 24),
    "m7": (0, 7, 10, 15, 19, 24),
    "5": (0, 7, 12),
    "sus4": (0, 7, 12, 17, 19, 24),
}


@pytest.mark.parametrize("kind", E_SHAPES)
def test_a_barre_chord_is_named(kind):
    struck = tuple(43 + step for step in E_SHAPES[kind])
    guess = recognise(strum(struck), NOTHING_BEFORE)
    assert (guess.what, guess.root, guess.kind, guess.bass) == ("chord", 7, kind, 7)


@pytest.mark.parametrize("samples", [np.zeros(3_600), np.zeros(0), np.zeros(1), np.ones(1), 1e-7 * np.ones(3_600)])
def test_silence_is_no_chord(samples):
    guess = recognise(samples.astype(np.float32), NOTHING_BEFORE)
    assert (guess.what, guess.root, guess.kind, guess.bass, guess.tones) == ("none", None, None, None, ())

"""Chords on the real recordings that lie beside the project, where they are; none of their guitars taught a weight."""

import pytest

from dsp.chords.recognise import recognise
from tests.chords.heard import strums_of

pytestmark = pytest.mark.rig("shared")

NAMES = ("chord_00_emily_clean", "chord_01_green_hiss", "chord_02_spanish_hum50", "chord_03_emily_hum60")


@pytest.mark.parametrize("name", NAMES)
def test_chords_of_real_guitars(shared_audio, name):
    heard = list(strums_of(shared_audio / f"dev/{name}.flac"))
    guesses = [recognise(one.samples, one.before) for one in heard]
    assert len(heard) == 8
    assert [guess.root for guess in guesses] == [one.root for one in heard]
    assert sum(guess.bass == one.bass for guess, one in zip(guesses, heard, strict=True)) == len(heard)
    assert sum(guess.kind == one.kind for guess, one in zip(guesses, heard, strict=True)) >= len(heard) - 1

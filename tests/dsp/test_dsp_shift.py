"""What two stretches of notes say of one string: frets, attacks and outliers each in their place."""

import numpy as np
import pytest

from dsp.strings.shift import Reading, shift


def notes(cents, midis, attack=0, seed=1, count=24):
    off = np.random.default_rng(seed).normal(0.0, 3.0, count)
    return [Reading(float(i), float(cents + off[i]), midis[i % len(midis)], attack) for i in range(count)]


def test_the_same_frets_say_more_than_other_frets():
    same = shift(notes(0.0, (40, 41)), notes(5.0, (40, 41), seed=2))
    other = shift(notes(0.0, (40, 41)), notes(5.0, (43, 44), seed=2))
    assert other.change_se_cents > 2.0 * same.change_se_cents
    assert same.change_cents == pytest.approx(5.0, abs=2.0)


def test_another_attack_says_less_too():
    same = shift(notes(0.0, (40, 41)), notes(5.0, (40, 41), seed=2))
    harder = shift(notes(0.0, (40, 41)), notes(5.0, (40, 41), attack=2, seed=2))
    assert harder.change_se_cents > 1.5 * same.change_se_cents


def test_outliers_are_pulled_in():
    recent = notes(0.0, (40, 41), seed=2)
    struck = [Reading(r.at_s, r.cents + (40.0 if i < 3 else 0.0), r.midi, 0) for i, r in enumerate(recent)]
    before = notes(0.0, (40, 41))
    assert abs(shift(before, struck).change_cents - shift(before, recent).change_cents) < 1.5


def test_a_start_that_is_not_known_leaves_the_change_not_known():
    found = shift([], notes(7.0, (40,)))
    assert (found.change_cents, found.change_se_cents) == (None, None)
    assert found.now_cents == pytest.approx(7.0, abs=2.0)
    assert shift(notes(0.0, (40,), count=2), notes(0.0, (41,), count=1)).change_se_cents > 3.0


def test_notes_that_are_all_alike_are_not_surer_than_a_hand():
    flat = [Reading(float(i), 2.0, 40, 0) for i in range(12)]
    found = shift(flat, flat)
    assert found.change_cents == 0.0
    assert found.change_se_cents > 0.4

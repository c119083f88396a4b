"""Picked, or hammered on: real strings through the whole ear, and what the log says of it afterwards."""

from dataclasses import replace

import numpy as np
import pytest

from dsp.ear.picked import AFTER_HOPS, BEFORE_HOPS, BINS, PickJudge, knows_all
from dsp.log import decode, encode
from dsp.replay import replay
from dsp.types import HOP_SAMPLES, NoteEnded, NoteStarted
from tests.dsp.heard_takes import hear, normal, notes
from tests.takes import dirt, real
from tests.takes.strings import RATE_HZ, damped, joined

STEP_S = 0.2
FIRST_S = 0.6
GROUPS = ((0, 3, 5), (0, 2, 0), (5, 3, 0), (0, 4, 2))
"""Semitones on one string, the first one picked."""
GROUP_S = len(GROUPS[0]) * STEP_S


def legato(guitar, knock, count=12, root=52):
    """Groups of a picked and two hammered or pulled-off notes; ``knock``: of a finger, over the string's RMS."""
    rng, source = np.random.default_rng(5), real.library(guitar)
    out = np.zeros(round((FIRST_S + count * GROUP_S + 0.5) * RATE_HZ))
    for group in range(count):
        base = root + (0, 5, 3, 7)[group % 4]
        voices = [real.voice(source, base + step, 0.0) for step in GROUPS[group % len(GROUPS)]]
        after = [(voice, order * STEP_S) for order, voice in enumerate(voices[1:], 1)]
        string = damped(joined(voices[0], after, knock * dirt.fret_tap(rng)), GROUP_S - 0.01)
        start = round((FIRST_S + group * GROUP_S) * RATE_HZ) - string.lead
        out[start : start + len(string.samples)] += 0.25 * string.samples
    return out.astype(np.float32)


def told(samples):
    """Of each note: its place in its group, and whether it is said to be picked."""
    found = []
    for note in replay(hear(samples, grid=False)).notes:
        step = (note.onset_sample / RATE_HZ - FIRST_S) / STEP_S
        assert abs(step - round(step)) < 0.2
        found.append((round(step) % len(GROUPS[0]), note.stroke))
    return found


@pytest.mark.parametrize("guitar", ["jazz", "steel"])
@pytest.mark.parametrize("knock", [0.1, 0.7])
def test_what_a_finger_hammers_is_no_stroke_and_what_the_pick_strikes_is_one(guitar, knock):
    found = told(legato(guitar, knock))
    picked = [stroke for place, stroke in found if place == 0]
    hammered = [stroke for place, stroke in found if place > 0]
    assert len(picked) >= 11
    assert len(hammered) >= 20
    assert sum(picked) >= len(picked) - 1
    assert sum(hammered) <= 0.1 * len(hammered)


@pytest.mark.parametrize("guitar", ["jazz", "steel"])
@pytest.mark.parametrize("held_s", [0.2, 0.27, 0.34])
def test_picked_notes_are_strokes_whether_they_ring_into_one_another_or_not(guitar, held_s):
    placed = notes(32, level_db=normal(2.0, 3), held_s=held_s)
    found = replay(hear(real.render(placed, guitar))).notes
    assert len(found) >= 31
    assert sum(note.stroke for note in found) >= len(found) - 1


def test_under_hiss_picked_notes_are_strokes():
    samples = real.render(notes(32, held_s=0.3), "steel")
    found = replay(hear(samples + real.hiss(len(samples)))).notes
    assert sum(note.stroke for note in found) >= 31


def rising(nepers, hops=AFTER_HOPS):
    spectra = np.full((BEFORE_HOPS + AFTER_HOPS, BINS), -8.0)
    spectra[BEFORE_HOPS : BEFORE_HOPS + hops] += nepers
    return spectra


def test_the_further_all_bands_rise_the_surer_it_was_a_pick():
    odds = [PickJudge().odds(rising(nepers)) for nepers in (0.0, 0.5, 1.0, 2.0)]
    assert odds == sorted(odds)
    assert odds[-1] > odds[0] + 1.0


def test_all_is_known_after_48_ms():
    assert not knows_all(1_000, 1_000 + (AFTER_HOPS - 1) * HOP_SAMPLES)
    assert knows_all(1_000, 1_000 + (AFTER_HOPS + 1) * HOP_SAMPLES)


START = NoteStarted(0, 1, 48_000, 48_700, 57, 0.0, 0.9, -14.0, stroke=True)
END = NoteEnded(0, 1, 60_000, 57, 0.0, 0.9, -14.0)


@pytest.mark.parametrize("said", [True, False])
@pytest.mark.parametrize("first", [True, False])
def test_the_end_of_a_note_corrects_what_its_start_said(first, said):
    entries = [replace(START, stroke=first), replace(END, stroke=said)]
    (note,) = replay([decode(encode(entry)) for entry in entries]).notes
    assert note.stroke is note.picked is said


def test_an_older_log_judges_nobody():
    line = encode(END).replace(b",null]", b"]")
    assert len(line) < len(encode(END))
    (note,) = replay([replace(START, stroke=False), decode(line)]).notes
    assert (note.stroke, note.picked) == (False, None)

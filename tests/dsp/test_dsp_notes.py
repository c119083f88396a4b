"""What is one note and what is two: hammer-ons, bends, vibrato, knocks; and first guesses that were wrong."""

from functools import partial

import numpy as np
import pytest

from dsp.ear.attack import Attack
from dsp.ear.hop import Hop
from dsp.ear.notes import NoteMachine
from dsp.ear.pitch import Look
from dsp.ear.sounding import settled
from dsp.replay import replay
from dsp.types import HOP_SAMPLES, NoteCorrected, NoteEnded, NoteRetracted, NoteStarted
from tests.dsp.plucked import RATE_HZ, SUNG_ONSET_S, entries, f0_hz, hear, sung


def notes_of(midi_at):
    return replay(entries(hear(sung(midi_at)))).notes


@pytest.mark.parametrize("interval", [2, -2, 3, 5])
def test_a_hammer_on_is_a_note_without_a_stroke(interval):
    first, second = notes_of(lambda s: 57.0 + interval * min(1.0, max(0.0, (s - 0.4) / 0.008)))
    assert (first.midi, second.midi) == (57, 57 + interval)
    assert first.stroke
    assert not second.stroke
    assert second.onset_sample / RATE_HZ == pytest.approx(SUNG_ONSET_S + 0.4, abs=0.03)
    assert first.offset_sample == second.onset_sample


@pytest.mark.parametrize("cents", [200.0, 100.0])
def test_a_bend_is_one_note(cents):
    (note,) = notes_of(lambda s: 62.0 + cents / 100 * min(1.0, max(0.0, (s - 0.3) / 0.2)))
    assert note.midi == 62
    assert abs(note.cents) < 5.0
    assert note.bend_cents == pytest.approx(cents, abs=12.0)


def test_a_vibrato_is_one_note():
    (note,) = notes_of(lambda s: 64.0 + 0.3 * np.sin(2 * np.pi * 5.5 * s))
    assert note.midi == 64
    assert note.vibrato_hz == pytest.approx(5.5, abs=0.5)
    assert note.bend_cents == 0.0


def test_a_knock_is_no_note():
    sound = np.random.default_rng(3).normal(size=RATE_HZ * 2) * 1e-5
    at = np.arange(4_800) / RATE_HZ
    for start in (20_000, 45_000, 70_000):
        knock = np.random.default_rng(start).normal(size=4_800) * np.exp(-at / 0.006)
        sound[start : start + 4_800] += 0.2 * knock
    assert replay(entries(hear(sound.astype(np.float32)))).notes == ()


# --- the machine alone, hop by hop, told what it hears


def _given(look):
    return look


def hops(*parts, decay_db_per_s=0.0, likeness=0.0, first_hop=100):
    """Parts of (hops, midi or None, flux of the first, power) as the machine sees them."""
    sample = first_hop * HOP_SAMPLES
    for count, midi, flux, power in parts:
        look = None if midi is None else Look(f0_hz(midi), 0.97, 600, 0.97)
        for index in range(count):
            sample += HOP_SAMPLES
            yield Hop(
                sample,
                440.0,
                flux if index == 0 else 0.0,
                look,
                partial(_given, look if index % 2 else None),
                power,
                1e-9,
                1e-11,
                lambda f: f,
                lambda rough, _noticed: Attack(rough, 1.0),
                lambda _: 0.1,
                lambda *_: None,
                lambda: None,
                lambda *_: likeness,
                lambda _: decay_db_per_s,
                lambda *_: None,
            )


def run(*parts, **heard):
    machine = NoteMachine(0, 0.5)
    return [entry for hop in hops(*parts, **heard) for entry in machine.step(hop)], machine


SILENCE = (60, None, 0.0, 1e-10)


def test_a_wrong_first_guess_is_corrected_within_40_ms():
    log, _ = run(SILENCE, (8, 69.0, 1.0, 1e-2), (40, 57.0, 0.0, 1e-2))
    started, corrected = log[:2]
    assert isinstance(started, NoteStarted)
    assert started.midi == 69
    assert isinstance(corrected, NoteCorrected)
    assert (corrected.midi, corrected.note_id) == (57, started.note_id)
    assert corrected.decided_sample - started.decided_sample <= 0.04 * RATE_HZ
    assert len(log) == 2


def test_a_pitch_that_is_gone_at_once_is_taken_back_within_40_ms():
    log, machine = run(SILENCE, (8, 69.0, 1.0, 1e-2), (40, None, 0.0, 1e-6))
    assert [type(e) for e in log] == [NoteStarted, NoteRetracted]
    assert log[1].retracted_sample - log[0].decided_sample <= 0.04 * RATE_HZ
    assert machine.pitch is None


def test_a_pitch_without_a_beginning_is_no_note():
    log, _ = run((200, 45.0, 0.0, 1e-4))
    assert log == []


def test_what_does_not_stand_above_the_noise_is_no_note():
    log, _ = run(SILENCE, (60, 45.0, 1.0, 3e-9))
    assert log == []


def test_a_note_ends_when_it_is_heard_no_more():
    log, machine = run(SILENCE, (60, 57.0, 1.0, 1e-2), (60, None, 0.0, 1e-10))
    assert [type(e) for e in log] == [NoteStarted, NoteEnded]
    last_heard = 100 * HOP_SAMPLES + 120 * HOP_SAMPLES
    assert log[1].offset_sample == pytest.approx(last_heard, abs=2 * HOP_SAMPLES)
    assert machine.silent


def test_a_squeak_on_a_held_note_is_no_stroke():
    log, _ = run(SILENCE, (80, 57.0, 1.0, 1e-2), (80, 57.0, 0.6, 1e-2))
    assert len([e for e in log if isinstance(e, NoteStarted)]) == 1


def test_a_stroke_on_a_held_note_is_a_note():
    log, _ = run(SILENCE, (80, 57.0, 1.0, 1e-2), (4, None, 0.6, 1e-2), (80, 57.0, 0.0, 1e-2))
    assert [e.midi for e in log if isinstance(e, NoteStarted)] == [57, 57]


def test_a_flicker_to_the_octave_is_no_note():
    log, _ = run(SILENCE, (80, 57.0, 1.0, 1e-2), (6, 69.0, 0.0, 1e-2), (40, 57.0, 0.0, 1e-2))
    assert len(log) == 1


def test_a_sound_that_dies_is_taken_back_unless_it_is_as_loud_as_what_was_played():
    held = (SILENCE, (80, 57.0, 1.0, 1e-2))
    log, _ = run(*held, decay_db_per_s=400.0)
    assert [type(e) for e in log] == [NoteStarted, NoteRetracted]
    assert log[1].retracted_sample - log[0].decided_sample <= 0.04 * RATE_HZ
    machine = NoteMachine(0, 0.5)
    first = [e for hop in hops(*held) for e in machine.step(hop)]
    loud = [
        e
        for hop in hops((200, None, 0.0, 1e-10), (60, 60.0, 1.0, 5e-3), decay_db_per_s=400.0, first_hop=240)
        for e in machine.step(hop)
    ]
    quiet = [
        e
        for hop in hops((200, None, 0.0, 1e-10), (60, 64.0, 1.0, 1e-4), decay_db_per_s=400.0, first_hop=500)
        for e in machine.step(hop)
    ]
    assert [type(e) for e in first + loud] == [NoteStarted, NoteEnded, NoteStarted]
    assert [type(e) for e in quiet] == [NoteEnded, NoteStarted, NoteRetracted]


def test_a_splinter_before_the_stroke_is_taken_back_and_the_stroke_stays():
    log, _ = run(SILENCE, (8, 78.0, 0.3, 1e-4), (3, None, 1.5, 1e-2), (60, 52.0, 0.0, 1e-2))
    assert [(type(e), e.midi) for e in log if isinstance(e, NoteStarted)] == [(NoteStarted, 78), (NoteStarted, 52)]
    (taken_back,) = [e for e in log if isinstance(e, NoteRetracted)]
    assert taken_back.note_id == log[0].note_id


def test_a_knock_on_a_string_that_rings_on_as_before_is_no_stroke():
    disturbed = (SILENCE, (80, 57.0, 1.0, 1e-2), (4, None, 0.6, 1e-2), (80, 57.0, 0.0, 1e-2))
    log, _ = run(*disturbed, likeness=0.95)
    assert len([e for e in log if isinstance(e, NoteStarted)]) == 1


def test_a_stroke_that_makes_the_string_louder_is_a_note_however_alike():
    log, _ = run(SILENCE, (80, 57.0, 1.0, 1e-2), (4, None, 0.6, 3e-2), (80, 57.0, 0.0, 3e-2), likeness=0.95)
    assert len([e for e in log if isinstance(e, NoteStarted)]) == 2


def test_a_soft_noise_on_a_string_that_grows_no_louder_is_no_stroke():
    log, _ = run(SILENCE, (80, 57.0, 1.0, 1e-2), (4, None, 0.2, 0.9e-2), (80, 57.0, 0.0, 0.9e-2))
    assert len([e for e in log if isinstance(e, NoteStarted)]) == 1


def test_a_string_that_begins_sharp_is_reported_where_it_will_rest():
    log, _ = run(SILENCE, (12, 57.62, 1.0, 1e-2), (60, 57.3, 0.0, 1e-2))
    assert [(type(e), e.midi) for e in log] == [(NoteStarted, 57)]
    assert settled(57.6, 0.97, 0) == pytest.approx(57.35)
    assert settled(57.6, 0.97, 4 * RATE_HZ) == 57.6
    assert settled(57.6, 0.8, 0) == 57.6


def test_a_wrong_first_guess_that_was_corrected_is_not_held_against_the_note():
    log, _ = run(SILENCE, (8, 69.0, 1.0, 1e-2), (60, 57.0, 0.0, 1e-2))
    assert not [e for e in log if isinstance(e, NoteRetracted)]


def test_a_look_at_an_overtone_is_one_at_the_pitch_that_explains_more():
    (hop,) = hops((1, 74.0, 0.0, 1e-2))
    hop.quick = Look(f0_hz(74.0), 0.94, 600, 0.99, f0_hz(35.1))
    hop.keep_to(50.0)
    assert hop.quick.f0_hz == pytest.approx(f0_hz(74.0))
    hop.keep_to(35.0)
    assert hop.quick.f0_hz == pytest.approx(f0_hz(35.1))
    assert hop.quick.clarity == 0.99


def test_where_nothing_spoke_for_the_first_guess_the_other_pitch_is_the_note_at_its_proof():
    doubtful = [Look(f0_hz(36.0), 0.76, 600, 0.76) if i % 3 else None for i in range(80)]
    machine, log = NoteMachine(0, 0.5), []
    for hop in hops(SILENCE, (6, 45.0, 1.0, 1e-2)):
        log += machine.step(hop)
    for hop, look in zip(hops((66, None, 0.0, 1e-10), (80, None, 0.0, 1e-2)), [None] * 66 + doubtful, strict=False):
        if hop.power > 1e-6:
            hop.quick = look
            log += machine.step(hop)
    started, corrected = log[:2]
    assert (started.midi, corrected.midi) == (45, 36)
    assert isinstance(corrected, NoteCorrected)
    assert corrected.decided_sample - started.decided_sample <= 0.04 * RATE_HZ
    assert not [e for e in log if isinstance(e, NoteRetracted)]


def test_a_faint_noise_judged_by_a_pitch_that_never_was_starts_no_note():
    log, _ = run(SILENCE, (8, 69.0, 1.0, 1e-2), (3, 57.0, 0.12, 1e-2), (80, 57.0, 0.0, 1e-2))
    assert [type(e) for e in log] == [NoteStarted, NoteCorrected]

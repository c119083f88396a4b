"""Slides: where a finger goes, what of its way is a note, and what only looks like a slide."""

from dataclasses import replace

import numpy as np
import pytest

from dsp.ear.way import Way
from dsp.replay import replay
from dsp.types import NoteCorrected, NoteEnded, NoteRetracted, NoteStarted
from tests.dsp.plucked import RATE_HZ, SUNG_ONSET_S, entries, hear, started, sung
from tests.dsp.test_dsp_notes import hops

LEAVES_S = 0.35


def frets(start, way, leaves_s=LEAVES_S, each_s=0.03):
    """The pitch of a finger that stays on ``start`` and then passes so many frets, each for so long."""

    def midi_at(seconds):
        done = int(np.clip((seconds - leaves_s) / each_s + 1.0, 0, abs(way)))
        return start + np.sign(way) * done

    return midi_at


def arrives_s(way, each_s, leaves_s=LEAVES_S):
    return SUNG_ONSET_S + leaves_s + (abs(way) - 1) * each_s


def told(midi_at, *level_at):
    return replay(entries(hear(sung(midi_at, *level_at))))


def misled(record):
    """Reports that stood wrong for more than 40 ms."""
    long = 0.04 * RATE_HZ
    corrected = sum(
        this.midi != note.midi and after.decided_sample - this.decided_sample > long
        for note in record.notes
        for this, after in zip(note.reports, note.reports[1:], strict=False)
    )
    return corrected + sum(note.retracted_sample - note.decided_sample > long for note in record.retracted)


@pytest.mark.parametrize(("way", "each_s"), [(5, 0.03), (-5, 0.03), (7, 0.02), (-9, 0.025), (12, 0.02), (2, 0.035)])
def test_a_slide_is_where_it_began_and_where_it_arrives(way, each_s):
    record = told(frets(59, way, each_s=each_s))
    first, second = record.notes
    assert (first.midi, second.midi) == (59, 59 + way)
    assert (first.stroke, first.slide) == (True, False)
    assert (second.stroke, second.slide) == (False, True)
    assert second.onset_sample / RATE_HZ == pytest.approx(arrives_s(way, each_s), abs=0.02)
    assert first.bend_cents == second.bend_cents == 0.0
    assert misled(record) == 0


def test_a_slide_there_and_back_is_three_notes():
    there, back = frets(57, 5), frets(0, -5, leaves_s=0.75)
    record = told(lambda s: there(s) + back(s))
    assert [(n.midi, n.slide) for n in record.notes] == [(57, False), (62, True), (57, True)]


def test_a_glide_farther_than_any_bend_is_a_slide():
    record = told(lambda s: 55.0 + 7.0 * np.clip((s - 0.35) / 0.2, 0.0, 1.0))
    assert [(n.midi, n.slide, n.stroke) for n in record.notes] == [(55, False, True), (62, True, False)]
    assert record.notes[0].bend_cents == 0.0


@pytest.mark.parametrize(("start", "way"), [(60, 3), (62, -3)])
def test_a_stroke_that_slides_on_at_once_is_one_note_where_it_arrives(start, way):
    record = told(frets(start, way, leaves_s=0.03))
    (note,) = record.notes
    assert (note.midi, note.slide, note.stroke) == (start + way, True, True)
    assert note.onset_sample / RATE_HZ == pytest.approx(SUNG_ONSET_S, abs=0.005)
    assert misled(record) == 0


def test_a_finger_that_slides_off_ends_the_note_and_plays_no_others():
    off = LEAVES_S, LEAVES_S + 0.25
    record = told(frets(64, -8), lambda s: 10.0 ** (-np.interp(s, off, (0.0, 40.0)) / 20.0))
    (note,) = record.notes
    assert (note.midi, note.slide) == (64, True)
    assert note.offset_sample / RATE_HZ == pytest.approx(SUNG_ONSET_S + LEAVES_S, abs=0.03)


@pytest.mark.parametrize("way", [3, -3])
def test_frets_that_are_held_are_notes_of_their_own(way):
    record = told(frets(57, way, each_s=0.1))
    assert [n.midi for n in record.notes] == [57 + np.sign(way) * i for i in range(4)]
    assert not any(n.slide for n in record.notes)


@pytest.mark.parametrize(
    "midi_at",
    [
        lambda s: 60.0 + 3.0 * np.clip((s - 0.3) / 0.15, 0.0, 1.0),
        lambda s: 60.0 + 2.0 * np.clip((s - 0.3) / 0.1, 0.0, 1.0) - 2.0 * np.clip((s - 0.7) / 0.1, 0.0, 1.0),
        lambda s: 60.0 + 0.8 * np.sin(2 * np.pi * 6.0 * s) * np.clip(s - 0.1, 0.0, 1.0),
        lambda s: 60.0 + 2.0 * (s > 0.3),
        lambda s: 60.0 + 2.0 * (int(s / 0.1) % 2),
        lambda s: 60.0,
    ],
    ids=["bend", "bend and release", "vibrato", "hammer-on", "trill", "held"],
)
def test_what_is_no_slide(midi_at):
    record = told(midi_at)
    assert record.notes
    assert not any(n.slide for n in record.notes)


def way_of(*midis, hops_each=12, clarity=0.97):
    way, found = Way(), []
    for hop in hops(*((hops_each, midi, 0.0, 1e-3) for midi in midis)):
        if hop.quick is not None:
            hop.quick = replace(hop.quick, clarity=clarity)
        found.append(way.update(hop))
    return way, any(found)


def test_two_steps_from_fret_to_fret_are_a_slide_and_one_is_not():
    way, slid = way_of(57.0, 58.02, 58.98)
    assert slid
    assert [round(rest.midi) for rest in way.passed()] == [57, 58, 59]
    assert not way_of(57.0, 58.0)[1]


def test_rests_that_are_no_frets_are_no_slide():
    assert not way_of(57.0, 57.7, 58.4, 59.1)[1]


def test_a_way_that_turns_around_or_stays_is_no_slide():
    assert not way_of(57.0, 58.0, 57.0, 58.0)[1]
    assert not way_of(57.0, 58.0, 59.0, hops_each=30)[1]


def test_an_unclear_pitch_or_a_louder_string_is_no_way():
    assert not way_of(57.0, 58.0, 59.0, clarity=0.85)[1]
    way = Way()
    louder = hops((12, 57.0, 0.0, 1e-3), (12, 58.0, 0.0, 4e-3), (12, 59.0, 0.0, 4e-3))
    assert not any(way.update(hop) for hop in louder)


def test_silence_ends_a_way():
    way, _ = way_of(57.0, 58.0, None, None, None)
    assert way.here is None


SLIDE = sung(frets(57, 7))


@pytest.mark.parametrize("block", [64, 441, 4_096])
def test_a_slide_is_the_same_in_blocks_of_any_size(block):
    assert hear(SLIDE, block) == hear(SLIDE)


@pytest.mark.parametrize("cut_s", [0.77, 0.80, 0.85, 0.92, 0.97, 1.0, 1.1])
def test_of_a_slide_nothing_is_known_before_it_is_heard(cut_s):
    cut = int(cut_s * RATE_HZ)
    reports = (NoteStarted, NoteCorrected, NoteRetracted)
    said = [e for e in hear(SLIDE) if isinstance(e, reports)]
    known = [e for e in said if (e.retracted_sample if isinstance(e, NoteRetracted) else e.decided_sample) <= cut]
    assert [e for e in hear(SLIDE[:cut]) if isinstance(e, reports)] == known


@pytest.mark.parametrize("cut_s", [0.79, 0.85, 0.9, 1.05])
def test_whatever_began_ends_once_also_in_the_middle_of_a_slide(cut_s):
    heard = hear(SLIDE[: int(cut_s * RATE_HZ)])
    gone = [e.note_id for e in heard if isinstance(e, NoteEnded | NoteRetracted)]
    assert sorted(gone) == [e.note_id for e in started(heard)]

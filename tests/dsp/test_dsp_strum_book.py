"""What becomes of notes that turn out to be strings of a strum, and until when strings ring under a note."""

from types import SimpleNamespace

import pytest

from dsp.ear.book import NoteBook
from dsp.ear.pitch import Look
from dsp.ear.ringing import ALONE_FOR, MS, SUNK_FOR, Ringing
from dsp.ear.slide import Left
from dsp.ear.sounding import Sounding
from dsp.ear.strokes import StrokeWatch
from dsp.types import HOP_SAMPLES, NoteEnded, NoteRetracted, NoteStarted

ONSET = 48_000
HOP = SimpleNamespace(sample=ONSET + 300 * MS, power=1e-3, noise_power=1e-8, hum_power=0.0)


def note(note_id, onset_sample, midi):
    return Sounding(
        note_id, onset_sample, onset_sample + 900, midi, 0.9, -12.0, float(midi), onset_sample + 2_000, 1e-3
    )


def book(*notes):
    """The last one is open, the one before was left for it, the others were told."""
    made = NoteBook(0, 10, StrokeWatch())
    for one in notes[:-2]:
        made.open = one
        made.end(one.onset_sample + 1_000, 1e-8, 0.0)
    if len(notes) > 1:
        made.left = Left(notes[-2], notes[-1].onset_sample, 1e-3)
    made.open = notes[-1]
    return made


def given(made):
    return made.give_to_strum(HOP, ONSET, ONSET + 290 * MS, lambda midi: midi % 12 in {9, 0, 4})


def test_what_is_no_tone_of_it_was_no_note_even_where_its_end_was_told():
    made = book(note(1, ONSET + 10, 46), note(2, ONSET + 2_000, 50), note(3, ONSET + 4_000, 47))
    assert [(type(e), e.note_id) for e in given(made)] == [(NoteRetracted, 1), (NoteRetracted, 2), (NoteRetracted, 3)]
    assert made.open is None
    assert made.left is None
    assert made.held == []


def test_its_tones_are_held_until_it_ends():
    made = book(note(1, ONSET - 200, 45), note(2, ONSET + 2_000, 52))
    assert given(made) == []
    ended = made.end_held(ONSET + 20_000, 1e-8, 0.0)
    assert [(type(e), e.note_id, e.offset_sample) for e in ended] == [
        (NoteEnded, 1, ONSET + 20_000),
        (NoteEnded, 2, ONSET + 20_000),
    ]
    assert made.end_held(ONSET + 30_000, 1e-8, 0.0) == []


def test_a_note_from_before_is_over_whatever_its_pitch():
    made = book(note(1, ONSET - 20_000, 46))
    (ended,) = given(made)
    assert (type(ended), ended.note_id, ended.offset_sample) == (NoteEnded, 1, ONSET)


def test_a_second_string_has_the_next_number_and_the_onset_of_the_first():
    made = book(note(1, ONSET, 45))
    given(made)
    (started,) = made.hold(HOP, ONSET, 49, 0.55, -12.0)
    assert isinstance(started, NoteStarted)
    assert (started.note_id, started.onset_sample, started.decided_sample) == (10, ONSET, HOP.sample)
    assert made.next_id == 11
    assert len(made.end_held(ONSET + 20_000, 1e-8, 0.0)) == 2


def last_sample(ringing, powers, clarity=0.7, over=None, noise_power=1e-8):
    """Where it stops ringing, with these powers hop by hop; ``None`` if it never does."""
    history = []
    for at, power in enumerate(powers):
        history.append(power)
        sample = (at + 1) * HOP_SAMPLES
        before = history[max(0, at - 60 * MS // HOP_SAMPLES)]
        look = Look(440.0, clarity, 900)
        hop = SimpleNamespace(sample=sample, power=power, noise_power=noise_power, quick=look)
        if not ringing.goes_on(hop, before, over(at) if over else None):
            return sample
    return None


def test_strings_ring_on_while_they_only_fade():
    assert last_sample(Ringing(frozenset({0})), [1e-2 * 0.99**at for at in range(400)]) is None


def test_a_hand_damps_them_at_once():
    powers = [1e-2] * 50 + [1e-2 * 0.7**at for at in range(50)]
    stopped = last_sample(Ringing(frozenset({0})), powers)
    assert stopped is not None
    assert stopped < 65 * HOP_SAMPLES


def test_they_are_over_when_they_have_sunk_into_the_noise():
    stopped = last_sample(Ringing(frozenset({0})), [1.5e-8] * 60)
    assert stopped == pytest.approx(SUNK_FOR, abs=2 * HOP_SAMPLES)


def test_a_loud_note_that_dies_over_them_takes_none_of_them_along():
    powers = [1e-3] * 60 + [1e-1] * 40 + [max(1e-3, 1e-1 * 0.6**at) for at in range(60)]
    over = lambda at: 69.0 if 60 <= at < 105 else None  # noqa: E731
    assert last_sample(Ringing(frozenset({2, 6, 9})), powers, over=over) is None


@pytest.mark.parametrize(("over", "alone"), [(70.0, True), (69.0, False)])
def test_a_foreign_note_so_clear_must_be_alone_and_one_of_its_tones_need_not(over, alone):
    stopped = last_sample(Ringing(frozenset({2, 6, 9})), [1e-3] * 80, clarity=0.99, over=lambda _: over)
    assert (stopped is not None) is alone
    if stopped is not None:
        assert stopped == pytest.approx(ALONE_FOR, abs=3 * HOP_SAMPLES)

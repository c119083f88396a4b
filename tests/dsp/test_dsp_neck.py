"""Where on the neck: what a hand that stays shows, what is unsure is shared out, and nothing is lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.replay import replay
from dsp.strings.neck import Neck, neck, open_strings
from dsp.theory.tunings import TUNINGS
from dsp.types import SegmentStarted, SessionSetup
from tests.dsp.made_logs import note
from tests.dsp.made_players import STANDARD, STYLES, heard, wander


def of(log, tuning="standard"):
    record = replay(log)
    return neck(SessionSetup(tuning=tuning), record, record.notes)


@pytest.mark.parametrize("style", sorted(STYLES))
def test_what_is_sure_is_where_the_hand_was(style):
    right = sure = 0
    for seed in range(4):
        notes = wander(seed, 300, style)
        true = {(len(STANDARD) - n.string, n.fret) for n in notes}
        found = of(heard(notes, seed, lambda *_: 0.0))
        right += sum(p.n for p in found.places if (p.string, p.fret) in true)
        sure += sum(p.n for p in found.places)
        assert found.notes == 300
        assert found.sure >= sum(p.n for p in found.places) - 1
    assert right >= 0.98 * sure
    assert sure > 0.5 * 4 * 300


def test_a_pitch_that_lies_in_two_places_is_shared_out_and_surely_in_none():
    log = [SegmentStarted(0, 0)]
    for i, midi in enumerate((45, 48, 50, 52, 55, 57, 55, 52, 50, 48) * 12):
        log += note(i, i * 14_400, midi)
    found = of(log)
    assert found.sure < 0.05 * found.notes
    assert sum(p.likely for p in found.places) == pytest.approx(found.notes, abs=3.0)
    assert len({p.fret for p in found.places if p.midi == 45}) == 2


@given(st.lists(st.integers(0, 127), max_size=60), st.sampled_from(sorted(TUNINGS)))
def test_every_note_that_the_strings_have_is_somewhere_and_at_its_pitch(midis, tuning):
    log = [SegmentStarted(0, 0)]
    for i, midi in enumerate(midis):
        log += note(i, i * 14_400, midi)
    found = of(log, tuning)
    strings = open_strings(tuning)
    reachable = [m for m in midis if any(0 <= m - low <= 24 for low in strings)]
    assert found.notes == len(reachable)
    assert sum(p.likely for p in found.places) <= len(reachable) + 1e-6
    assert all(p.midi == strings[len(strings) - p.string] + p.fret for p in found.places)


def test_nothing_played_is_an_empty_neck_and_an_unknown_tuning_is_the_standard_one():
    assert of([SegmentStarted(0, 0)]) == Neck(STANDARD)
    assert of([SegmentStarted(0, 0)], "any") == Neck(STANDARD)
    assert open_strings("of a newer pedal") == STANDARD
    assert open_strings("drop d")[0] == 38

"""Early and late, note by note: the same numbers that the scores are made of."""

import numpy as np
import pytest

from dsp.replay import replay
from dsp.rhythm.by_note import errors_by_note
from dsp.rhythm.timing import timing
from dsp.types import GridSet, SegmentStarted
from tests.dsp.made_logs import FIRST_SAMPLE, RATE_HZ, gaussian, note, played


def errors(log):
    record = replay(log)
    return errors_by_note(record, record.notes)


def test_each_note_has_its_own_error_and_together_they_are_what_timing_judges():
    late_ms = gaussian(15.0, 3)
    log = played(64, late_ms=late_ms)
    found = errors(log)
    assert [found[0, i] for i in range(64)] == pytest.approx([late_ms(i) for i in range(64)], abs=0.02)
    record = replay(log)
    assert np.median(list(found.values())) == timing(record, record.notes, 0.5).signed_ms


def test_without_a_click_no_note_is_early_and_before_it_begins_neither():
    assert errors(played(64, click=False)) == {}
    log = [SegmentStarted(0, 0), *note(1, RATE_HZ, 57), GridSet(0, 10 * RATE_HZ, 100.0), *note(2, 10 * RATE_HZ, 57)]
    log += [*note(3, 10 * RATE_HZ + 14_400, 57), GridSet(0, 20 * RATE_HZ, 0.0), *note(4, 30 * RATE_HZ, 57)]
    assert set(errors(log)) == {(0, 2), (0, 3)}


def test_the_strings_of_a_strum_share_the_error_of_their_stroke_and_the_latency_is_taken_out():
    log = [SegmentStarted(0, 0, latency_samples=480), GridSet(0, FIRST_SAMPLE, 100.0)]
    for i in range(8):
        at = FIRST_SAMPLE + 480 + i * 14_400 + 240
        log += note(2 * i, at, 57) + note(2 * i + 1, at + 960, 64)
    assert errors(log) == {(0, i): pytest.approx(5.0) for i in range(16)}


def test_segments_do_not_mix_and_nothing_played_is_nothing():
    log = [*played(8), SegmentStarted(1, 100 * 10**9)]
    assert set(errors(log)) == {(0, i) for i in range(8)}
    assert errors([SegmentStarted(0, 0)]) == {}

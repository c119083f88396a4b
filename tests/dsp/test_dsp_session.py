"""A session from its log: corrections, the practice clock, and the same numbers to the bit from a stored one."""

import math

import pytest

from dsp.log import decode_all, encode_all
from dsp.replay import Replayer, replay
from dsp.scores.session import WINDOW_NOTES, LiveScore, in_scale, summarise
from dsp.types import (
    ChordEnded,
    ChordStarted,
    Gap,
    Mark,
    NoiseReading,
    NoteCorrected,
    NoteEnded,
    NoteRetracted,
    NoteStarted,
    Paused,
    Report,
    Resumed,
    SegmentStarted,
    SessionSetup,
)
from tests.dsp.made_logs import RATE_HZ, SCORES, SETUP, gaussian, note, played


def start(number, sample, midi=57, confidence=0.99, segment=0):
    return NoteStarted(segment, number, sample, sample + 960, midi, 0.0, confidence, -14.0)


def test_a_stored_log_gives_every_number_again_to_the_bit():
    log = [*played(late_ms=gaussian(13.0, 4), cents=7.31), Mark(0, 500_000), Gap(1, 0, 0.2, "xrun")]
    first = summarise(SETUP, log)
    again = summarise(SETUP, decode_all(encode_all(log)))
    assert again == first
    assert repr(again) == repr(first)


def test_a_note_is_what_its_last_correction_says_and_keeps_every_report():
    log = [
        start(1, 48_000, 69),
        NoteCorrected(0, 1, 50_000, 57, 3.0, 0.9),
        NoteEnded(0, 1, 60_000, 57, 2.5, 0.97, -13.0, bend_cents=60.0),
    ]
    (heard,) = replay(log).notes
    assert (heard.midi, heard.cents, heard.confidence, heard.bend_cents) == (57, 2.5, 0.97, 60.0)
    assert heard.reports == (Report(48_960, 69), Report(50_000, 57))
    assert heard.decided_sample == 50_000


def test_a_note_taken_back_is_no_note():
    record = replay([start(1, 48_000), NoteRetracted(0, 1, 49_900), start(2, 96_000)])
    assert [n.note_id for n in record.notes] == [2]
    assert [(r.note_id, r.retracted_sample) for r in record.retracted] == [(1, 49_900)]


def strum(number, sample, segment=0):
    return ChordStarted(segment, number, sample, sample + 12_000, 9, "m7", 4, 0.9, -14.0)


def test_the_notes_that_began_with_a_chord_are_strings_of_it_and_what_is_played_over_it_is_not():
    log = [start(1, 40_000), start(2, 47_000), start(3, 51_000), NoteRetracted(0, 3, 52_000), strum(7, 48_000)]
    log += [start(4, 70_000), start(5, 49_000, segment=1), ChordEnded(0, 7, 90_000), ChordEnded(0, 8, 90_000)]
    record = replay(log)
    assert [(n.note_id, n.chord_id) for n in record.notes] == [(1, None), (2, 7), (4, None), (5, None)]
    (chord,) = record.chords
    assert (chord.onset_sample, chord.offset_sample, chord.decided_sample) == (48_000, 90_000, 60_000)
    assert (chord.root, chord.kind, chord.bass) == (9, "m7", 4)


def test_chords_stand_in_order_and_their_number_is_bounded_where_that_was_asked_for():
    log = [SegmentStarted(7, 0), strum(1, 9_000, 7), strum(0, 3_000, 7), SegmentStarted(2, 5), strum(0, 100, 2)]
    assert [(c.segment, c.onset_sample) for c in replay(log).chords] == [(7, 3_000), (7, 9_000), (2, 100)]
    bounded = Replayer(notes_max=2)
    for entry in log:
        bounded.add(entry)
    assert [(c.segment, c.onset_sample) for c in bounded.record().chords] == [(7, 3_000), (2, 100)]


def test_the_practice_clock_runs_up_to_a_chord():
    log = [Resumed(0, 0), strum(1, 48_000), ChordEnded(0, 1, 96_000)]
    assert [replay(log[:count]).practised_s for count in (1, 2, 3)] == [0.0, 1.25, 2.0]


def test_the_end_of_a_note_that_was_lost_is_passed_over():
    assert replay([NoteEnded(0, 9, 60_000, 57, 0.0, 0.9, -13.0), NoteCorrected(0, 9, 1, 57, 0.0, 0.9)]).notes == ()


def test_notes_stand_in_order_of_segments_then_onsets():
    log = [SegmentStarted(7, 0), start(1, 9_000, segment=7), start(0, 3_000, segment=7), SegmentStarted(2, 5)]
    log += [start(0, 100, segment=2)]
    assert [(n.segment, n.onset_sample) for n in replay(log).notes] == [(7, 3_000), (7, 9_000), (2, 100)]


def test_the_practice_clock_leaves_pauses_out():
    log = [
        SegmentStarted(0, 0),
        Resumed(0, 10 * RATE_HZ),
        NoiseReading(0, 12 * RATE_HZ, -90.0, -120.0),
        Paused(0, 14 * RATE_HZ),
        NoiseReading(0, 30 * RATE_HZ, -90.0, -120.0),
        Resumed(0, 40 * RATE_HZ),
        Paused(0, 43 * RATE_HZ),
    ]
    assert summarise(SETUP, log).duration_s == 7.0


def test_the_practice_clock_goes_on_in_a_new_segment():
    log = [
        SegmentStarted(0, 0),
        Resumed(0, 5 * RATE_HZ),
        NoiseReading(0, 7 * RATE_HZ, -90.0, -120.0),
        SegmentStarted(1, 9),
        Gap(1, 0, 0.4, "xrun"),
        Paused(1, 3 * RATE_HZ),
    ]
    summary = summarise(SETUP, log)
    assert summary.duration_s == 5.0
    assert summary.gaps == 1


def test_counts():
    log = [*played(count=10, midis=(57, 58, 60, 69, 57)), Mark(0, 1), Mark(0, 2), start(99, 5_000_000, confidence=0.2)]
    summary = summarise(SETUP, log)
    assert (summary.notes, summary.correct_notes, summary.wrong_notes) == (11, 8, 2)
    assert (summary.unique_notes, summary.marks) == (4, 2)


def test_an_empty_session_scores_nothing_and_says_why():
    summary = summarise(SETUP, [])
    assert summary.notes == 0
    assert summary.duration_s == 0.0
    assert all(getattr(summary.metrics, name) is None for name in SCORES)
    assert set(summary.metrics.not_scored) == SCORES | {"dynamics", "picking", "bends", "vibrato", "tempo"}


def test_unsure_is_not_scored():
    log = [SegmentStarted(0, 0)]
    for i in range(20):
        log += [start(i, 48_000 * (i + 1), confidence=0.3)]
    metrics = summarise(SETUP, log).metrics
    assert metrics.pitch_accuracy is None
    assert metrics.not_scored["pitch_accuracy"] == "too few notes to be sure of"


def test_bends_are_no_intonation_errors():
    log = played(count=12)
    for i in range(12, 20):
        log += [
            start(i, 48_000 * (20 + i)),
            NoteEnded(0, i, 48_000 * (20 + i) + 9_000, 57, 48.0, 0.99, -14.0, False, 150.0),
        ]
    assert summarise(SETUP, log).metrics.pitch_accuracy >= 0.97


def test_slides_are_no_intonation_errors():
    """What a finger slid to arrives where it arrives; its pitch was measured on the way."""
    log = played(count=12)
    for i in range(12, 20):
        ended = NoteEnded(0, i, 48_000 * (20 + i) + 9_000, 57, 40.0, 0.99, -14.0, True)
        log += [start(i, 48_000 * (20 + i)), ended]
    assert summarise(SETUP, log).metrics.pitch_accuracy >= 0.97


def test_the_hands_are_not_compared_where_it_swings():
    swung = summarise(SETUP, played(late_ms=lambda i: 40.0 * (i % 2))).metrics
    assert swung.swing_ratio == pytest.approx(340 / 260, rel=0.01)
    assert (swung.picking.offset_ms, swung.picking.n) == (None, 0)
    assert "swung" in swung.not_scored["picking"]
    assert summarise(SETUP, played(late_ms=lambda i: 12.0 * (i % 2))).metrics.picking.offset_ms == pytest.approx(12.0)


def test_hum_counts_on_top_of_the_noise_that_it_is_part_of():
    hissing, humming = (summarise(SETUP, played(noise=(-62.0, hum))).metrics.noise_control for hum in (-120.0, -62.0))
    assert humming < hissing - 0.1


def test_what_was_heard_less_surely_weighs_less():
    log = played(count=20)
    for i, sure in enumerate((0.99, 0.62) * 8):
        log += [
            start(20 + i, 48_000 * (20 + i)),
            NoteEnded(0, 20 + i, 48_000 * (20 + i) + 9_000, 57, 0.0 if sure > 0.9 else 30.0, sure, -14.0),
        ]
    accuracy = summarise(SETUP, log).metrics.pitch_accuracy
    assert 1.0 - accuracy == pytest.approx(8 * 0.62 / (28 * 0.99 + 8 * 0.62), rel=0.1)


def test_without_noise_readings_noise_is_not_scored():
    metrics = summarise(SETUP, played(noise=None)).metrics
    assert metrics.noise_control is None
    assert metrics.not_scored["noise_control"] == "the noise was not measured"
    assert metrics.quality >= 0.97


def test_an_unknown_scale_is_refused():
    with pytest.raises(ValueError, match="did you mean A minor"):
        summarise(SessionSetup(scale_kind="minorr"), played())


def test_in_scale():
    (heard,) = replay(note(0, 0, 58)).notes
    assert not in_scale(SETUP, heard)
    assert in_scale(SessionSetup(scale_kind="chromatic"), heard)


def test_the_live_score_is_the_final_one_while_the_window_holds_everything():
    log = played(count=40, late_ms=gaussian(9.0, 1))
    live = LiveScore(SETUP)
    for entry in log:
        live.add(entry)
    assert live.metrics() == summarise(SETUP, log).metrics
    assert live.metrics() is live.metrics()


def test_the_live_score_looks_at_a_bounded_window():
    live = LiveScore(SETUP)
    for entry in played(count=500, midis=(58,)):
        live.add(entry)
    assert live.metrics().scale_conformity == 0.0
    for i in range(WINDOW_NOTES):
        for entry in note(1_000 + i, 48_000 * (400 + i), 57):
            live.add(entry)
    assert live.metrics().scale_conformity == 1.0


def test_a_bounded_replay_keeps_no_more_than_it_may():
    replayer = Replayer(notes_max=5)
    for entry in played(count=200):
        replayer.add(entry)
    record = replayer.record()
    assert len(record.notes) == 5
    assert len(record.noise) <= 5


def test_scores_are_never_beyond_their_range():
    for seed in range(6):
        metrics = summarise(SETUP, played(late_ms=gaussian(30.0, seed), cents=seed * 9.0, noise=(-50.0, -60.0))).metrics
        for name in ("pitch_accuracy", "scale_conformity", "timing_stability", "noise_control", "quality"):
            value = getattr(metrics, name)
            assert value is None or (0.0 <= value <= 1.0 and math.isfinite(value))

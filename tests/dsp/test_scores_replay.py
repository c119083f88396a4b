"""A stored log gives every number again to the bit: in another process, in another order, from an older pedal."""

import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.log import decode_all, encode_all
from dsp.scores.session import LiveScore, summarise
from dsp.types import (
    ChordEnded,
    ChordStarted,
    Gap,
    GridSet,
    Mark,
    NoiseReading,
    NoteCorrected,
    NoteEnded,
    NoteRetracted,
    NoteStarted,
    Paused,
    Resumed,
    SegmentStarted,
    SessionSetup,
)
from tests.dsp.heard_takes import hear, normal, notes
from tests.dsp.made_logs import SETUP, played
from tests.takes import real

ROOT = Path(__file__).parents[2]
OLD_LOG = (Path(__file__).parent / "version_1.log").read_bytes()
RETELL = """
import sys
from dsp.log import decode_all
from dsp.scores.session import summarise
from dsp.types import SessionSetup
print(repr(summarise(SessionSetup(), decode_all(sys.stdin.buffer.read()))))
"""

CENTS = st.floats(-49.0, 49.0, allow_nan=False)
LEVELS = st.floats(-60.0, -3.0, allow_nan=False)
SURE = st.floats(0.0, 1.0, allow_nan=False)


@st.composite
def sessions(draw):
    """Any log that an ear might write: notes with corrections, chords, clicks, pauses, gaps, segments."""
    log, number = [], 0
    for segment in range(draw(st.integers(1, 3))):
        log += [SegmentStarted(segment, segment * 10**9, latency_samples=draw(st.integers(0, 900)))]
        log += [Resumed(segment, 0)] if segment == 0 else [Gap(segment, 0, 0.1, "xrun")]
        if draw(st.booleans()):
            log.append(GridSet(segment, 24_000, draw(st.sampled_from([60.0, 97.3, 144.0]))))
        sample = 24_000
        for _ in range(draw(st.integers(0, 24))):
            sample += draw(st.sampled_from([7_200, 14_400, 14_700, 14_003, 60_000]))
            number += 1
            midi, cents, sure, level = draw(st.integers(40, 76)), draw(CENTS), draw(SURE), draw(LEVELS)
            log.append(NoteStarted(segment, number, sample, sample + 700, midi, cents, sure, level))
            what = draw(st.integers(0, 9))
            if what == 0:
                log.append(NoteRetracted(segment, number, sample + 1_500))
                continue
            if what == 1:
                log.append(NoteCorrected(segment, number, sample + 1_500, midi - 12, cents, sure))
            if what == 2:
                log.append(
                    ChordStarted(segment, number, sample, sample + 5_000, midi % 12, "m", midi % 12, sure, level)
                )
                log.append(ChordEnded(segment, number, sample + 12_000))
            bend, shaken = (
                (draw(st.sampled_from([60.0, 190.0, -104.5])), 0.0) if what == 3 else (0.0, 5.5 * (what == 4))
            )
            ended = NoteEnded(segment, number, sample + 6_000, midi, cents, sure, level, what == 5, bend, shaken)
            log.append(replace(ended, noise_dbfs=-70.0 + what, hum_dbfs=-90.0, vibrato_cents=4.0 * shaken))
            if what == 6:
                log.append(NoiseReading(segment, sample + 6_500, draw(LEVELS), -90.0))
            if what == 7:
                log += [
                    Mark(segment, sample + 6_600),
                    Paused(segment, sample + 6_700),
                    Resumed(segment, sample + 7_000),
                ]
        log.append(Paused(segment, sample + 50_000))
    return log


def told(log):
    return repr(asdict(summarise(SETUP, log)))


@settings(max_examples=60, deadline=None)
@given(sessions())
def test_stored_and_read_again_every_number_is_the_same(log):
    stored = encode_all(log)
    assert told(decode_all(stored)) == told(log)
    assert encode_all(decode_all(stored)) == stored


@settings(max_examples=40, deadline=None)
@given(sessions())
def test_the_live_score_is_the_final_one(log):
    live = LiveScore(SETUP)
    for entry in log:
        live.add(entry)
    assert repr(live.metrics()) == repr(summarise(SETUP, log).metrics)


def ready(entry):
    """When an entry could first be written: what a log sorted by time would go by."""
    for name in ("decided_sample", "retracted_sample", "offset_sample", "sample"):
        if hasattr(entry, name):
            return entry.segment, getattr(entry, name)
    return entry.segment, -1


@settings(max_examples=40, deadline=None)
@given(sessions())
def test_a_log_sorted_by_time_says_the_same(log):
    """A live log is written in the order in which things become known, which is nearly that of their samples."""
    assert told(sorted(log, key=ready)) == told(log)


def test_another_process_with_another_hash_seed_says_the_same():
    log = hear(real.render(notes(24, late_ms=normal(9.0, 1), cents=normal(6.0, 2), level_db=normal(2.0, 3))))
    stored = encode_all(log)
    here = repr(summarise(SessionSetup(), log))
    for seed in ("0", "4711"):
        again = subprocess.run(
            [sys.executable, "-P", "-c", RETELL],
            input=stored,
            capture_output=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        )
        assert again.stdout.decode().strip() == here


def test_a_log_of_version_1_still_gives_its_numbers():
    """Written by the pedal before chords, bends' widths and this version of the scores were in a log."""
    summary = summarise(SETUP, decode_all(OLD_LOG))
    assert (summary.notes, summary.correct_notes, summary.wrong_notes) == (24, 23, 1)
    assert summary.metrics.metric_version == 2
    assert summary.metrics.quality == pytest.approx(0.961, abs=0.015)
    assert summary.metrics.tempo_bpm == pytest.approx(100.0)
    assert summary.metrics.vibrato.rate_hz == pytest.approx(5.21)
    assert summary.metrics.vibrato.width_cents is None
    assert summary.chords.n == 0


def test_a_number_that_changes_in_the_log_changes_what_is_told():
    log = played(count=20)
    changed = [replace(e, cents=31.0) if isinstance(e, NoteEnded) and e.note_id == 7 else e for e in log]
    assert told(changed) != told(log)

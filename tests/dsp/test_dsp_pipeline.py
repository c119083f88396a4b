"""The live ear: the right notes, however the samples arrive, and nothing where there is nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp.log import encode_all
from dsp.pipeline import Pipeline, PipelineConfig
from dsp.replay import replay
from dsp.types import Frame, NoiseReading, NoteCorrected, NoteEnded, NoteRetracted, NoteStarted
from tests.dsp.plucked import LICK, RATE_HZ, Played, entries, hear, hum, started, take

SECONDS = 3.2


@pytest.fixture(scope="module")
def lick():
    return take(LICK, SECONDS)


@pytest.fixture(scope="module")
def heard_lick(lick):
    return hear(lick)


def test_every_note_of_a_lick_is_heard_once(heard_lick):
    notes = replay(entries(heard_lick)).notes
    assert [n.midi for n in notes] == [p.midi for p in LICK]
    for note, played in zip(notes, LICK, strict=True):
        assert note.onset_sample / RATE_HZ == pytest.approx(played.onset_s, abs=0.004)
        assert abs(note.cents) < 4.0
        assert note.stroke
        assert note.confidence > 0.8


def test_reports_are_fast(heard_lick):
    late_ms = [1000 * (n.decided_sample / RATE_HZ - p.onset_s) for n, p in zip(started(heard_lick), LICK, strict=True)]
    assert max(late_ms) < 45
    assert late_ms[-1] < 25  # E4


@pytest.mark.parametrize("block", [37, 64, 441, 1_024, 4_096])
def test_blocks_of_any_size_give_the_same_to_the_sample(lick, heard_lick, block):
    assert hear(lick, block) == heard_lick


def test_single_samples_give_the_same(lick):
    short = lick[int(0.35 * RATE_HZ) : int(0.6 * RATE_HZ)]
    assert hear(short, 1) == hear(short, 4_096)
    assert len(started(hear(short, 1))) == 1


def test_twice_the_same_take_is_twice_the_same_bytes(lick, heard_lick):
    assert encode_all(entries(hear(lick))) == encode_all(entries(heard_lick))


@settings(max_examples=12, deadline=None)
@given(cut=st.integers(0, int(SECONDS * RATE_HZ)))
def test_nothing_is_known_before_it_is_heard(lick, heard_lick, cut):
    reports = (NoteStarted, NoteCorrected, NoteRetracted)
    known = [e for e in heard_lick if isinstance(e, reports) and said_at(e) <= cut]
    assert [e for e in hear(lick[:cut]) if isinstance(e, reports)] == known


def said_at(entry):
    return entry.retracted_sample if isinstance(entry, NoteRetracted) else entry.decided_sample


def test_the_end_closes_what_is_open_and_reports_nothing_new(lick):
    pipeline = Pipeline(PipelineConfig())
    heard = pipeline.process(lick[: int(0.55 * RATE_HZ)])
    assert len(started(heard)) == 1
    assert not any(isinstance(e, NoteEnded) for e in heard)
    closed = pipeline.finish()
    assert [type(e) for e in closed] == [NoteEnded]
    assert pipeline.finish() == []


def test_lost_samples_begin_a_new_segment_at_zero(lick):
    pipeline = Pipeline(PipelineConfig())
    pipeline.process(lick[: int(0.55 * RATE_HZ)])
    learnt = pipeline.noise_dbfs
    closed = pipeline.begin_segment(4)
    assert [(type(e), e.segment) for e in closed] == [(NoteEnded, 0)]
    assert pipeline.sample == 0
    assert pipeline.noise_dbfs == learnt
    later = [e for e in pipeline.process(lick) if not isinstance(e, Frame)]
    assert {e.segment for e in later} == {4}
    ids = [e.note_id for e in started(later)]
    assert [e.midi for e in started(later)] == [p.midi for p in LICK]
    assert min(ids) > closed[0].note_id  # an id means one note, in all segments


@pytest.mark.parametrize("quieter_db", [0.0, 12.0, 24.0])
def test_there_is_no_gate(quieter_db):
    gain = 10.0 ** (-quieter_db / 20.0)
    quiet = take([Played(p.onset_s, p.midi, p.length_s, p.peak * gain) for p in LICK], SECONDS, noise=2e-5)
    assert [n.midi for n in replay(entries(hear(quiet))).notes] == [p.midi for p in LICK]


@pytest.mark.parametrize("mains_hz", [50.0, 60.0])
def test_hum_is_no_note(mains_hz):
    assert started(hear(hum(3.0, mains_hz, 0.01))) == []


@pytest.mark.parametrize("rms", [0.0, 1e-4, 3e-3])
def test_hiss_and_silence_are_no_notes(rms):
    heard = hear((np.random.default_rng(1).normal(size=3 * RATE_HZ) * rms).astype(np.float32))
    assert started(heard) == []
    assert len([e for e in heard if isinstance(e, NoiseReading)]) == 3


def test_notes_are_heard_over_hum():
    noisy = take(LICK, SECONDS) + hum(SECONDS, 50.0, 0.004)
    assert [n.midi for n in replay(entries(hear(noisy))).notes] == [p.midi for p in LICK]


def test_hum_is_measured_as_hum():
    readings = [e for e in hear(hum(4.0, 60.0, 0.01)) if isinstance(e, NoiseReading)]
    assert readings[-1].noise_dbfs == pytest.approx(-40.0, abs=1.5)
    assert readings[-1].hum_dbfs == pytest.approx(readings[-1].noise_dbfs, abs=1.0)


def test_hiss_is_not_hum():
    hiss = (np.random.default_rng(1).normal(size=4 * RATE_HZ) * 3e-3).astype(np.float32)
    readings = [e for e in hear(hiss) if isinstance(e, NoiseReading)]
    assert readings[-1].noise_dbfs == pytest.approx(-50.5, abs=1.5)
    assert readings[-1].hum_dbfs < readings[-1].noise_dbfs - 12.0


def test_strokes_on_one_pitch_are_notes():
    same = [Played(0.4 + 0.25 * i, 52, 0.35) for i in range(8)]
    notes = replay(entries(hear(take(same, 3.0)))).notes
    assert [n.midi for n in notes] == [52] * 8


def test_a_held_note_is_one_note():
    notes = replay(entries(hear(take([Played(0.4, 45, 3.0)], 3.6)))).notes
    assert [n.midi for n in notes] == [45]
    assert notes[0].offset_sample - notes[0].onset_sample > 1.5 * RATE_HZ


@pytest.mark.parametrize(("midi", "cents"), [(52, 23.0), (45, -31.0), (64, 12.0), (57, 0.0)])
def test_cents_are_the_strings_own(midi, cents):
    (note,) = replay(entries(hear(take([Played(0.4, midi + cents / 100.0, 1.0)], 1.6)))).notes
    assert note.midi == midi
    assert note.cents == pytest.approx(cents, abs=3.0)


def test_the_reference_pitch_is_the_players():
    (note,) = replay(
        entries(hear(take([Played(0.4, 57, 1.0)], 1.6, a4_hz=432.0), config=PipelineConfig(a4_hz=432.0)))
    ).notes
    assert note.midi == 57
    assert abs(note.cents) < 3.0


def test_nan_and_infinity_are_silence_and_are_counted(lick):
    broken = lick.copy()
    broken[1_000:1_010] = np.nan
    broken[2_000] = np.inf
    pipeline = Pipeline(PipelineConfig())
    heard = pipeline.process(broken)
    assert pipeline.nonfinite_samples == 11
    assert [e.midi for e in started(heard)] == [p.midi for p in LICK]


def test_dc_changes_nothing_that_is_played(lick):
    heard = hear((lick + 0.2).astype(np.float32))
    assert [n.midi for n in replay(entries(heard)).notes] == [p.midi for p in LICK]


def test_clipping_is_survived():
    loud = np.clip(8.0 * take(LICK, SECONDS), -1.0, 1.0).astype(np.float32)
    assert [n.midi for n in replay(entries(hear(loud))).notes] == [p.midi for p in LICK]


def test_absurd_samples_do_not_break_the_arithmetic():
    heard = hear(np.full(RATE_HZ, 1e30, np.float32))
    assert all(np.isfinite(f.level_dbfs) for f in heard if isinstance(f, Frame))


@pytest.mark.parametrize("length", [0, 1, 127, 128])
def test_very_short_takes_are_no_trouble(length):
    assert started(hear(np.zeros(length, np.float32))) == []


def test_frames_say_what_sounds_now(heard_lick):
    frames = [f for f in heard_lick if isinstance(f, Frame)]
    assert frames[0].midi is None
    assert frames[0].noise_dbfs <= -90
    at = int((LICK[3].onset_s + 0.15) * RATE_HZ)
    sounding = next(f for f in frames if f.sample >= at)
    assert sounding.midi == LICK[3].midi
    assert sounding.level_dbfs > -40
    assert sounding.f0_hz == pytest.approx(440 * 2 ** ((LICK[3].midi - 69) / 12), rel=0.004)


def test_a_named_tuning_is_not_listened_to_below_its_lowest_string():
    low = take([Played(0.4, 35, 1.0)], 1.6)
    assert [n.midi for n in replay(entries(hear(low))).notes] == [35]
    standard = replay(entries(hear(low, config=PipelineConfig(tuning="standard")))).notes
    assert all(n.midi >= 39 for n in standard)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"tuning": "dorp d"}, "did you mean 'drop d'"),
        ({"a4_hz": 40.0}, "400 to 480"),
        ({"sensitivity": 2.0}, "0 to 1"),
    ],
)
def test_settings_are_checked_at_the_edge(wrong, says):
    with pytest.raises(ValueError, match=says):
        Pipeline(PipelineConfig(**wrong))

"""Only recordings whose pitch and beginning can be stated become a truth, and a SoundFont is read up to its loops."""

import re

import numpy as np
import pytest
import soundfile

from tests.takes.made_guitar import made_guitar, recorded, soundfont_bytes, written
from tests.takes.measure import attack_index, hz_of
from tests.takes.soundfont import Recorded, SoundFont
from tests.takes.sources import chosen, wav_notes
from tests.takes.strings import RATE_HZ


def altered(change, midi=52):
    note = recorded(midi)
    return Recorded(note.name, note.midi, change(note.samples), note.rate_hz)


def refusal(note):
    with pytest.raises(ValueError, match="no usable note") as refused:
        chosen("made", [note])
    return str(refused.value)


def creeping(samples):
    """The same, faded in over 40 ms."""
    risen = np.clip((np.arange(len(samples)) - attack_index(samples, RATE_HZ)) / (0.04 * RATE_HZ), 0, 1)
    return samples * 10.0 ** (-2 * (1 - risen))


def test_a_sound_recording_is_taken_with_the_pitch_that_it_has():
    guitar = chosen("made", [recorded(52)])
    assert 1200 * np.log2(guitar.notes[0].f0_hz / hz_of(52)) == pytest.approx(7.0, abs=0.1)
    assert guitar.refused == ()


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (recorded(52, cents=100), r"sounds \+100 cents off its name"),
        (recorded(52, seconds=0.3), "lasts only"),
        (altered(lambda s: s[attack_index(s, RATE_HZ) + 300 :]), "begins at"),
        (altered(creeping), "ms from -33 to -15 dB"),
    ],
)
def test_what_cannot_be_a_truth_is_refused_and_the_reason_said(note, reason):
    assert re.search(reason, refusal(note))


def test_a_pitch_that_wanders_is_refused():
    at_s = np.arange(RATE_HZ) / RATE_HZ
    f0_hz = hz_of(52) * 2.0 ** (15 / 1200 * np.sin(2 * np.pi * 3 * at_s))
    sound = sum(np.sin(2 * np.pi * k * np.cumsum(f0_hz) / RATE_HZ) / k for k in (1, 2, 3)) * np.minimum(1, at_s / 0.001)
    assert "wanders" in refusal(Recorded("made", 52, np.concatenate([np.zeros(500), sound]), RATE_HZ))


def test_the_nearest_note_is_never_far():
    guitar = made_guitar()
    assert [round(guitar.nearest(midi).midi) for midi in (40.0, 41.4, 44.0)] == [39, 43, 43]
    with pytest.raises(ValueError, match="nothing near MIDI 95"):
        guitar.nearest(95.0)


def test_a_folder_of_waves_is_read_by_their_names(tmp_path):
    for name in ("A2", "Cs3", "README", "A2-loud"):
        soundfile.write(tmp_path / f"{name}.wav", np.zeros((100, 2)), 44_100)
    assert [(note.name, note.midi, note.samples.shape) for note in wav_notes(tmp_path)] == [
        ("A2.wav", 45, (100,)),
        ("Cs3.wav", 49, (100,)),
    ]


SAWTOOTH = np.linspace(-0.5, 0.5, 400)


def test_a_soundfonts_sample_ends_where_its_loop_begins(tmp_path):
    font = SoundFont(written(tmp_path / "a.sf2", soundfont_bytes(SAWTOOTH, (300, 390))))
    (note,) = font.instrument("Guitar")
    assert (note.name, note.midi, note.rate_hz, len(note.samples)) == ("E3", 64, 22_050, 300)
    assert np.abs(note.samples - SAWTOOTH[:300]).max() < 1e-4


def test_a_sample_that_does_not_loop_is_read_to_its_end(tmp_path):
    font = SoundFont(written(tmp_path / "a.sf2", soundfont_bytes(SAWTOOTH, (300, 390), looped=False)))
    (note,) = font.instrument("Guitar")
    assert len(note.samples) == len(SAWTOOTH)
    assert np.abs(note.samples - SAWTOOTH).max() < 1e-4


def test_what_a_soundfont_does_not_have_is_said(tmp_path):
    font = SoundFont(written(tmp_path / "a.sf2", soundfont_bytes(SAWTOOTH, (300, 390))))
    with pytest.raises(ValueError, match="no instrument 'Lute'"):
        font.instrument("Lute")
    right = SoundFont(written(tmp_path / "b.sf2", soundfont_bytes(SAWTOOTH, (300, 390), right=True)))
    with pytest.raises(ValueError, match="no instrument 'Guitar'"):
        right.instrument("Guitar")
    with pytest.raises(ValueError, match="is no SoundFont"):
        SoundFont(written(tmp_path / "c.sf2", b"RIFF----WAVE"))

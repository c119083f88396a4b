"""A take's truth is true: every onset and pitch is read back from the sound, and a perfect listener scores 1."""

import json

import numpy as np
import pytest
import soundfile

from tests.bench.scoring import NOTE_KINDS, Score
from tests.takes import gliding, noises, steady
from tests.takes.canvas import Canvas
from tests.takes.dirt import CONDITIONS, amplitude, hum
from tests.takes.made_guitar import made_guitar
from tests.takes.measure import attack_index, f0_curve_hz
from tests.takes.played import Seq, Timed, chords, low, seq, timed
from tests.takes.strings import RATE_HZ

STACCATO = Seq("made", "thirds", 45, 96, 2, style="stacc", detune=9.0)
SEED = 5


def built():
    """One take of every kind that has notes to be found."""
    guitar = made_guitar()
    return [
        seq("seq", SEED, guitar, STACCATO),
        low("low", SEED, guitar, Seq("made", "riff", 36, 120, 2)),
        timed("time", SEED, guitar, Timed("made", 100, 2, 8.0, 4.0, 2.0, bleed=True), 24),
        gliding.legato("legato", SEED, guitar, 90, "clean", groups=4),
        gliding.bends("bend", SEED, guitar, False, "clean", count=3),
        gliding.bends("vibrato", SEED, guitar, True, "hiss", count=3),
    ]


@pytest.fixture(scope="module")
def takes():
    return built()


def cents(found_hz, true_hz):
    return 1200 * np.log2(found_hz / true_hz)


def test_every_onset_is_where_the_truth_says():
    take = seq("seq", SEED, made_guitar(), STACCATO)
    for note in take.notes:
        start = round((note["onset"] - 0.02) * RATE_HZ)
        assert start + attack_index(take.samples[start : start + RATE_HZ // 5], RATE_HZ) == pytest.approx(
            note["onset"] * RATE_HZ, abs=2
        )


def test_every_pitch_is_what_the_truth_says(takes):
    for take in takes[:3]:
        for note in take.notes:
            middle = np.array([round((note["onset"] + 0.55 * (note["offset"] - note["onset"])) * RATE_HZ)])
            found_hz = f0_curve_hz(take.samples, RATE_HZ, note["f0_hz"], middle)[0]
            # Low notes are so short that the six periods see their ends.
            assert abs(cents(found_hz, note["f0_hz"])) < (2.0 if note["midi"] > 45 else 8.0), (take.name, note)


def test_a_bends_truth_is_its_curve():
    take = gliding.bends("bend", SEED, made_guitar(), False, "clean", count=3)
    curve = np.array(take.truth()["f0"]["hz"])
    for note in take.notes:
        held = slice(round((note["offset"] - 0.3) / 0.01), round((note["offset"] - 0.1) / 0.01))
        assert np.allclose(cents(curve[held], note["f0_hz"]), note["bend_cents"], atol=0.1)
        centres = np.array([round((note["offset"] - 0.2) * RATE_HZ)])
        found_hz = f0_curve_hz(take.samples, RATE_HZ, curve[held][0], centres)[0]
        assert abs(cents(found_hz, curve[held][0])) < 1.0


def test_a_staircase_arrives_where_its_truth_says():
    take = gliding.slides("slide", SEED, made_guitar(), True, "clean", count=4)
    curve = np.array(take.truth()["f0"]["hz"])
    for note in take.notes:
        arrived = curve[round((note["arrives"] + 0.1) / 0.01)]
        assert cents(arrived, note["f0_hz"]) == pytest.approx(100 * (note["to_midi"] - note["midi"]), abs=0.1)
        fret_s = (note["arrives"] - note["leaves"]) / abs(note["to_midi"] - note["midi"])
        assert 0.025 <= fret_s <= 0.06


def test_jitter_is_that_of_what_was_placed(takes):
    take = takes[2]
    late_ms = [1000 * (note["onset"] - note["grid"]) for note in take.notes]
    assert [note["dev_ms"] for note in take.notes] == pytest.approx(late_ms)
    assert take.meta["jitter_ms"] == pytest.approx(np.std(late_ms, ddof=1))
    assert take.meta["bias_ms"] == pytest.approx(np.mean(late_ms))
    robust_ms = 1.4826 * np.median(np.abs(late_ms - np.median(late_ms)))
    assert robust_ms == pytest.approx(take.meta["jitter_ms"], rel=0.05)
    steps_s = np.diff([note["grid"] for note in take.notes])
    assert steps_s[-1] / steps_s[0] == pytest.approx(0.98, abs=0.002)


def test_a_perfect_listener_scores_one_on_all_of_it(takes):
    score = Score()
    for take in takes:
        heard = [
            {
                "onset_s": note["onset"],
                "offset_s": note["offset"],
                "midi": note["note"],
                "cents": note["cents"] + note.get("bend_cents", 0.0) / 2,
                "decided_s": note["onset"] + 0.02,
            }
            for note in take.notes
        ]
        score.add(take.name, take.kind, take.truth(), {"notes": heard})
    assert {take.kind for take in takes} == set(NOTE_KINDS)
    assert score.all_notes.f1 == 1.0
    assert score.onsets.f1 == 1.0
    assert score.octave_errors == 0


def test_the_notes_of_a_strum_lie_within_it():
    take = chords("chord", SEED, made_guitar(), "clean", ("maj", "m7", "5"))
    for truth in take.meta["chords"]:
        inside = [n for n in take.notes if truth["onset"] - 1e-4 <= n["onset"] <= truth["onset"] + 0.1]
        assert len(inside) >= 3
        assert max(n["onset"] for n in inside) - truth["onset"] == pytest.approx(truth["strum_ms"] / 1000, abs=1e-4)
        assert min(inside, key=lambda n: n["midi"])["note"] % 12 == truth["root"]
        assert all(n["offset"] == pytest.approx(truth["offset"], abs=1e-3) for n in inside)
    assert -1.0 in take.truth()["f0"]["hz"]


def test_a_tuners_truth_follows_the_first_partial_and_pairs_differ_by_what_was_said():
    take = steady.pairs("tunerdiff", SEED, made_guitar())
    curve = np.array(take.truth()["f0"]["hz"])
    for first, second in zip(take.notes[::2], take.notes[1::2], strict=True):
        at = [curve[round((note["onset"] + 1.0) / 0.01)] for note in (first, second)]
        assert cents(at[1], at[0]) == pytest.approx(second["pair_shift"], abs=0.02)
        assert at[0] == pytest.approx(first["f0_hz"], rel=1e-4)


def test_a_string_by_formula_is_exact():
    first_hz = 110.3
    sound = steady.stiff_string(np.random.default_rng(1), first_hz, 1e-4, 2.0)
    found = f0_curve_hz(sound, RATE_HZ, 110.0, np.arange(RATE_HZ // 2, RATE_HZ, RATE_HZ // 10), 20)
    assert np.abs(cents(found, first_hz)).max() < 0.01


def test_noise_has_no_notes_and_the_level_that_was_meant():
    take = noises.steady("hiss", SEED, "hiss")
    assert (take.kind, take.notes) == ("noise", ())
    assert 20 * np.log10(np.std(take.samples)) == pytest.approx(-50.0, abs=0.1)
    knocks = noises.knocks("knocks", SEED)
    assert len(knocks.meta["events"]) > 15
    assert -31 < 20 * np.log10(np.abs(knocks.samples).max()) < -12


@pytest.mark.parametrize("make", [noises.muted, noises.released])
def test_dead_and_released_strings_are_gone_at_once(make):
    take = make("noise", SEED, made_guitar())
    for at_s in take.meta["events"]:
        event, later = (
            np.abs(take.samples[round(t * RATE_HZ) : round((t + 0.03) * RATE_HZ)]).max() for t in (at_s, at_s + 0.1)
        )
        assert later < max(event / 10, 0.003)  # the room's own hiss


def test_hum_stands_on_the_mains_and_its_multiples():
    sound = hum(np.random.default_rng(3), 4 * RATE_HZ, 60.0, -40.0)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    loudest = np.flatnonzero(spectrum > 0.1 * spectrum.max()) / 4
    assert np.all(np.abs(loudest / 60 - np.round(loudest / 60)) < 0.02)
    assert 20 * np.log10(np.std(sound)) == pytest.approx(-40.0, abs=0.01)


@pytest.mark.parametrize("condition", sorted(CONDITIONS))
def test_every_condition_keeps_its_place(condition):
    canvas = Canvas("one", "seq", SEED)
    take = canvas.take(-8.0, condition, seconds=1.0)
    quietest = {"clean": -200.0, "quiet": -72.0, "hiss": -55.0}.get(condition, -43.0)
    assert len(take.samples) == RATE_HZ
    assert 20 * np.log10(np.std(take.samples) + 1e-10) == pytest.approx(quietest, abs=7.0)


def test_a_quiet_take_is_24_db_down():
    loud, quiet = (
        seq("one", SEED, made_guitar(), Seq("made", "majpent", 45, 120, 4, cond)) for cond in ("clean", "quiet")
    )
    ratio = np.abs(quiet.samples).max() / np.abs(loud.samples).max()
    assert ratio == pytest.approx(amplitude(-24.0), rel=0.02)


def test_the_same_seed_gives_the_same_files_and_another_one_others(tmp_path):
    for folder, seed in (("a", 1), ("b", 1), ("c", 2)):
        (tmp_path / folder).mkdir()
        entry = seq("one", seed, made_guitar(), STACCATO).write(tmp_path / folder)
    for name in ("one.flac", "one.json"):
        first, same, other = ((tmp_path / folder / name).read_bytes() for folder in "abc")
        assert first == same != other
    samples, rate_hz = soundfile.read(tmp_path / "c/one.flac")
    truth = json.loads((tmp_path / "c/one.json").read_text())
    assert (rate_hz, len(samples) / rate_hz) == (truth["sr"], truth["duration"])
    assert entry["n"] == len(truth["notes"])
    assert entry["dur"] == pytest.approx(truth["duration"], abs=0.01)


def test_two_takes_of_one_seed_are_not_alike():
    one, other = (seq(name, SEED, made_guitar(), STACCATO) for name in ("one", "other"))
    assert [note["midi"] for note in one.notes] != [note["midi"] for note in other.notes]


@pytest.mark.rig("shared")
def test_its_json_has_all_that_the_shared_truth_has(shared_truth):
    shared, own = shared_truth, seq("one", SEED, made_guitar(), STACCATO).truth()
    assert set(own) == set(shared)
    assert set(shared["notes"][0]) <= set(own["notes"][0])
    assert set(shared["f0"]) == set(own["f0"])


@pytest.fixture
def shared_truth(shared_audio):
    return json.loads((shared_audio / "dev/seq_00_emily_minpent_60x2_clean.json").read_text())

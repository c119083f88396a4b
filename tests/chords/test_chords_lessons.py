"""The lessons teach the truth: what is struck in them, what they are called, and that weights survive being written."""

import importlib.util

import numpy as np
import pytest

from dsp.chords.naming import TABLE
from dsp.chords.recognise import recognise
from dsp.chords.spectrum import look_at
from dsp.chords.struck import LOWEST_PITCH, learnt_layers, struck_odds
from dsp.theory.chord_kinds import KINDS
from tests.chords import strums
from tests.chords.bank import BANK_HZ, Bank, bank_of
from tests.chords.confusion import NOT_A_CHORD, OTHER_ROOT, answer, picture, shares, text
from tests.chords.lessons import NO_ROW, lessons, true_row
from tests.chords.strums import Strum, any_strum
from tests.chords.voicings import Voicing, any_voicing, canonical
from tests.chords.writing import write_layers
from tests.takes.made_guitar import made_guitar


@pytest.fixture(scope="module")
def bank() -> Bank:
    return bank_of(made_guitar())


def test_every_voicing_holds_only_tones_of_its_chord():
    rng = np.random.default_rng(2)
    for _ in range(400):
        voicing = any_voicing(rng)
        if voicing.kind is not None:
            tones = {(voicing.root + step) % 12 for step in KINDS[voicing.kind]}
            assert {midi % 12 for midi in voicing.midi} <= tones
            assert len({midi % 12 for midi in voicing.midi}) >= 2


def test_a_chord_is_called_after_its_lowest_tone_where_it_may_be():
    assert canonical((45, 48, 52, 55), 0, "6") == (9, "m7")
    assert canonical((48, 52, 55, 57), 9, "m7") == (0, "6")
    assert canonical((52, 55, 60), 0, "") == (0, "")


def test_the_same_seed_gives_the_same_lessons(bank):
    once, again = lessons(4, [bank], 6), lessons(4, [bank], 6)
    np.testing.assert_array_equal(once.looks, again.looks)
    np.testing.assert_array_equal(once.struck, again.struck)
    assert not np.array_equal(once.looks, lessons(5, [bank], 6).looks)


def test_the_truth_is_what_sounds(bank, monkeypatch):
    monkeypatch.setattr(strums, "_ring_before", lambda *_: None)
    monkeypatch.setattr(strums, "HISS_DB", (-90.0, -89.0))
    rng, roots = np.random.default_rng(6), 0
    for _ in range(20):
        strum = any_strum(rng, [bank], Voicing((45, 52, 57, 61, 64), 9, ""))
        if strum.voicing.midi:
            assert strum.struck == (45, 52, 57, 61, 64)
            roots += recognise(strum.samples, strum.before).root == 9
    assert roots >= 17


def test_true_rows():
    def row(*midi, root=0, kind=None):
        return true_row(Strum(np.zeros(1), np.zeros(1), Voicing(midi, root, kind)))

    assert row() == NO_ROW
    assert (TABLE.roots[row(45, 57)], TABLE.words[row(45, 57)], TABLE.steps[row(45, 57)]) == (9, None, (0,))
    assert TABLE.steps[row(45, 49)] == (0, 4)
    assert (TABLE.roots[row(40, 47, root=4, kind="5")], TABLE.words[row(40, 47, root=4, kind="5")]) == (4, "5")
    assert row(45, 46, 47) == NO_ROW


def test_written_weights_are_those_that_were_learnt(tmp_path, bank):
    module = tmp_path / "written.py"
    write_layers(learnt_layers(), "a test", module)
    spec = importlib.util.spec_from_file_location("written", module)
    written = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(written)
    strum = any_strum(np.random.default_rng(1), [bank])
    look = look_at(strum.samples, strum.before, 440.0)
    np.testing.assert_allclose(struck_odds(look, learnt_layers(written.LAYERS)), struck_odds(look), atol=1e-3)


def test_a_string_sounds_when_it_was_struck(bank):
    stage = strums._Stage(np.random.default_rng(1), bank, 0.0, np.zeros(4_000), 0.0)
    stage.string(57, 1_000.0, 2_000.0, -6.0)
    assert np.abs(stage.sound[:1_000]).max() == 0.0
    assert np.abs(stage.sound[1_000:1_600]).max() == pytest.approx(10 ** (-6 / 20), rel=0.05)
    assert np.abs(stage.sound[2_200:]).max() == 0.0
    assert BANK_HZ == 24_000
    assert LOWEST_PITCH in bank.strings


def test_the_table_of_confusion_counts_what_it_is_told():
    pairs = [answer(0, "", 0, ""), answer(0, "", 0, "maj7"), answer(2, "m", 3, "m"), answer(2, "m", None, None)]
    assert pairs == [("", ""), ("", "maj7"), ("m", OTHER_ROOT), ("m", NOT_A_CHORD)]
    assert shares(pairs) == (0.5, 0.25)
    lines = text(pairs).splitlines()
    assert lines[0].split()[:3] == ["true", "maj", "min"]
    assert lines[1].split()[1:4] == ["1", ".", "1"]
    image = picture(pairs, "four")
    assert image.width > image.height > 100

"""The lessons teach the truth: what is asked in them, and the answers that stand beside the questions."""

import numpy as np
import pytest

from dsp.ear.attack import BEFORE, CHANNELS, STEP, STEPS
from tests.attack import lessons
from tests.attack.examples import Example, questions
from tests.attack.lessons import LEADS, lesson
from tests.takes.made_guitar import made_guitar
from tests.takes.measure import attack_index
from tests.takes.strings import LEAD_SAMPLES, RATE_HZ

SECONDS = 4.0


def made_lesson(seed):
    return lesson(np.random.default_rng(seed), [made_guitar()], SECONDS)


def test_the_same_seed_gives_the_same_lesson_and_another_one_another():
    once, again, other = made_lesson(3), made_lesson(3), made_lesson(4)
    assert np.array_equal(once.samples, again.samples)
    assert np.array_equal(once.onsets, again.onsets)
    assert not np.array_equal(once.samples, other.samples)


@pytest.mark.parametrize("seed", range(4))
def test_onsets_are_in_order_and_in_the_lesson(seed):
    made = made_lesson(seed)
    assert len(made.samples) == SECONDS * RATE_HZ
    assert np.all(np.diff(made.onsets) > 0.03 * RATE_HZ)
    assert made.onsets[-1] < len(made.samples)
    assert np.abs(made.samples).max() <= 1.0


def test_a_clean_lesson_sounds_first_where_it_says(monkeypatch):
    monkeypatch.setattr(lessons, "_recorded", lambda _rng, samples: samples)
    monkeypatch.setattr(lessons, "_coloured", lambda _rng, samples: samples)
    found = []
    for seed in range(8):
        made = made_lesson(seed)
        first = int(made.onsets[0])
        found.append(attack_index(made.samples[first - 4_000 : first + 3_000], RATE_HZ) - 4_000)
    # Fingers and a leaking click may sound before it; most lessons begin with neither.
    assert np.median(np.abs(found)) <= 2


def test_a_question_has_its_one_attack_in_view():
    asked = [question for seed in range(3) for question in questions(made_lesson(seed))]
    assert len(asked) > 10
    for question in asked:
        assert 0.0 <= question.step + 0.5 <= STEPS
        assert question.true < len(question.samples)
        assert question.seen().shape == (STEPS, CHANNELS)


def test_moving_a_question_moves_its_answer_by_as_much():
    question = Example(np.zeros(4_800, np.float32), 3_000, noticed=True, true=2_900)
    assert question.step == pytest.approx((2_900 - 3_000 + BEFORE) / STEP - 0.5)
    assert question.moved(240).step == pytest.approx(question.step - 10.0)
    assert question.moved(10_000).rough == 4_600


def test_no_lead_is_longer_than_what_recordings_keep():
    assert max(LEADS) <= LEAD_SAMPLES

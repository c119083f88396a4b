"""What the finder of attacks is asked while a lesson is played, and the right answers."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from dsp.ear.attack import BEFORE, CHANNELS, STEP, STEPS, Attack, AttackFinder, views
from dsp.pipeline import Pipeline, PipelineConfig
from dsp.types import HOP_SAMPLES
from tests.attack.lessons import Lesson, lesson
from tests.takes.sources import Guitar, guitar

GUITARS: Final = ("steel", "nylon", "clean", "jazz", "drive", "muted", "picked", "fingered", "acoustic", "bass")
KEPT: Final = 4_800
HEARD_AFTER: Final = 300
"""An attack that began less than this many samples ago has not been noticed yet: the question was about another."""
MOVED: Final = (-700, 500)


@dataclass(frozen=True)
class Example:
    """One question: the samples until then (newest last), the index asked about, and where the attack truly began."""

    samples: np.ndarray
    rough: int
    noticed: bool
    true: int = 0

    def moved(self, by: int) -> "Example":
        """The same asked at another place: the flux may come early or late."""
        return replace(self, rough=max(0, min(self.rough + by, len(self.samples) - 200)))

    def seen(self) -> np.ndarray:
        """What the network is shown; shape (STEPS, CHANNELS)."""
        return views(self.samples, self.rough)

    @property
    def step(self) -> float:
        """The right answer in the network's own steps."""
        return (self.true - self.rough + BEFORE) / STEP - 0.5


class Asked(AttackFinder):
    """Answers as the finder would, and writes the questions down."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[Example] = []

    def find(self, samples: np.ndarray, rough: int, *, noticed: bool = True) -> Attack:
        kept = samples[-KEPT:].copy()
        self.questions.append(Example(kept, rough - len(samples) + len(kept), noticed))
        return super().find(samples, rough, noticed=noticed)


def questions(played: Lesson) -> list[Example]:
    """Every question with exactly one attack in view."""
    asked = Asked()
    pipeline = Pipeline(PipelineConfig(), finder=asked)
    found: list[Example] = []
    for start in range(0, len(played.samples), HOP_SAMPLES):
        pipeline.process(played.samples[start : start + HOP_SAMPLES].astype(np.float32))
        found += [known for one in asked.questions for known in _answered(one, pipeline.sample, played.onsets)]
        asked.questions.clear()
    return found


def _answered(question: Example, now: int, onsets: np.ndarray) -> list[Example]:
    at = onsets - (now - len(question.samples))
    first = question.rough - BEFORE
    at = at[(at > first) & (at < first + STEPS * STEP) & (at < len(question.samples) - HEARD_AFTER)]
    return [replace(question, true=int(at[0]))] if len(at) == 1 else []


def asked_in(sources: Path, seed: int, index: int) -> tuple[np.ndarray, np.ndarray, list[Example]]:
    """One lesson: what is seen and the right steps, of each question and once more of the same moved; the questions."""
    rng = np.random.default_rng([seed, index])
    found = questions(lesson(rng, _guitars(sources)))
    shown = [*found, *(example.moved(int(rng.integers(*MOVED))) for example in found)]
    shown = [example for example in shown if 0 <= example.step < STEPS - 1]
    if not shown:
        return np.zeros((0, STEPS, CHANNELS), np.float32), np.zeros(0, np.float32), []
    return np.stack([one.seen() for one in shown]), np.array([one.step for one in shown], np.float32), found


@cache
def _guitars(sources: Path) -> tuple[Guitar, ...]:
    return tuple(guitar(sources, name) for name in GUITARS)

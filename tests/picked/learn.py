"""Fitting the weights of ``dsp.ear.picked``: what the ear hears of every note, and logistic regression on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from scipy.optimize import minimize

import dsp.ear.picked_weights
from dsp.ear.picked import PickJudge
from dsp.pipeline import Pipeline, PipelineConfig
from dsp.replay import replay
from dsp.types import Frame
from tests.takes.canvas import Take

RATE_HZ: Final = 48_000
NEAR_S: Final = 0.05
SAME_SEMITONES: Final = 0.5
RINGS_ON_S: Final = 0.5
CHUNK: Final = (4, 30)
"""Notes of a stretch in one manner, where a player goes from picking to legato and back."""
DECAY: Final = 10.0
BLUNT: Final = 0.05
MODULE: Final = Path(dsp.ear.picked_weights.__file__)


@dataclass(frozen=True)
class Example:
    """A note: what was heard around its onset, whether that is asked at all, and the right answer."""

    spectra: np.ndarray
    asked: bool
    picked: bool


class Listening(Pipeline):
    """A pipeline that keeps what was last asked for around each onset: all of it, once the note was judged."""

    def __init__(self) -> None:
        super().__init__(PipelineConfig())
        self.around: dict[int, np.ndarray] = {}

    def _spectra(self, onset_sample: int) -> np.ndarray:
        self.around[onset_sample] = super()._spectra(onset_sample)
        return self.around[onset_sample]


def heard(take: Take) -> list[Example]:
    """Every note of the take that was heard, judged by all of its attack, in order."""
    ear = Listening()
    entries = [e for e in [*ear.process(take.samples.astype(np.float32)), *ear.finish()] if not isinstance(e, Frame)]
    found, last = [], None
    for note in replay(entries).notes:
        near = [
            truth
            for truth in take.notes
            if truth["note"] == note.midi and abs(truth["onset"] - note.onset_sample / RATE_HZ) < NEAR_S
        ]
        rings = last is not None and note.onset_sample - (last.offset_sample or 0) < RINGS_ON_S * RATE_HZ
        asked = rings and last is not None and last.midi != note.midi and not note.slide
        if near and note.picked is not None and note.onset_sample in ear.around:
            found.append(Example(ear.around[note.onset_sample], asked, not near[0].get("legato", False)))
        last = note
    return found


def mixed(legato: Sequence[Example], licks: Sequence[Example], rng: np.random.Generator) -> list[Example]:
    """Both as one player would play them: some of this, then some of that."""
    rest, out = [list(legato), list(licks)], []
    turn = int(rng.integers(2))
    while any(rest):
        count = int(rng.integers(*CHUNK))
        out += rest[turn][:count]
        rest[turn] = rest[turn][count:]
        turn = 1 - turn
    return out


def asked(notes: Sequence[Example]) -> tuple[list[np.ndarray], list[bool]]:
    """What is weighed of each note that is asked, after those before it; and the answers."""
    judge, seen, answers = PickJudge(), [], []
    for note in notes:
        weighed = judge.learn(note.spectra)
        if note.asked:
            seen.append(weighed)
            answers.append(note.picked)
    return seen, answers


def fitted(seen: np.ndarray, answers: np.ndarray) -> tuple[float, np.ndarray]:
    """Bias and weights, both answers counting the same; shape (notes, numbers) and (notes,)."""
    mean, spread = seen.mean(axis=0), seen.std(axis=0) + BLUNT
    scaled, share = (seen - mean) / spread, answers.mean()
    counts = np.where(answers, 0.5 / share, 0.5 / (1.0 - share))

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        odds = scaled @ weights[1:] + weights[0]
        off = counts * (1.0 / (1.0 + np.exp(-odds)) - answers)
        value = counts @ (np.logaddexp(0.0, odds) - answers * odds) + DECAY * weights[1:] @ weights[1:]
        return float(value), np.concatenate(([off.sum()], scaled.T @ off + 2.0 * DECAY * weights[1:]))

    best = minimize(loss, np.zeros(seen.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    weights = best[1:] / spread
    return float(best[0] - weights @ mean), weights


def write(bias: float, weights: np.ndarray, about: str, module: Path = MODULE) -> None:
    """The learnt numbers as a module: text, so a change shows."""
    rows = [" ".join(f"{weight:.4f}" for weight in weights[start : start + 13]) for start in range(0, len(weights), 13)]
    module.write_text(
        f'"""The weights of ``dsp.ear.picked``, made by ``{about}``: never edited by hand."""\n\n'
        "from typing import Final\n\nimport numpy as np\n\n"
        f"BIAS: Final = {bias:.4f}\nWEIGHTS: Final = np.fromstring(\n"
        '    """\n' + "\n".join(rows) + '\n""",\n    np.float64,\n    sep=" ",\n)\n',
        encoding="ascii",
    )

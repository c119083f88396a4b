"""When an attack began, to a fraction of a millisecond, from the samples around the place where it was noticed.

The flux says *that* something began, some 5 ms late; hiss, hum and strings that still ring hide *when*. Rules for one
spoil another: a small convolutional network weighs them instead. It sees envelopes, not samples (half a millisecond a
step, 20 ms before to 36 ms after the flux): of the samples, of their first and second difference (hum hides one, hiss
another), and of what linear prediction does not foresee (ringing strings are foreseen). It answers with a likelihood
for each step. What has not been heard yet is masked, so that it may be asked at any time.

The weights were learnt from other guitars than any that the pedal is measured on; ``tests/attack`` holds the program.
"""

import base64
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.ear.attack_weights import LAYERS, Row

Samples = NDArray[np.float32]
Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]

RATE_HZ: Final = 48_000
CHANNELS: Final = 12
STEP: Final = 24  # 0.5 ms
BEFORE: Final = 960  # 20 ms
AFTER: Final = 1_728  # 36 ms
STEPS: Final = (BEFORE + AFTER) // STEP
NARROW: Final = 24
WIDE: Final = 192
MIDDLE: Final = 96
HALVES: Final = (-STEP // 4, STEP // 4)  # two looks a step at what moves fast
ORDER: Final = 32
LAGS: Final = np.abs(np.subtract.outer(np.arange(ORDER), np.arange(ORDER)))
LEARN: Final = 2_048
UNTOUCHED: Final = 600  # so long before the flux no attack has begun: prediction is learnt until there
SEEN_FROM: Final = LEARN + UNTOUCHED - BEFORE - WIDE  # what lies before is of no use to the envelopes
DARK: Final = 1e-5  # of full scale: under every guitar, above the rounding of 16 bits
# Which of the four views (samples, slope, bend, what was not foreseen), how wide, and how far beside its step.
LOOKS: Final = (
    *((view, NARROW, beside) for view in range(4) for beside in HALVES),
    *((0, WIDE, 0), (2, WIDE, 0), (3, MIDDLE, 0)),
)
NEPERS_PER_UNIT: Final = 2.0
DEEPEST: Final = -4.0
USUAL_LATE: Final = 168  # the flux comes 3.5 ms after the attack, 6 ms more or less
SPREAD_STEPS: Final = 12.0
SURPRISE: Final = 0.05
NEAR_STEPS: Final = 6


@dataclass(frozen=True, slots=True)
class Layer:
    """A convolution over time; ``weights``: (taps, channels in, channels out), the taps ``dilation`` steps apart."""

    weights: Floats32
    bias: Floats32
    dilation: int


@dataclass(frozen=True, slots=True)
class Attack:
    """Where it began (index of a sample), and how sure that is: the share (0 to 1) of all likelihood within 3 ms."""

    at: int
    sureness: float


class AttackFinder:
    """``find`` where the attack began. Raises ``ValueError`` where its weights are not what it was built for."""

    def __init__(self, layers: tuple[Layer, ...] | None = None) -> None:
        self._layers = layers or learnt_layers()
        if self._layers[0].weights.shape[1] != CHANNELS or self._layers[-1].weights.shape[2] != 1:
            raise ValueError("these weights are for another version of the ear: install the pedal again")
        steps = np.arange(STEPS) - (BEFORE - USUAL_LATE) / STEP
        self._usual = np.log(np.exp(-0.5 * (steps / SPREAD_STEPS) ** 2) + SURPRISE)

    def find(self, samples: Samples, rough: int, *, noticed: bool = True) -> Attack:
        """The attack near index ``rough`` (newest sample last); the flux ``noticed`` it there, or it is a guess."""
        likelihood = run_layers(self._layers, views(samples, rough))[:, 0]
        if noticed:
            likelihood = likelihood + self._usual
        weights = np.exp(likelihood - likelihood.max())
        best = int(np.convolve(weights, np.ones(2 * NEAR_STEPS + 1), mode="same").argmax())
        near = slice(max(0, best - NEAR_STEPS), best + NEAR_STEPS + 1)
        step = float(weights[near] @ np.arange(STEPS)[near] / weights[near].sum())
        at = rough - BEFORE + round((step + 0.5) * STEP)
        return Attack(max(0, min(at, len(samples) - 1)), float(weights[near].sum() / weights.sum()))


def views(samples: Samples, rough: int) -> Floats32:
    """What the network sees, shape (STEPS, CHANNELS): log envelopes, 0 at their loudest, and which steps are known."""
    start = rough - UNTOUCHED - LEARN
    heard = samples[max(0, start) :].astype(np.float64)
    if start < 0:
        heard = np.concatenate((np.zeros(-start), heard))
    news = unpredicted(heard, LEARN, SEEN_FROM)
    part = heard[SEEN_FROM:]
    slope = np.diff(heard[SEEN_FROM - 2 :])
    bend = np.diff(slope)
    at = (
        WIDE + STEP // 2 + STEP * np.arange(max(0, min(STEPS, (len(part) - NARROW - WIDE - STEP // 2 - 1) // STEP + 1)))
    )
    seen = np.zeros((STEPS, CHANNELS), np.float32)
    if len(at):
        seen[: len(at), -1] = 1.0
        seen[: len(at), :-1] = _looks((part, slope[1:], bend, news), at)
    return seen


def _looks(views: tuple[Floats, Floats, Floats, Floats], at: NDArray[np.int64]) -> Floats:
    """RMS around the steps ``at`` in units of two nepers, each look's loudest one at 0; shape (steps, looks)."""
    power = np.zeros((len(views), len(views[0]) + 1))
    np.cumsum(np.square(views), axis=1, out=power[:, 1:])
    looks = np.empty((len(LOOKS), len(at)))
    for look, (view, width, offset) in enumerate(LOOKS):
        begin = at[0] + offset - width // 2
        first = power[view, begin::STEP][: len(at)]
        # At the end a wide look ends with what was heard.
        upper = power[view].take(at + (offset + width // 2), mode="clip")
        looks[look] = (upper - first) / width
    log = np.log(np.sqrt(np.maximum(looks, 0.0)) + DARK)
    log -= log.max(axis=1, keepdims=True)
    return np.maximum(log / NEPERS_PER_UNIT, DEEPEST).T


def unpredicted(samples: Floats, known: int, begin: int = 0) -> Floats:
    """What linear prediction, learnt from the first ``known`` samples, does not foresee, from ``begin`` on.

    A string that rings on is foreseen and leaves 20 to 40 dB less; an attack is not.
    """
    if known < 4 * ORDER:
        return samples[begin:]
    past = np.zeros(known + ORDER)
    np.multiply(samples[:known], _taper(known), out=past[:known])
    correlation = np.correlate(past, past[:known])
    normal = correlation[LAGS]
    np.fill_diagonal(normal, correlation[0] + (1e-7 * correlation[0] + 1e-18))
    weights = np.linalg.solve(normal, correlation[1:])
    before = min(begin, ORDER)
    foreseen = np.convolve(samples[begin - before :], np.concatenate((np.ones(1), -weights)))
    return foreseen[before : before + len(samples) - begin]


@lru_cache(maxsize=2)
def _taper(length: int) -> Floats:
    return np.hanning(length)


def run_layers(layers: tuple[Layer, ...], seen: Floats32) -> Floats32:
    """The network: shape (steps, channels) in, (steps, outputs) out; rectified between the layers."""
    for index, layer in enumerate(layers):
        taps, channels, _ = layer.weights.shape
        reach = (taps - 1) // 2 * layer.dilation
        padded = np.zeros((len(seen) + 2 * reach, channels), np.float32)
        padded[reach : reach + len(seen)] = seen
        heard = np.tile(layer.bias, (len(seen), 1))
        for tap in range(taps):  # small products: for one large one a BLAS would wake its threads
            heard += padded[tap * layer.dilation : tap * layer.dilation + len(seen)] @ layer.weights[tap]
        seen = np.maximum(heard, 0.0) if index < len(layers) - 1 else heard
    return seen


def learnt_layers(rows: tuple[Row, ...] = LAYERS) -> tuple[Layer, ...]:
    """The layers that were learnt."""
    return tuple(
        Layer(_numbers(weights, shape), _numbers(bias, (-1,)), dilation) for dilation, shape, weights, bias in rows
    )


def _numbers(text: str, shape: tuple[int, ...]) -> Floats32:
    return np.frombuffer(base64.b64decode(text), "<f2").astype(np.float32).reshape(shape)

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
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.attack_weights import LAYERS, Row

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
LEARN: Final = 2_048
UNTOUCHED: Final = 600  # so long before the flux no attack has begun: prediction is learnt until there
DARK: Final = 1e-5  # of full scale: under every guitar, above the rounding of 16 bits
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
    known = rough - UNTOUCHED
    start = known - LEARN
    heard = samples[max(0, start) :].astype(np.float64)
    if start < 0:
        heard = np.concatenate((np.zeros(-start), heard))
    news = unpredicted(heard, LEARN)
    first = BEFORE + WIDE  # what lies before is of no use to the envelopes
    part = slice(LEARN + UNTOUCHED - first, None)
    slope = np.diff(heard, prepend=heard[:1])
    bend = np.diff(slope, prepend=0.0)
    at = WIDE + STEP // 2 + STEP * np.arange(STEPS)
    is_known = at + NARROW < len(heard) - part.start
    seen = [
        _looks(view[part], width, offsets, at, is_known)
        for view, width, offsets in (
            (heard, NARROW, HALVES),
            (slope, NARROW, HALVES),
            (bend, NARROW, HALVES),
            (news, NARROW, HALVES),
            (heard, WIDE, (0,)),
            (bend, WIDE, (0,)),
            (news, MIDDLE, (0,)),
        )
    ]
    return np.concatenate((*seen, is_known[:, None]), axis=1).astype(np.float32)


def _looks(
    view: Floats, width: int, offsets: tuple[int, ...], at: NDArray[np.int64], is_known: NDArray[np.bool_]
) -> Floats:
    """RMS around the steps ``at`` in units of two nepers, each look's loudest one at 0; shape (steps, offsets)."""
    power = np.concatenate((np.zeros(1), np.cumsum(view**2)))
    looks = np.zeros((len(at), len(offsets)))
    if not is_known.any():
        return looks
    for column, offset in enumerate(offsets):
        centre = at[is_known] + offset
        upper = np.minimum(centre + width // 2, len(view))
        rms = np.sqrt(np.maximum(power[upper] - power[centre - width // 2], 0.0) / width)
        log = np.log(rms + DARK)
        looks[is_known, column] = np.maximum((log - log.max()) / NEPERS_PER_UNIT, DEEPEST)
    return looks


def unpredicted(samples: Floats, known: int) -> Floats:
    """What linear prediction, learnt from the first ``known`` samples, does not foresee; the same shape.

    A string that rings on is foreseen and leaves 20 to 40 dB less; an attack is not.
    """
    if known < 4 * ORDER:
        return samples
    past = samples[:known] * np.hanning(known)
    spectrum = np.abs(np.fft.rfft(past, 2 * known)) ** 2
    correlation = np.fft.irfft(spectrum)[: ORDER + 1]
    lags = np.abs(np.arange(ORDER)[:, None] - np.arange(ORDER)[None, :])
    normal = correlation[lags] + np.eye(ORDER) * (1e-7 * correlation[0] + 1e-18)
    weights = np.linalg.solve(normal, correlation[1:])
    return np.convolve(samples, np.concatenate((np.ones(1), -weights)))[: len(samples)]


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

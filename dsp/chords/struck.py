"""Which pitches were struck: a small network weighs each candidate's partials against its neighbours'.

A fifth is the third partial of its root, a major third the fifth, a minor seventh the seventh: rules that take away
what other strings explain spoil one another. The network sees, for each of 54 pitches alike, the levels at its partials
(after the strum, late in it, before it) and beside them; then, for each pitch, what was made of the others around it.
The weights are the same for all pitches, so a chord and the same chord a fret higher are judged alike.
They were learnt from other guitars than any that the pedal is measured on; ``tests/chords`` holds the program.
"""

import base64
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.chords.spectrum import CELLS, CELLS_PER_SEMITONE, LOWEST_MIDI, Strum
from dsp.chords.struck_weights import LAYERS, Row

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]

LOWEST_PITCH: Final = 35  # B1
HIGHEST_PITCH: Final = 88  # E6
PITCHES: Final = HIGHEST_PITCH + 1 - LOWEST_PITCH
ORDERS: Final = 12
BESIDE: Final = (1 / 3, 1 / 2, 2 / 3, 3 / 4, 4 / 3, 3 / 2, 5 / 3, 5 / 2)
BACKGROUND_CELLS: Final = 13
INPUTS_AT_ONCE: Final = 112  # for a larger product a BLAS would wake its threads
WHOLE, NEAR_WHOLE, CLEAR, LATE, BEFORE, LAST = range(6)
LOWER, UPPER = -24, 36
"""As far below and above a pitch are those that may explain it, or be explained by it, in semitones."""


@dataclass(frozen=True, slots=True)
class Layer:
    """``weights``: (inputs, outputs)."""

    weights: Floats32
    bias: Floats32


def struck_odds(strum: Strum, layers: tuple[Layer, ...] | None = None) -> Floats:
    """Log-odds that each pitch from B1 to E6 was struck; shape (54,)."""
    alone, told, around, out = layers or learnt_layers()
    hidden = _rectified(seen(strum), alone)
    padded = np.zeros((PITCHES + UPPER - LOWER, told.weights.shape[1]), np.float32)
    padded[-LOWER : PITCHES - LOWER] = _rectified(hidden, told)
    windows = np.lib.stride_tricks.sliding_window_view(padded, UPPER - LOWER + 1, axis=0)
    together = np.concatenate((hidden, windows.transpose(0, 2, 1).reshape(PITCHES, -1)), axis=1)
    hidden = _rectified(together, around)
    odds: Floats = (hidden @ out.weights + out.bias)[:, 0].astype(np.float64)
    return odds


def seen(strum: Strum) -> Floats32:
    """What the network sees of each pitch; shape (54, taps), the last two say where on the neck it is."""
    views = np.zeros((6, CELLS + 1), np.float32)  # the last cell: what lies outside
    whole = strum.whole
    background = np.convolve(whole, np.full(BACKGROUND_CELLS, 1.0 / BACKGROUND_CELLS, np.float32), mode="same")
    for view, levels in (
        (WHOLE, whole),
        (NEAR_WHOLE, _widened(whole)),
        (CLEAR, whole - background),
        (LATE, _widened(strum.late)),
        (BEFORE, _widened(strum.before)),
        (LAST, _widened(strum.last)),
    ):
        views[view, :CELLS] = levels
    taps, place = tap_table()
    return np.concatenate((views.reshape(-1)[taps], place), axis=1)


@lru_cache(maxsize=1)
def tap_table() -> tuple[NDArray[np.intp], Floats32]:
    """Where in the flattened views each pitch's taps are, shape (54, taps), and its place, shape (54, 2)."""
    taps: list[tuple[int, int]] = []
    octave = 12 * CELLS_PER_SEMITONE
    for order in range(1, ORDERS + 1):
        cell = round(octave * np.log2(order))
        taps += [(WHOLE, cell - 1), (WHOLE, cell), (WHOLE, cell + 1), (CLEAR, cell)]
        taps += [(LATE, cell), (BEFORE, cell), (LAST, cell)]
        if order <= 3:
            taps += [(NEAR_WHOLE, cell - CELLS_PER_SEMITONE), (NEAR_WHOLE, cell + CELLS_PER_SEMITONE)]
    for ratio in BESIDE:
        cell = round(octave * np.log2(ratio))
        taps += [(NEAR_WHOLE, cell), (CLEAR, cell)]
    pitches = np.arange(PITCHES)
    first = (LOWEST_PITCH - LOWEST_MIDI + pitches) * CELLS_PER_SEMITONE
    cells = first[:, None] + np.array([cell for _, cell in taps])
    cells = np.where((cells >= 0) & (cells < CELLS), cells, CELLS)
    at = np.array([view for view, _ in taps]) * (CELLS + 1) + cells
    place = np.stack((pitches / PITCHES, (pitches / PITCHES) ** 2), axis=1).astype(np.float32)
    return at.astype(np.intp), place


@lru_cache(maxsize=1)
def learnt_layers(rows: tuple[Row, ...] = LAYERS) -> tuple[Layer, ...]:
    """The layers that were learnt: whole numbers of one byte, times a scale for each output."""
    return tuple(
        Layer(
            np.frombuffer(base64.b85decode(weights), np.int8).astype(np.float32).reshape(shape) * _floats(scale),
            _floats(bias),
        )
        for shape, weights, scale, bias in rows
    )


def _floats(text: str) -> Floats32:
    return np.frombuffer(base64.b85decode(text), "<f4").astype(np.float32)


def _widened(levels: Floats32) -> Floats32:
    """The loudest of each cell and its neighbours."""
    out = levels.copy()
    np.maximum(out[1:], levels[:-1], out=out[1:])
    np.maximum(out[:-1], levels[1:], out=out[:-1])
    return out


def _rectified(inputs: Floats32, layer: Layer) -> Floats32:
    out: Floats32 = np.tile(layer.bias, (len(inputs), 1))
    for start in range(0, inputs.shape[1], INPUTS_AT_ONCE):
        some = slice(start, start + INPUTS_AT_ONCE)
        out += inputs[:, some] @ layer.weights[some]
    return np.maximum(out, 0.0, out=out)

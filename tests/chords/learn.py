"""Fitting the weights of ``dsp.chords.struck``: every pitch's odds and the name made of them, AdamW, one cycle."""

from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
import optax

from dsp.chords.naming import HEARD, PITCH_CLASSES, SPARED, STRAY, TABLE
from dsp.chords.struck import BACKGROUND_CELLS, LOWER, LOWEST_PITCH, PITCHES, UPPER, Layer, tap_table
from tests.chords.lessons import NO_ROW, Lessons

ALONE: Final = 40
TOLD: Final = 12
AROUND: Final = 32
BATCH: Final = 256
RATE: Final = 4e-3
GENTLY: Final = 1.5e-3
DECAY: Final = 1e-4
NAME_SHARE: Final = 1.0
"""How much a wrong name weighs beside wrong pitches."""
Weights = list[tuple[Any, Any]]

WINDOW: Final = UPPER - LOWER + 1
FROM_TO: Final = np.subtract.outer(np.arange(PITCHES), np.arange(PITCHES)) - LOWER + PITCHES
CLASSES: Final = (LOWEST_PITCH + np.arange(PITCHES)) % PITCH_CLASSES
ONE_HOT: Final = np.eye(PITCH_CLASSES, dtype=np.float32)[CLASSES]


def first_weights(seed: int) -> Weights:
    """He's initialisation."""
    taps = tap_table()[0].shape[1] + 2
    shapes = [(taps, ALONE), (ALONE, TOLD), (ALONE + WINDOW * TOLD, AROUND), (AROUND, 1)]
    key, weights = jax.random.PRNGKey(seed), []
    for inputs, outputs in shapes:
        key, own = jax.random.split(key)
        weights.append((np.sqrt(2.0 / inputs) * jax.random.normal(own, (inputs, outputs)), jnp.zeros(outputs)))
    return weights


def _widened(levels: Any) -> Any:
    padded = jnp.pad(levels, ((0, 0), (1, 1)), constant_values=-1.0)
    return jnp.maximum(levels, jnp.maximum(padded[:, :-2], padded[:, 2:]))


def seen(looks: Any) -> Any:
    """The same as ``dsp.chords.struck.seen`` for a batch; shape (n, 54, taps)."""
    whole, late, before, last = (looks[:, at].astype(jnp.float32) for at in range(4))
    kernel = np.full((BACKGROUND_CELLS, 1, 1), 1.0 / BACKGROUND_CELLS, np.float32)
    background = jax.lax.conv_general_dilated(
        whole[..., None], kernel, (1,), "SAME", dimension_numbers=("NWC", "WIO", "NWC")
    )[..., 0]
    views = (whole, _widened(whole), whole - background, _widened(late), _widened(before), _widened(last))
    views = jnp.pad(jnp.stack(views, axis=1), ((0, 0), (0, 0), (0, 1)))
    taps, place = tap_table()
    gathered = views.reshape(len(looks), -1)[:, taps.reshape(-1)].reshape(len(looks), *taps.shape)
    return jnp.concatenate((gathered, jnp.broadcast_to(place, (len(looks), *place.shape))), axis=2)


def odds(weights: Weights, looks: Any) -> Any:
    """The same as ``dsp.chords.struck.struck_odds`` for a batch; shape (n, 54)."""
    alone, told, around, out = weights
    hidden = jax.nn.relu(seen(looks) @ alone[0] + alone[1])
    bottled = jax.nn.relu(hidden @ told[0] + told[1])
    kernel = jnp.pad(around[0][ALONE:].reshape(WINDOW, TOLD, AROUND), ((PITCHES, PITCHES), (0, 0), (0, 0)))
    # A product of matrices is several times as fast as a convolution here: (54, told) to (54, around).
    table = kernel[FROM_TO].transpose(0, 2, 1, 3).reshape(PITCHES * TOLD, PITCHES * AROUND)
    beside = (bottled.reshape(len(looks), -1) @ table).reshape(len(looks), PITCHES, AROUND)
    together = jax.nn.relu(hidden @ around[0][:ALONE] + beside + around[1])
    return (together @ out[0] + out[1])[..., 0]


def log_posterior(odds_of: Any, log_share: Any) -> Any:
    """The same as ``dsp.chords.naming``; shape (n, rows)."""
    struck = jax.nn.sigmoid(odds_of)
    log_silent = jax.nn.log_sigmoid(-odds_of)
    before = jnp.cumsum(log_silent, axis=1) - log_silent
    is_bass = (struck * jnp.exp(before)) @ ONE_HOT + 1e-9
    none = log_silent @ ONE_HOT
    ratio = jnp.clip(jnp.expm1(-jnp.maximum(none, -13.8)), 1e-6, 1e6)
    heard, spared, stray = (jnp.log1p(often * (ratio - 1.0)) for often in (HEARD, SPARED, STRAY))
    fit = (heard - stray) @ TABLE.heard.T + (spared - stray) @ TABLE.spared.T
    return jax.nn.log_softmax(fit + jnp.log(is_bass @ TABLE.bass.T) + log_share, axis=1)


def loss(weights: Weights, looks: Any, struck: Any, rows: Any, log_share: Any) -> Any:
    of = odds(weights, looks)
    pitches = optax.sigmoid_binary_cross_entropy(of, struck.astype(jnp.float32)).sum(axis=1).mean()
    named = jnp.take_along_axis(log_posterior(of, log_share), jnp.maximum(rows, 0)[:, None], axis=1)[:, 0]
    return pitches - NAME_SHARE * jnp.where(rows == NO_ROW, 0.0, named).mean()


def learn(taught: Lessons, seed: int, passes: int, weights: Weights | None = None, rate: float = RATE) -> Weights:
    """The weights after so many passes through the lessons, from random ones or from ``weights``."""
    rng = np.random.default_rng(seed)
    weights = weights or first_weights(seed)
    counts = np.bincount(taught.rows[taught.rows >= 0], minlength=len(TABLE.roots)) + 1.0
    log_share = jnp.log(counts / counts.sum())
    steps = passes * (len(taught.rows) // BATCH)
    optimiser = optax.adamw(optax.cosine_onecycle_schedule(steps, rate, pct_start=0.15), weight_decay=DECAY)
    state = optimiser.init(weights)

    @jax.jit
    def step(weights: Weights, state: Any, looks: Any, struck: Any, rows: Any) -> Any:
        value, slopes = jax.value_and_grad(loss)(weights, looks, struck, rows, log_share)
        change, state = optimiser.update(slopes, state, weights)
        return optax.apply_updates(weights, change), state, value

    for one in range(passes):
        order = rng.permutation(len(taught.rows))
        values = []
        for start in range(0, len(order) - BATCH + 1, BATCH):
            at = order[start : start + BATCH]
            weights, state, value = step(weights, state, taught.looks[at], taught.struck[at], taught.rows[at])
            values.append(value)
        print(f"pass {one + 1}: loss {np.mean(values):.4f}", flush=True)
    return weights


def layers_of(weights: Weights) -> tuple[Layer, ...]:
    return tuple(Layer(np.asarray(weight, np.float32), np.asarray(bias, np.float32)) for weight, bias in weights)


def weights_of(layers: tuple[Layer, ...]) -> Weights:
    """Those that were written, to be learnt further."""
    return [(jnp.asarray(layer.weights), jnp.asarray(layer.bias)) for layer in layers]

"""Fitting the weights of ``dsp.ear.attack``: cross entropy with the right step, AdamW, one cycle of learning rates."""

from collections.abc import Iterator
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
import optax

from dsp.ear.attack import CHANNELS, STEPS, Layer

KERNELS: Final = ((9, 1), (9, 2), (9, 4), (5, 8), (1, 1))
"""Taps and dilation of each layer: together they see 29 ms around a step."""
WIDTH: Final = 16
BATCH: Final = 256
PASSES: Final = 20
RATE: Final = 6e-3
DECAY: Final = 1e-4
BLUR_STEPS: Final = 0.6
Weights = list[tuple[Any, Any]]


def first_weights(seed: int) -> Weights:
    """He's initialisation."""
    key, channels, weights = jax.random.PRNGKey(seed), CHANNELS, []
    for index, (taps, _) in enumerate(KERNELS):
        outputs = WIDTH if index < len(KERNELS) - 1 else 1
        key, own = jax.random.split(key)
        scale = np.sqrt(2.0 / (taps * channels))
        weights.append((scale * jax.random.normal(own, (taps, channels, outputs)), jnp.zeros(outputs)))
        channels = outputs
    return weights


def likelihood(weights: Weights, seen: Any) -> Any:
    """Shape (batch, steps), not normalised; the same network as ``dsp.ear.attack.run_layers``."""
    for index, ((weight, bias), (_, dilation)) in enumerate(zip(weights, KERNELS, strict=True)):
        seen = bias + jax.lax.conv_general_dilated(
            seen, weight, (1,), "SAME", rhs_dilation=(dilation,), dimension_numbers=("NWC", "WIO", "NWC")
        )
        seen = jax.nn.relu(seen) if index < len(weights) - 1 else seen
    return seen[..., 0]


def loss(weights: Weights, seen: Any, steps: Any) -> Any:
    """Mean cross entropy against a bell of 0.3 ms around the right step."""
    wanted = jnp.exp(-0.5 * ((jnp.arange(STEPS) - steps[:, None]) / BLUR_STEPS) ** 2)
    wanted = wanted / wanted.sum(axis=1, keepdims=True)
    return -(wanted * jax.nn.log_softmax(likelihood(weights, seen))).sum(axis=1).mean()


def batches(rng: np.random.Generator, count: int) -> Iterator[np.ndarray]:
    """Indices, in another order with every pass."""
    for _ in range(PASSES):
        order = rng.permutation(count)
        for start in range(0, count - BATCH + 1, BATCH):
            yield order[start : start + BATCH]


def learn(seen: np.ndarray, steps: np.ndarray, seed: int) -> tuple[Layer, ...]:
    """The layers that fit: ``seen`` of shape (n, STEPS, CHANNELS), ``steps`` the right answers, shape (n,)."""
    turns = PASSES * (len(seen) // BATCH)
    optimizer = optax.adamw(optax.cosine_onecycle_schedule(turns, RATE), weight_decay=DECAY)
    weights = first_weights(seed)
    state = optimizer.init(weights)

    @jax.jit
    def step(weights: Weights, state: Any, seen: Any, steps: Any) -> tuple[Weights, Any, Any]:
        value, slopes = jax.value_and_grad(loss)(weights, seen, steps)
        updates, state = optimizer.update(slopes, state, weights)
        return optax.apply_updates(weights, updates), state, value

    values = []
    for turn, chosen in enumerate(batches(np.random.default_rng(seed), len(seen))):
        weights, state, value = step(weights, state, seen[chosen], steps[chosen])
        values.append(float(value))
        if turn % 500 == 499:
            print(f"{turn + 1} of {turns}: {np.mean(values[-500:]):.3f}", flush=True)
    return tuple(
        Layer(np.asarray(weight), np.asarray(bias), dilation)
        for (weight, bias), (_, dilation) in zip(weights, KERNELS, strict=True)
    )

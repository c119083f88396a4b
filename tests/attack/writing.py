"""The learnt weights as the module ``dsp/ear/attack_weights.py``: text, so a change shows (``make format`` after)."""

import base64
from pathlib import Path
from textwrap import wrap

import numpy as np

import dsp.ear.attack_weights
from dsp.ear.attack import Layer

MODULE = Path(dsp.ear.attack_weights.__file__)
LINE = 100


def write_layers(layers: tuple[Layer, ...], about: str, module: Path = MODULE) -> None:
    """Half floats in base64: dilation, shape, weights and bias of each layer."""
    rows = "".join(
        f"    ({layer.dilation}, {layer.weights.shape}, ({_text(layer.weights)}), ({_text(layer.bias)})),\n"
        for layer in layers
    )
    module.write_text(
        f'"""The weights of ``dsp.ear.attack``, made by ``{about}``: never edited by hand."""\n\n'
        "from typing import Final, TypeAlias\n\n"
        "Row: TypeAlias = tuple[int, tuple[int, ...], str, str]\n\n"
        f"LAYERS: Final[tuple[Row, ...]] = (\n{rows})\n",
        encoding="ascii",
    )


def _text(numbers: np.ndarray) -> str:
    encoded = base64.b64encode(numbers.astype("<f2").tobytes()).decode()
    return "\n".join(f'"{part}"' for part in wrap(encoded, LINE))

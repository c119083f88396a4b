"""The learnt weights as the module ``dsp/chords/struck_weights.py``: text, so a change shows."""

import base64
from pathlib import Path
from textwrap import wrap

import numpy as np

import dsp.chords.struck_weights
from dsp.chords.struck import Layer

MODULE = Path(dsp.chords.struck_weights.__file__)
LINE = 108


def write_layers(layers: tuple[Layer, ...], about: str, module: Path = MODULE) -> None:
    """Whole numbers of one byte, a scale for each output, both in base 85 with the bias."""
    rows = "".join(_row(layer) for layer in layers)
    made_by = "\n".join(f'    "{part}"' for part in wrap(about, LINE, drop_whitespace=False))
    module.write_text(
        '"""The weights of ``dsp.chords.struck``: never edited by hand."""\n\n'
        "from typing import Final, TypeAlias\n\n"
        "Row: TypeAlias = tuple[tuple[int, ...], str, str, str]\n\n"
        f"ABOUT: Final = (\n{made_by}\n)\n"
        f"LAYERS: Final[tuple[Row, ...]] = (\n{rows})\n",
        encoding="ascii",
    )


def _row(layer: Layer) -> str:
    scale = np.maximum(np.abs(layer.weights).max(axis=0), 1e-9) / 127.0
    whole = np.round(layer.weights / scale).astype(np.int8)
    texts = (_text(whole), _text(scale.astype("<f4")), _text(layer.bias.astype("<f4")))
    return f"    ({layer.weights.shape}, " + ", ".join(f"({text})" for text in texts) + "),\n"


def _text(numbers: np.ndarray) -> str:
    encoded = base64.b85encode(numbers.tobytes()).decode()
    return "\n".join(f'"{encoded[at : at + LINE]}"' for at in range(0, len(encoded), LINE))

"""A guitar by formula, for tests that must not download one: its pitches are known, its notes pass as recordings."""

import struct
from functools import cache
from pathlib import Path

import numpy as np

from tests.dsp.plucked import pluck
from tests.takes.measure import Samples
from tests.takes.soundfont import Recorded
from tests.takes.sources import Guitar, chosen
from tests.takes.strings import RATE_HZ

SILENCE_S = 0.012
OUT_OF_TUNE_CENTS = 7.0
"""Every recording: whoever trusted its name would be off by this much."""


def recorded(midi: int, seconds: float = 2.0, cents: float = OUT_OF_TUNE_CENTS) -> Recorded:
    """A note named ``midi`` that sounds ``cents`` higher, after a little silence."""
    sound = pluck(midi + cents / 100, seconds, stiffness=1e-9)
    return Recorded(f"made {midi}", midi, np.concatenate([np.zeros(round(SILENCE_S * RATE_HZ)), sound]), RATE_HZ)


@cache
def made_guitar() -> Guitar:
    """Every fourth semitone from B1 to G5, four seconds each."""
    return chosen("made", [recorded(midi, 4.0) for midi in range(35, 81, 4)])


def soundfont_bytes(samples: Samples, loop: tuple[int, int], right: bool = False, looped: bool = True) -> bytes:
    """A SoundFont with one instrument, ``Guitar``, of one sample at 22050 Hz, key 64."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)

    def named(text: bytes) -> bytes:
        return text.ljust(20, b"\0")

    pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    kind = 2 if right else 1
    header = named(b"E3") + struct.pack(
        "<5IBbHH", 3, 3 + len(samples), 3 + loop[0], 3 + loop[1], 22_050, 60, 0, 0, kind
    )
    tables = (
        chunk(b"inst", named(b"Guitar") + struct.pack("<H", 0) + named(b"EOI") + struct.pack("<H", 1))
        + chunk(b"ibag", struct.pack("<HHHH", 0, 0, 3, 0))
        + chunk(b"igen", struct.pack("<HhHhHh", 58, 64, 54, looped, 53, 0) + struct.pack("<Hh", 0, 0))
        + chunk(b"shdr", header + named(b"EOS") + struct.pack("<5IBbHH", *[0] * 9))
    )
    # Three samples before it: an offset that is counted in bytes would be found out.
    body = b"sfbk" + chunk(b"LIST", b"sdta" + chunk(b"smpl", b"\0" * 6 + pcm)) + chunk(b"LIST", b"pdta" + tables)
    return chunk(b"RIFF", body)


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path

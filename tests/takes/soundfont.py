"""Recordings out of a SoundFont 2 file: a reader of just what a builder of takes needs.

Format: SoundFont Technical Specification 2.04, chapters 4 to 7. A RIFF file; ``smpl`` holds all samples as 16-bit
integers, ``shdr`` says where each begins, ends and loops, ``inst`` names instruments, whose zones (``ibag``, ``igen``)
point to samples. Only what was recorded is handed out: a looped sample ends where its loop begins.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.takes.measure import Samples

ROOT_KEY, SAMPLE_ID, SAMPLE_MODES = 58, 53, 54
LOOPS = (1, 3)
RIGHT_CHANNEL, ROM = 2, 0x8000


@dataclass(frozen=True)
class Recorded:
    """One sample of an instrument: mono, -1 to 1, up to its loop; ``midi`` is what its name and key say, not more."""

    name: str
    midi: int
    samples: Samples
    rate_hz: int


class SoundFont:
    """Raises ``ValueError`` for a file that is no SoundFont 2."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        if self._data[:4] != b"RIFF" or self._data[8:12] != b"sfbk":
            raise ValueError(f"{path} is no SoundFont 2 file")
        self._chunks = {
            name: (at, size)
            for outer, start, length in self._walk(12, len(self._data))
            if outer == b"LIST"
            for name, at, size in self._walk(start + 4, start + length)
        }

    def _walk(self, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
        while at + 8 <= end:
            name, size = struct.unpack_from("<4sI", self._data, at)
            yield name, at + 8, size
            at += 8 + size + size % 2

    def _records(self, chunk: bytes, layout: str) -> list[tuple[Any, ...]]:
        at, size = self._chunks[chunk]
        return list(struct.iter_unpack(layout, self._data[at : at + size]))

    def instrument(self, name: str) -> list[Recorded]:
        """Every left or mono sample that the instrument uses, once. Raises ``ValueError`` where it is not there."""
        instruments = [(_text(raw), bag) for raw, bag in self._records(b"inst", "<20sH")]
        bags = [first for first, _ in self._records(b"ibag", "<HH")]
        generators = self._records(b"igen", "<Hh")
        headers = self._records(b"shdr", "<20s5IBbHH")
        found: dict[int, Recorded] = {}
        for index, (label, first) in enumerate(instruments[:-1]):
            if label != name:
                continue
            for bag in range(first, instruments[index + 1][1]):
                zone = dict(generators[bags[bag] : bags[bag + 1]])
                if SAMPLE_ID in zone and zone[SAMPLE_ID] not in found:
                    header = headers[zone[SAMPLE_ID]]
                    if not header[9] & (RIGHT_CHANNEL | ROM):
                        found[zone[SAMPLE_ID]] = self._recorded(header, zone)
        if not found:
            raise ValueError(f"this SoundFont has no instrument {name!r}")
        return list(found.values())

    def _recorded(self, header: tuple[Any, ...], zone: dict[int, int]) -> Recorded:
        raw, start, end, loop, _, rate_hz, key, *_ = header
        stop = loop if zone.get(SAMPLE_MODES, 0) in LOOPS and start < loop < end else end
        at = self._chunks[b"smpl"][0]
        samples = np.frombuffer(self._data, "<i2", stop - start, at + 2 * start) / 32768.0
        return Recorded(_text(raw), zone.get(ROOT_KEY, key), samples, rate_hz)


def _text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode("latin-1").strip()

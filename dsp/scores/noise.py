"""How clean the sound between and under the notes is: hum, hiss, and strings that ring on."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from dsp.types import NoiseReading, Note

LOUD_DB, CLEAN_DB = 38.0, 58.0  # notes above the noise: 0 and 1
INPUT_DBFS: Final = -76.0  # so little is the input's own, however softly it is played
INPUT_LOUD_DBFS: Final = -64.0
DAMPED_DB, RINGS_DB = -24.0, -8.0  # of a string that was left, under the note: damped ones lie below -32


def noise_control(readings: Sequence[NoiseReading], notes: Sequence[Note]) -> float | None:
    """How far the notes stand above what sounds between and under them, 0 to 1; ``None`` where it never was silent.

    The mean over all readings, one per second and one per note: hum for half of the time costs half. Hum counts
    double, it is always there. Noise that is only as strong as an input's own is clean, also under a soft player. A
    note under which the string before it rings on counts half at the least: that may be meant.
    """
    heard = [(r.noise_dbfs, r.hum_dbfs) for r in readings if r.sure]
    damped = [1.0] * len(heard)
    for note in notes:
        if note.noise_dbfs is not None and note.hum_dbfs is not None:
            heard.append((note.noise_dbfs, note.hum_dbfs))
            damped.append(_damped(note))
    if not heard or not notes:
        return None
    levels_dbfs = np.array(heard, np.float64)
    noise_dbfs = 10.0 * np.log10((10.0 ** (levels_dbfs / 10.0)).sum(axis=1) + 1e-12)
    notes_dbfs = float(np.median([n.level_dbfs for n in notes]))
    stands_out = (notes_dbfs - noise_dbfs - LOUD_DB) / (CLEAN_DB - LOUD_DB)
    unheard = (noise_dbfs - INPUT_LOUD_DBFS) / (INPUT_DBFS - INPUT_LOUD_DBFS)
    return float(np.mean(np.clip(np.maximum(stands_out, unheard), 0.0, 1.0) * np.array(damped)))


def _damped(note: Note) -> float:
    """1 where nothing rings under the note, .5 where the string before does as if it was never left."""
    if note.ringing_db is None or note.chord_id is not None:
        return 1.0
    rings = (note.ringing_db - DAMPED_DB) / (RINGS_DB - DAMPED_DB)
    return 1.0 - 0.5 * min(1.0, max(0.0, rings))

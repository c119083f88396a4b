"""Writing a take: whole, or not at all."""

import io
import os
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray


def write_flac(path: Path, samples: NDArray[np.int16], sample_rate_hz: int) -> None:
    """Write mono int16 samples, shape (n,), as FLAC; it has its name only once it is whole. Raises ``OSError``."""
    encoded = io.BytesIO()  # in memory, at most a few MB: libsndfile cannot hear from us that the disk is full
    try:
        soundfile.write(encoded, samples, sample_rate_hz, format="FLAC", subtype="PCM_16")
    except soundfile.LibsndfileError as error:
        raise OSError(f"{path}: {error}") from error
    partial = path.with_name(f".{path.name}.part")
    try:
        with partial.open("wb") as file:
            file.write(encoded.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise

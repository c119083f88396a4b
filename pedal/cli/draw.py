"""``pedal draw``: a recording as a picture, what was heard over its spectrogram and the truth beside it."""

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np

from dsp.pipeline import PipelineConfig
from dsp.report import analysis_json
from dsp.types import SessionSetup
from hardware.audio_file import read_audio
from pedal.cli.errors import UsageError
from pedal.hearing import hear
from pedal.picture import draw_take

TRUTH_KEYS = ("onset", "offset", "midi")
NO_TRUTH = '{path} is no truth: that is {{"notes": [...]}}, and each note has the numbers onset, offset and midi'


def draw(parsed: argparse.Namespace) -> None:
    """Write the picture of a recording."""
    if parsed.out.suffix.lower() != ".png":
        raise UsageError(f"{parsed.out}: the picture is a PNG, give a name that ends in .png")
    truth = read_truth(parsed.truth) if parsed.truth is not None else None
    try:
        config = PipelineConfig(a4_hz=parsed.a4, tuning=parsed.tuning)
        heard = analysis_json(hear(parsed.file, config).entries, SessionSetup(a4_hz=parsed.a4, tuning=parsed.tuning))
        audio = read_audio(parsed.file)
        loudest = int(np.square(audio.samples).mean(axis=0).argmax())
        mono = np.nan_to_num(audio.samples[:, loudest], posinf=0.0, neginf=0.0)
        picture = draw_take(mono, audio.sample_rate_hz, heard, truth, parsed.file.name)
    except ValueError as error:
        raise UsageError(str(error)) from error
    try:
        picture.save(parsed.out)
    except OSError as error:
        raise UsageError(f"{parsed.out}: {error.strerror or error}; give a file that can be written") from error
    sys.stdout.write(f"{parsed.out}: {picture.width} × {picture.height}, {len(heard['notes'])} notes\n")


def read_truth(path: Path) -> list[dict[str, Any]]:
    """The notes of a truth file: an object with ``notes``, each with onset and offset in s and a MIDI pitch."""
    try:
        notes = json.loads(path.read_text(encoding="utf-8"))["notes"]
        sane = all(math.isfinite(note[key]) for note in notes for key in TRUTH_KEYS)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(NO_TRUTH.format(path=path)) from error
    if not sane:
        raise UsageError(NO_TRUTH.format(path=path))
    return list(notes)

"""How early or late each single note was against the click that ran: for pictures. Early is negative.

The strings of one strum are one stroke, and share its error. Without a click a note has none here.
"""

from collections.abc import Sequence

import numpy as np

from dsp.replay import SessionRecord
from dsp.rhythm.click import against_click
from dsp.rhythm.strokes import stretches
from dsp.types import Note


def errors_by_note(record: SessionRecord, notes: Sequence[Note]) -> dict[tuple[int, int], float]:
    """Milliseconds by (segment, note_id), of those of ``notes`` that were played to a click.

    They are the very errors that ``timing`` judges, so a note's number and the scores never disagree.
    """
    found: dict[tuple[int, int], float] = {}
    together = stretches(record, notes)
    for number in dict.fromkeys(stretch.segment for stretch in together):
        here = [stretch for stretch in together if stretch.segment == number]
        rate_hz = record.segment(number).sample_rate_hz
        onsets_s = np.concatenate([stretch.onsets_s for stretch in here])
        errors_ms = np.concatenate(
            [
                np.full(len(stretch.onsets_s), np.nan)
                if stretch.grid is None
                else against_click(stretch.onsets_s - stretch.latency_s, stretch.grid, rate_hz).errors_ms
                for stretch in here
            ]
        )
        for note in notes:
            if note.segment == number:
                stroke = int(np.searchsorted(onsets_s, note.onset_sample / rate_hz, side="right")) - 1
                if not np.isnan(errors_ms[stroke]):
                    found[note.segment, note.note_id] = float(errors_ms[stroke])
    return found

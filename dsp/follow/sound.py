"""What is followed: one stroke as the ear tells it, a note or a chord."""

from dataclasses import dataclass
from typing import Final

from dsp.theory.chord_kinds import KINDS
from dsp.types import ChordStarted, NoteStarted

CHORD_OCTAVE: Final = 48  # a chord is told by its name: where it says a pitch, its root from C3 up stands for it


@dataclass(frozen=True, slots=True)
class Sound:
    """``note_id`` below 0 is a chord, −1 less its id. ``classes``: a chord's pitch classes, empty for a note.

    ``trust``: 0 to 1, how sure the ear is.
    """

    segment: int
    note_id: int
    onset_sample: int
    midi: int
    trust: float
    classes: frozenset[int] = frozenset()

    @property
    def key(self) -> tuple[int, int]:
        """Unlike that of any other sound of the log."""
        return self.segment, self.note_id


def note_sound(note: NoteStarted) -> Sound:
    """A note as it was first told."""
    return Sound(note.segment, note.note_id, note.onset_sample, note.midi, min(1.0, max(0.0, note.confidence)))


def chord_sound(chord: ChordStarted) -> Sound:
    """A chord; of a kind that is not known here, its root alone."""
    classes = frozenset((chord.root + step) % 12 for step in KINDS.get(chord.kind, (0,)))
    trust = min(1.0, max(0.0, chord.confidence))
    return Sound(chord.segment, -1 - chord.chord_id, chord.onset_sample, CHORD_OCTAVE + chord.root, trust, classes)

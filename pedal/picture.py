"""A take as a picture: what was heard over the spectrogram, the truth beside it, what was taken back crossed out.

Rows of ten seconds, one below the other. Pure: samples and what ``analysis_json`` says go in, an image comes out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from dsp.theory.scales import note_name
from pedal.spectrogram import coloured, semitone_levels

Json = dict[str, Any]
Samples = NDArray[np.float32]

ROW_S: Final = 10.0
PX_PER_S: Final = 140
PX_PER_SEMITONE: Final = 9
LEFT: Final = 44
HEAD: Final = 52
STRIP: Final = 30  # below each row: onsets and seconds
GAP: Final = 18
ABOVE_SEMITONES: Final = 14  # above the highest note, for its partials
BELOW_SEMITONES: Final = 3
BAR: Final = 5  # half the height of a note
SAME_S: Final = 0.05
SAME_SEMITONES: Final = 0.5
DURATION_S_MAX: Final = 600.0

INK: Final = (235, 235, 240)
FAINT: Final = (120, 122, 140)
PAPER: Final = (18, 19, 30)
RIGHT: Final = (64, 224, 128)
WRONG: Final = (255, 70, 90)
TRUE: Final = (120, 210, 255)
GONE: Final = (200, 200, 200)
GUESS: Final = (255, 170, 40)


@dataclass(frozen=True, slots=True)
class Marks:
    """What is drawn, and the verdict on it: indices of notes that match no truth, and of truth that no note matches."""

    notes: Sequence[Json]
    retracted: Sequence[Json]
    truth: Sequence[Json] | None
    extra: frozenset[int]
    missed: frozenset[int]


def judge(heard: Json, truth: Sequence[Json] | None) -> Marks:
    """Each true note (``onset``, ``offset``, ``midi``) takes the nearest free one within 50 ms and half a semitone."""
    notes = heard["notes"]
    if truth is None:
        return Marks(notes, heard["retracted"], None, frozenset(), frozenset())
    free, missed = set(range(len(notes))), set()
    for index, true in enumerate(truth):
        bend = (true.get("bend_cents") or 0.0) / 100.0
        near = [n for n in free if _is_same(notes[n], true, bend)]
        if near:
            free.remove(min(near, key=lambda n: abs(notes[n]["onset_s"] - true["onset"])))
        else:
            missed.add(index)
    return Marks(notes, heard["retracted"], truth, frozenset(free), frozenset(missed))


def _is_same(note: Json, true: Json, bend_semitones: float) -> bool:
    away = _pitch(note) - true["midi"]
    low, high = sorted((0.0, bend_semitones))
    if abs(note["onset_s"] - true["onset"]) > SAME_S:
        return False
    return bool(low - SAME_SEMITONES < away < high + SAME_SEMITONES)


def _pitch(note: Json) -> float:
    return float(note["midi"] + note.get("cents", 0.0) / 100.0)


class Picture:
    """``draw_take`` makes one; ``image`` is the result."""

    def __init__(self, samples: Samples, rate_hz: int, marks: Marks) -> None:
        self._samples, self._rate_hz, self._marks = samples, rate_hz, marks
        self._duration_s = len(samples) / rate_hz
        pitches = [_pitch(n) for n in (*marks.notes, *marks.retracted)] + [float(t["midi"]) for t in marks.truth or ()]
        self._low = int(max(24.0, min(pitches, default=40.0) - BELOW_SEMITONES))
        self._high = int(min(112.0, max(pitches, default=64.0) + ABOVE_SEMITONES))
        self._rows = max(1, int(np.ceil(self._duration_s / ROW_S - 1e-9)))
        self._tall = (self._high - self._low) * PX_PER_SEMITONE
        seconds = min(self._duration_s, ROW_S) if self._rows == 1 else ROW_S
        self._wide = max(640, round(seconds * PX_PER_S))
        size = (LEFT + self._wide + GAP, HEAD + self._rows * (self._tall + STRIP + GAP))
        self.image = Image.new("RGB", size, PAPER)
        self._draw = ImageDraw.Draw(self.image)

    def _top(self, row: int) -> int:
        return HEAD + row * (self._tall + STRIP + GAP)

    def _y(self, row: int, midi: float) -> float:
        return self._top(row) + (self._high - midi) * PX_PER_SEMITONE

    def _x(self, row: int, at_s: float) -> float:
        return LEFT + min(max(0.0, (at_s - row * ROW_S) * PX_PER_S), self._wide)

    def spectrum(self) -> None:
        """The spectrogram of every row, in the same colours."""
        midis = self._low + (np.arange(self._tall) + 0.5) / PX_PER_SEMITONE
        columns = np.arange(self._wide) / PX_PER_S
        rows = [
            semitone_levels(self._samples, self._rate_hz, row * ROW_S + columns, midis) for row in range(self._rows)
        ]
        loudest_db = max((float(levels.max()) for levels in rows), default=0.0)
        for row, levels in enumerate(rows):
            lasts = min(self._wide, round((self._duration_s - row * ROW_S) * PX_PER_S))
            self.image.paste(Image.fromarray(coloured(levels[:, :lasts], loudest_db)), (LEFT, self._top(row)))

    def axes(self) -> None:
        """Names of notes at the left, seconds below."""
        for row in range(self._rows):
            for midi in range(self._low + 1, self._high):
                if midi % 12 in {0, 4, 9}:
                    self._text((LEFT - 6, self._y(row, midi)), note_name(midi), FAINT, anchor="rm")
                    self._line((LEFT - 4, self._y(row, midi), LEFT, self._y(row, midi)), FAINT)
            bottom = self._top(row) + self._tall
            for second in range(int(ROW_S) + 1):
                at = self._x(row, row * ROW_S + second)
                if second * PX_PER_S <= self._wide:
                    self._line((at, bottom, at, bottom + 4), FAINT)
                    self._text((at, bottom + 23), f"{row * ROW_S + second:.0f} s", FAINT, anchor="mm")

    def notes(self) -> None:
        """Truth as outlines, notes as bars from onset to end, a dot where each was reported; onsets below."""
        for index, true in enumerate(self._marks.truth or ()):
            colour = WRONG if index in self._marks.missed else TRUE
            self._bar(true["midi"], true["onset"], true["offset"], colour, half=BAR + 3, filled=False)
            self._onset(true["onset"], TRUE, 11, 17)
            if index in self._marks.missed:
                self._label(true["onset"], true["midi"], f"{note_name(round(true['midi']))} missed", WRONG, below=True)
        for gone in self._marks.retracted:
            self._crossed(gone)
        for index, note in enumerate(self._marks.notes):
            colour = WRONG if index in self._marks.extra else RIGHT
            self._bar(_pitch(note), note["onset_s"], note["offset_s"], colour, half=BAR, filled=True)
            self._label(note["onset_s"], _pitch(note), note_name(note["midi"]), colour)
            self._onset(note["onset_s"], colour, 4, 10)
            for report in note["reports"]:
                guess = report["midi"] != note["midi"]
                self._dot(report["decided_s"], report["midi"] if guess else _pitch(note), GUESS if guess else INK)

    def head(self, title: str) -> None:
        """The file, the counts, and what the colours mean."""
        marks = self._marks
        counts = f"{len(marks.notes)} notes, {len(marks.retracted)} taken back"
        if marks.truth is not None:
            counts += f"; of {len(marks.truth)} true ones {len(marks.missed)} missed, {len(marks.extra)} extra"
        self._text((LEFT, 15), f"{title}: {counts}", INK, anchor="lm", size_px=16)
        at = float(LEFT)
        legend = [("heard", RIGHT), ("reported", INK), ("wrong first report", GUESS), ("taken back", GONE)]
        if marks.truth is not None:
            legend += [("truth", TRUE), ("missed or extra", WRONG)]
        for words, colour in legend:
            self._draw.rectangle((at, 33, at + 10, 43), fill=colour)
            self._text((at + 15, 38), words, FAINT, anchor="lm")
            at += 30 + self._draw.textlength(words, font=_font(12))

    def _spans(self, from_s: float, to_s: float) -> list[tuple[int, float, float]]:
        """The rows that a stretch of time touches, and from where to where."""
        first, last = int(from_s // ROW_S), int(max(from_s, to_s - 1e-6) // ROW_S)
        return [
            (row, self._x(row, from_s), max(self._x(row, to_s), self._x(row, from_s) + 2))
            for row in range(max(0, first), min(self._rows - 1, last) + 1)
        ]

    def _bar(
        self, midi: float, from_s: float, to_s: float, colour: tuple[int, int, int], *, half: int, filled: bool
    ) -> None:
        for row, left, right in self._spans(from_s, to_s):
            y = self._y(row, midi)
            box = (left, y - half, right, y + half)
            if filled:
                self._draw.rectangle(box, outline=colour, width=2)
                self._line((left, y, right, y), colour)
            else:
                self._draw.rectangle(box, outline=colour, width=1)

    def _crossed(self, gone: Json) -> None:
        for row, left, right in self._spans(gone["onset_s"], gone["retracted_s"]):
            y = self._y(row, _pitch(gone))
            self._draw.rectangle((left, y - BAR, right, y + BAR), outline=GONE)
            self._line((left, y - BAR, right, y + BAR), GONE)
            self._line((left, y + BAR, right, y - BAR), GONE)
        self._label(gone["onset_s"], _pitch(gone), f"({note_name(gone['midi'])})", GONE)

    def _onset(self, at_s: float, colour: tuple[int, int, int], from_px: int, to_px: int) -> None:
        for row, x, _ in self._spans(at_s, at_s):
            bottom = self._top(row) + self._tall
            self._draw.line((x, bottom + from_px, x, bottom + to_px), fill=colour, width=2)

    def _dot(self, at_s: float, midi: float, colour: tuple[int, int, int]) -> None:
        for row, x, _ in self._spans(at_s, at_s):
            y = self._y(row, midi)
            self._draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=colour, outline=PAPER)

    def _label(
        self, at_s: float, midi: float, words: str, colour: tuple[int, int, int], *, below: bool = False
    ) -> None:
        for row, x, _ in self._spans(at_s, at_s):
            y = self._y(row, midi) + (BAR + 11 if below else -BAR - 11)
            self._text((x, y), words, colour, anchor="lm", edge=2)

    def _line(self, ends: tuple[float, float, float, float], colour: tuple[int, int, int]) -> None:
        self._draw.line(ends, fill=colour)

    def _text(
        self,
        at: tuple[float, float],
        words: str,
        colour: tuple[int, int, int],
        *,
        anchor: str,
        size_px: int = 12,
        edge: int = 0,
    ) -> None:
        self._draw.text(
            at, words, fill=colour, font=_font(size_px), anchor=anchor, stroke_width=edge, stroke_fill=PAPER
        )


def _font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size_px)


def draw_take(
    samples: Samples, rate_hz: int, heard: Json, truth: Sequence[Json] | None = None, title: str = ""
) -> Image.Image:
    """``samples`` mono, shape (n,); ``heard`` as ``pedal analyze --json`` prints it; ``truth``: what was played.

    Raises ``ValueError`` for more than ten minutes.
    """
    if len(samples) > DURATION_S_MAX * rate_hz:
        raise ValueError(f"{title} lasts more than {DURATION_S_MAX / 60:.0f} minutes: cut out what you want to see")
    picture = Picture(samples, rate_hz, judge(heard, truth))
    picture.spectrum()
    picture.axes()
    picture.notes()
    picture.head(title)
    return picture.image

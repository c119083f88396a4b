"""A followed take as a picture: what should have been played as boxes over time, what was played, and where one went.

Rows of ten seconds, one below the other. Pure: what ``follow_json`` says goes in, an image comes out.
"""

from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont

from dsp.theory.scales import note_name

Json = dict[str, Any]
Colour = tuple[int, int, int]

ROW_S: Final = 10.0
PX_PER_S: Final = 130
PX_PER_SEMITONE: Final = 9
LEFT: Final = 44
HEAD: Final = 56
STRIP: Final = 44  # below each row: the bars and the seconds
GAP: Final = 20
HALF: Final = 4
AROUND_SEMITONES: Final = 4
DURATION_S_MAX: Final = 600.0
EVEN_MS, FULL_MS = 10.0, 60.0  # up to here in time; from there on as early or late as a colour can say

PAPER: Final = (18, 19, 30)
INK: Final = (235, 235, 240)
FAINT: Final = (104, 106, 124)
IN_TIME: Final = (64, 224, 128)
EARLY: Final = (80, 150, 255)
LATE: Final = (255, 190, 50)
WRONG: Final = (255, 70, 90)
EXTRA: Final = (200, 120, 255)
MOVE: Final = (120, 230, 230)


def draw_followed(result: Json, title: str = "") -> Image.Image:
    """``result`` as ``follow_json`` gives it. Raises ``ValueError`` for more than ten minutes."""
    onsets_s = [a["onset_s"] for t in result["targets"] for a in t["passes"] if a["onset_s"] is not None]
    last_s = max([*onsets_s, *(e["onset_s"] for e in result["extras"])], default=0.0)
    if last_s > DURATION_S_MAX:
        raise ValueError(f"{title} lasts more than {DURATION_S_MAX / 60:.0f} minutes: cut out what you want to see")
    sheet = _Sheet(result, last_s)
    sheet.axes()
    sheet.passes()
    sheet.extras()
    sheet.moves()
    sheet.head(title)
    return sheet.image


class _Sheet:
    """The picture while it is made."""

    def __init__(self, result: Json, last_s: float) -> None:
        self._result = result
        attempts = [a for t in result["targets"] for a in t["passes"]]
        midis: list[int] = [t["midi"] for t in result["targets"]]
        midis += [a["played_midi"] for a in attempts if a["played_midi"] is not None]
        midis += [e["midi"] for e in result["extras"]]
        self._low, self._high = min(midis) - AROUND_SEMITONES, max(midis) + AROUND_SEMITONES
        self._rows = int(last_s // ROW_S) + 1
        self._tall = (self._high - self._low) * PX_PER_SEMITONE
        self._wide = round(ROW_S * PX_PER_S)
        size = (LEFT + self._wide + GAP, HEAD + self._rows * (self._tall + STRIP + GAP))
        self.image = Image.new("RGB", size, PAPER)
        self._draw = ImageDraw.Draw(self.image)

    def axes(self) -> None:
        """Names of notes at the left, seconds below."""
        for row in range(self._rows):
            bottom = self._y(row, self._low)
            for midi in range(self._low + 1, self._high):
                if midi % 12 in {0, 4, 9}:
                    self._text((LEFT - 6, self._y(row, midi)), note_name(midi), FAINT, anchor="rm")
                    self._draw.line(
                        (LEFT, self._y(row, midi), LEFT + self._wide, self._y(row, midi)), fill=(32, 34, 48)
                    )
            self._draw.line((LEFT, bottom, LEFT + self._wide, bottom), fill=FAINT)
            for second in range(int(ROW_S) + 1):
                x = LEFT + second * PX_PER_S
                self._draw.line((x, bottom, x, bottom + 4), fill=FAINT)
                self._text((x, bottom + 32), f"{row * ROW_S + second:.0f} s", FAINT, anchor="mm")

    def passes(self) -> None:
        """Every note of every pass: a box where it was due, a dot where it was played, its bar's number below."""
        for number in [one["number"] for one in self._result["passes"]]:
            tries = [(t, a) for t in self._result["targets"] for a in t["passes"] if a["pass"] == number]
            due_s = _due(tries)
            bar = None
            for (target, attempt), at_s in zip(tries, due_s, strict=True):
                if target["bar"] != bar:
                    bar = target["bar"]
                    self._bar(at_s, bar)
                self._box(target, attempt, at_s)

    def extras(self) -> None:
        """Notes that belong to nothing: crosses."""
        for extra in self._result["extras"]:
            row, x = self._place(extra["onset_s"])
            y = self._y(row, extra["midi"])
            self._draw.line((x - 4, y - 4, x + 4, y + 4), fill=EXTRA, width=2)
            self._draw.line((x - 4, y + 4, x + 4, y - 4), fill=EXTRA, width=2)

    def moves(self) -> None:
        """A stop as a shaded stretch, a repeat or jump as an arrow at the top to the bar that it leads to."""
        bars = {t["index"]: t["bar"] for t in self._result["targets"]}
        for event in self._result["events"]:
            row, x = self._place(event["at_s"])
            top = self._y(row, self._high)
            if event["kind"] == "stop":
                self._rest(event["from_s"], event["at_s"])
                continue
            self._draw.line((x - 4, top + 6, x - 4, self._y(row, self._low)), fill=MOVE)
            self._draw.polygon([(x - 4, top), (x - 4, top + 12), (x - 16, top + 6)], fill=MOVE)
            bar = bars[event["to_index"]]
            where = f"note {event['to_index']}" if bar is None else f"bar {bar}"
            left = x > LEFT + self._wide - 120
            words = f"{event['kind']} to {where}"
            self._text((x - 20 if left else x + 2, top + 6), words, MOVE, anchor="rm" if left else "lm", edge=2)

    def head(self, title: str) -> None:
        """The counts, and what the colours mean."""
        summary = self._result["summary"]
        counts = (
            f"{summary['hits']} hit, {summary['wrong']} wrong, {summary['missed']} missed, {summary['extra']} too many"
        )
        tempo = "" if summary["tempo_bpm"] is None else f", {summary['tempo_bpm']:.1f} BPM"
        self._text((LEFT, 16), f"{title}: {counts}{tempo}", INK, anchor="lm", size_px=16)
        at = float(LEFT)
        legend = (
            ("in time", IN_TIME), ("early", EARLY), ("late", LATE), ("wrong or missed", WRONG),
            ("too many", EXTRA), ("went elsewhere", MOVE),
        )  # fmt: skip
        for words, colour in legend:
            self._draw.rectangle((at, 36, at + 10, 46), fill=colour)
            self._text((at + 15, 41), words, FAINT, anchor="lm")
            at += 34 + self._draw.textlength(words, font=_font(12))

    def _box(self, target: Json, attempt: Json, due_s: float) -> None:
        row, x = self._place(due_s)
        y = self._y(row, target["midi"])
        colour = _colour(attempt)
        self._draw.rectangle((x - 6, y - HALF, x + 6, y + HALF), outline=colour, width=1)
        if attempt["state"] == "missed":
            self._draw.line((x - 6, y + HALF, x + 6, y - HALF), fill=WRONG)
        if attempt["onset_s"] is None:
            return
        played_row, played_x = self._place(attempt["onset_s"])
        played_y = self._y(played_row, attempt["played_midi"])
        if attempt["state"] == "wrong" and played_row == row:
            self._draw.line((x, y, played_x, played_y), fill=WRONG)
        self._draw.ellipse((played_x - 3, played_y - 3, played_x + 3, played_y + 3), fill=colour)

    def _bar(self, at_s: float, bar: int | None) -> None:
        if bar is not None:
            row, x = self._place(at_s)
            bottom = self._y(row, self._low)
            self._draw.line((x - 8, bottom - 8, x - 8, bottom), fill=INK)
            self._text((x - 6, bottom + 14), str(bar), INK, anchor="lm")

    def _rest(self, from_s: float | None, to_s: float) -> None:
        row, right = self._place(to_s)
        left = LEFT if from_s is None else max(LEFT, right - (to_s - from_s) * PX_PER_S)
        y = self._y(row, self._low) - 3
        self._draw.line((left + 8, y, right - 8, y), fill=MOVE, width=3)
        self._text(((left + right) / 2, y - 10), "stop", MOVE, anchor="mm", edge=2)

    def _place(self, at_s: float) -> tuple[int, float]:
        row = min(self._rows - 1, max(0, int(at_s // ROW_S)))
        return row, LEFT + (at_s - row * ROW_S) * PX_PER_S

    def _y(self, row: int, midi: float) -> float:
        return float(HEAD) + row * (self._tall + STRIP + GAP) + (self._high - midi) * PX_PER_SEMITONE

    def _text(
        self, at: tuple[float, float], words: str, colour: Colour, *, anchor: str, size_px: int = 12, edge: int = 0
    ) -> None:
        font = _font(size_px)
        self._draw.text(at, words, fill=colour, font=font, anchor=anchor, stroke_width=edge, stroke_fill=PAPER)


def _font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size_px)


def _colour(attempt: Json) -> Colour:
    """Green in time, towards blue for early and yellow for late; red for wrong and missed."""
    if attempt["state"] in {"wrong", "missed"}:
        return WRONG
    off_ms = attempt["signed_ms"]
    if attempt["state"] != "hit" or off_ms is None:
        return FAINT
    share = min(1.0, max(0.0, (abs(off_ms) - EVEN_MS) / (FULL_MS - EVEN_MS)))
    towards = EARLY if off_ms < 0 else LATE
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(IN_TIME, towards, strict=True))
    return red, green, blue


def _due(tries: list[tuple[Json, Json]]) -> list[float]:
    """When each note of a pass was due: by its own ms where it was played, else between its neighbours by beats."""
    known = [(t["beat"], a["onset_s"] - (a["signed_ms"] or 0.0) / 1000.0) for t, a in tries if a["onset_s"] is not None]
    return [_between(known, t["beat"]) for t, _ in tries]


def _between(known: list[tuple[float, float]], beat: float) -> float:
    """``known``: (beat, seconds), in order."""
    after = next((n for n, (at, _) in enumerate(known) if at >= beat), len(known) - 1)
    if known[after][0] == beat or len(known) == 1:
        return known[after][1]
    (low, low_s), (high, high_s) = known[max(0, after - 1)], known[max(1, after)]
    return low_s + (high_s - low_s) * (beat - low) / (high - low) if high > low else low_s

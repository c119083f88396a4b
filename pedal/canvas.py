"""Drawing on 128 × 64 pixels: text that fits, bars, dots. Pure; the font is Pillow's own, so pictures never differ."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

WIDTH: Final = 128
HEIGHT: Final = 64
BIG, MIDDLE, SMALL = 44, 22, 12
SMALLEST: Final = 10
# Below this size a stroke fills the holes of the letters instead of making them stronger.
BOLD_FROM: Final = 24


@lru_cache(maxsize=64)
def _font(size_px: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size_px)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow was built without FreeType"
    return font


class Canvas:
    """One picture in the making. Coordinates are pixels from the top left; everything is drawn in white on black."""

    def __init__(self) -> None:
        self.image = Image.new("1", (WIDTH, HEIGHT))
        self._draw = ImageDraw.Draw(self.image)
        self._draw.fontmode = "1"

    def text(
        self, at: tuple[int, int], words: str, size_px: int, *, anchor: str = "mm", bold: bool = False, ink: int = 1
    ) -> None:
        """Words at a point; ``anchor`` as in Pillow. They shrink until they fit the width; the rest is cut off."""
        while size_px > SMALLEST and self._width(words, size_px, bold=bold) > WIDTH - 2:
            size_px -= 1
        while len(words) > 1 and self._width(words, size_px, bold=bold) > WIDTH:
            words = words[:-1]
        bold = bold and size_px >= BOLD_FROM
        self._draw.text(at, words, font=_font(size_px), fill=ink, anchor=anchor, stroke_width=int(bold))

    def lines(self, words: str, *, top_y: int) -> None:
        """Small words, centred, broken into as many lines as fit above the lower edge; the rest is left out."""
        rows = [""]
        for word in words.split():
            longer = f"{rows[-1]} {word}".strip()
            if rows[-1] and self._width(longer, SMALL, bold=False) > WIDTH - 2:
                rows.append(word)
            else:
                rows[-1] = longer
        for number, row in enumerate(rows[: (HEIGHT - top_y) // (SMALL + 2)]):
            self.text((WIDTH // 2, top_y + number * (SMALL + 2)), row, SMALL, anchor="mt")

    def big(self, words: str, *, middle_y: int = 30) -> None:
        """The one big thing of a screen, readable from where a standing player's eyes are."""
        self.text((WIDTH // 2, middle_y), words, BIG, bold=True)

    def top(self, left: str, right: str = "") -> None:
        """Small words in the two upper corners."""
        self.text((0, 0), left, SMALL, anchor="la")
        if right:
            self.text((WIDTH - 1, 0), right, SMALL, anchor="ra")

    def bottom(self, words: str) -> None:
        """One small line along the lower edge."""
        self.text((WIDTH // 2, HEIGHT - 1), words, SMALL, anchor="mb")

    def needle(self, share: float, *, y: int, half_height: int = 4) -> None:
        """A needle from −1 (left edge) to 1 (right edge) on a scale with its middle marked."""
        middle = WIDTH // 2
        x = middle + round(max(-1.0, min(1.0, share)) * (middle - 4))
        self._draw.line((2, y, WIDTH - 3, y), fill=1)
        self._draw.line((middle, y - half_height, middle, y + half_height), fill=1)
        self._draw.rectangle((x - 2, y - half_height, x + 2, y + half_height), fill=1)

    def trail(self, marks: Sequence[str], *, y: int = HEIGHT - 4) -> None:
        """What became of the newest notes, the last on the right: a block is a hit, a frame another pitch, a dash one
        that was left out, a cross one too many."""
        for place, mark in enumerate(reversed(marks)):
            left = WIDTH - 7 - 6 * place
            if mark in {"hit", "wrong"}:
                box = (left, y - 3, left + 4, y + 3)
                self._draw.rectangle(box, fill=int(mark == "hit"), outline=1)
            elif mark == "missed":
                self._draw.line((left + 1, y + 3, left + 3, y + 3), fill=1)
            else:
                self._draw.line((left, y - 2, left + 4, y + 2), fill=1)
                self._draw.line((left, y + 2, left + 4, y - 2), fill=1)

    def dots(self, count: int, index: int, *, y: int = HEIGHT - 4) -> None:
        """Which of so many entries this is."""
        left = WIDTH // 2 - (count - 1) * 5
        for i in range(count):
            box = (left + 10 * i - 2, y - 2, left + 10 * i + 2, y + 2)
            self._draw.ellipse(box, fill=int(i == index), outline=1)

    def inverted_bar(self, words: str) -> None:
        """A line that cannot be overlooked: black on white along the lower edge."""
        self._draw.rectangle((0, HEIGHT - 15, WIDTH - 1, HEIGHT - 1), fill=1)
        self.text((WIDTH // 2, HEIGHT - 8), words, SMALL, ink=0)

    def _width(self, words: str, size_px: int, *, bold: bool) -> float:
        return _font(size_px).getlength(words) + 2 * int(bold)

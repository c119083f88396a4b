"""Which kinds of chords are taken for which: as a table of text and as a picture."""

from collections import Counter
from collections.abc import Iterable, Sequence

from PIL import Image, ImageDraw

CELL, MARGIN = 46, 84
OTHER_ROOT = "other root"
NOT_A_CHORD = "no chord"
Pairs = Iterable[tuple[str, str]]


def label(kind: str) -> str:
    """The word for a kind beside a table: the plain ones have none of their own."""
    return {"": "maj", "m": "min"}.get(kind, kind)


def table(pairs: Pairs) -> tuple[list[str], list[str], Counter[tuple[str, str]]]:
    """Rows (true kinds) and columns (heard ones), the true kinds first, and how often each pair came."""
    counts = Counter(pairs)
    rows = sorted({true for true, _ in counts}, key=lambda kind: -sum(n for (t, _), n in counts.items() if t == kind))
    others = sorted({heard for _, heard in counts} - set(rows) - {OTHER_ROOT, NOT_A_CHORD})
    return rows, [*rows, *others, OTHER_ROOT, NOT_A_CHORD], counts


def text(pairs: Pairs) -> str:
    """One line for each true kind; a dot is 0."""
    rows, columns, counts = table(pairs)
    names = [label(column) for column in columns]
    width = max(6, *(len(name) + 1 for name in names))
    lines = ["true".ljust(width) + "".join(name.rjust(width) for name in names)]
    for row in rows:
        cells = (str(counts[row, column] or ".").rjust(width) for column in columns)
        lines.append(label(row).ljust(width) + "".join(cells))
    return "\n".join(lines)


def picture(pairs: Pairs, title: str) -> Image.Image:
    """The darker, the more of its row; right answers are green, wrong ones red."""
    rows, columns, counts = table(pairs)
    image = Image.new("RGB", (MARGIN + CELL * len(columns) + 10, MARGIN + CELL * len(rows) + 10), "white")
    draw = ImageDraw.Draw(image)
    for at, column in enumerate(columns):
        _upright(image, label(column), MARGIN + at * CELL + CELL // 2 - 6, MARGIN - 6)
    for down, row in enumerate(rows):
        top = MARGIN + down * CELL
        draw.text((8, top + CELL // 2 - 6), label(row), "black")
        total = sum(counts[row, column] for column in columns)
        for at, column in enumerate(columns):
            left, count = MARGIN + at * CELL, counts[row, column]
            draw.rectangle((left, top, left + CELL - 2, top + CELL - 2), _shade(count / total, right=row == column))
            if count:
                draw.text((left + 8, top + CELL // 2 - 6), str(count), "black")
    draw.text((8, 4), title, "black")  # last: the words above the columns are pasted over what is there
    return image


def _shade(share: float, *, right: bool) -> tuple[int, int, int]:
    pale = round(245 - 170 * min(1.0, share if right else 3 * share))
    return (pale, 235, pale) if right else (245, pale, pale)


def _upright(image: Image.Image, word: str, left: int, bottom: int) -> None:
    strip = Image.new("RGB", (MARGIN - 10, 14), "white")
    ImageDraw.Draw(strip).text((0, 0), word, "black")
    turned = strip.rotate(90, expand=True)
    image.paste(turned, (left, bottom - turned.height))


def answer(root: int, kind: str, heard_root: int | None, heard_kind: str | None) -> tuple[str, str]:
    """A pair for the table: a wrong root is wrong whatever its kind."""
    if heard_root is None or heard_kind is None:
        return kind, NOT_A_CHORD
    return kind, heard_kind if heard_root == root else OTHER_ROOT


def shares(pairs: Sequence[tuple[str, str]]) -> tuple[float, float]:
    """Share of right roots, and of right names."""
    roots = sum(heard not in {OTHER_ROOT, NOT_A_CHORD} for _, heard in pairs)
    return roots / len(pairs), sum(true == heard for true, heard in pairs) / len(pairs)

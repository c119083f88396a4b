"""A file's bytes to a ``Target``: the one door. What a file is, its content says first, its name only after that.

Everything behind this door is pure and bounded (``dsp.follow.bounds``), and raises ``TargetError`` and nothing else.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from dsp.follow.alphatex import alphatex_tracks, read_alphatex
from dsp.follow.bounds import BYTES_MAX, TargetError, clean_text
from dsp.follow.guitar_pro import guitar_pro_tracks, read_guitar_pro
from dsp.follow.midi import midi_tracks, read_midi
from dsp.follow.note_list import read_json
from dsp.follow.note_table import looks_like_table, read_table
from dsp.follow.target import Target
from dsp.follow.tracks import TrackInfo, choose, info

_SAVE_AS_GP5: Final = "in Guitar Pro choose File, Export (or Save as), Guitar Pro 5, and give that file"
_RECORDING: Final = (
    "this is a recording; the target is what should be played: give MIDI, Guitar Pro, AlphaTex or a note list"
)
# What begins so is something else, and here is what to do about it.
_STRANGERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"BCFZ", f"this is a Guitar Pro 6 file, which is not read; {_SAVE_AS_GP5}"),
    (b"BCFS", f"this is a Guitar Pro 6 file, which is not read; {_SAVE_AS_GP5}"),
    (b"ptab", "this is a Power Tab file, which is not read; export it as MIDI"),
    (b"fLaC", _RECORDING),
    (b"OggS", _RECORDING),
    (b"ID3", _RECORDING),
    (b"%PDF", "this is a PDF, a picture of the notes; give the MIDI or Guitar Pro file it was made from"),
    (b"\x1f\x8b", "this is packed (gzip); unpack it and give the file within"),
    (b"7z\xbc\xaf", "this is packed (7z); unpack it and give the file within"),
    (b"Rar!", "this is packed (RAR); unpack it and give the file within"),
)
_LOOK_CHARACTERS: Final = 20_000
_ALPHATEX: Final = re.compile(r"\\[A-Za-z]+|\||:\d|\b(\d+|x)\.\d+|\b[a-gA-G][#b]?\d\b|^\s{0,99}\(")
_DRAWN: Final = re.compile(r"^[ \t]{0,8}[A-Ga-g]?[#b]?[ \t]{0,8}\|?-[-0-9hpbx~/\\|()]{6}", re.MULTILINE)
FORMATS: Final = "MIDI, Guitar Pro 3 to 5, AlphaTex, or a note list (JSON or a table)"


@dataclass(frozen=True, slots=True)
class _Reader:
    read: Callable[[str | int | None], Target]
    tracks: Callable[[], list[TrackInfo]]


def read_target(data: bytes, name: str = "", *, track: str | int | None = None) -> Target:
    """What should be played, from a file's bytes. ``name``: the file's name, a hint and the title where there is none.

    ``track``: name or number (from 1) of the track; by default the one that looks like a guitar part. Raises
    ``TargetError`` with one line that says what to do.
    """
    target = _reader(data, name).read(track)
    if target.title:
        return target
    return replace(target, title=clean_text(_stem(name)))


def tracks_of(data: bytes, name: str = "") -> list[TrackInfo]:
    """The tracks of a file, drums and empty ones too, numbered from 1. Raises ``TargetError``."""
    return _reader(data, name).tracks()


def _stem(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    return last.rpartition(".")[0] or last


def _reader(data: bytes, name: str) -> _Reader:
    if not data.strip(b"\0 \t\r\n"):
        raise TargetError(f"the file is empty; give {FORMATS}")
    if len(data) > BYTES_MAX:
        raise TargetError(f"the file is larger than {BYTES_MAX // 1_000_000} MB; no tab is: give {FORMATS}")
    if data.startswith(b"MThd") or (data.startswith(b"RIFF") and data[8:12] == b"RMID"):
        return _Reader(lambda track: read_midi(data, track), lambda: midi_tracks(data))
    if b"GUITAR" in data[:31] and b"PRO" in data[:31]:
        return _Reader(lambda track: read_guitar_pro(data, track), lambda: guitar_pro_tracks(data))
    _refuse_strangers(data)
    return _text_reader(_text(data), name)


def _refuse_strangers(data: bytes) -> None:
    for start, line in _STRANGERS:
        if data.startswith(start):
            raise TargetError(line)
    if data.startswith(b"RIFF"):
        raise TargetError(_RECORDING)
    if data.startswith(b"PK"):
        # Never unpacked: a Guitar Pro 7 file is a zip, and so is a bomb.
        inside = b"score.gpif" in data[:100_000] or b"Content/" in data[:100_000]
        raise TargetError(
            f"this is a Guitar Pro 7 or 8 file, which is not read; {_SAVE_AS_GP5}"
            if inside
            else "this is packed (zip); unpack it and give the file within"
        )


def _text(data: bytes) -> str:
    """Text in UTF-8, UTF-16 with its mark, or Latin-1. Raises ``TargetError`` for what is no text at all."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    head = text[:4096]
    odd = sum((sign < " " and sign not in "\t\r\n\f") or sign == "�" for sign in head)
    if "\0" in text or odd > len(head) // 50:
        raise TargetError(f"this is no file of notes that is known here; give {FORMATS}")
    return text


def _text_reader(text: str, name: str) -> _Reader:
    start = text.lstrip()[:1]
    if start and start in "[{":
        return _single(lambda: read_json(text), name)
    if start == "<":
        raise TargetError("this is XML (MusicXML perhaps), which is not read; export it as MIDI")
    tex = _Reader(lambda track: read_alphatex(text, track), lambda: alphatex_tracks(text))
    if name.lower().endswith((".atex", ".alphatex", ".tex")):
        return tex
    if _DRAWN.search(text[:_LOOK_CHARACTERS]) is not None:
        raise TargetError(f"this is a tab drawn with letters, which tells no rhythm; give {FORMATS}")
    if looks_like_table(text):
        return _single(lambda: read_table(text), name)
    if _looks_like_alphatex(text):
        return tex
    raise TargetError(f"this is no text of notes that is known here; give {FORMATS}")


def _looks_like_alphatex(text: str) -> bool:
    r"""Whether the text has a tag, a bar line, a duration or a note of AlphaTex near its beginning."""
    return _ALPHATEX.search(text[:_LOOK_CHARACTERS]) is not None


def _single(read: Callable[[], Target], name: str) -> _Reader:
    """A note list is one track."""

    def listed() -> list[TrackInfo]:
        target = read()
        return [info(1, target.title or clean_text(_stem(name)) or "notes", [note.midi for note in target.notes])]

    def chosen(track: str | int | None) -> Target:
        target = read()
        if track is not None:
            choose([info(1, target.title or "notes", [note.midi for note in target.notes])], track)
        return target

    return _Reader(chosen, listed)

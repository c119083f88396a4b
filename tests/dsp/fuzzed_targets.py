"""Files that a stranger could give: valid ones torn and mended at random. By itself it runs long:

``python -m tests.dsp.fuzzed_targets 20000`` tells how many were read, how many refused, and the slowest.
"""

import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator

from dsp.follow.bounds import BARS_MAX, NOTES_MAX, TargetError
from dsp.follow.read import read_target, tracks_of
from dsp.follow.target import Target
from tests.dsp.made_tabs import file_of, song_of
from tests.dsp.made_targets import TICKS, marker, melody, midi_file, midi_track, program, signature, tempo

TEX = rb"""\title "A" \tempo 96 \ts 3 4 \tuning (E4 B3 G3 D3 A2 D2) \capo 2
\section Intro \ac :8 0.4{h} 2.4 | \ro 3.4.4{b (0 4)} (5.4 0.3){v}.8{tu 3} -.3 * 2 | \ae 1 \rc 2 r.2{d} x.3
| \ae (2 3) 0.6 | \track "B" \staff {tabs} \jump DaCapo C4 Eb4.16{gr} // end
"""
JSON = rb"""{"title": "A", "bpm": 96.5, "time_signature": "3/4", "notes": [{"onset_s": 0.5, "midi": 40.2, "dur": 0.4},
[1.0, "Bb3"], {"t": 2, "note": "E2", "end_s": 2.5, "bar": 2, "segment": "B"}],
"segments": [{"name": "A", "first_bar": 1}]}"""
TABLE = b"onset_s,midi,duration_s\n0.5,E2,0.4\n1.0,47,0.25\n2,50.2,\n"
TRUTH = b'{"meta": {"bpm": 90, "t0": 0.6}, "notes": [{"onset": 0.512, "grid": 0.5, "midi": 40.1, "offset": 0.75}]}'
BLOCKS = (
    b"\xff" * 4,
    b"\x00" * 4,
    b"\x7f\xff\xff\xff",
    b"\x80",
    b"1e308",
    b"NaN",
    b"[" * 50,
    b"{",
    b'"',
    b"\\",
    b"|",
    b"(",
)
WORDS = (b"\\ro ", b"\\rc 99 ", b"*1000 ", b" 3.3 ", b"{tu 64}", b":-4 ", b"999999999999", b"-1", b"/*", b"\\ae 32 ")


def valid_files() -> dict[str, bytes]:
    conductor = midi_track(tempo(0, 100), signature(0, 3, 4), marker(0, "A"), tempo(TICKS, 90), name="Song")
    lead = midi_track(program(0, 29), *melody([40, 45, 47, 52] * 3), name="Lead")
    song = song_of("4.:5/1 8:0/6h 8t:3/3 8t:4/3s 8t:5/3 4:-", "2:0/6+2/5 4:~/6 4:x/1", "1:12/1")
    song.measureHeaders[0].isRepeatOpen, song.measureHeaders[1].repeatClose = True, 3
    files = {f"gp{version}": file_of(song, version) for version in (3, 4, 5)}
    files["midi0"] = midi_file([midi_track(*melody([40, 45]), *melody([36] * 4, channel=9))], kind=0)
    return files | {"midi1": midi_file([conductor, lead]), "tex": TEX, "json": JSON, "table": TABLE, "truth": TRUTH}


def torn(data: bytes, draw: random.Random) -> bytes:
    """The file with one to six wounds."""
    made = bytearray(data)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 6))):
        place = draw.randrange(len(made) + 1)
        match draw.randrange(7):
            case 0 if made:
                made[min(place, len(made) - 1)] = draw.randrange(256)
            case 1:
                del made[place : place + draw.randint(1, 20)]
            case 2:
                made[place:place] = draw.choice(BLOCKS)
            case 3:
                made[place:place] = draw.choice(WORDS)
            case 4:
                made[place : place + 4] = draw.choice(BLOCKS)[:4]
            case 5:
                del made[place:]
            case _:
                made[place:place] = made[place : place + draw.randint(1, 60)] * draw.choice((1, 2, 400))
    return bytes(made)


def check(target: Target) -> None:
    """What holds for every target, whoever made its file."""
    assert 0 < len(target.notes) <= NOTES_MAX
    assert 0 < len(target.bars) <= BARS_MAX
    assert [note.index for note in target.notes] == list(range(len(target.notes)))
    keys = [(note.beat, note.midi) for note in target.notes]
    assert keys == sorted(set(keys))
    assert all(0 <= note.midi <= 127 and note.duration_beats > 0 for note in target.notes)
    assert all(0 <= note.bar < len(target.bars) for note in target.notes)
    seconds = [target.at_s(note.beat) for note in target.notes]
    assert seconds == sorted(seconds)
    assert seconds[-1] < 1e7
    assert target.tempi[0].beat <= 0
    assert all(tempo.bpm > 0 for tempo in target.tempi)
    assert all(len(text) <= 120 and text.isprintable() for text in (target.title, target.track, *target.skipped))


def outcome(data: bytes, name: str) -> str:
    """ "read", or how it was refused; anything but a target or a ``TargetError`` in one line comes through."""
    try:
        check(read_target(data, name))
        tracks_of(data, name)
    except TargetError as error:
        line = str(error)
        assert line.isprintable()
        assert 10 < len(line) < 500
        return line[:30]
    return "read"


def cases(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    draw = random.Random(seed)
    files = valid_files()
    for _ in range(count):
        name = draw.choice(sorted(files))
        yield name, torn(files[name], draw)


def main(count: int) -> None:
    said: Counter[str] = Counter()
    slowest_s, slowest = 0.0, ""
    for number, (name, data) in enumerate(cases(count, seed=0)):
        before_s = time.process_time()
        said[outcome(data, name if number % 2 else "")] += 1
        spent_s = time.process_time() - before_s
        if spent_s > slowest_s:
            slowest_s, slowest = spent_s, f"case {number}, {name}"
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count} files: {said['read']} read, {count - said['read']} refused in {len(said) - 1} ways")
    print(f"slowest {slowest_s:.2f} s of CPU ({slowest}); at most {peak_mb:.0f} MB")
    for line, times in said.most_common(12):
        print(f"{times:6d}  {line}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)

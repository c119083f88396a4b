"""Which takes are built: every kind, every condition, guitars and licks that nothing was tuned on."""

from collections.abc import Callable, Collection, Iterator
from functools import cache, partial
from pathlib import Path

from tests.takes import gliding, noises, steady, strummed
from tests.takes.canvas import Take
from tests.takes.played import Seq, Timed, chords, low, seq, timed
from tests.takes.soundfont import SoundFont
from tests.takes.sources import FLUID, FRET_NOISE, Guitar, guitar

SEQS = (
    Seq("steel", "majpent", 43, 60, 2),
    Seq("nylon", "dorian", 45, 76, 4, style="ring", detune=-8.0),
    Seq("clean", "thirds", 47, 88, 2, "hum60", "stacc", 14.0),
    Seq("jazz", "chromatic", 41, 100, 4, "hiss"),
    Seq("acoustic", "repeat", 45, 112, 2, "clean", "ring", 6.0),
    Seq("clean", "turn", 42, 126, 2, "hiss", "normal", -12.0),
    Seq("acoustic", "arpeggio", 40, 138, 4, "hum50", "ring", 4.0),
    Seq("steel", "mixolydian", 50, 150, 4, "quiet", "normal", 9.0),
    Seq("nylon", "skips", 43, 164, 2, "hum50", "stacc"),
    Seq("clean", "dorian", 40, 180, 4, "dirty", "normal", -22.0),
    Seq("jazz", "octaves", 45, 92, 3, "quiet", "ring"),
    Seq("acoustic", "thirds", 43, 120, 4, "hum60", "normal", 17.0),
    Seq("nylon", "mixolydian", 48, 70, 3, "dirty", "stacc"),
    Seq("acoustic", "turn", 60, 144, 3, "clean", "normal", -5.0),
    Seq("steel", "repeat", 48, 132, 4, "hum50"),
    Seq("nylon", "arpeggio", 43, 108, 3, "hiss", "ring", 11.0),
    Seq("clean", "skips", 45, 96, 4, "clean", "ring", 3.0),
    Seq("jazz", "majpent", 48, 172, 3, "hum60", "stacc", -15.0),
    Seq("acoustic", "chromatic", 43, 84, 3, "dirty"),
    Seq("steel", "turn", 59, 156, 2, "hiss", "ring", 20.0),
    Seq("steel", "arpeggio", 43, 90, 3, "clean", "letring"),
    Seq("nylon", "skips", 48, 110, 2, "hiss", "letring"),
)
CREEPS = (
    Seq("drive", "majpent", 55, 70, 3, "dirty", "stacc"),
    Seq("drive", "turn", 57, 118, 2, "hum60", "ring", 8.0),
    Seq("muted", "turn", 40, 144, 3, "clean", "normal", -5.0),
    Seq("muted", "repeat", 38, 104, 4, "hiss"),
    Seq("picked", "turn", 38, 90, 2),
)
LEGATOS = (
    ("steel", 80, "clean"),
    ("clean", 100, "hiss"),
    ("nylon", 72, "hum50"),
    ("jazz", 120, "clean"),
    ("acoustic", 92, "hum60"),
)
LOWS = (
    Seq("fingered", "riff", 35, 90, 2),
    Seq("jazz", "riff", 36, 116, 2, "hum60"),
    Seq("steel", "riff", 37, 132, 2, "hiss"),
    Seq("bass", "riff", 38, 104, 3, "hum50"),
    Seq("clean", "riff", 38, 126, 2, "quiet"),
)
BENDS = (
    ("steel", False, "clean"),
    ("clean", True, "hiss"),
    ("jazz", False, "hum50"),
    ("acoustic", True, "clean"),
    ("acoustic", False, "hiss"),
)
TIMES = (
    Timed("steel", 72, 1, 0.0, 10.0),
    Timed("clean", 96, 2, 2.0, -12.0, 0.0, "hiss"),
    Timed("nylon", 112, 2, 4.0, 6.0, 2.0, "hum50"),
    Timed("jazz", 140, 2, 7.0, 0.0, 0.0, "clean", bleed=True),
    Timed("acoustic", 124, 2, 10.0, -8.0, 0.0, "hum60"),
    Timed("clean", 88, 4, 12.0, 5.0, 1.0, "clean", bleed=True),
    Timed("nylon", 104, 2, 15.0, 0.0, 0.0, "hiss"),
    Timed("steel", 132, 2, 20.0, 9.0, 0.0, "quiet"),
)
CHORDS = (
    ("steel", "clean", ("maj", "min", "7", "m7", "maj7", "5", "sus4", "min")),
    ("acoustic", "hiss", ("min", "maj7", "5", "maj", "sus4", "7", "m7", "maj")),
    ("clean", "hum50", ("7", "maj", "m7", "min", "5", "maj7", "sus4", "maj")),
    ("nylon", "hum60", ("sus4", "5", "maj", "m7", "min", "7", "maj7", "min")),
)
SLIDES = (("steel", True, "clean"), ("clean", True, "hiss"), ("nylon", False, "clean"), ("jazz", False, "hum50"))
TUNED = (("all", "clean"), ("all", "hiss"), ("all", "hum60"), ("steel", "clean"), ("acoustic", "hum60"))
CHANGES = (
    ("steel", "clean"),
    ("nylon", "hiss"),
    ("jazz", "hum50"),
    ("clean", "hum60"),
    ("acoustic", "dirty"),
    ("steel", "quiet"),
)
REPEATED = (("acoustic", "clean", 90.0), ("steel", "hiss", 112.0), ("clean", "clean", 140.0), ("nylon", "hum50", 100.0))
MELODIES = (("steel", "clean", True), ("jazz", "hiss", True), ("nylon", "clean", False), ("clean", "hum60", False))
ARPEGGIOS = (
    ("steel", "clean", 0.4),
    ("nylon", "clean", 0.25),
    ("clean", "hiss", 0.15),
    ("jazz", "hum50", 0.1),
    ("acoustic", "clean", 0.08),
)
STOPS = (
    ("steel", "clean", (3, 4)),
    ("clean", "hiss", (8, 9)),
    ("nylon", "clean", (5, 12)),
    ("jazz", "clean", (7,)),
    ("acoustic", "hum60", (3, 4, 5, 8, 9, 12)),
)
TIMED_S = 17.0

Have = Callable[[str], Guitar]


FAMILIES = ("plucked", "gliding", "steady", "noises", "strummed")


def takes(sources: Path, seed: int, families: Collection[str] = FAMILIES) -> Iterator[Take]:
    """All of them, one after the other; or only some families."""
    have = cache(lambda name: guitar(sources, name))
    make = {
        "plucked": _plucked,
        "gliding": _gliding,
        "steady": _steady,
        "noises": partial(_noises, sources=sources),
        "strummed": _strummed,
    }
    for family in FAMILIES:
        if family in families:
            yield from make[family](have, seed)


def _plucked(have: Have, seed: int) -> Iterator[Take]:
    for index, what in enumerate(SEQS):
        kind = "letring" if what.style == "letring" else "seq"
        name = f"{kind}_{index:02}_{what.lib}_{what.lick}_{what.bpm}x{what.sub}_{what.cond}"
        yield seq(name, seed, have(what.lib), what, kind)
    for index, what in enumerate(CREEPS):
        yield seq(f"creep_{index:02}_{what.lib}_{what.lick}_{what.bpm}x{what.sub}", seed, have(what.lib), what, "creep")
    for index, what in enumerate(LOWS):
        yield low(f"low_{index:02}_{what.lib}_root{what.root}_{what.bpm}", seed, have(what.lib), what)
    for index, when in enumerate(TIMES):
        name = f"time_{index:02}_{when.lib}_{when.bpm}x{when.sub}_j{when.jitter_set_ms:.0f}"
        yield timed(name, seed, have(when.lib), when, min(64, int(TIMED_S * when.bpm / 60 * when.sub)))
    for index, (lib, cond, kinds) in enumerate(CHORDS):
        yield chords(f"chord_{index:02}_{lib}_{cond}", seed, have(lib), cond, kinds)


def _gliding(have: Have, seed: int) -> Iterator[Take]:
    for index, (lib, bpm, cond) in enumerate(LEGATOS):
        yield gliding.legato(f"legato_{index:02}_{lib}_{bpm}", seed, have(lib), bpm, cond)
    for index, (lib, vibrato, cond) in enumerate(BENDS):
        yield gliding.bends(f"{'vib' if vibrato else 'bend'}_{index:02}_{lib}", seed, have(lib), vibrato, cond)
    for index, (lib, stepped, cond) in enumerate(SLIDES):
        name = f"slide_{index:02}_{lib}_{'frets' if stepped else 'glide'}"
        yield gliding.slides(name, seed, have(lib), stepped, cond)


def _steady(have: Have, seed: int) -> Iterator[Take]:
    best = steady.steadiest([have(name) for name in ("steel", "nylon", "clean", "jazz", "acoustic", "bass")])
    for index, (lib, cond) in enumerate(TUNED):
        if lib == "all":
            yield steady.real(f"tuner_{index:02}_steady_{cond}", "tuner", seed, best, cond)
        else:
            yield steady.real(f"tunerweak_{index:02}_{lib}_{cond}", "tunerweak", seed, have(lib), cond)
    yield steady.pairs("tunerdiff_00_acoustic", seed, have("acoustic"))
    yield steady.pairs("tunerdiff_01_clean", seed, have("clean"))
    yield steady.stiff("tunersynth_00", seed)


def _noises(have: Have, seed: int, sources: Path) -> Iterator[Take]:
    for index, what in enumerate(("hiss", "hum50", "hum60", "hum60 turning")):
        yield noises.steady(f"noise_{index:02}_{what.replace(' ', '_')}", seed, what)
    yield noises.muted("noise_04_muted_strings", seed, have("steel"))
    yield noises.muted("noise_05_muted_strings", seed, have("jazz"))
    yield noises.released("noise_06_release", seed, have("clean"))
    yield noises.knocks("noise_07_knocks", seed)
    yield noises.pops("noise_08_pops", seed)
    fret = SoundFont(sources / FLUID).instrument(FRET_NOISE)[0]
    yield noises.squeaks("noise_09_squeaks", seed, fret.samples, fret.rate_hz)
    yield noises.fingering("noise_10_fingering", seed)


def _strummed(have: Have, seed: int) -> Iterator[Take]:
    for index, (lib, cond) in enumerate(CHANGES):
        yield strummed.changes(f"chord_{10 + index:02}_{lib}_changes_{cond}", seed, have(lib), cond)
    for index, (lib, cond, bpm) in enumerate(REPEATED):
        name = f"chord_{20 + index:02}_{lib}_8ths_{bpm:.0f}_{cond}"
        yield strummed.repeated(name, seed, have(lib), cond, bpm)
    for index, (lib, cond, over) in enumerate(MELODIES):
        name = f"melody_{index:02}_{lib}_{'over' if over else 'after'}_{cond}"
        yield strummed.with_melody(name, seed, have(lib), cond, over=over)
    for index, (lib, cond, step_s) in enumerate(ARPEGGIOS):
        name = f"arpeggio_{index:02}_{lib}_{1000 * step_s:.0f}_{cond}"
        yield strummed.arpeggios(name, seed, have(lib), cond, step_s)
    for index, (lib, cond, steps) in enumerate(STOPS):
        yield strummed.double_stops(f"double_{index:02}_{lib}_{cond}", seed, have(lib), cond, steps)

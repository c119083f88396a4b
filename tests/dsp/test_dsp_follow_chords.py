"""Following chords: the chord in the log speaks for all of its tones; single strings heard speak for themselves."""

from dsp.follow.follower import Follower
from dsp.follow.report import follow_json
from dsp.follow.target import Target, TargetNote
from dsp.types import ChordStarted, LogEntry, NoteStarted, SegmentStarted

RATE_HZ = 48_000
SHAPES = {"C": (48, 52, 55, 60, 64), "G": (43, 47, 50, 55, 59, 67), "Am": (45, 52, 57, 60, 64)}
ROOTS = {"C": (0, ""), "G": (7, ""), "Am": (9, "m")}
ORDER = ("C", "G", "Am", "C", "Am", "G")


def target(order: tuple[str, ...] = ORDER) -> Target:
    """One chord to each beat at 60 BPM."""
    tones = [(beat, midi) for beat, name in enumerate(order) for midi in SHAPES[name]]
    return Target("chords", tuple(TargetNote(i, float(b), 1.0, midi, b // 4) for i, (b, midi) in enumerate(tones)), ())


def strummed(beat: float, name: str, number: int) -> ChordStarted:
    root, kind = ROOTS[name]
    onset = round((1.0 + beat) * RATE_HZ)
    return ChordStarted(0, number, onset, onset + 14_400, root, kind, root, 0.9, -12.0)


def string(beat: float, midi: int, number: int) -> NoteStarted:
    onset = round((1.0 + beat) * RATE_HZ)
    return NoteStarted(0, number, onset, onset + 1_400, midi, 0.0, 0.9, -12.0)


def log_of(order: tuple[str | None, ...]) -> list[LogEntry]:
    """Every strum: its lowest string is told at once, the chord 300 ms later."""
    log: list[LogEntry] = [SegmentStarted(0, 0)]
    for beat, name in enumerate(order):
        if name is not None:
            log += [string(beat, SHAPES[name][0], beat), strummed(beat, name, beat)]
    return log


def states(result: dict, beat: int) -> set[str]:
    return {t["state"] for t in result["targets"] if t["beat"] == beat}


def test_every_tone_of_a_chord_that_was_recognised_is_hit() -> None:
    result = follow_json(target(), log_of(ORDER))
    assert {t["state"] for t in result["targets"]} == {"hit"}
    assert all(t["played_midi"] == t["midi"] for t in result["targets"])
    assert (result["extras"], result["events"]) == ([], [])


def test_another_chord_is_wrong_where_its_tones_are_others() -> None:
    result = follow_json(target(), log_of(("C", "G", "G", "C", "Am", "G")))
    assert [states(result, beat) for beat in (0, 1, 3, 4, 5)] == [{"hit"}] * 5
    assert states(result, 2) == {"wrong"}
    assert {t["played_midi"] % 12 for t in result["targets"] if t["beat"] == 2} <= {7, 11, 2}


def test_a_chord_left_out_is_missed_and_costs_nothing_else() -> None:
    result = follow_json(target(), log_of(("C", "G", None, "C", "Am", "G")))
    assert [states(result, beat) for beat in range(6)] == [{"hit"}] * 2 + [{"missed"}] + [{"hit"}] * 3


def test_where_only_one_string_was_heard_the_others_are_not_judged() -> None:
    log = [entry for entry in log_of(ORDER) if not (isinstance(entry, ChordStarted) and entry.chord_id == 1)]
    result = follow_json(target(), log)
    struck = [t for t in result["targets"] if t["beat"] == 1]
    assert [(t["state"], t["judged"]) for t in struck] == [("hit", True)] + [("not_played", False)] * 5
    assert result["summary"]["accuracy"] == 1.0


def test_a_string_told_before_its_chord_becomes_part_of_it_even_behind_a_later_note() -> None:
    order = (*ORDER, "C")
    early, late = log_of(order), log_of(order)
    ringing = string(1.25, 55, 99)  # a string of the second chord that is told as a note of its own
    early.insert(early.index(next(e for e in early if isinstance(e, ChordStarted) and e.chord_id == 1)), ringing)
    assert follow_json(target(order), early) == follow_json(target(order), late)


def test_a_melody_pays_no_attention_to_chords() -> None:
    melody = Target("m", tuple(TargetNote(i, float(i), 1.0, m, 0) for i, m in enumerate((48, 43, 45, 48, 45, 43))))
    follower = Follower(melody)
    verdicts = [v for entry in log_of(ORDER) for v in follower.add(entry)]
    assert [v.state for v in verdicts] == ["hit"] * 6


def test_a_strum_that_was_recorded_is_one_stroke_and_a_fast_run_is_not() -> None:
    strum = tuple(TargetNote(i, 0.04 * i, 1.0, m, 0) for i, m in enumerate((43, 50, 55)))
    run = tuple(TargetNote(3 + i, 2.0 + 0.09 * i, 0.09, 60 + i, 0) for i in range(8))
    follower = Follower(Target("t", strum + run))
    assert [len(tones) for tones in follower.steps.notes] == [3] + [1] * 8

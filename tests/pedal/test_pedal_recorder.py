"""The session log while it grows: what belongs to it, and what the last minute remembers."""

from hypothesis import given
from hypothesis import strategies as st

from dsp.log import decode
from dsp.scores.session import summarise
from dsp.types import (
    ChordEnded,
    ChordStarted,
    LogEntry,
    Mark,
    NoiseReading,
    NoteCorrected,
    NoteEnded,
    NoteRetracted,
    NoteStarted,
    Paused,
    Resumed,
    SegmentStarted,
    SessionSetup,
)
from pedal.recorder import MEMORY_ENTRIES_MAX, Memory, Recording, SegmentClock, consistent

RATE = 48_000
S = 1_000_000_000
SETUP = SessionSetup()


def started(note_id: int, at_s: float, segment: int = 0) -> NoteStarted:
    onset = round(at_s * RATE)
    return NoteStarted(segment, note_id, onset, onset + 900, 45, 0.0, 0.95, -20.0)


def ended(note_id: int, at_s: float, segment: int = 0) -> NoteEnded:
    return NoteEnded(segment, note_id, round(at_s * RATE), 45, 1.0, 0.95, -20.0)


def chord(chord_id: int, at_s: float) -> ChordStarted:
    onset = round(at_s * RATE)
    return ChordStarted(0, chord_id, onset, onset + 12_000, 9, "m7", 4, 0.9, -14.0)


def clock(*segments: tuple[int, float]) -> SegmentClock:
    made = SegmentClock()
    for number, at_s in segments:
        made.add(SegmentStarted(number, round(at_s * S)))
    return made


def test_boot_time_and_samples_are_each_other_s_inverse() -> None:
    two = clock((0, 10.0), (1, 20.0))
    assert two.place(round(12.5 * S)).sample == 120_000
    assert (two.place(21 * S).segment, two.place(21 * S).sample) == (1, 48_000)
    assert two.boottime_ns(0, 120_000) == round(12.5 * S)
    assert two.boottime_ns(9, 0) is None
    assert two.place(0) == two.place(10 * S)


def test_a_session_that_begins_at_the_press_has_what_was_played_since_then() -> None:
    memory = Memory(clock((0, 0.0)))
    for entry in (started(1, 1.0), started(2, 2.0), ended(1, 2.0), started(3, 3.0), ended(2, 3.0)):
        memory.add(entry)
    kept = memory.since(round(1.5 * S))
    assert kept == [SegmentStarted(0, 0), started(2, 2.0), started(3, 3.0), ended(2, 3.0)]


def test_the_memory_is_one_minute_long_and_bounded() -> None:
    memory = Memory(clock((0, 0.0)))
    for second in range(100):
        memory.add(started(second, second))
    notes = [e for e in memory.since(0) if isinstance(e, NoteStarted)]
    assert [n.note_id for n in notes] == list(range(39, 100))
    for number in range(2 * MEMORY_ENTRIES_MAX):
        memory.add(NoiseReading(0, 99 * RATE + number % 7, -90.0, -90.0))
    assert len(memory.since(0)) <= MEMORY_ENTRIES_MAX + 1


def test_what_is_played_during_a_pause_does_not_belong_to_the_session() -> None:
    recording = Recording("id", SETUP)
    log: list[LogEntry] = [
        SegmentStarted(0, 0), Resumed(0, 0), started(1, 1.0), Paused(0, 2 * RATE), started(2, 3.0), ended(1, 3.0),
        ended(2, 4.0), NoiseReading(0, 4 * RATE, -80.0, -90.0), Resumed(0, 5 * RATE), started(3, 6.0),
        Paused(0, 7 * RATE),
    ]  # fmt: skip
    belonged = [recording.add(entry) for entry in log]
    assert belonged == [True, True, True, True, False, True, False, False, True, True, True]
    assert recording.notes == 2
    assert summarise(SETUP, recording.entries).duration_s == 4.0


def test_a_note_taken_back_is_no_note() -> None:
    recording = Recording("id", SETUP)
    for entry in (SegmentStarted(0, 0), started(1, 1.0), NoteRetracted(0, 1, RATE + 2_000), started(2, 2.0)):
        recording.add(entry)
    assert recording.notes == 1
    assert [n.note_id for n in recording.recent()] == [2]


def test_a_chord_is_remembered_from_its_first_string_on_and_its_end_never_without_it() -> None:
    memory = Memory(clock((0, 0.0)))
    for entry in (
        chord(1, 1.0),
        ChordEnded(0, 1, 2 * RATE),
        chord(2, 2.0),
        started(2, 2.01),
        ChordEnded(0, 2, 3 * RATE),
    ):
        memory.add(entry)
    assert memory.since(round(1.5 * S))[1:] == [chord(2, 2.0), started(2, 2.01), ChordEnded(0, 2, 3 * RATE)]


def test_a_session_holds_chords_beside_notes_of_the_same_number_and_names_the_newest() -> None:
    recording = Recording("id", SETUP)
    log = (SegmentStarted(0, 0), Resumed(0, 0), started(1, 1.0), chord(1, 2.0), NoteRetracted(0, 1, 2 * RATE))
    assert all(recording.add(entry) for entry in log)
    assert recording.notes == 0
    assert recording.add(ChordEnded(0, 1, 3 * RATE))
    assert not recording.add(ChordEnded(0, 2, 3 * RATE))
    recording.add(Paused(0, 4 * RATE))
    assert not recording.add(chord(3, 5.0))
    newest = recording.chord()
    assert newest is not None
    assert (newest.chord_id, newest.offset_sample) == (1, 3 * RATE)
    assert [decode(line) for line in recording.take_unsaved()] == recording.entries


def test_what_is_taken_to_be_written_is_taken_once_and_reads_back() -> None:
    recording = Recording("id", SETUP)
    recording.add(SegmentStarted(0, 0))
    recording.add(Mark(0, 5))
    assert [decode(line) for line in recording.take_unsaved()] == [SegmentStarted(0, 0), Mark(0, 5)]
    assert recording.take_unsaved() == []
    recording.add(Mark(0, 6))
    assert [decode(line) for line in recording.take_unsaved()] == [Mark(0, 6)]


notes = st.integers(0, 5)
entries = st.lists(
    st.one_of(
        st.builds(started, notes, st.just(1.0)),
        st.builds(ended, notes, st.just(2.0)),
        st.builds(lambda n: NoteCorrected(0, n, 1, 45, 0.0, 1.0), notes),
        st.builds(lambda n: NoteRetracted(0, n, 1), notes),
        st.just(Mark(0, 1)),
    ),
    max_size=40,
)


@given(entries)
def test_no_word_about_a_note_stands_before_its_beginning(log: list[LogEntry]) -> None:
    begun = set()
    for entry in consistent(log):
        if isinstance(entry, NoteStarted):
            begun.add(entry.note_id)
        elif isinstance(entry, NoteCorrected | NoteEnded | NoteRetracted):
            assert entry.note_id in begun
    assert [e for e in consistent(log) if isinstance(e, NoteStarted)] == [e for e in log if isinstance(e, NoteStarted)]

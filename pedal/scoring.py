"""The running session's numbers, a few times per second: computed in a thread, told on the hub's loop.

To find the beat of a player without a click takes 5 ms and more, which is longer than the loop may stand still.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from dsp.theory.chord_names import chord_name
from dsp.types import Metrics
from pedal.events import Scored
from pedal.recorder import Recording, SegmentClock
from pedal.sessions import Sessions


class Scoring:
    """One score at a time. ``due``: something was heard that is in no score yet; ``tell`` gets what was computed.

    ``job`` runs what takes longer, and ends the hub where that fails.
    """

    def __init__(
        self,
        sessions: Sessions,
        tell: Callable[[Recording, Metrics], None],
        job: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._sessions = sessions
        self._tell = tell
        self._job = job
        self._running = False
        self.due = False

    def begin(self) -> None:
        """Score what was heard so far, unless a score is being computed: then it is due after that."""
        recording = self._sessions.recording
        if self._running or recording is None:
            return
        self.due, self._running = False, True
        self._job(self._score(recording))

    async def _score(self, recording: Recording) -> None:
        try:
            metrics = await asyncio.to_thread(recording.live.later())
        finally:
            self._running = False
        if self._sessions.recording is recording:  # it may have ended meanwhile
            self._tell(recording, metrics)


def scored(recording: Recording, metrics: Metrics, clock: SegmentClock, began_ns: int, at_ns: int) -> Scored:
    """How the session stands: its numbers, newest notes, chord and drift. ``began_ns``: when its own clock began."""

    def session_s(segment: int, sample: int) -> float:
        boottime_ns = clock.boottime_ns(segment, sample)
        return 0.0 if boottime_ns is None else max(0.0, (boottime_ns - began_ns) / 1e9)

    notes, errors_ms, chord = recording.recent(), recording.live.errors_ms(), recording.chord()
    return Scored(
        at_ns,
        metrics,
        recording.notes,
        tuple((session_s(n.segment, n.onset_sample), n) for n in notes),
        recording.live.drift(),
        "" if chord is None else chord_name(chord.root, chord.kind),
        chord is not None and chord.offset_sample is None,
        tuple(errors_ms.get((n.segment, n.note_id)) for n in notes),
    )

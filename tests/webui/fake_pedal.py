"""A hub for the tests of the web: it keeps the contract of ``webui.ports.Pedal`` and its clock is held by the test."""

import io
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from tests.webui.fake_session import charts, follow_live, follow_report, topics
from webui.ports import CommandRefused
from webui.schemas import (
    DriftView,
    HeardView,
    LiveState,
    MetricsView,
    NoteView,
    PartView,
    RoundTripView,
    SessionView,
    Settings,
    StringDriftView,
)
from webui.session_schemas import NOTES_MAX, GapView, NotesPage, SessionDetail, SessionRow
from webui.target_schemas import FollowReport, TargetGiven, TargetView, TrackView

# A minor pentatonic, up and down, as MIDI numbers; every ninth note is a wrong one.
MELODY = (57, 60, 62, 64, 67, 69, 72, 69, 67, 64, 62, 60)
NAMES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
NOTE_S = 0.3
STRINGS = ("E2", "A2", "D3", "G3", "B3", "E4")


def png(width: int, height: int, lit: int) -> bytes:
    """A small grey PNG with the first ``lit`` columns white."""
    rows = b"".join(b"\x00" + bytes(255 if x < lit else 0 for x in range(width)) for _ in range(height))
    out = io.BytesIO(b"")
    out.write(b"\x89PNG\r\n\x1a\n")
    for kind, data in (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ):
        out.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
    return out.getvalue()


def note_at(index: int) -> NoteView:
    """The same note for the same index, so that every run is the same."""
    wrong = index % 9 == 8
    cents = ((index * 37) % 29 - 14) / 1.2
    late_s = ((index * 53) % 41 - 20) / 1000
    return NoteView(
        onset_s=round(index * NOTE_S + late_s + 0.03, 3),
        offset_s=round(index * NOTE_S + late_s + 0.27, 3),
        midi=MELODY[index % len(MELODY)] + wrong,
        cents=round(cents, 1),
        confidence=0.93,
        level_dbfs=-18.0 - (index * 7) % 9,
        in_scale=not wrong,
        signed_ms=round(late_s * 1000, 1) if index >= 8 else None,
    )


def metrics_of(notes: int) -> MetricsView:
    """Scores that become known one by one, as the real ones do."""
    reasons = {}
    if notes < 4:
        reasons = {"pitch_accuracy": "needs 4 notes", "quality": "needs 4 notes"}
    if notes < 8:
        reasons["timing_stability"] = "needs 8 notes"
    if notes < 60:
        reasons["noise_control"] = "no pause between notes yet"
    return MetricsView(
        pitch_accuracy=None if notes < 4 else round(0.86 + notes % 7 / 100, 3),
        scale_conformity=None if notes < 1 else round(1 - notes // 9 / max(1, notes), 3),
        timing_stability=None if notes < 8 else round(0.71 + notes % 5 / 50, 3),
        noise_control=None if notes < 60 else 1.0,
        quality=None if notes < 4 else 0.79,
        tempo_bpm=None if notes < 8 else 99.6,
        signed_ms=None if notes < 8 else round(-14.0 + notes % 6 * 3, 1),
        not_scored=reasons,
        **({} if notes < 8 else topics()),
    )


def drift_of(notes: int) -> DriftView:
    """The G string slips; the others hold, or were hardly played."""
    if notes < 12:
        return DriftView(strings=[StringDriftView(string=6 - i, name=name) for i, name in enumerate(STRINGS)])
    moved = {"G3": (-4.2, -8.1), "E2": (7.0, 0.4)}
    strings = [
        StringDriftView(
            string=6 - i,
            name=name,
            cents=moved[name][0],
            se_cents=1.2,
            drift_cents=moved[name][1],
            drift_se_cents=1.1,
            n=48,
            told=name == "G3",
        )
        if name in moved
        else StringDriftView(string=6 - i, name=name, n=3)
        for i, name in enumerate(STRINGS)
    ]
    return DriftView(strings=strings, text="G3 gone 8 cents flat")


class FakePedal:
    """``advance`` is its clock. Refuses what the hub would refuse."""

    def __init__(self, *, simulated: bool = True, stored: int = 0) -> None:
        self.simulated = simulated
        self.pin: str | None = None
        self.commands: list[tuple[str, dict[str, Any]]] = []
        self.sequence = 1
        self.now_s = 0.0
        self.elapsed_s: float | None = None
        self.paused = False
        self.marks_s: list[float] = []
        self.mode = "idle"
        self.switch_down = False
        self.settings = Settings()
        self.round_trip = RoundTripView(card="Solo", outputs=2)
        self.cable = False
        self.faults: dict[str, PartView] = {}
        self.files: list[tuple[bytes, str, str]] = []
        self.piece: TargetView | None = None
        self.follows = False
        self.segments = ""
        self.long: dict[str, list[NoteView]] = {}
        self.stored = [self._detail(index) for index in reversed(range(stored))]
        self.review: SessionView | None = None

    # --- the Protocol

    def live(self) -> LiveState:
        playing = self.elapsed_s is not None
        beat = 1.0 if playing and self.now_s % 0.6 < 0.1 else 0.0
        return LiveState(
            sequence=self.sequence,
            mode=self.mode,
            screen="session" if playing else self.mode,
            switch_down=self.switch_down,
            status_led=(1.0, 0.0, 0.0) if playing else (0.0, 0.4, 0.1),
            beat_led=beat,
            heard=self._heard(),
            session=self._view() if playing else None,
            review=self.review,
            settings=self.settings,
            target=self.piece,
            round_trip=self.round_trip,
            parts=self._parts(),
            waiting_to_sync=1 if "network" in self.faults else 0,
            simulated=self.simulated,
        )

    async def command(self, name: str, arguments: Mapping[str, Any]) -> None:
        self.commands.append((name, dict(arguments)))
        action = getattr(self, f"_do_{name}", None)
        if action is None:
            raise CommandRefused("unknown_command", f"the pedal cannot {name}")
        action(arguments)
        self.sequence += 1

    async def sessions(self, limit: int, before: str | None) -> list[SessionRow]:
        ids = [row.session_id for row in self.stored]
        start = ids.index(before) + 1 if before in ids else 0
        fields = set(SessionRow.model_fields)
        return [SessionRow(**row.model_dump(include=fields)) for row in self.stored[start : start + limit]]

    async def session(self, session_id: str) -> SessionDetail | None:
        return next((row for row in self.stored if row.session_id == session_id), None)

    async def notes(self, session_id: str, first: int) -> NotesPage | None:
        notes = self.long.get(session_id)
        if notes is None:
            return None
        last = first + NOTES_MAX
        return NotesPage(notes=notes[first:last], first=first, next=last if last < len(notes) else None)

    async def export(self, session_id: str, kind: str) -> str | None:
        found = await self.session(session_id)
        return None if found is None else f"{kind} of {session_id}"

    async def give_target(self, data: bytes, name: str, track: str, segments: str) -> TargetGiven:
        self.files.append((data, name, track))
        self.segments = segments
        if data.startswith(b"bad"):
            raise CommandRefused("not_a_piece", "this is no piece; give MIDI", "file")
        self.piece = TargetView(title=name, source="midi", track=track or "Lead", notes=40, bars=8, segments=["Chorus"])
        tracks = [TrackView(number=1, name="Lead", notes=40), TrackView(number=2, name="Bass", notes=16)]
        return TargetGiven(**self.piece.model_dump(), tracks=tracks, skipped=["dead notes left out: 3"])

    def target(self) -> TargetView | None:
        return self.piece

    def drop_target(self) -> None:
        self.piece = None

    async def follow_report(self, session_id: str) -> FollowReport | None:
        return follow_report() if session_id in self.long and self.follows else None

    def oled_png(self) -> bytes | None:
        return png(128, 64, int(self.now_s * 10) % 128) if self.simulated else None

    def show_pin(self, pin: str | None) -> None:
        self.pin = pin

    # --- the test's hands

    def advance(self, seconds: float) -> None:
        """Let the clock run; the guitarist plays on."""
        self.now_s += seconds
        if self.elapsed_s is not None and not self.paused:
            self.elapsed_s += seconds
        self.sequence += 1

    # --- what the foot does

    def _do_start(self, _arguments: Mapping[str, Any]) -> None:
        if self.elapsed_s is not None:
            raise CommandRefused("already_practising", "a session is running: stop it first")
        self.mode, self.elapsed_s, self.marks_s, self.paused, self.review = "practice", 0.0, [], False, None

    def _do_stop(self, _arguments: Mapping[str, Any]) -> None:
        self._need_session()
        self.review = self._view()
        self.stored.insert(0, self._detail(len(self.stored), self.review))
        self.mode, self.elapsed_s = "review", None

    def _do_mark(self, _arguments: Mapping[str, Any]) -> None:
        self._need_session()
        assert self.elapsed_s is not None
        self.marks_s.append(self.elapsed_s)

    def _do_pause(self, _arguments: Mapping[str, Any]) -> None:
        self._need_session()
        self.paused = True

    def _do_resume(self, _arguments: Mapping[str, Any]) -> None:
        self._need_session()
        self.paused = False

    def _do_keep(self, _arguments: Mapping[str, Any]) -> None:
        if not self.now_s:
            raise CommandRefused("nothing_to_keep", "nothing was played in the last minute")
        self.stored.insert(0, self._detail(len(self.stored)))

    def _do_tuner(self, _arguments: Mapping[str, Any]) -> None:
        self.mode = "idle" if self.mode == "tuner" else "tuner"

    def _do_round_trip(self, _arguments: Mapping[str, Any]) -> None:
        if self.elapsed_s is not None:
            raise CommandRefused("session_runs", "a session runs: stop it first")
        self.round_trip = RoundTripView(card="Solo", outputs=2, text="measuring", step=0)

    def _do_cable(self, arguments: Mapping[str, Any]) -> None:
        self.cable = bool(arguments["plugged"])

    def _do_settings(self, arguments: Mapping[str, Any]) -> None:
        if str(arguments.get("scale_kind", "minor")).split()[0] not in {"major", "minor", "custom"}:
            raise CommandRefused("unknown_scale", "that scale is not in the library", "scale_kind")
        self.settings = self.settings.model_copy(update=dict(arguments))

    def _do_sync(self, _arguments: Mapping[str, Any]) -> None:
        if "network" in self.faults:
            raise CommandRefused("offline", "there is no network: the pedal sends by itself when it is back")

    def _do_shutdown(self, _arguments: Mapping[str, Any]) -> None:
        self.mode = "shutdown"

    def _do_press(self, arguments: Mapping[str, Any]) -> None:
        self.switch_down = bool(arguments["edges"][-1]["pressed"])

    def _do_audio(self, arguments: Mapping[str, Any]) -> None:
        self._fault("audio", bool(arguments["plugged"]), "missing", "sound card unplugged: plug it in")

    def _do_oled(self, arguments: Mapping[str, Any]) -> None:
        self._fault("oled", bool(arguments["working"]), "fault", "display does not answer")

    def _do_network(self, arguments: Mapping[str, Any]) -> None:
        self._fault("network", bool(arguments["up"]), "missing", "no network: sessions wait here")

    def _fault(self, name: str, well: bool, state: Any, text: str) -> None:
        if well:
            self.faults.pop(name, None)
        else:
            self.faults[name] = PartView(name=name, state=state, text=text)

    # --- the views

    def _need_session(self) -> None:
        if self.elapsed_s is None:
            raise CommandRefused("not_practising", "no session is running: start one first")

    def _played(self) -> int:
        return int((self.elapsed_s or 0.0) / NOTE_S)

    def _view(self) -> SessionView:
        played = self._played()
        return SessionView(
            session_id=f"0192-{len(self.stored):04d}",
            elapsed_s=round(self.elapsed_s or 0.0, 2),
            paused=self.paused,
            notes=played,
            marks=len(self.marks_s),
            metrics=metrics_of(played),
            tuning_drift=drift_of(played),
            follow=follow_live(played) if self.follows else None,
            chord="Am7" if played > 30 else "",
            chord_sounds=played % 40 > 30,
            recent=[note_at(index) for index in range(max(0, played - 16), played)],
        )

    def _heard(self) -> HeardView:
        if self.elapsed_s is None and self.mode != "tuner":
            return HeardView(level_dbfs=-71.0, noise_dbfs=-74.0)
        note = note_at(self._played())
        name = f"{NAMES[note.midi % 12]}{note.midi // 12 - 1}"
        frequency = 440.0 * 2 ** ((note.midi + note.cents / 100 - 69) / 12)
        level = -12.0 - 20 * (self.now_s % NOTE_S)
        return HeardView(
            level_dbfs=level,
            noise_dbfs=-66.0,
            note=name,
            midi=note.midi,
            cents=note.cents,
            f0_hz=frequency,
            confidence=0.93,
        )

    def _parts(self) -> list[PartView]:
        well = {
            "audio": "the demo take, 48 kHz",
            "oled": "display on",
            "cloud": "not linked: nothing leaves the pedal",
            "network": "connected",
            "storage": "12 GB free",
        }
        return [
            self.faults.get(name) or PartView(name=name, state="off" if name == "cloud" else "ok", text=text)  # type: ignore[arg-type]
            for name, text in well.items()
        ]

    def _detail(self, index: int, view: SessionView | None = None) -> SessionDetail:
        notes = view.notes if view else 48 + index * 5 % 40
        duration_s = view.elapsed_s if view else notes * NOTE_S
        timeline = [note_at(number) for number in range(notes)]
        self.long[f"0192-{index:04d}"] = timeline
        return SessionDetail(
            session_id=f"0192-{index:04d}",
            start=f"2026-03-{1 + index % 28:02d}T18:{index % 60:02d}:00Z",
            end=f"2026-03-{1 + index % 28:02d}T18:{index % 60:02d}:40Z",
            state="interrupted" if index % 5 == 4 else "closed",
            duration_s=duration_s,
            notes=notes,
            scale="A minor pentatonic",
            metrics=metrics_of(notes),
            timeline=timeline[:NOTES_MAX],
            notes_next=NOTES_MAX if notes > NOTES_MAX else None,
            marks_s=list(self.marks_s) if view else [4.0],
            gaps_s=[] if view else [9.0],
            gaps=[] if view else [GapView(at_s=9.0, lost_s=0.7, reason="no sound")],
            followed=self.follows,
            **charts(duration_s),
            tuning_drift=drift_of(notes),
        )

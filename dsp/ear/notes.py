"""The note machine: where a beginning meets a pitch there is a note.

A note starts fast, on two agreeing looks at what came after an onset, or where a pitch jumps and stays (hammer-on,
pull-off). What was said too early is corrected or taken back by the long look. Bends and vibrato move slowly and stay
one note; a held note is one note; a stroke on the same pitch is a new one if it is a stroke. Of a slide (``way``,
``slide``) the notes are where the finger left and where it stays. ``book`` says how it is told.
"""

from collections.abc import Callable
from typing import Final

from dsp.ear.book import NoteBook, is_echo
from dsp.ear.decay import Choked, ChokedStrokes, PlayedLevel
from dsp.ear.hop import Hop
from dsp.ear.pitch import Look
from dsp.ear.ringing import WITHIN, Ringing
from dsp.ear.slide import Left, arrives, is_into, may_be_into, may_slide_on
from dsp.ear.sounding import CORRECT_WITHIN, PROVE_HOPS, Sounding
from dsp.ear.strokes import MS, Pending, StrokeWatch
from dsp.ear.way import Way
from dsp.types import HOP_SAMPLES, LogEntry

FOLLOW_CLEAR: Final = 0.75
SAME_SEMITONES: Final = 0.5
ENOUGH: Final = 0.25  # two clear looks
ONE_LOOK: Final = 0.95  # one look so clear is enough
SHARE_MIN: Final = 0.2  # a low string is quiet between its pulses, and what rings there is no note
SHARE_ONE: Final = 0.4
FAR: Final = 24.0  # semitones
ENOUGH_AGAIN: Final = 0.9  # after one was taken back
ENOUGH_SAME: Final = 1.6  # so clearly the same that the onset was none
ENOUGH_LOW: Final = 0.2
LOW: Final = 44.0
ENOUGH_YOUNG: Final = 0.6
ENOUGH_CHANGE: Final = 1.1
ENOUGH_FAR: Final = 4.0  # an octave or a twelfth away without a stroke: rather an overtone that outlives the rest
OVERTONES: Final = (12.0, 19.02, 24.0, 27.86)
FLUX_LATE: Final = 2 * HOP_SAMPLES  # a window of 512 notices an attack some 5 ms after it began
BESIDE: Final = 0.7  # semitones from where a slide began: a note of its way
SLID_CLARITY: Final = 0.97
FLUX_SURE: Final = 0.9  # no squeak is so broad
LEVEL_CHANGE: Final = 10.0 ** (0.5 / 10.0)
ALIKE: Final = 0.8
TOGETHER: Final = 40 * MS
SURE_OF_TWO: Final = 0.55  # their cents are not measured, so nobody should be judged by them
ATTACK_SURE: Final = 0.3
GUESS_LATE: Final = 24 * MS  # a pitch is clear only once what rang before it is gone: 0 to 45 ms after the onset
PITCHED: Final = 0.75  # of the looks at a note that dies; a click is over before they are so many
CLICK_MAX: Final = 10.0 ** (-24.0 / 10.0)  # a muted string loses 16 dB until its proof, what a knock shook twice that
FAR_BELOW_DB: Final = 15.0  # the fingers of a player who plays in time let go in time
USUAL_DB: Final = 10.0  # so far below the other notes a short note is still a note
ABOVE_NOISE_DB: Final = 7.0
SENSITIVITY_DB: Final = 8.0  # from sensitivity 0 to 1


class NoteMachine:
    """``step`` with every hop gives the log entries that it causes."""

    def __init__(self, segment: int, sensitivity: float, first_id: int = 0) -> None:
        self._above_noise = 10.0 ** ((ABOVE_NOISE_DB + (0.5 - sensitivity) * SENSITIVITY_DB) / 10.0)
        self._strokes = StrokeWatch()
        self._book = NoteBook(segment, first_id, self._strokes)
        self._way = Way()
        self._played = PlayedLevel()
        self._choked = ChokedStrokes()
        self._ringing: Ringing | None = None

    @property
    def next_id(self) -> int:
        """The id that the next note will have."""
        return self._book.next_id

    @property
    def silent(self) -> bool:
        """Neither a note nor an onset that waits for one."""
        return self._book.open is None and self._book.left is None and self._strokes.pending is None

    @property
    def chord_rings(self) -> bool:
        """Whether strings of a chord still sound, under notes or without."""
        return self._ringing is not None

    @property
    def pitch(self) -> float | None:
        """The pitch that sounds, fractional MIDI."""
        if self._book.open is not None:
            return self._book.open.at
        return self._way.here.midi if self._sliding and self._way.here is not None else None

    @property
    def _sliding(self) -> bool:
        return self._book.left is not None and self._book.left.sliding

    def step(self, hop: Hop) -> list[LogEntry]:
        """One hop further."""
        sounding = self.pitch
        self._strokes.update(hop, sounding)
        pending = self._strokes.pending
        if sounding is not None:
            hop.keep_to(sounding)
        if pending is not None:
            hop.hear_slope()
            hop.hear_overtones(pending.rough_sample - FLUX_LATE, self._book.ringing(hop))
        elif self._book.open is not None and hop.sample - self._book.open.onset_sample < CORRECT_WITHIN:
            hop.hear_overtones(self._book.open.onset_sample, self._book.open.before)
        entries = self._move_along(hop)
        if self._ringing is not None:
            over = self._book.open.at if self._book.open is not None else None
            if not self._ringing.goes_on(hop, self._strokes.power_at(hop.sample - WITHIN), over):
                self._ringing = None
        pending = self._strokes.pending
        if pending is not None and not self._sliding:
            entries += self._await_pitch(pending, hop)
        if self._book.open is not None and self._book.open.decided_sample < hop.sample:
            entries += self._follow(self._book.open, hop)
        self._book.weigh(hop)
        return entries

    def begin_strum(
        self, hop: Hop, onset_sample: int, until_sample: int, belongs: Callable[[int], bool], tones: frozenset[int]
    ) -> list[LogEntry]:
        """Several strings of these ``tones`` (pitch classes) were struck at ``onset_sample``: one stroke.

        It was looked at until ``until_sample``; what was reported of it stays where the note ``belongs`` to it. From
        here on, and as long as they ring, only what is struck begins a note: the pitches of strings that cross over
        are none.
        """
        pending = self._strokes.pending
        if pending is not None and pending.rough_sample <= until_sample:
            self._strokes.pending = None
        self._way = Way()
        self._ringing = Ringing(tones)
        return self._book.give_to_strum(hop, onset_sample, until_sample, belongs)

    def begin_both(
        self, hop: Hop, onset_sample: int, until_sample: int, midis: tuple[int, int], level_dbfs: float
    ) -> list[LogEntry]:
        """Two strings were struck at once: both are notes; nothing is told where a second stroke was heard since."""
        if self.onset_between(onset_sample + TOGETHER, until_sample) is not None:
            return []
        tones = frozenset(midi % 12 for midi in midis)
        entries = self.begin_strum(hop, onset_sample, until_sample, lambda midi: midi in midis, tones)
        told = {note.midi for note in self._book.held}
        for midi in midis:
            entries += self._book.hold(hop, onset_sample, midi, SURE_OF_TWO, level_dbfs) if midi not in told else []
        return entries

    @property
    def holds_strings(self) -> bool:
        """Whether notes are open that are strings of a strum."""
        return bool(self._book.held)

    def onset_between(self, from_sample: int, to_sample: int) -> int | None:
        """The first onset of a note between these two, if one was reported lately."""
        return self._book.onset_between(from_sample, to_sample)

    def end_chord(self, sample: int, hop: Hop) -> list[LogEntry]:
        """The chord was over at ``sample``, or gave way to a note; its strings may ring on."""
        return self._book.end_held(sample, hop.noise_power, hop.hum_power)

    def close(self, sample: int, noise_power: float, hum_power: float) -> list[LogEntry]:
        """The sound ends here: end what is open, report nothing new."""
        self._strokes.pending = None
        self._ringing = None
        ended = self._book.end(sample, noise_power, hum_power)
        return ended + self._book.end_held(sample, noise_power, hum_power)

    def _move_along(self, hop: Hop) -> list[LogEntry]:
        """Where the pitch has come to another rest without a stroke: did a finger slide there?"""
        entries: list[LogEntry] = []
        if self._ringing is None and self._way.update(hop):
            entries = self._slide(hop)
        left = self._book.left
        if left is None:
            return entries
        if left.sliding:
            if not left.goes_on_in(self._way) or hop.power < self._above_noise * hop.noise_power:
                return entries + self._book.tell_left(hop.noise_power, hop.hum_power)
            here = self._way.here
            if here is not None and left.has_arrived(self._way, hop):
                self._strokes.pending = None
                onset_sample = self._strokes.soft_onset(here.since_sample)
                return entries + self._book.begin(hop, onset_sample, here.midi, SLID_CLARITY, stroke=False, slid=True)
        elif left.stands(hop):
            entries += self._book.tell_left(hop.noise_power, hop.hum_power)
        return entries

    def _slide(self, hop: Hop) -> list[LogEntry]:
        """A finger slid here: what was reported on its way is no note."""
        way = self._way.passed()
        step_sample = way[1].since_sample if len(way) > 1 else way[0].until_sample
        origin = self._book.open
        entries: list[LogEntry] = []
        if origin is not None and abs(origin.midi - way[0].midi) > BESIDE:
            if self._book.left is None:
                return []
            entries = self._book.retract(origin, hop, for_good=True)
            origin = self._book.left.note
        if origin is None:
            return entries
        self._strokes.pending = None
        self._book.change.clear()
        if is_into(origin, step_sample, way[-1].midi):
            self._book.left, self._book.open = None, origin
            origin.slid = True
            return entries + self._book.correct(origin, hop, way[-1].midi, hop.quick)
        origin.leave(step_sample)
        self._book.open = None
        self._book.left = Left(origin, step_sample, self._strokes.power_at(step_sample), sliding=True)
        return entries

    def _await_pitch(self, pending: Pending, hop: Hop) -> list[LogEntry]:
        """The looks at what came after the onset: once they agree, there is a note."""
        look = hop.quick
        if look is None or hop.sample - look.span_samples < pending.rough_sample - FLUX_LATE:
            return []
        if look.share < SHARE_MIN:
            return []
        midi = hop.midi(look.f0_hz)
        rival = pending.evidence.add(midi, look, hop.sample)
        enough = ENOUGH_AGAIN if pending.again else ENOUGH
        if rival is None or rival.weight < enough or not pending.evidence.leads(rival) or not self._is_loud(hop):
            return []
        if rival.looks < 2 and not self._is_clear(pending, look, midi):
            return []
        note = self._book.open
        if note is not None and may_be_into(self._way, note, rival, hop):
            return []
        same = note is not None and pending.before is not None and abs(midi - pending.before) < SAME_SEMITONES
        if same and not pending.is_stroke:
            if rival.weight > ENOUGH_SAME:
                self._strokes.pending = None
            return []
        self._strokes.pending = None
        if same and self._rings_on(pending, hop, midi):
            return []
        # No second stroke so soon after the first: the first look was at its noise. Or the finger slides on.
        echo = note is not None and note.young(hop) and is_echo(pending, note)
        if note is not None and (echo or arrives(self._way, note, pending.rough_sample, midi)):
            return self._book.correct(note, hop, midi, look)
        picked = pending.picked and not (note is not None and self._way.is_smooth)
        return self._book.begin(hop, hop.attack(pending.rough_sample, True).at, midi, rival.clarity, stroke=picked)

    @staticmethod
    def _is_clear(pending: Pending, look: Look, midi: float) -> bool:
        """Whether one look is enough. Far above what sounds, and not picked, is rather one of its overtones."""
        far = pending.before is not None and midi - pending.before > FAR and not pending.picked
        return look.clarity >= ONE_LOOK and look.share >= SHARE_ONE and not far

    def _rings_on(self, pending: Pending, hop: Hop, midi: float) -> bool:
        """Whether the string was disturbed but not set off anew: it swings as before, and no louder."""
        before_sample = pending.rough_sample - FLUX_LATE
        change = hop.power / (self._strokes.power_at(before_sample) + 1e-12)
        if not pending.picked:
            return change < 1.0
        if pending.flux >= FLUX_SURE or not 1.0 / LEVEL_CHANGE < change < LEVEL_CHANGE:
            return False
        return hop.likeness(hop.f0_hz(midi), before_sample) > ALIKE

    def _follow(self, note: Sounding, hop: Hop) -> list[LogEntry]:
        """The note goes on, moves, proves itself or ends."""
        note.looked += 1
        note.loudest = max(note.loudest, hop.power)
        if note.dies(hop) and not self._was_played(note):
            return self._book.retract(note, hop, for_good=True)
        look = hop.quick
        if look is not None and look.clarity >= FOLLOW_CLEAR:
            entries = self._look_at(note, hop, look)
            if entries:
                return entries
        if note.has_fallen(hop) and not self._is_muted(note, hop):
            return self._book.retract(note, hop)
        if note.has_no_pitch():
            other = self._book.change.best()
            low = other is not None and other.midi < min(note.at, LOW) and other.weight >= ENOUGH_LOW
            if other is not None and low and self._is_loud(hop):
                # A low string takes longer to be heard than the body that it shakes.
                return self._book.correct(note, hop, other.midi, hop.quick)
            return self._book.retract(note, hop)
        if note.holds():
            self._played.learn(note.loudest)
        if note.is_over(hop):
            # Over before it was proven: it was a knock.
            if note.looked <= PROVE_HOPS:
                return self._book.retract(note, hop)
            return self._book.end(note.last_heard_sample, hop.noise_power, hop.hum_power)
        midi = note.doubted(hop)
        return self._book.correct(note, hop, midi, hop.long) if midi is not None else []

    def _was_played(self, note: Sounding) -> bool:
        """Whether a note that dies was struck like the others, or like those before it that died."""
        return self._played.is_usual(note.loudest, USUAL_DB) or self._is_in_time(note)

    def _is_muted(self, note: Sounding, hop: Hop) -> bool:
        """Whether it falls under a palm: it has a pitch on the way, which one just before it had too."""
        if note.heard < PITCHED * note.looked or hop.power < CLICK_MAX * note.loudest:
            return False
        in_time = self._is_in_time(note)
        return in_time or (self._choked.is_repeated and self._played.is_usual(note.loudest, USUAL_DB))

    def _is_in_time(self, note: Sounding) -> bool:
        """Whether it and those before it that died were struck in time, and so were played; then that is how loud."""
        in_time = self._choked.add(Choked(note.onset_sample, note.at, note.loudest))
        if not in_time or self._played.is_far_above(note.loudest, FAR_BELOW_DB):
            return False
        self._played.learn(note.loudest)
        return True

    def _look_at(self, note: Sounding, hop: Hop, look: Look) -> list[LogEntry]:
        midi = hop.midi(look.f0_hz)
        if not note.near(look, midi):
            return self._moved(note, hop, look, midi)
        self._book.change.clear()
        return self._book.correct(note, hop, midi, look) if note.stay(hop, look, midi) else []

    def _moved(self, note: Sounding, hop: Hop, look: Look, midi: float) -> list[LogEntry]:
        """The pitch is elsewhere: once it stays there it is another note, struck or not."""
        rival = self._book.change.add(midi, look, hop.sample)
        young = note.young(hop)
        overtone = min(abs(abs(midi - note.at) - far) for far in OVERTONES) < SAME_SEMITONES
        enough = ENOUGH_YOUNG if young else ENOUGH_FAR if overtone else ENOUGH_CHANGE
        if rival is None or rival.weight < enough or not self._is_loud(hop) or self._strokes.pending is not None:
            return []
        if young or arrives(self._way, note, rival.since_sample, midi):
            return self._book.correct(note, hop, midi, look)
        if self._ringing is not None or may_slide_on(self._way, note, rival, hop):
            return []
        onset_sample = self._soft_onset(hop, rival.since_sample)
        return self._book.begin(hop, onset_sample, hop.midi(hop.refined_hz(look.f0_hz)), rival.clarity, stroke=False)

    def _soft_onset(self, hop: Hop, guess_sample: int) -> int:
        """Where a note began that no flux announced: hammered on, or a stroke that noise had covered."""
        attack = hop.attack(guess_sample - GUESS_LATE, False)
        return attack.at if attack.sureness >= ATTACK_SURE else self._strokes.soft_onset(guess_sample)

    def _is_loud(self, hop: Hop) -> bool:
        return bool(hop.power >= self._above_noise * hop.noise_power)

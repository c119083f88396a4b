"""The engine measures the card's round trip: it plays chirps, hears them come back, and counts the samples between.

Four seconds, while the pedal is idle and a cable leads from an output into the guitar's input. Every input is
looked at, so that nobody has to know which one is the guitar's; every output sounds, so that any of them will do.
Nothing is guessed: what is lost, late, missing or in disagreement is a refusal with its reason.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from dsp.chirp import (
    CHIRP_SAMPLES,
    CHIRPS,
    DELAY_SAMPLES_MAX,
    MARGIN_SAMPLES,
    PERIOD_SAMPLES,
    WINDOW_SAMPLES,
    Echo,
    Refusal,
    RoundTrip,
    agree,
    chirp,
    find_echo,
)
from dsp.types import SAMPLE_RATE_HZ
from hardware.audio_port import AudioSource
from pedal.listen import Samples

AHEAD_SAMPLES: Final = 9_600
"""A chirp is placed so long before its time: the engine may be busy for 0.2 s without being late."""
TRIES: Final = 3
NO_OUTPUT: Final = "no_output"
INTERRUPTED: Final = "interrupted"


class RoundTripMeter:
    """A ``listen.Aside`` that measures when it is told to, and keeps what was known where it finds nothing.

    ``tell`` is given {"card": {...}} once, when it is open; then, for each measurement, {"step": chirps heard} several
    times and {"found": {...}} or {"refused": reason}.
    """

    def __init__(self, source: AudioSource, latency_samples: int, tell: Callable[[dict[str, Any]], None]) -> None:
        self.running = False
        self.latency_samples = latency_samples
        self._source = source
        self._tell = tell
        self._tries = 0
        self._begin_at: int | None = None
        self._next_sample = 0
        self._silent_from = 0  # a chirp of a measurement that was left may still be on its way
        self._played = 0
        self._window = np.zeros((WINDOW_SAMPLES, source.channels), np.float32)
        self._filled = 0
        self._heard: list[list[Echo | Refusal]] = []

    def opened(self) -> None:
        """Say which card it is."""
        source = self._source
        facts = {"name": source.name, "rate_hz": source.sample_rate_hz, "block_frames": source.block_frames}
        self._tell({"card": facts | {"outputs": source.output_channels, "samples": self.latency_samples}})

    def begin(self) -> None:
        """Start, unless it runs already."""
        if self.running:
            return
        if self._source.output_channels == 0:
            self._tell({"refused": NO_OUTPUT})
            return
        self.running = True
        self._tries = 0
        self._start_over()

    def cancel(self) -> None:
        """Leave it; what was known before stays."""
        self.running = False

    def hear(self, frames: Samples, at_sample: int) -> None:
        """Play what is due and keep what was heard; the last chirp's window decides."""
        if self._begin_at is None:
            self._begin_at = max(self._source.position + AHEAD_SAMPLES, self._silent_from)
        elif at_sample != self._next_sample:  # samples were lost: what is counted across them is no measurement
            self._start_over()
            return
        self._next_sample = at_sample + len(frames)
        if self._play(self._begin_at):
            self._keep(frames, at_sample, self._begin_at)
        else:
            self._start_over()

    def _start_over(self) -> None:
        """From the first chirp; not for ever, because a card that goes on losing sound cannot be measured."""
        self._tries += 1
        if self._tries > TRIES:
            self._end({"refused": INTERRUPTED})
            return
        self._begin_at, self._played, self._filled, self._heard = None, 0, 0, []
        self._tell({"step": 0})

    def _play(self, begin_at: int) -> bool:
        """The next chirp, if it is time to hand it over; returns whether it was in time."""
        at = begin_at + self._played * PERIOD_SAMPLES + MARGIN_SAMPLES
        if self._played == CHIRPS or at > self._source.position + AHEAD_SAMPLES:
            return True
        self._played += 1
        self._silent_from = at + CHIRP_SAMPLES + DELAY_SAMPLES_MAX
        sound = np.broadcast_to(
            chirp(self._source.sample_rate_hz)[:, None], (CHIRP_SAMPLES, self._source.output_channels)
        )
        return self._source.play(at, sound) == 0

    def _keep(self, frames: Samples, at_sample: int, begin_at: int) -> None:
        """Fill the window of the chirp that is under way; a full one is looked at, and its end begins the next."""
        window_at = begin_at + len(self._heard) * PERIOD_SAMPLES
        frames = frames[max(0, window_at + self._filled - at_sample) :]
        while len(frames) and self.running:
            taken = min(len(frames), WINDOW_SAMPLES - self._filled)
            self._window[self._filled : self._filled + taken] = frames[:taken]
            self._filled += taken
            frames = frames[taken:]
            if self._filled == WINDOW_SAMPLES:
                self._look()

    def _look(self) -> None:
        rate_hz = self._source.sample_rate_hz
        self._heard.append([find_echo(np.ascontiguousarray(one), rate_hz) for one in self._window.T])
        self._filled = WINDOW_SAMPLES - PERIOD_SAMPLES
        self._window[: self._filled] = self._window[PERIOD_SAMPLES:]
        if len(self._heard) < CHIRPS:
            self._tell({"step": len(self._heard)})
        else:
            self._decide()

    def _decide(self) -> None:
        """The input through which it came back loudest; without any, the reason that helps most."""
        said = [agree(echoes) for echoes in zip(*self._heard, strict=True)]
        found = [(trip.gain_db, number, trip) for number, trip in enumerate(said, 1) if isinstance(trip, RoundTrip)]
        if not found:
            reasons = (Refusal.CLIPPED, Refusal.UNSTEADY, Refusal.NO_CABLE)
            self._end({"refused": next(reason for reason in reasons if reason in said).value})
            return
        _, number, trip = max(found)
        self.latency_samples = round(trip.latency_samples * SAMPLE_RATE_HZ / self._source.sample_rate_hz)
        self._end({"found": _facts(trip, number, self.latency_samples)})

    def _end(self, message: dict[str, Any]) -> None:
        self.running = False
        self._tell(message)


def _facts(trip: RoundTrip, number: int, latency_samples: int) -> dict[str, Any]:
    return {
        "samples": latency_samples,
        "exact_samples": round(trip.latency_samples, 3),
        "spread_samples": round(trip.spread_samples, 3),
        "confidence": round(trip.confidence, 3),
        "gain_db": round(trip.gain_db, 1),
        "inverted": trip.inverted,
        "input": number,
    }

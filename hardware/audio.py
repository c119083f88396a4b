"""The sound card, through PortAudio: a callback that copies, counts and leaves, and a ring on either side of it.

One stream for input and output where the card has both: only then is there one clock, and a sample of the one is a
sample of the other. A card without outputs, or whose outputs do not open with its inputs, only hears.

Never reopened in place: a card that is gone ends this source for good, and the process that held it should end too,
for PortAudio may keep what is left of the card, or take the whole process with it. And always by callback:
``InputStream.read`` corrupts the heap on JACK.
"""

import atexit
import time
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hardware.audio_port import AudioHealth
from hardware.cards import SoundCard, choose, list_cards, portaudio
from hardware.clock import BootClock, boottime_ns
from hardware.errors import DeviceBusy, DeviceError, DeviceLost, DeviceMissing
from hardware.play_ring import PLAY_S, PlayRing
from hardware.ring import FrameRing

RATE_HZ: Final = 48_000
BLOCK_FRAMES: Final = 128
CHANNELS_MAX: Final = 4
OUTPUTS_MAX: Final = 2
RING_S: Final = 1.0
FIRST_BLOCK_S_MAX: Final = 3.0
SILENT_S_MAX: Final = 2.0
"""So long without a callback, the card is gone, whether PortAudio noticed or not."""
CONFIRM_S: Final = 1.0
"""... unless it was we who stood still: then the callback has this long to come back."""
_BLOCK_NS: Final = BLOCK_FRAMES * 1_000_000_000 // RATE_HZ
_ADC_NOISE_S: Final = 0.002
_LATE_S_MAX: Final = 3600.0
_UNAVAILABLE: Final = -9985  # paDeviceUnavailable


class CardSource:
    """A sound card as an ``AudioSource``: 48 kHz, all its inputs up to 4 (or the first ``channels``), 2 outputs.

    ``name`` as ``cards.choose`` takes it. Raises ``DeviceMissing`` where no such card is there, and in ``start`` also
    ``DeviceBusy`` and ``DeviceLost``.
    """

    def __init__(
        self, name: str | None, *, channels: int | None = None, clock: BootClock = boottime_ns, ring_s: float = RING_S
    ) -> None:
        self._card = choose(list_cards(), name)
        self._channels = min(self._card.channels, channels or CHANNELS_MAX, CHANNELS_MAX)
        self._ring = FrameRing(round(ring_s * RATE_HZ), self._channels)
        outputs = min(self._card.outputs, OUTPUTS_MAX)
        self._player = PlayRing(round(PLAY_S * RATE_HZ), outputs) if outputs else None
        self._clock = clock
        self._stream: Any = None
        self._stopping = False
        self._ended: str | None = None
        self._suspected_ns: int | None = None
        # Written by the callback, read by the others; each is one whole assignment.
        self._first_ns = 0
        self._newest_ns = 0
        self._expected_adc_s = 0.0
        self._card_overflows = 0
        self._underflows = 0
        self._finished = False

    @property
    def card(self) -> SoundCard:
        """The card that was chosen."""
        return self._card

    @property
    def name(self) -> str:
        """The card's stable name."""
        return self._card.name

    @property
    def sample_rate_hz(self) -> int:
        """48,000."""
        return RATE_HZ

    @property
    def channels(self) -> int:
        """As opened."""
        return self._channels

    @property
    def output_channels(self) -> int:
        """Those of the card, at most 2; 0 where it has none, or they did not open together with its inputs."""
        return self._player.channels if self._player is not None else 0

    @property
    def block_frames(self) -> int:
        """128."""
        return BLOCK_FRAMES

    @property
    def position(self) -> int:
        """The sample whose output the card takes next."""
        return self._player.position if self._player is not None else 0

    def start(self) -> int:
        """Open the card and wait for its first block, a few ms. Returns CLOCK_BOOTTIME in ns at sample 0.

        Raises ``DeviceBusy``, ``DeviceMissing``, or ``DeviceLost`` where it opens but stays mute.
        """
        assert self._stream is None, "started twice"
        sounddevice = portaudio()
        try:
            self._stream = self._open(sounddevice)
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise open_error(self._card.name, error) from error
        deadline_ns = time.monotonic_ns() + round(FIRST_BLOCK_S_MAX * 1e9)
        while self._first_ns == 0:
            if time.monotonic_ns() > deadline_ns:
                self.stop()
                raise DeviceLost(f'The sound card "{self._card.name}" opens but gives no sound: plug it in again.')
            time.sleep(0.0005)
        return self._first_ns

    def read(self, frames_max: int) -> NDArray[np.float32]:
        """What has arrived and was not read yet, shape (frames, channels), at most ``frames_max``; never waits."""
        assert self._stream is not None, "read before start"
        return self._ring.read(frames_max)

    def play(self, at_sample: int, frames: NDArray[np.float32]) -> int:
        """Add ``frames``, shape (frames, output channels), to what plays from ``at_sample`` on; returns the late ones.

        Only where ``output_channels`` says that there is an output.
        """
        assert self._player is not None, "no sound output here"
        return self._player.place(at_sample, frames)

    def health(self) -> AudioHealth:
        """Counters now. ``ended``: PortAudio ended the stream, or no block came for 3 s."""
        if self._ended is None and self._stream is not None and not self._stopping:
            if self._finished or not self._stream.active:  # on JACK a dead server only shows in the latter
                self._ended = f'The sound card "{self._card.name}" is gone: plug it in again.'
            elif self._is_silent(self._clock()):
                self._ended = f'The sound card "{self._card.name}" gives no sound any more: plug it in again.'
        late = self._player.late_frames if self._player is not None else 0
        overflows = self._ring.overflows + self._card_overflows
        return AudioHealth(self._ring.lost_frames, overflows, self._ended, late, self._underflows)

    def stop(self) -> None:
        """Close. May be called twice.

        A card that is gone is left as it is, now and when the process ends: closing it may never return (JACK, once
        its server is dead), and a process that hangs there cannot be followed by one that works.
        """
        if self._stream is None or self._stopping:
            return
        lost = self.health().ended is not None
        self._stopping = True
        if lost:
            atexit.unregister(vars(portaudio())["_exit_handler"])
        else:
            self._stream.close()

    def _open(self, sounddevice: Any) -> Any:
        """The stream, both ways if the card can; raises PortAudio's error."""
        index = self._card.index
        settings = {
            "samplerate": RATE_HZ,
            "blocksize": BLOCK_FRAMES,
            "dtype": "float32",
            "latency": "low",
            "finished_callback": self._on_finished,
        }
        if self._player is not None:
            channels = (self._channels, self._player.channels)
            try:
                return sounddevice.RawStream(
                    device=(index, index), channels=channels, callback=self._both_ways, **settings
                )
            except sounddevice.PortAudioError:
                self._player = None  # another program may hold the outputs: hearing comes first
        return sounddevice.RawInputStream(device=index, channels=self._channels, callback=self._callback, **settings)

    def _both_ways(self, indata: Any, outdata: Any, frames: int, times: Any, status: Any) -> None:
        """On PortAudio's own thread, where there is an output: the same, and hand over what is to be played."""
        player = self._player
        assert player is not None
        self._callback(indata, frames, times, status)  # first: what was lost is not played either
        player.take(np.frombuffer(outdata, np.float32).reshape(frames, player.channels))
        if status and status.output_underflow:
            self._underflows += 1

    def _callback(self, indata: Any, frames: int, times: Any, status: Any) -> None:
        """On PortAudio's own thread: copy, count, leave.

        A raw buffer, because sounddevice makes its arrays in a way that NumPy 2.5 has deprecated.
        """
        now_ns = self._clock()
        adc_s = times.inputBufferAdcTime
        if self._first_ns == 0:
            self._first_ns = first_sample_ns(now_ns, times.currentTime - adc_s)
        elif status and status.input_overflow:
            self._card_overflows += 1
            lost = lost_frames(adc_s - self._expected_adc_s)
            if lost > 0:
                self._ring.lose(lost)
                if self._player is not None:
                    self._player.skip(lost)
        self._expected_adc_s = adc_s + frames / RATE_HZ
        self._newest_ns = now_ns
        self._ring.write(np.frombuffer(indata, np.float32).reshape(frames, self._channels))

    def _on_finished(self) -> None:
        self._finished = True

    def _is_silent(self, now_ns: int) -> bool:
        """Whether the card is mute for good. After a suspend, or a SIGSTOP, the first look only raises a suspicion."""
        if now_ns - self._newest_ns <= SILENT_S_MAX * 1e9:
            self._suspected_ns = None
            return False
        if self._suspected_ns is None:
            self._suspected_ns = now_ns
        return now_ns - self._suspected_ns > CONFIRM_S * 1e9


def first_sample_ns(now_ns: int, age_s: float) -> int:
    """Boot time of a block's first sample, ``age_s`` before the callback as PortAudio says.

    A block cannot be younger than its own length (JACK says 0), and an age of a second or more is garbage.
    """
    age_ns = round(age_s * 1e9) if 0.0 <= age_s < 1.0 else 0
    return now_ns - max(age_ns, _BLOCK_NS)


def lost_frames(late_s: float) -> int:
    """Frames that an overflow swallowed: how much later than expected the next block was sampled, by the ADC's time.

    It may be none (JACK calls it an overflow when another client was late). Where that time is garbage, one block: an
    overflow drops no less.
    """
    return max(0, round(late_s * RATE_HZ)) if -_ADC_NOISE_S <= late_s < _LATE_S_MAX else BLOCK_FRAMES


def open_error(name: str, error: Exception) -> DeviceError:
    """What PortAudio's error at opening means for the player."""
    code = error.args[1] if len(error.args) > 1 else None
    text = " ".join(str(part) for part in error.args)
    if code == _UNAVAILABLE or "busy" in text.casefold():
        return DeviceBusy(f'The sound card "{name}" is in use by another program: close that one.')
    return DeviceMissing(f'The sound card "{name}" does not open at {RATE_HZ} Hz ({error.args[0]}).')

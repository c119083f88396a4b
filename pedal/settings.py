"""What the player may change while the pedal runs; kept in SQLite, never also a flag."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from dsp.facts import TuningDrift
from dsp.theory.custom import is_custom
from dsp.theory.names import ROOTS, TEXT_MAX, pitch_class
from dsp.theory.scales import scale_of
from dsp.theory.spelling import scale_name
from dsp.theory.tunings import TUNINGS as KNOWN_TUNINGS
from dsp.types import SessionSetup
from pedal import note_names

SETTINGS_KEY: Final = "settings"
TUNINGS: Final = tuple(KNOWN_TUNINGS)
TEMPOS_BPM: Final = tuple(range(40, 221, 10))
# What a foot steps through: the family's four and the other scales that most guitarists know. The page offers all.
SCALES: Final = (
    *(("minor", "pentatonic"), ("minor", "natural"), ("major", "pentatonic"), ("major", "natural")),
    *((kind, "natural") for kind in ("blues", "dorian", "mixolydian", "harmonic minor")),
)
METRICS: Final = ("pitch_accuracy", "scale_conformity", "timing_stability", "noise_control")
CHOICES: Final = {"tuning": TUNINGS, "scale_type": ("natural", "pentatonic"), "note_names": note_names.TASTES}
RANGES: Final = {
    "strictness": (0.0, 1.0),
    "sensitivity": (0.0, 1.0),
    "a4_hz": (425.0, 455.0),
    "bpm": (20.0, 300.0),
    "brightness": (0.05, 1.0),
    "drift_cents": (3.0, 30.0),
}


class SettingRefused(ValueError):
    """A value that cannot be; the text says which values can. ``field`` names the setting."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Settings:
    """The player's choices. ``bpm`` 20 to 300, ``a4_hz`` 425 to 455, the shares 0 to 1.

    ``tell_drift``: say so when a string drifts by ``drift_cents`` (3 to 30) or more while it is played.
    ``left_handed`` mirrors the neck, ``note_names`` is one of ``note_names.TASTES``, ``enabled_metrics`` are the scores
    that the player wants to see, in the order of ``METRICS``: what is measured does not depend on it.
    """

    player: str = "Player 1"
    scale_root: str = "A"
    scale_kind: str = "minor"
    scale_type: str = "pentatonic"
    strictness: float = 0.5
    sensitivity: float = 0.5
    a4_hz: float = 440.0
    tuning: str = "any"
    bpm: float = 90.0
    brightness: float = 1.0
    tell_drift: bool = True
    drift_cents: float = 5.0
    left_handed: bool = False
    note_names: str = "key"
    enabled_metrics: tuple[str, ...] = METRICS

    def setup(self, mode: str) -> SessionSetup:
        """What a session that starts now is scored against."""
        return SessionSetup(
            scale_root=self.scale_root,
            scale_kind=self.scale_kind,
            scale_type=self.scale_type,
            strictness=self.strictness,
            sensitivity=self.sensitivity,
            a4_hz=self.a4_hz,
            tuning=self.tuning,
            mode=mode,
        )

    def drift_to_tell(self, drift: TuningDrift, before: frozenset[str] = frozenset()) -> frozenset[str]:
        """Names of the strings whose drift this player wants to hear of; ``before``: those that were told last."""
        from dsp.strings.drift import worth_telling  # noqa: PLC0415  (NumPy: the engine waits for these settings)

        return worth_telling(drift, self.drift_cents, before) if self.tell_drift else frozenset()

    def note_name(self, midi: int) -> str:
        """A note as this player writes it: by the key "Bb3" in F major and "A#3" in B major, or by taste."""
        return note_names.note_name(midi, self.note_names, self.scale_root, self.scale_kind, self.scale_type)

    def root_name(self) -> str:
        """The scale's root, spelled as its key is."""
        return self.scale_name().partition(" ")[0]

    def scale_label(self) -> str:
        """The scale in a few letters: one of the player's own is not told tone by tone."""
        return f"{self.root_name()} own scale" if is_custom(self.scale_kind) else self.scale_name()

    def scale_name(self) -> str:
        """For the screen, spelled as its key is: "A minor pentatonic", "Bb major"."""
        return scale_name(self.scale_root, self.scale_kind, self.scale_type)


def changed(settings: Settings, values: dict[str, Any]) -> Settings:
    """The settings with some values replaced; raises ``SettingRefused`` for what cannot be, and changes nothing."""
    known = asdict(settings)
    for field, value in values.items():
        if field not in known:
            raise SettingRefused(field, f"there is no setting {field!r}; there are {', '.join(known)}")
        known[field] = _checked(field, value, known[field])
    field = "scale_root"
    try:
        pitch_class(known["scale_root"])
        field = "scale_kind"
        scale = scale_of(known["scale_root"], known["scale_kind"], known["scale_type"])
    except ValueError as error:
        raise SettingRefused(field, str(error)) from error
    if values.get("scale_type") == "pentatonic" != scale.scale_type and "scale_kind" not in values:
        raise SettingRefused("scale_type", f"{scale.kind} has no pentatonic form; pentatonic goes with major and minor")
    canonical = {"scale_root": scale.root, "scale_kind": scale.kind, "scale_type": scale.scale_type}
    return Settings(**(known | canonical))


def _checked(field: str, value: Any, present: Any) -> Any:
    if isinstance(present, bool):
        if not isinstance(value, bool):
            raise SettingRefused(field, f"{field} takes true or false")
        return value
    if isinstance(present, str):
        longest = TEXT_MAX if field == "scale_kind" else 40
        if not isinstance(value, str) or not 0 < len(value.strip()) <= longest:
            raise SettingRefused(field, f"{field} takes 1 to {longest} characters")
        if field in CHOICES and value not in CHOICES[field]:
            raise SettingRefused(field, f"{field} is one of {', '.join(CHOICES[field])}")
        return value.strip()
    if isinstance(present, tuple):
        if not isinstance(value, list | tuple) or not value or not all(one in METRICS for one in value):
            raise SettingRefused(field, f"{field} takes at least one of {', '.join(METRICS)}")
        return tuple(one for one in METRICS if one in value)
    low, high = RANGES[field]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise SettingRefused(field, f"{field} takes {low:g} to {high:g}")
    return float(value)


def stepped(settings: Settings, field: str, players: tuple[str, ...]) -> Settings:
    """The next value of one field of Set-up, round and round: what a tap of the foot does."""
    if field == "player":
        return replace(settings, player=_after(settings.player, players))
    if field == "root":
        return replace(settings, scale_root=_after(settings.scale_root, ROOTS))
    if field == "scale":
        kind, pattern = _after((settings.scale_kind, settings.scale_type), SCALES)
        return replace(settings, scale_kind=kind, scale_type=pattern)
    if field == "tempo":
        higher = [float(bpm) for bpm in TEMPOS_BPM if bpm > settings.bpm]
        return replace(settings, bpm=higher[0] if higher else float(TEMPOS_BPM[0]))
    assert field == "tuning", field
    return replace(settings, tuning=_after(settings.tuning, TUNINGS))


def _after(value: Any, values: tuple[Any, ...]) -> Any:
    return values[(values.index(value) + 1) % len(values)] if value in values else values[0]

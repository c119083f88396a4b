"""How the page is served."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WebConfig:
    """``port`` 0 takes a free one. ``hosts``: further names that this pedal answers to, beside its addresses.

    ``scale_roots``, ``scale_kinds`` and ``tunings`` are what the settings page offers; whether a value is accepted is
    the pedal's decision, not the page's. ``names``: what to show instead of a value.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    simulated: bool = False
    hosts: tuple[str, ...] = ()
    clients_max: int = 24
    scale_roots: tuple[str, ...] = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
    scale_kinds: tuple[str, ...] = ("major", "minor")
    tunings: tuple[str, ...] = ("any",)
    names: Mapping[str, str] = field(default_factory=dict)

"""Which sound cards there are, by names that stay: an index is another card after the next boot.

PortAudio calls an ALSA card "Scarlett Solo USB: Audio (hw:1,0)"; what stands before the bracket stays, the number in
it does not. A card can be chosen by that name, by a part of it, or by its USB id ("1235:8211").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from hardware.errors import DeviceMissing

SYSFS_SOUND: Final = Path("/sys/class/sound")
_ALSA_NAME = re.compile(r"^(?P<name>.*?)\s*\(hw:(?P<card>\d+),(?P<device>\d+)\)$")


@dataclass(frozen=True, slots=True)
class SoundCard:
    """One capture device, with the ``outputs`` that share its clock (0: it only hears).

    ``index`` is PortAudio's and of use only in this process; ``alsa_card`` is None elsewhere.
    """

    name: str
    channels: int
    index: int
    host: str
    alsa_card: int | None = None
    usb_id: str | None = None
    outputs: int = 0


def portaudio() -> Any:
    """The module sounddevice. Raises ``DeviceMissing`` where it or PortAudio is not installed."""
    try:
        return import_module("sounddevice")
    except (ImportError, OSError) as error:  # OSError: the module is there, the library under it is not
        raise DeviceMissing("No sound cards: PortAudio is not installed (apt install libportaudio2).") from error


def list_cards(sysfs: Path = SYSFS_SOUND) -> tuple[SoundCard, ...]:
    """All capture devices that this process sees, in PortAudio's order. Raises ``DeviceMissing``.

    PortAudio looks once per process: a card that was plugged in later shows in a new process.
    """
    sounddevice = portaudio()
    hosts = [host["name"] for host in sounddevice.query_hostapis()]
    return tuple(
        describe(found, hosts[found["hostapi"]], sysfs)
        for found in sounddevice.query_devices()
        if found["max_input_channels"] > 0
    )


def describe(found: dict[str, Any], host: str, sysfs: Path = SYSFS_SOUND) -> SoundCard:
    """PortAudio's record of a device as a ``SoundCard``."""
    name, alsa_card, usb_id = str(found["name"]), None, None
    alsa = _ALSA_NAME.match(name)
    if alsa:
        name, alsa_card = alsa["name"], int(alsa["card"])
        usb_id = _usb_id(sysfs / f"card{alsa_card}")
    inputs, outputs = int(found["max_input_channels"]), int(found["max_output_channels"])
    return SoundCard(name, inputs, int(found["index"]), host, alsa_card, usb_id, outputs)


def choose(cards: Sequence[SoundCard], wanted: str | None) -> SoundCard:
    """The card of that name; without a name, the only USB card. Raises ``DeviceMissing`` with what is there.

    An exact name counts before a part of one. Several capture devices of one card are one card: the first is taken (a
    Scarlett Solo has two). Two cards that both fit are refused: the wrong one would be a deaf pedal.
    """
    fitting = [card for card in cards if _fits(card, wanted)]
    exact = [card for card in fitting if wanted and card.name.casefold() == wanted.casefold()]
    fitting = exact or fitting
    if not fitting:
        there = ", ".join(dict.fromkeys(f'"{card.name}"' for card in cards)) or "none"
        sought = f'No sound card "{wanted}"' if wanted else "No USB sound card"
        raise DeviceMissing(f"{sought}: plug it in, or choose one that is there ({there}).")
    if len({_identity(card) for card in fitting}) > 1:
        there = ", ".join(f'"{card.name}" {card.usb_id or ""}'.strip() for card in fitting)
        raise DeviceMissing(f"Several sound cards fit ({there}): unplug one, or name one exactly.")
    return fitting[0]


def _fits(card: SoundCard, wanted: str | None) -> bool:
    if not wanted:
        return card.usb_id is not None
    return wanted.casefold() in card.name.casefold() or wanted.casefold() == card.usb_id


def _identity(card: SoundCard) -> tuple[str, int]:
    """What makes two capture devices one card."""
    return ("alsa", card.alsa_card) if card.alsa_card is not None else (card.host, card.index)


def _usb_id(card: Path) -> str | None:
    """ "vendor:product" of a card, from sysfs: a hardened unit does not see /proc/asound."""
    try:
        device = (card / "device").resolve(strict=True).parent
        vendor, product = ((device / name).read_text(encoding="ascii").strip() for name in ("idVendor", "idProduct"))
    except OSError:
        return None
    return f"{vendor}:{product}".casefold()

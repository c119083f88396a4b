"""The right card by a name that stays, and a clear word where there is none."""

import pytest

from hardware import cards
from hardware.cards import SoundCard, choose, describe, list_cards
from hardware.errors import DeviceMissing

SOLO = SoundCard("Scarlett Solo USB: Audio", 2, 1, "ALSA", 1, "1235:8211")
SOLO_SECOND = SoundCard("Scarlett Solo USB: Audio #1", 2, 2, "ALSA", 1, "1235:8211")
WEBCAM = SoundCard("HD Webcam: USB Audio", 1, 3, "ALSA", 2, "046d:0825")
OTHER_SOLO = SoundCard("Scarlett Solo USB: Audio", 2, 4, "ALSA", 3, "1235:8211")
DEFAULT = SoundCard("default", 32, 5, "ALSA")


@pytest.mark.parametrize("wanted", ["Scarlett Solo USB: Audio", "scarlett", "SOLO usb", "1235:8211"])
def test_by_name_part_of_it_or_usb_id(wanted):
    assert choose([DEFAULT, WEBCAM, SOLO, SOLO_SECOND], wanted) == SOLO


def test_without_a_name_it_is_the_only_usb_card():
    assert choose([DEFAULT, SOLO, SOLO_SECOND], None) == SOLO
    assert choose([DEFAULT, SOLO, SOLO_SECOND], "") == SOLO


def test_an_exact_name_counts_before_a_part_of_one():
    assert choose([SOLO_SECOND, SOLO], "Scarlett Solo USB: Audio") == SOLO
    assert choose([SOLO, SOLO_SECOND], "Scarlett Solo USB: Audio #1") == SOLO_SECOND


def test_two_cards_that_fit_are_refused():
    with pytest.raises(DeviceMissing, match=r"Several sound cards fit .*Scarlett.*Scarlett.*unplug one"):
        choose([SOLO, OTHER_SOLO], "Scarlett Solo USB: Audio")
    with pytest.raises(DeviceMissing, match="Several"):
        choose([SOLO, WEBCAM], None)


def test_none_that_fits_names_those_that_are_there():
    with pytest.raises(DeviceMissing, match=r'No sound card "Rubix": .*"HD Webcam: USB Audio", "default"'):
        choose([WEBCAM, DEFAULT], "Rubix")
    with pytest.raises(DeviceMissing, match=r"No USB sound card: .*\(none\)"):
        choose([], None)


def found(name: str, inputs: int = 2, index: int = 7, hostapi: int = 0, outputs: int = 2) -> dict:
    channels = {"max_input_channels": inputs, "max_output_channels": outputs}
    return {"name": name, "index": index, "hostapi": hostapi} | channels


def test_the_outputs_of_the_same_device_are_known(tmp_path):
    assert describe(found("guitar", outputs=4), "JACK", tmp_path).outputs == 4
    assert describe(found("microphone", outputs=0), "ALSA", tmp_path).outputs == 0


def test_the_name_is_without_the_number_that_changes(tmp_path):
    assert describe(found("Scarlett Solo USB: Audio (hw:3,0)"), "ALSA", tmp_path).name == "Scarlett Solo USB: Audio"
    assert describe(found("Solo (2nd Gen): Audio (hw:3,0)"), "ALSA", tmp_path).name == "Solo (2nd Gen): Audio"
    assert describe(found("guitar"), "JACK", tmp_path) == SoundCard("guitar", 2, 7, "JACK", outputs=2)


def test_the_usb_id_comes_from_sysfs(tmp_path):
    interface = tmp_path / "devices/usb1/1-1/1-1:1.0"
    (interface / "sound").mkdir(parents=True)
    (interface.parent / "idVendor").write_text("1235\n")
    (interface.parent / "idProduct").write_text("8211\n")
    (tmp_path / "card3").mkdir()
    (tmp_path / "card3/device").symlink_to(interface)
    card = describe(found("Scarlett Solo USB: Audio (hw:3,0)"), "ALSA", tmp_path)
    assert (card.usb_id, card.alsa_card) == ("1235:8211", 3)


def test_a_card_on_the_board_has_no_usb_id(tmp_path):
    assert describe(found("bcm2835: HDMI (hw:0,0)"), "ALSA", tmp_path).usb_id is None


def test_lists_what_can_record(monkeypatch):
    class PortAudio:
        @staticmethod
        def query_hostapis():
            return ({"name": "ALSA"}, {"name": "JACK"})

        @staticmethod
        def query_devices():
            return [found("HDMI (hw:0,0)", inputs=0), found("guitar", hostapi=1), found("default", inputs=32)]

    monkeypatch.setattr(cards, "portaudio", lambda: PortAudio)
    assert [(card.name, card.host) for card in list_cards()] == [("guitar", "JACK"), ("default", "ALSA")]


@pytest.mark.parametrize("error", [ImportError("no module"), OSError("PortAudio library not found")])
def test_without_portaudio_it_says_what_to_install(monkeypatch, error):
    def fail(name):
        raise error

    monkeypatch.setattr(cards, "import_module", fail)
    with pytest.raises(DeviceMissing, match="apt install libportaudio2"):
        list_cards()

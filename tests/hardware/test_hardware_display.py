"""One contract for every display: what is shown is on the glass, and a cut cable is said in one word."""

import errno

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from luma.core.error import DeviceNotFoundError
from PIL import Image, ImageDraw

from hardware import oled
from hardware.errors import DeviceLost, DeviceMissing
from hardware.fake import FakeDisplay
from hardware.oled import Oled, open_oled
from hardware.ports import OLED_SIZE

# luma 3.16 still asks Pillow for pixels by the old name.
pytestmark = pytest.mark.filterwarnings("ignore:Image.Image.getdata is deprecated")


class Glass:
    """The chip at the end of the cable: takes luma's bytes and keeps the pixels, as the data sheets say."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.fault: Exception | None = None
        self.memory = bytearray(1024)
        self.lit = False
        self.sent = 0
        self.released = 0
        self.page = 0
        self.commands: list[tuple[int, ...]] = []

    def command(self, *codes: int) -> None:
        if self.fault:
            raise self.fault
        self.commands.append(codes)
        if codes[0] & 0xF8 == 0xB0:
            assert codes[1:] == (0x02, 0x10), "the SH1106's memory is 132 wide: the glass begins at column 2"
            self.page = codes[0] & 7
        if codes[0] & 0xFE == 0xAE:
            self.lit = codes == (0xAF,)

    def data(self, content) -> None:
        if self.fault:
            raise self.fault
        start = 0 if self.kind == "ssd1306" else 128 * self.page
        self.memory[start : start + len(content)] = bytes(content)
        self.sent += len(content)

    def cleanup(self) -> None:
        self.released += 1

    @property
    def image(self) -> Image.Image:
        image = Image.new("1", OLED_SIZE)
        if self.lit:
            for x in range(128):
                for y in range(64):
                    image.putpixel((x, y), 255 * (self.memory[y // 8 * 128 + x] >> y % 8 & 1))
        return image


class FakeRig:
    """A FakeDisplay, and the test's hand on its cable."""

    def __init__(self) -> None:
        self.display = FakeDisplay()

    @property
    def image(self) -> Image.Image:
        return self.display.image

    def cut(self) -> None:
        self.display.fail()

    def mend(self) -> None:
        self.display.mend()

    def open(self) -> FakeDisplay:
        return self.display.reopen()


class OledRig:
    """The real driver and the real luma, on a chip in memory."""

    def __init__(self, kind: str) -> None:
        self.glass = Glass(kind)
        self.display = self.open()

    @property
    def image(self) -> Image.Image:
        return self.glass.image

    def cut(self) -> None:
        self.glass.fault = OSError(errno.EREMOTEIO, "Remote I/O error")
        self.glass.lit = False

    def mend(self) -> None:
        self.glass.fault = None

    def open(self) -> Oled:
        return open_oled(1, 0x3C, self.glass.kind, serial=self.glass)


@pytest.fixture(params=["fake", "ssd1306", "sh1106"])
def rig(request):
    return FakeRig() if request.param == "fake" else OledRig(request.param)


def picture(text: str = "A4 +3") -> Image.Image:
    image = Image.new("1", OLED_SIZE)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 127, 63), outline=1)
    draw.text((8, 20), text, fill=1)
    return image


def test_what_is_shown_is_on_the_glass_pixel_for_pixel(rig):
    rig.display.show(picture())
    assert rig.image.tobytes() == picture().tobytes()


def test_it_is_dark_before_the_first_image(rig):
    assert rig.image.getbbox() is None


def test_the_newest_image_replaces_the_one_before(rig):
    rig.display.show(picture("one"))
    rig.display.show(picture("two"))
    assert rig.image.tobytes() == picture("two").tobytes()


def test_the_image_is_taken_as_it_is_now(rig):
    image = picture()
    rig.display.show(image)
    image.paste(0, (0, 0, 128, 64))
    assert rig.image.tobytes() == picture().tobytes()
    rig.display.show(image)
    assert rig.image.getbbox() is None


@pytest.mark.parametrize("image", [Image.new("1", (64, 128)), Image.new("L", OLED_SIZE), Image.new("RGB", OLED_SIZE)])
def test_a_picture_of_another_kind_is_a_mistake_of_ours(rig, image):
    with pytest.raises(AssertionError):
        rig.display.show(image)


def test_a_cut_cable_is_lost_and_says_what_to_do(rig):
    rig.display.show(picture("one"))
    rig.cut()
    with pytest.raises(DeviceLost, match="check its cable"):
        rig.display.show(picture("two"))
    with pytest.raises(DeviceLost):
        rig.display.show(picture("two"))
    rig.display.close()


def test_opened_anew_it_is_missing_while_cut_and_works_once_mended(rig):
    rig.display.show(picture())
    rig.cut()
    with pytest.raises(DeviceLost):
        rig.display.show(picture("two"))
    rig.display.close()
    with pytest.raises(DeviceMissing, match="check its cable"):
        rig.open()
    rig.mend()
    display = rig.open()
    assert rig.image.getbbox() is None
    display.show(picture())
    assert rig.image.tobytes() == picture().tobytes()


def test_close_blanks_and_may_be_called_twice(rig):
    rig.display.show(picture())
    rig.display.close()
    rig.display.close()
    assert rig.image.getbbox() is None
    with pytest.raises(AssertionError, match="after close"):
        rig.display.show(picture())


@settings(max_examples=20, deadline=None)
@given(st.binary(min_size=1024, max_size=1024))
def test_the_drivers_bytes_are_the_picture_for_any_picture(pixels):
    image = Image.frombytes("1", OLED_SIZE, pixels)
    for kind in ("ssd1306", "sh1106"):
        rig = OledRig(kind)
        rig.display.show(image)
        assert rig.image.tobytes() == pixels


@pytest.mark.parametrize("kind", ["ssd1306", "sh1106"])
def test_an_unchanged_image_is_not_sent_again(kind):
    rig = OledRig(kind)
    rig.display.show(picture())
    sent = rig.glass.sent
    rig.display.show(picture())
    assert rig.glass.sent == sent
    rig.display.show(picture("two"))
    assert rig.glass.sent == sent + 1024


def test_after_a_fault_the_same_image_is_sent_again():
    rig = OledRig("ssd1306")
    rig.display.show(picture())
    rig.cut()
    with pytest.raises(DeviceLost):
        rig.display.show(picture("two"))
    rig.mend()
    rig.glass.lit = True
    sent = rig.glass.sent
    rig.display.show(picture())
    assert rig.glass.sent == sent + 1024


def test_upside_down_is_turned_by_half():
    glass = Glass("ssd1306")
    open_oled(1, 0x3C, "ssd1306", upside_down=True, serial=glass).show(picture())
    assert glass.image.tobytes() == picture().rotate(180).tobytes()


def test_the_first_bytes_only_ask_whether_it_is_there():
    glass = Glass("ssd1306")
    glass.fault = DeviceNotFoundError("I2C device not found on address: 0x3C")
    with pytest.raises(DeviceMissing, match="bus 3, address 0x3d"):
        open_oled(3, 0x3D, "ssd1306", serial=glass)
    assert glass.commands == []
    assert glass.released == 1
    glass.fault = None
    open_oled(3, 0x3D, "ssd1306", serial=glass)
    assert glass.commands[0] == (0xE3,), "a no-operation: it changes nothing on the glass"


def test_a_lost_display_still_releases_its_bus():
    rig = OledRig("ssd1306")
    rig.cut()
    rig.display.close()
    assert rig.glass.released == 1


def test_no_bus_is_a_missing_display(tmp_path):
    with pytest.raises(DeviceMissing, match="I2C bus 77"):
        open_oled(77, 0x3C, "sh1106")


def test_without_luma_it_says_what_is_not_installed(monkeypatch):
    def fail(name):
        if name == "luma.core.interface.serial":
            raise ImportError(name)
        return real(name)

    real = oled.import_module
    monkeypatch.setattr(oled, "import_module", fail)
    with pytest.raises(DeviceMissing, match=r"luma\.oled and smbus2"):
        open_oled(1, 0x3C, "ssd1306")

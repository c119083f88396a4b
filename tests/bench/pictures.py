"""The README's pictures, made by the program itself: ``python -m tests.bench.pictures FOLDER``."""

import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from pedal.__main__ import main as pedal
from pedal.cli.check import draw_all
from tests.rigs.browser import FLAGS, PHONE
from tests.rigs.daemon import Daemon

TAKE = Path("pedal/takes/demo.flac")
PLAYED_S = 40.0


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        sheet = next(p for p in draw_all(scratch / "screens") if p.stem == "all-screens")
        Image.open(sheet).convert("1").save(folder / "oled.png", optimize=True)
        _pages(scratch, folder)
        target = str(TAKE.with_suffix(".json"))
        pedal(["follow", str(TAKE), "--target", target, "--picture", str(scratch / "follow.png")])
        _save(scratch / "follow.png", folder / "follow.png")


def _pages(scratch: Path, folder: Path) -> None:
    """The live page, and the page of the session that was played then: against the click of a light."""
    with Daemon(scratch / "data") as daemon, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        phone = browser.new_context(
            viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True, color_scheme="dark"
        )
        page = phone.new_page()
        page.goto(daemon.pairing_url)
        page.get_by_role("button", name="Start").first.click()
        daemon.until(lambda s: s["session"] is not None and s["session"]["elapsed_s"] > 20)
        daemon.until(lambda s: s["heard"] is not None and s["heard"]["midi"] is not None)
        page.screenshot(path=scratch / "page.png")
        daemon.until(lambda s: s["session"]["elapsed_s"] > PLAYED_S, patience_s=2 * PLAYED_S)
        page.get_by_role("button", name="Stop").first.click()
        daemon.until(lambda s: s["session"] is None)
        page.goto(f"{daemon.url}/#session/{daemon.get('sessions')['sessions'][0]['session_id']}")
        page.wait_for_selector("#session-page figure")
        page.evaluate("document.getElementById('tabs').hidden = true")
        page.screenshot(path=scratch / "session.png", full_page=True)
        browser.close()
    _save(scratch / "page.png", folder / "page.png")
    _in_columns(scratch / "session.png")
    _save(scratch / "session.png", folder / "session.png")


def _in_columns(picture: Path, columns: int = 3) -> None:
    """A long page, side by side."""
    with Image.open(picture) as page:
        height = -(-page.height // columns)
        sheet = Image.new("RGB", (columns * page.width, height))
        for column in range(columns):
            part = (0, column * height, page.width, min(page.height, (column + 1) * height))
            sheet.paste(page.crop(part), (column * page.width, 0))
    sheet.save(picture)


def _save(picture: Path, to: Path) -> None:
    """In 256 colours: a third of the size."""
    Image.open(picture).convert("P", palette=Image.Palette.ADAPTIVE).save(to, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""The README's pictures, made by the program itself: ``python -m tests.bench.pictures FOLDER``."""

import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from pedal.cli.check import draw_all
from tests.rigs.browser import FLAGS, PHONE
from tests.rigs.daemon import Daemon


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        sheet = next(p for p in draw_all(Path(scratch) / "screens") if p.stem == "all-screens")
        Image.open(sheet).convert("1").save(folder / "oled.png", optimize=True)
        with Daemon(Path(scratch) / "data") as daemon, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            phone = browser.new_context(
                viewport=PHONE, device_scale_factor=2, is_mobile=True, has_touch=True, color_scheme="dark"
            )
            page = phone.new_page()
            page.goto(daemon.pairing_url)
            page.get_by_role("button", name="Start").first.click()
            daemon.until(lambda s: s["session"] is not None and s["session"]["elapsed_s"] > 20)
            daemon.until(lambda s: s["heard"] is not None and s["heard"]["midi"] is not None)
            shot = Path(scratch) / "page.png"
            page.screenshot(path=shot)
            browser.close()
            Image.open(shot).convert("P", palette=Image.Palette.ADAPTIVE).save(folder / "page.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

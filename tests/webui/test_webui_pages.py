"""The page's files: complete, small, from memory, and asked after at each load."""

import gzip
import re
from pathlib import Path

import pytest

import webui
from webui.pages import TYPES, load_pages

STATIC = Path(webui.__file__).parent / "static"
FIRST_LOAD_BYTES_MAX = 60_000


def test_every_file_of_the_folder_is_served_with_its_type(web):
    for file in STATIC.iterdir():
        answer = web.get(f"/static/{file.name}", paired=False)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == TYPES[file.suffix[1:]]
        assert answer.content == file.read_bytes()


def test_the_first_load_is_small_on_the_wire():
    assert sum(len(page.packed) for page in load_pages().values()) <= FIRST_LOAD_BYTES_MAX


def test_whoever_can_unpack_gets_it_packed(web):
    packed = web.get("/static/app.js", headers={"accept-encoding": "gzip"})
    plain = web.get("/static/app.js", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert gzip.decompress(load_pages()["app.js"].packed) == plain.content


def test_what_the_browser_has_is_not_sent_again(web):
    first = web.get("/")
    again = web.get("/", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"] == "no-cache"


def test_every_part_that_a_file_names_exists():
    names = {file.name for file in STATIC.iterdir()}
    for file in STATIC.iterdir():
        text = file.read_text()
        asked = re.findall(r"/static/([\w.-]+)", text) + re.findall(r'from "\./([\w.-]+)"', text)
        assert set(asked) <= names


def test_nothing_comes_from_elsewhere_and_nothing_is_inline():
    for file in STATIC.iterdir():
        text = file.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://", text)
        assert "innerHTML" not in text
        assert "eval(" not in text
    html = (STATIC / "index.html").read_text()
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", html)


def words_of_the_table() -> set[str]:
    tables = [file.read_text() for file in STATIC.glob("strings*.js")]
    return {word for table in tables for word in re.findall(r"^  (\w+):", table, re.MULTILINE)}


@pytest.mark.parametrize("pattern", [r'\bt\("(\w+)"', r'<[^>]+data-t="(\w+)"'])
def test_every_word_stands_in_the_table(pattern):
    table = words_of_the_table()
    files = [file for file in STATIC.iterdir() if not file.name.startswith("strings")]
    used = {word for file in files for word in re.findall(pattern, file.read_text())}
    assert used
    assert used <= table


def test_no_word_of_the_table_is_left_over():
    table = words_of_the_table()
    rest = "".join(file.read_text() for file in STATIC.iterdir() if not file.name.startswith("strings"))
    # Families whose last part is made from data.
    made = re.compile(r"(part|state|did|s|board|g|legend|rt|topic|curve|mark|move|save)_\w+|open|interrupted")
    assert not {word for word in table if not re.search(rf"\b{word}\b", rest) and not made.fullmatch(word)}

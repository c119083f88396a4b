"""The page's files, read once and served from memory: there is no path to traverse."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from fastapi import APIRouter, Request, Response

from webui.errors import Refused

TYPES = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One file as it goes out. ``etag`` is the strong validator of its content."""

    body: bytes
    packed: bytes
    media_type: str
    etag: str


def load_pages() -> Mapping[str, Page]:
    """All of ``static/`` by file name. A file of unknown type is not served."""
    pages = {}
    for file in files("webui").joinpath("static").iterdir():
        media_type = TYPES.get(file.name.rpartition(".")[2])
        if media_type is None:
            continue
        body = file.read_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
        pages[file.name] = Page(body, gzip.compress(body, 6, mtime=0), media_type, etag)
    return pages


def _answer(page: Page, request: Request) -> Response:
    # no-cache: kept by the browser, but asked after at each load, so that an update of the pedal is seen at once.
    headers = {"ETag": page.etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == page.etag:
        return Response(status_code=304, headers=headers)
    body = page.body
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = page.packed
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type=page.media_type, headers=headers)


def pages_router(pages: Mapping[str, Page]) -> APIRouter:
    """The page at ``/`` and its parts under ``/static/``."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/", methods=["GET", "HEAD"])
    async def index(request: Request) -> Response:
        return _answer(pages["index.html"], request)

    @router.api_route("/static/{name:path}", methods=["GET", "HEAD"])
    async def part(name: str, request: Request) -> Response:
        page = pages.get(name)
        if page is None:
            raise Refused(404, "not_found", "there is no such file")
        return _answer(page, request)

    return router

"""Large answers: made and packed in a thread, because the hub's loop must not stand still for 2,000 notes."""

import asyncio
import gzip

from fastapi import Request, Response
from pydantic import BaseModel

from webui.errors import Refused

LEVEL = 5


async def packed(found: BaseModel | None, request: Request, missing: str = "there is no such session") -> Response:
    """``found`` as JSON, gzipped for whoever can unpack it. Raises ``Refused`` (404) for ``None``."""
    if found is None:
        raise Refused(404, "not_found", missing)
    body = await asyncio.to_thread(lambda: found.model_dump_json().encode())
    headers = {"Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = await asyncio.to_thread(gzip.compress, body, LEVEL, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type="application/json", headers=headers)

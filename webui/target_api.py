"""What should be played: give a file, ask which piece it is, take it away. And what became of it in a session."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from webui.answers import packed
from webui.errors import Refused
from webui.ports import Pedal
from webui.target_schemas import FollowReport, NoTarget, TargetGiven, TargetView

Words = Annotated[str, Query(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]

Ranges = Annotated[str, Query(max_length=2000, pattern=r"^[^\x00-\x1f\x7f]*$")]


def target_router(pedal: Pedal) -> APIRouter:
    """A file is sent as its bytes (application/octet-stream, at most 10 MB): a tab is no JSON."""
    router = APIRouter(tags=["following"])

    @router.put(
        "/target",
        openapi_extra={
            "requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}
        },
    )
    async def give(request: Request, name: Words = "", track: Words = "", segments: Ranges = "") -> TargetGiven:
        """Play this from the next session on: MIDI, Guitar Pro 3 to 5, AlphaTex or a note list.

        ``name``: the file's; ``track``: its name or number, otherwise the one that looks like a guitar part;
        ``segments``: ranges of printed bars by name, as "Chorus=17-24, Solo=30".
        """
        data = await request.body()
        if not data:
            raise Refused(422, "invalid", "send the file's bytes as the body", "file")
        return await pedal.give_target(data, name, track, segments)

    @router.get("/target")
    async def read() -> TargetView | NoTarget:
        """The piece that the next session follows; ``{"target": null}`` where there is none."""
        return pedal.target() or NoTarget()

    @router.delete("/target")
    async def drop() -> NoTarget:
        """Play nothing in particular from the next session on."""
        pedal.drop_target()
        return NoTarget()

    @router.get("/sessions/{session_id}/follow", response_model=FollowReport)
    async def report(session_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")], request: Request) -> Response:
        """What became of the piece that this session followed. 404 for a session that followed none."""
        return await packed(await pedal.follow_report(session_id), request, "this session followed no piece")

    return router

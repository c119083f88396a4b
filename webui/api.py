"""The JSON API of practice: state, commands, settings, sessions. Everything that the page can do, a script can."""

from functools import reduce
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, create_model

from webui.answers import packed
from webui.closed import Closed
from webui.errors import Refused
from webui.ports import CommandRefused, Pedal
from webui.schemas import Choices, LiveState, Settings
from webui.session_schemas import NotesPage, SessionDetail, SessionPage

SessionId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
SESSION_COMMANDS = ("start", "stop", "mark", "pause", "resume", "keep")


def _limited(kind: Any, limit: Any) -> Any:
    return Annotated[kind, limit]


# Any subset of Settings, with the same limits; an explicit null is refused, because no setting may be null.
_FIELDS: dict[str, Any] = {
    name: (reduce(_limited, field.metadata, field.annotation), None) for name, field in Settings.model_fields.items()
}
SettingsPatch: type[BaseModel] = create_model("SettingsPatch", __base__=Closed, **_FIELDS)


def command_router(pedal: Pedal) -> APIRouter:
    """State, and what the foot could do. Commands answer with the state that followed."""
    router = APIRouter(tags=["practice"])

    def add(path: str, name: str, summary: str) -> None:
        async def run() -> LiveState:
            await pedal.command(name, {})
            return pedal.live()

        router.add_api_route(
            path, run, methods=["POST"], name=name, operation_id=name, summary=summary, response_model=LiveState
        )

    @router.get("/state")
    async def state() -> LiveState:
        """Everything that the live page shows, now."""
        return pedal.live()

    for name in SESSION_COMMANDS:
        add(f"/session/{name}", name, f"{name.capitalize()}, as the foot would")
    add("/tuner", "tuner", "Tuner on, or back to where you were")
    add("/round-trip", "round_trip", "Measure the sound card's latency: a cable leads from an output into the input")
    add("/sync", "sync", "Send what waits, now")
    add("/shutdown", "shutdown", "Save and switch off safely")

    @router.get("/oled.png", response_class=Response, responses={200: {"content": {"image/png": {}}}})
    async def oled() -> Response:
        """What the display shows now (simulated board only)."""
        png = pedal.oled_png()
        if png is None:
            raise Refused(404, "not_simulated", "only the simulated board has a picture of its display")
        return Response(png, media_type="image/png")

    return router


def settings_router(pedal: Pedal, choices: Choices) -> APIRouter:
    """What the player may change while the pedal runs, and what there is to choose from."""
    router = APIRouter(tags=["settings"])

    @router.get("/settings")
    async def read() -> Settings:
        """All settings."""
        return pedal.live().settings

    async def change(patch: Any) -> Settings:
        wanted = patch.model_dump(exclude_unset=True)
        if not wanted:
            raise CommandRefused("invalid", "name at least one setting to change")
        await pedal.command("settings", wanted)
        return pedal.live().settings

    # The model is made at run time, so the annotation is too.
    change.__annotations__["patch"] = SettingsPatch
    router.add_api_route(
        "/settings", change, methods=["PATCH"], response_model=Settings, summary="Change some settings, all or none"
    )

    @router.get("/choices")
    async def offer() -> Choices:
        """The values that the closed lists among the settings may take."""
        return choices

    return router


def history_router(pedal: Pedal) -> APIRouter:
    """Sessions that are over."""
    router = APIRouter(tags=["sessions"])

    @router.get("/sessions")
    async def sessions(
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        before: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = None,
    ) -> SessionPage:
        """Newest first. ``next`` is the ``before`` of the following page, or null."""
        # One row more than asked for tells whether there is another page.
        rows = await pedal.sessions(limit + 1, before)
        more = len(rows) > limit
        return SessionPage(sessions=rows[:limit], next=rows[limit - 1].session_id if more else None)

    @router.get("/sessions/{session_id}", response_model=SessionDetail)
    async def session(session_id: SessionId, request: Request) -> Response:
        """One session with its first notes and what was made of them."""
        return await packed(await pedal.session(session_id), request)

    @router.get(
        "/sessions/{session_id}/export",
        response_class=Response,
        responses={200: {"content": {"text/csv": {}, "application/json": {}}}},
    )
    async def export(session_id: SessionId, kind: Literal["csv", "json"] = "json") -> Response:
        """A file to keep: ``csv`` holds every note, ``json`` everything."""
        text = await pedal.export(session_id, kind)
        if text is None:
            raise Refused(404, "not_found", "there is no such session")
        headers = {"Content-Disposition": f'attachment; filename="session-{session_id}.{kind}"'}
        return Response(text, media_type="text/csv" if kind == "csv" else "application/json", headers=headers)

    @router.get("/sessions/{session_id}/notes", response_model=NotesPage)
    async def notes(
        session_id: SessionId, request: Request, first: Annotated[int, Query(ge=0, le=10_000_000)] = 0
    ) -> Response:
        """The notes of a session from number ``first`` on; ``next`` is the ``first`` of the following page, or null."""
        return await packed(await pedal.notes(session_id, first), request)

    return router

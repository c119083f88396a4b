"""The simulated board's own routes: a foot, and hands that pull cables. They exist only there."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from webui.closed import Closed
from webui.errors import Refused
from webui.ports import Pedal
from webui.schemas import LiveState


class EdgeIn(Closed):
    """The switch changes ``at_s`` seconds after the request arrived."""

    at_s: Annotated[float, Field(ge=0, le=60)] = 0.0
    pressed: bool


class EdgesIn(Closed):
    """A script of edges, in order, so that 350 ms means 350 ms however slow the network is."""

    edges: Annotated[list[EdgeIn], Field(min_length=1, max_length=256)]


class AudioIn(Closed):
    """Whether the sound card is plugged in."""

    plugged: bool


class CableIn(Closed):
    """Whether a cable leads from the output into the input, in the guitar's place."""

    plugged: bool


class OledIn(Closed):
    """Whether the display answers."""

    working: bool


class NetworkIn(Closed):
    """Whether there is a network."""

    up: bool


def board_router(pedal: Pedal, *, simulated: bool) -> APIRouter:
    """404 unless the board is simulated."""
    router = APIRouter(prefix="/board", tags=["simulated board"])

    async def act(name: str, arguments: Closed) -> LiveState:
        if not simulated:
            raise Refused(404, "not_simulated", "only the simulated board can do this")
        await pedal.command(name, arguments.model_dump())
        return pedal.live()

    @router.post("/edges")
    async def edges(body: EdgesIn) -> LiveState:
        """Press and release the footswitch."""
        at_s = [edge.at_s for edge in body.edges]
        if at_s != sorted(at_s):
            raise Refused(422, "invalid", "edges must be in order of time", "edges")
        return await act("press", body)

    @router.post("/audio")
    async def audio(body: AudioIn) -> LiveState:
        """Unplug the sound card, or plug it in again."""
        return await act("audio", body)

    @router.post("/cable")
    async def cable(body: CableIn) -> LiveState:
        """Lead the output into the input, or give the guitar its place back."""
        return await act("cable", body)

    @router.post("/oled")
    async def oled(body: OledIn) -> LiveState:
        """Let the display fail, or repair it."""
        return await act("oled", body)

    @router.post("/network")
    async def network(body: NetworkIn) -> LiveState:
        """Pull the network, or put it back."""
        return await act("network", body)

    return router

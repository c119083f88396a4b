"""Joins the hub and the web: who may come in, where it listens, and what hands can do on the simulated board."""

import asyncio

from dsp.theory.names import ROOTS, pretty
from dsp.theory.scale_kinds import KINDS
from dsp.theory.spelling import FLATS
from pedal.config import Config
from pedal.datadir import BROWSERS, DataDir, PageError
from pedal.parts import Pedal, Started
from pedal.settings import TUNINGS
from pedal.web import SimulatedHands, WebPedal
from webui.config import WebConfig
from webui.errors import WebError
from webui.pairing import Pairing
from webui.server import WebServer
from webui.tokens import FileTokenStore


async def serve(config: Config, folder: DataDir, pedal: Pedal) -> tuple[WebServer, Started]:
    """Listen; returns the running server and the addresses to print. Raises ``PageError``."""
    simulated = pedal.board.sim is not None
    pairing = Pairing(FileTokenStore(folder.path / BROWSERS), api_token=folder.token())
    port_to_hub = WebPedal(
        pedal.hub,
        pedal.library,
        pedal.screen,
        pedal.shelf,
        sync_now=lambda: pedal.cloud.kick(now=True),
        hands=_hands(pedal) if simulated else None,
    )
    host = config.web.host or ("127.0.0.1" if simulated else "0.0.0.0")  # noqa: S104  (the Pi is there to be reached)
    web = WebServer(
        port_to_hub,
        WebConfig(
            host=host,
            port=config.web.port,
            simulated=simulated,
            hosts=config.web.names,
            scale_roots=ROOTS,
            scale_kinds=tuple(KINDS),
            tunings=TUNINGS,
            names={
                sharp: f"{pretty(sharp)} / {pretty(flat)}"
                for sharp, flat in zip(ROOTS, FLATS, strict=True)
                if sharp != flat
            },
        ),
        pairing,
    )
    try:
        port = await web.start()
    except WebError as error:
        raise PageError(str(error)) from error
    folder.announce(port)
    loop = asyncio.get_running_loop()

    def changed() -> None:
        port_to_hub.changed()
        web.notify()

    async def forget_browsers() -> None:
        await pairing.forget_all()

    pedal.hub.on_change = changed
    pedal.hub.on_reset = forget_browsers
    loop.call_soon(changed)
    url = f"http://localhost:{port}"
    return web, Started(url, f"{url}{pairing.one_time_link()}")


def _hands(pedal: Pedal) -> SimulatedHands:
    sim = pedal.board.sim
    assert sim is not None
    return SimulatedHands(
        plug=lambda plugged: pedal.supervisor.plug(plugged=plugged),
        display=lambda working: sim.display.mend() if working else sim.display.fail(),
        network=pedal.cloud.link,
        cable=lambda plugged: pedal.supervisor.plug_cable(plugged=plugged),
    )

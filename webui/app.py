"""The web application, top to bottom: routes behind one gate. It starts nothing and opens nothing."""

from fastapi import FastAPI, WebSocket

from webui.api import command_router, history_router, settings_router
from webui.board import board_router
from webui.config import WebConfig
from webui.errors import install
from webui.limits import RateLimiter
from webui.live import LiveFeed
from webui.pages import load_pages, pages_router
from webui.pair_routes import pair_router
from webui.pairing import Pairing
from webui.ports import Pedal
from webui.schemas import Choices, Settings
from webui.security import Gate
from webui.target_api import target_router

API = "/api/v1"


def choices_of(config: WebConfig) -> Choices:
    """What the settings offer, from what the hub says and what the schema allows."""
    types = Settings.model_fields["scale_type"].annotation
    return Choices(
        scale_root=list(config.scale_roots),
        scale_kind=list(config.scale_kinds),
        scale_type=list(types.__args__) if types is not None else [],
        tuning=list(config.tunings),
        names=dict(config.names),
    )


def build_routes(pedal: Pedal, config: WebConfig, pairing: Pairing, feed: LiveFeed) -> FastAPI:
    """All routes, without the gate: for walking them in a test. Never serve this."""
    app = FastAPI(title="Practice pedal", version="1", openapi_url=f"{API}/openapi.json", docs_url=None, redoc_url=None)
    install(app)
    app.include_router(command_router(pedal), prefix=API)
    app.include_router(settings_router(pedal, choices_of(config)), prefix=API)
    app.include_router(history_router(pedal), prefix=API)
    app.include_router(target_router(pedal), prefix=API)
    app.include_router(board_router(pedal, simulated=config.simulated), prefix=API)
    app.include_router(pair_router(pedal, pairing))
    app.include_router(pages_router(load_pages()))

    @app.api_route("/healthz", methods=["GET", "HEAD"], include_in_schema=False)
    async def health() -> dict[str, str]:
        """That the page answers, and nothing else."""
        return {"status": "ok"}

    @app.websocket(f"{API}/live")
    async def live(socket: WebSocket) -> None:
        await feed.serve(socket)

    return app


def build_app(pedal: Pedal, config: WebConfig, pairing: Pairing, feed: LiveFeed) -> Gate:
    """The application as it is served: everything behind the gate."""
    names = frozenset(name.lower().removesuffix(".") for name in config.hosts)
    return Gate(build_routes(pedal, config, pairing, feed), pairing, names, RateLimiter())

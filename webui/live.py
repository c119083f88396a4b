"""The live WebSocket: the newest state to every phone, and nothing but the newest.

Nothing is queued for anybody: each client takes the newest state when its own socket has room again. A phone that
sleeps is closed after ``SEND_SECONDS_MAX``; when it wakes, it connects anew and begins with a snapshot.
"""

import asyncio
import contextlib

from starlette.websockets import WebSocket, WebSocketDisconnect

from webui.ports import Pedal

UPDATES_PER_SECOND = 15.0
HEARTBEAT_S = 1.5
SEND_SECONDS_MAX = 3.0
CLIENTS_MAX = 24

GOING_AWAY = 1001
NOT_UNDERSTOOD = 1003
TRY_AGAIN_LATER = 1013


class LiveFeed:
    """All live clients. Called from the hub's event loop only."""

    def __init__(self, pedal: Pedal, *, clients_max: int = CLIENTS_MAX, heartbeat_s: float = HEARTBEAT_S) -> None:
        self._pedal = pedal
        self._clients_max = clients_max
        self._heartbeat_s = heartbeat_s
        self._changed = asyncio.Event()
        self._closing = asyncio.Event()
        self._sequence = -1
        self._text = ""
        self.clients = 0

    def notify(self) -> None:
        """There is a newer state. Cheap; may be called at any rate."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def close(self) -> None:
        """Tell every client that the pedal goes away."""
        self._closing.set()

    async def serve(self, socket: WebSocket) -> None:
        """Feed one client until it leaves, falls asleep, speaks, or the pedal closes."""
        await socket.accept()
        if self.clients >= self._clients_max:
            await self._part(socket, TRY_AGAIN_LATER, "too many live pages are open")
            return
        self.clients += 1
        tasks = [
            asyncio.create_task(self._pump(socket)),
            asyncio.create_task(self._listen(socket)),
            asyncio.create_task(self._until_closing()),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.clients -= 1
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        code = next((code for task in done if (code := task.result()) is not None), None)
        if code is not None:
            await self._part(socket, code)

    async def _pump(self, socket: WebSocket) -> int | None:
        """Send snapshot, newer states and heartbeats. Returns the close code, or ``None`` where nobody listens."""
        now = asyncio.get_running_loop().time
        sent, alive_at = -1, 0.0
        while True:
            changed = self._changed
            sequence, text = self._newest()
            if sequence == sent:
                if now() < alive_at:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout_at(alive_at):
                            await changed.wait()
                    continue
                text = f'{{"type":"alive","sequence":{sequence}}}'
            code = await self._send(socket, text)
            if code is not None:
                return code or None
            sent, alive_at = sequence, now() + self._heartbeat_s
            await asyncio.sleep(1 / UPDATES_PER_SECOND)

    async def _send(self, socket: WebSocket, text: str) -> int | None:
        """``None``: sent. Otherwise the close code, or 0 where nobody listens."""
        try:
            async with asyncio.timeout(SEND_SECONDS_MAX):
                await socket.send_text(text)
        except TimeoutError:
            return TRY_AGAIN_LATER
        except (WebSocketDisconnect, RuntimeError):
            return 0
        return None

    def _newest(self) -> tuple[int, str]:
        """The newest state as JSON, made once for all clients."""
        state = self._pedal.live()
        if state.sequence != self._sequence:
            self._text = f'{{"type":"state","state":{state.model_dump_json()}}}'
            self._sequence = state.sequence
        return self._sequence, self._text

    async def _listen(self, socket: WebSocket) -> int | None:
        message = await socket.receive()
        return None if message["type"] == "websocket.disconnect" else NOT_UNDERSTOOD

    async def _until_closing(self) -> int:
        await self._closing.wait()
        return GOING_AWAY

    async def _part(self, socket: WebSocket, code: int, reason: str = "") -> None:
        # It may be gone, or deaf; then there is nobody to say goodbye to.
        with contextlib.suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
            async with asyncio.timeout(0.3):
                await socket.close(code, reason)

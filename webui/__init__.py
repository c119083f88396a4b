"""The local web UI: one page for a phone, one JSON API, one live WebSocket.

May import fastapi, pydantic, uvicorn and ``dsp.types``; never ``hardware``, ``sync`` or ``pedal``. What it needs of
the pedal it says in ``ports``; the hub satisfies it.

Always true here: every route is closed unless it is listed as open; a slow phone never holds a queue.
"""

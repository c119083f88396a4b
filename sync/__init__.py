"""What is kept, and how it leaves: store, journal, outbox, cloud.

May import sqlite_utils, httpx and ``dsp.types``; never ``hardware``, ``webui`` or ``pedal``.

Always true here: one thread writes SQLite; a summary and its outbox row are one transaction; the cloud is told at
least once, under an id made on this device; nothing is thrown away because a server said no.
"""

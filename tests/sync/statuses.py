"""What a sync worker told, with a way to wait for it without sleeping."""

import threading
from collections.abc import Callable

from sync.worker import SyncStatus


class Statuses:
    """A recorder to pass as ``on_status``."""

    def __init__(self) -> None:
        self.all: list[SyncStatus] = []
        self._news = threading.Condition()

    def __call__(self, status: SyncStatus) -> None:
        with self._news:
            self.all.append(status)
            self._news.notify_all()

    def until(self, wanted: Callable[[SyncStatus], bool], deadline_s: float = 20.0) -> SyncStatus:
        """Wait until the newest status is as wanted."""
        with self._news:
            assert self._news.wait_for(lambda: bool(self.all) and wanted(self.all[-1]), deadline_s), self.all
            return self.all[-1]

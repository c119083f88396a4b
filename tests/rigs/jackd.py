"""A sound card without a sound card: a private JACK server on its dummy driver, with guitars and cables.

    with JackRig() as rig, rig.guitar() as guitar: ...

PortAudio in *this* process (or in one started with ``rig.environment``) then sees a card called ``guitar``. The server
belongs to the rig: it has a name of its own, and it and the guitars end with it. The names are few, because a server
that was killed keeps its place in JACK's table of eight until one of the same name comes. ``synchronous`` makes the
server wait for a late client, so that no machine is too slow for a bit-exact test; without it xruns happen and are
counted, as on a real card; ``realtime`` gives the server and its clients the priority that a real one has.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

START_S_MAX = 20.0
STOP_S_MAX = 5.0
RIGS_MAX = 4
SHARED_MEMORY = Path("/dev/shm")
PLAYER = Path(__file__).with_name("jack_guitar.py")
CABLE = Path(__file__).with_name("jack_cable.py")


class Client:
    """A JACK client in a process of its own: ``program`` with its name and these arguments."""

    def __init__(self, rig: "JackRig", program: Path, name: str, *arguments: str) -> None:
        command = [sys.executable, "-P", str(program), name, *arguments]
        self.name = name
        self._process = subprocess.Popen(
            command, env=rig.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=rig.log_file, text=True
        )
        line = self._process.stdout.readline()
        if line.strip() != "ready":
            self.close()
            raise RuntimeError(f"{name} does not play: {line!r}; the log says: {rig.log()[-500:]}")

    def close(self) -> None:
        """Stop playing and leave the server in good order: it would wait for a client that just died."""
        self._process.stdin.close()
        try:
            self._process.wait(timeout=STOP_S_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _t: type[BaseException] | None, _e: BaseException | None, _tb: TracebackType | None) -> None:
        self.close()


class JackRig:
    """The server. ``environment`` is what another process needs in order to meet it."""

    def __init__(self, period_frames: int = 128, *, synchronous: bool = True, realtime: bool = False) -> None:
        self._slot, self.name = _free_name()
        self.period_frames = period_frames
        self.environment = {**os.environ, "JACK_DEFAULT_SERVER": self.name, "JACK_NO_AUDIO_RESERVATION": "1"}
        self.environment |= {"JACK_NO_START_SERVER": "1"}
        self.log_file = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by close
        self._clients: list[Client] = []
        mode = ["-S", "-t", "5000"] if synchronous else []
        driver = ["-d", "dummy", "-r", "48000", "-p", str(period_frames)]
        self._server = subprocess.Popen(
            ["jackd", *(["-R", "-P", "60"] if realtime else ["-r"]), *mode, "-n", self.name, *driver],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log_file,
            stderr=subprocess.STDOUT,
        )
        self._wait_until_it_answers()

    def guitar(self, name: str = "guitar", recording: Path | None = None) -> Client:
        """Plug one in: the ramp of ``jack_guitar.py``, or a recording in a loop. A card of that name, two channels."""
        return self._plug(Client(self, PLAYER, name, *([str(recording)] if recording else [])))

    def cable(self, name: str = "cable", delay_frames: int = 0) -> Client:
        """Plug one in: a card of that name whose only output comes back in its only input, so much later; −1: never."""
        return self._plug(Client(self, CABLE, name, str(delay_frames)))

    def _plug(self, client: Client) -> Client:
        self._clients.append(client)
        return client

    def log(self) -> str:
        """What the server and its clients wrote so far."""
        return Path(f"/proc/self/fd/{self.log_file.fileno()}").read_text(encoding="utf-8", errors="replace")

    def xruns(self) -> int:
        """How often a client was late so far; the server tells it in its log."""
        return self.log().count("XRun")

    def kill(self) -> None:
        """Pull the card: the server dies at once, as -9 does it."""
        self._server.kill()
        self._server.wait()

    def close(self) -> None:
        """End all that this rig started."""
        for client in self._clients:
            client.close()
        self._server.terminate()
        try:
            self._server.wait(timeout=STOP_S_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
        self.log_file.close()
        for left in (*SHARED_MEMORY.glob(f"jack_{self.name}_*"), *SHARED_MEMORY.glob(f"jack_sem.*_{self.name}_*")):
            left.unlink(missing_ok=True)
        self._slot.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _t: type[BaseException] | None, _e: BaseException | None, _tb: TracebackType | None) -> None:
        self.close()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_S_MAX
        ask = ["jack_wait", "-c", "-s", self.name]
        while time.monotonic() < deadline and self._server.poll() is None:
            answer = subprocess.run(ask, env=self.environment, capture_output=True, text=True, check=False)
            if answer.stdout.startswith("running"):
                return
        log = self.log()
        self.close()
        raise RuntimeError(f"jackd did not start: {log[-500:]}")


def _free_name() -> tuple[socket.socket, str]:
    """A server name that no other rig of this machine uses, and the socket that holds it, free once we are gone."""
    for number in range(RIGS_MAX):
        name = f"pedal-rig-{number}"
        slot = socket.socket(socket.AF_UNIX)
        try:
            slot.bind(f"\0{name}")
        except OSError:
            slot.close()
        else:
            return slot, name
    raise RuntimeError(f"{RIGS_MAX} JACK rigs run already")

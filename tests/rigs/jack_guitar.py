"""jack_guitar.py NAME [RECORDING]: a JACK client with two outputs; prints "ready", plays until its input closes.

Without a recording it plays a ramp that says its own frame number: frame n is (n mod 2**20) / 2**20 on out_1, exact in
float32, and its negative on out_2. With one, the recording's first channel loops on both.
"""

import os
import sys

import jack
import numpy as np

PERIOD = 1 << 20


def main() -> None:
    client = jack.Client(sys.argv[1], no_start_server=True)
    if len(sys.argv) > 2:
        import soundfile  # noqa: PLC0415 - only where a recording is played

        samples, rate = soundfile.read(sys.argv[2], dtype="float32", always_2d=True)
        assert rate == client.samplerate, f"the recording has {rate} Hz, the server {client.samplerate}"
        left = np.ascontiguousarray(samples[:, 0])
        right = left
    else:
        left = np.arange(PERIOD, dtype=np.float32) / PERIOD
        right = -left
    ports = [client.outports.register("out_1"), client.outports.register("out_2")]
    position = 0

    @client.set_process_callback
    def process(frames: int) -> None:
        nonlocal position
        for port, source in zip(ports, (left, right), strict=True):
            port.get_array()[:] = source.take(np.arange(position, position + frames), mode="wrap")
        position = (position + frames) % len(left)

    @client.set_shutdown_callback
    def shutdown(_status: jack.Status, _reason: str) -> None:
        os._exit(1)  # the server is gone: closing the client now would spin for ever

    with client:
        print("ready", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()

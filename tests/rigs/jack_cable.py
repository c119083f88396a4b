"""jack_cable.py NAME FRAMES: a JACK client whose one output gives back its one input, so many frames later.

PortAudio sees it as a card with one input and one output and a cable between them; with FRAMES −1 the cable is out.
Prints "ready", ends with its input.
"""

import os
import sys

import jack
import numpy as np


def main() -> None:
    client = jack.Client(sys.argv[1], no_start_server=True)
    into, out = client.inports.register("in_1"), client.outports.register("out_1")
    delay = int(sys.argv[2])
    under_way = np.zeros(max(0, delay), np.float32)

    @client.set_process_callback
    def process(frames: int) -> None:
        nonlocal under_way
        all_of_it = np.concatenate((under_way, into.get_array() * (delay >= 0)))
        out.get_array()[:] = all_of_it[:frames]
        under_way = all_of_it[frames:]

    @client.set_shutdown_callback
    def shutdown(_status: jack.Status, _reason: str) -> None:
        os._exit(1)  # the server is gone: closing the client now would spin for ever

    with client:
        print("ready", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()

"""Drivers, one file per device; no policy, and no idea of music.

May import sounddevice, soundfile, gpiozero, luma, PIL, tinytuya and numpy; never ``dsp``, ``webui``, ``sync`` or
``pedal``. Each device has a Protocol in ``ports``, a driver for the Pi, and a fake *in this package*: the simulated
board is a product, not a test helper.

The engine process stays small: it takes sound from ``audio_port``, ``audio``, ``wav``, ``cable`` and ``memory``,
never from ``ports`` or ``board``, which know pictures and pins.

Always true here: libraries that need hardware are imported inside the driver that needs them, so that a laptop
without them still starts; a device that is not there raises ``DeviceMissing`` and nothing else.
"""

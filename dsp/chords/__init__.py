"""Several strings at once: which chord they make, as it is struck.

May import `dsp.theory` and `dsp.types` and nothing else of ours. Always true here: samples come at 12 kHz, hum and DC
taken out, the newest last; every function is pure, `listener` remembers one stroke; nothing costs a hop's time twice
over.
"""

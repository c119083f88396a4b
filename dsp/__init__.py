"""Samples in, musical facts out.

The bottom of the house, and pure: the same samples give the same facts, on any machine, at any speed. May import
numpy, scipy and aubio; never anything of ours, nor clocks, threads, files, sockets or logging. Live code never
imports ``scipy.signal`` (77 MB and 0.8 s of import): filters are designed once and their coefficients kept.

Always true here: time is a sample count; early is negative; scores are 0 to 1 or ``None`` for "not scored".
"""

"""What musicians agree on: names of pitches, scales, chords, tunings. No sound, no time."""

"""Several strings at once: which chord they make, as it is struck."""

"""When to try again: full jitter, so that a hundred thousand pedals do not come back in the same second. Pure.

A fixed retry of 5 s peaks at 100,000 requests per second after an outage; full jitter over 600 s at 210.
"""

from dataclasses import dataclass, replace
from typing import Final

BASE_S: Final = 5.0
CAP_S: Final = 900.0
AFTER_LINK_S: Final = 30.0
_DOUBLINGS_MAX: Final = 16


def full_jitter_s(failures: int, random: float, base_s: float = BASE_S, cap_s: float = CAP_S) -> float:
    """Return the wait after so many failures in a row (1 or more); ``random`` is uniform in [0, 1)."""
    assert failures >= 1, failures
    return random * min(cap_s, base_s * 2.0 ** min(failures - 1, _DOUBLINGS_MAX))


@dataclass(frozen=True, slots=True)
class Pacer:
    """What the worker remembers between tries. Times are seconds of a clock that never jumps."""

    failures: int = 0
    not_before_s: float = 0.0

    def failed(self, now_s: float, random: float, after_s: float | None = None) -> "Pacer":
        """Wait longer; never shorter than the server asked (``after_s``), whatever the dice say."""
        failures = self.failures + 1
        wait_s = full_jitter_s(failures, random)
        if after_s is not None:
            wait_s = after_s + random * BASE_S
        return Pacer(failures, now_s + wait_s)

    def succeeded(self) -> "Pacer":
        """All is well: the next failure starts from the base again."""
        return Pacer()

    def linked(self, now_s: float, random: float) -> "Pacer":
        """Start afresh within 0 to 30 s: the network is back, and not only for us."""
        return Pacer(0, now_s + random * AFTER_LINK_S)

    def at_once(self) -> "Pacer":
        """Do not wait: a person asked."""
        return replace(self, not_before_s=0.0)

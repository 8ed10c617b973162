"""What a notebook is given."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds for each cell, and bytes of memory for the whole notebook (the fast engine alone can hold that)."""

    seconds: int = 300
    memory: int = 4 << 30


def limits_of(seconds: float, gigabytes: float) -> Limits:
    """Give limits as a person sets them; 0 is the usual one.

    >>> limits_of(20, 0)
    Limits(seconds=20, memory=4294967296)
    """
    usual = Limits()
    return Limits(max(1, round(seconds)) if seconds else usual.seconds, round(gigabytes * (1 << 30)) or usual.memory)

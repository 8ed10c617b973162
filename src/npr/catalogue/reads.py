"""Records which declarations are asked for, so that a briefing's key holds what it read and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

Declared = TypeVar("Declared")
Read = tuple[str, str]
"""A kind ("indicator", "fact", "vintage" ...) and a name of it, `NAMES` for which there are, or `ALL` for all."""
NAMES, ALL = "(names)", "(all)"

_asked: set[Read] = set()
_paused = False


def note(kind: str, name: str) -> None:
    """Record that something was asked for in this process."""
    if not _paused:
        _asked.add((kind, name))


@contextmanager
def unrecorded() -> Iterator[None]:
    """Look things up without a record, as who loads and checks all of them must."""
    global _paused
    before, _paused = _paused, True
    try:
        yield
    finally:
        _paused = before


def asked() -> set[Read]:
    """Give what was asked for since this process began, or since `forget`."""
    return set(_asked)


def forget() -> None:
    """Begin anew."""
    _asked.clear()


class Recorded(dict[str, Declared]):
    """Declarations of one kind by id; who asks for one is recorded, also when there is none of that name.

    >>> forget()
    >>> units = Recorded("unit", {"PCT": 1, "EUR": 2})
    >>> units["PCT"], "SEK" in units, sorted(asked())
    (1, False, [('unit', 'PCT'), ('unit', 'SEK')])
    """

    def __init__(self, kind: str, declared: dict[str, Declared]) -> None:
        super().__init__(declared)
        self.kind = kind

    def __getitem__(self, name: str) -> Declared:
        note(self.kind, name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        note(self.kind, str(name))
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Give one, or the default."""
        note(self.kind, name)
        return super().get(name, default)

    def __iter__(self) -> Iterator[str]:
        note(self.kind, NAMES)
        return super().__iter__()

    def keys(self) -> Any:
        """Give the names."""
        note(self.kind, NAMES)
        return super().keys()

    def values(self) -> Any:
        """Give all of them."""
        note(self.kind, ALL)
        return super().values()

    def items(self) -> Any:
        """Give all of them with their names."""
        note(self.kind, ALL)
        return super().items()

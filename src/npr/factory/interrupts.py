"""What ends a command from outside: Ctrl-C, and the signal that asks a process to end.

It is raised wherever Python happens to be. Raised in a callback, such as those of the garbage collection that Dask
has, it is printed and lost; so it is also remembered, and a build looks after each job whether there was one.
"""

from __future__ import annotations

import signal
from typing import Any


class _Heard:
    one = False


def listen() -> None:
    """From now on take both signals as an interrupt; Ctrl-C not where a shell ignores it for its background."""
    _Heard.one = False
    for number in (signal.SIGINT, signal.SIGTERM):
        if number == signal.SIGTERM or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _hear)


def look() -> None:
    """Look whether there was an interrupt, and raise it if so, once.

    Raises:
        KeyboardInterrupt: there was one since `listen`.
    """
    if _Heard.one:
        _Heard.one = False
        raise KeyboardInterrupt


def _hear(*_: Any) -> None:
    _Heard.one = True
    raise KeyboardInterrupt

"""The process that runs a notebook's cells, as the engine sees it: how to come by one, to hear how it ended, to end it.

It is forked from a copy of this process, or of the warm one of a build: its keeper (`keeper`).
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from npr.factory.processes import how_it_ended

MOST_ASKED = 1 << 15
"""How many bytes a request to the warm process has at most: a path and a few words."""

PATIENCE = 30
"""How many seconds a keeper has to tell that something ended: longer than any end takes, unless a cell stopped it."""


class CellsLostError(Exception):
    """The keeper of a child was killed, so nobody can say how the child ended."""


Fork = Callable[[list[int], list[int]], int | None]
"""Has a keeper fork a child (`keeper`): it is given the first descriptors, which are closed here, and not the others.

Gives the keeper's process id if it is a child of this process.
"""


def fork_here(descriptors: list[int], others: list[int]) -> int:
    """Have a keeper forked of this process, for one notebook."""
    from npr.factory.keeper import Keeper  # with all that a kernel imports, which others need not

    keeper = Keeper([*descriptors, *others])
    try:
        with contextlib.suppress(OSError):  # it was killed, which those who listen to it hear
            keeper.give(descriptors)
    finally:
        keeper.line.close()
        for one in descriptors:
            os.close(one)
    return keeper.process


def ask(asks: socket.socket, ways: list[int], others: list[int], *, notebook: str, ahead: bool) -> None:
    """Have the warm process at the other end of a socket see to a process for the cells of a notebook.

    `ahead` says whether they need the back-test.

    Raises:
        CellsLostError: there is no warm process any more.
    """
    try:
        socket.send_fds(asks, [json.dumps({"notebook": notebook, "ahead": ahead}).encode()], ways)
    except OSError:
        raise CellsLostError from None
    finally:
        for one in ways:
            os.close(one)


def hear(way: socket.socket) -> bytes:
    """Give what came over a way; nothing when the other end is gone, however it went."""
    try:
        return way.recv(1 << 20)
    except ConnectionError:
        return b""


class Child:
    """A process that runs cells, and the ways to it: `road` to itself, and `word` to its keeper."""

    def __init__(self, folder: Path | None, memory: int | None, fork: Fork) -> None:
        self.road, road = socket.socketpair()
        self.word, word = socket.socketpair()
        self.keeper = fork([road.detach(), word.detach(), os.dup(2)], [self.road.fileno(), self.word.fileno()])
        wanted = {"folder": folder and str(folder), "memory": memory, "cwd": str(Path.cwd())}
        told = b""
        with contextlib.suppress(ConnectionError):  # it was lost meanwhile
            self.road.sendall(json.dumps({**wanted, "environment": dict(os.environ)}).encode() + b"\n")
            told = self.road.makefile("rb").readline()
        self.first: dict[str, Any] = json.loads(told or b"{}")
        if not told:
            from nbclient.exceptions import DeadKernelError  # slow to import, and the warm process needs it not

            try:
                raise DeadKernelError(self.how_it_ended(hung_up=True))
            finally:
                self.close()

    def how_it_ended(self, *, hung_up: bool) -> str | None:
        """Say how it ended, None while it runs; one that hung up is given a second, and then ended.

        Raises:
            CellsLostError: nobody saw it.
        """
        if not select.select([self.word], [], [], 1 if hung_up else 0)[0]:
            if not hung_up:
                return None
            if self.first:
                os.kill(self.first["process"], signal.SIGKILL)
        told = self._told()
        if not told:
            raise CellsLostError
        return how_it_ended(int(told))

    def close(self) -> None:
        """End it with all that it has started; give back when nothing of it runs, as far as its keeper answers."""
        self.road.close()
        with contextlib.suppress(OSError):
            self.word.shutdown(socket.SHUT_WR)
        while self._told():
            pass
        self.word.close()
        if self.keeper:
            os.kill(self.keeper, signal.SIGKILL)  # it has hung up, or never will
            os.waitpid(self.keeper, 0)

    def _told(self) -> bytes:
        """Give what the keeper tells; nothing when it is gone, or does not answer."""
        return hear(self.word) if select.select([self.word], [], [], PATIENCE)[0] else b""

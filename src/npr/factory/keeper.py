"""Keeps the processes that run notebooks' cells: forks each, waits for its end, and ends all that it has started.

A keeper is itself a forked copy of a process that has imported everything; it runs no cells, so that it serves one
notebook after the other. For each, two sockets lead to it from the engine: the road, which it hands on to the cells,
and the word, which ends when the engine wants no more or is gone, and over which the keeper tells how the process of
the cells ended. It hangs up when nothing of the cells runs any more.
"""

from __future__ import annotations

import contextlib
import gc
import os
import select
import signal
import socket
import sys
from collections.abc import Sequence

from npr.factory import cells
from npr.factory.processes import adopt_orphans, any_children, die_with_parent, end_descendants

WAYS = 3
"""How many descriptors a keeper is given for a notebook: its ends of the road and of the word, and where it writes what
it has to say."""


class Keeper:
    """A keeper, as the process sees it that forked it."""

    def __init__(self, others: Sequence[int] = (), known: frozenset[str] = frozenset()) -> None:
        """Fork it of this process; the descriptors `others`, which are open here, have no place in it.

        `known` names what this process has made ready by now.
        """
        cells.kernel()
        gc.freeze()  # else the copy's first collection writes to every object, and so copies all of the memory
        self.known = known
        self.line, line = socket.socketpair()
        parent, self.process = os.getpid(), os.fork()
        if self.process == 0:
            try:
                die_with_parent(parent)
                for one in [*others, self.line.detach()]:
                    os.close(one)
                _Keeping(line).run()
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(0)
        line.close()

    def give(self, ways: Sequence[int]) -> None:
        """Have it keep a process; the descriptors are not closed here.

        Raises:
            OSError: it is gone.
        """
        socket.send_fds(self.line, [b"\n"], ways)

    def waits(self) -> bool:
        """Say whether it has told that it is done; one that is gone is found when it is given something."""
        if not select.select([self.line], [], [], 0)[0]:
            return False
        with contextlib.suppress(ConnectionError):
            self.line.recv(1)
        return True


class Keepers:
    """The keepers of a process: those that wait are asked again."""

    def __init__(self) -> None:
        self._working: list[Keeper] = []
        self._waiting: list[Keeper] = []

    def give(self, ways: Sequence[int], needed: frozenset[str], known: frozenset[str], others: Sequence[int]) -> None:
        """Have a process kept by one that has ready what is `needed`; another is forked where none waits.

        `known` names what this process has ready. The descriptors `ways` are closed here, and a new keeper closes
        `others`.
        """
        self._hear()
        try:
            while True:
                keeper = self._one_with(needed) or Keeper([*ways, *others, *self._lines()], known)
                with contextlib.suppress(OSError):  # it was killed meanwhile
                    keeper.give(ways)
                    self._working.append(keeper)
                    return
                keeper.line.close()
        finally:
            for one in ways:
                os.close(one)

    def _hear(self) -> None:
        """See which keepers wait by now."""
        working, self._working = self._working, []
        for keeper in working:
            (self._waiting if keeper.waits() else self._working).append(keeper)

    def _one_with(self, needed: frozenset[str]) -> Keeper | None:
        """Take one of those that wait; let one go that has not what is needed, since another will be forked."""
        for at, keeper in enumerate(self._waiting):
            if needed <= keeper.known:
                return self._waiting.pop(at)
        if self._waiting:
            self._waiting.pop(0).line.close()
        return None

    def _lines(self) -> list[int]:
        return [one.line.fileno() for one in [*self._working, *self._waiting]]


class _Keeping:
    """The keeper itself."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        adopt_orphans()
        self.rings, self.ring = os.pipe()
        os.set_blocking(self.ring, False)
        signal.set_wakeup_fd(self.ring)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # a signal without a handler rings nowhere

    def run(self) -> None:
        """Serve until the line ends."""
        while True:
            try:
                _, ways, _, _ = socket.recv_fds(self.line, 1, WAYS)
            except ConnectionError:  # it ended before what was said last was heard
                return
            if len(ways) < WAYS:
                return
            road, word, log = ways
            _write_to(log)
            os.close(log)
            with socket.socket(fileno=word) as told:
                status = self._wait(self._fork_cells(socket.socket(fileno=road), told), told)
                with contextlib.suppress(OSError):  # the engine may be gone
                    told.sendall(b"%d\n" % status)
                if any_children():
                    end_descendants()
                _write_to(0)
                # Before it hangs up: whoever hears that may ask for the next at once.
                with contextlib.suppress(OSError):  # nobody may be there to ask
                    self.line.sendall(b"\n")

    def _fork_cells(self, road: socket.socket, word: socket.socket) -> int:
        """Fork the process of the cells; give its process id."""
        parent, child = os.getpid(), os.fork()
        if child == 0:
            try:
                die_with_parent(parent)
                os.setsid()
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for one in (word.detach(), self.line.detach(), self.rings, self.ring):
                    os.close(one)
                cells.serve(road)
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(0)
        road.close()
        return child

    def _wait(self, child: int, word: socket.socket) -> int:
        """Wait until the process of the cells has ended, or end it when the engine hangs up; give its wait status."""
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return status
            ready, _, _ = select.select([self.rings, word.fileno()], [], [])
            if self.rings in ready:
                os.read(self.rings, 1 << 10)
            elif not word.recv(1):
                return _end(child)


def _write_to(file: int) -> None:
    """Have what this process says written to an open file."""
    for place in (1, 2):
        os.dup2(file, place)


def _end(child: int) -> int:
    """End the process of the cells; give its wait status."""
    if sys.platform != "linux":  # there nobody adopts what it has started, so that must be found while it lives
        end_descendants()
        return signal.SIGKILL
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]

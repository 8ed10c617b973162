"""Keeps the process that runs a notebook's cells: forks it, waits for its end, and ends all that it has started.

A keeper is itself a forked copy of a process that has imported everything. Two sockets lead to it from the engine: the
road, which it hands on to the cells, and the word, which ends when the engine wants no more or is gone, and over which
it tells how the process of the cells ended. It hangs up when nothing of the cells runs any more.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from npr.factory import cells
from npr.factory.processes import adopt_orphans, any_children, die_with_parent, end_descendants

Descriptors = list[int]
"""The keeper's ends of the road and of the word, and where it writes what it has to say."""


def fork(descriptors: Descriptors, others: Descriptors) -> int:
    """Fork a keeper of this process; give its process id.

    The descriptors are closed here; `others`, which are open here, have no place in the keeper.
    """
    cells.kernel()
    gc.freeze()  # else the copy's first collection writes to every object, and so copies all of the memory
    parent, child = os.getpid(), os.fork()
    if child == 0:
        try:
            die_with_parent(parent)
            for one in others:
                os.close(one)
            _keep(*descriptors)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(0)
    for one in descriptors:
        os.close(one)
    return child


def _keep(road: int, word: int, log: int) -> None:
    """Be the keeper, to the end."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    adopt_orphans()
    with socket.socket(fileno=word) as told:
        child = _fork_cells(socket.socket(fileno=road), told)
        status = _wait(child, told)
        with contextlib.suppress(OSError):  # the engine may be gone
            told.sendall(b"%d\n" % status)
        if any_children():
            end_descendants()


def _fork_cells(road: socket.socket, word: socket.socket) -> int:
    """Fork the process of the cells, as the first line on the road wants it; give its process id."""
    asked = _first_line(road)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["cwd"])
    parent, child = os.getpid(), os.fork()
    if child == 0:
        try:
            die_with_parent(parent)
            os.setsid()
            word.close()
            cells.serve(road, Path(asked["folder"]) if asked["folder"] else None, asked["memory"])
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            os._exit(0)
    road.close()
    return child


def _first_line(road: socket.socket) -> dict[str, Any]:
    """Read what the engine wants; it sends no more until it has heard from the cells."""
    heard = b""
    while not heard.endswith(b"\n"):
        more = road.recv(1 << 16)
        if not more:
            os._exit(0)
        heard += more
    return dict(json.loads(heard))


def _wait(child: int, word: socket.socket) -> int:
    """Wait until the process of the cells has ended, or end it when the engine hangs up; give its wait status."""
    rings, ring = os.pipe()
    os.set_blocking(ring, False)
    signal.set_wakeup_fd(ring)
    signal.signal(signal.SIGCHLD, lambda *_: None)  # a signal without a handler rings nowhere
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        ready, _, _ = select.select([rings, word.fileno()], [], [])
        if rings in ready:
            os.read(rings, 1 << 10)
        elif not word.recv(1):
            return _end(child)


def _end(child: int) -> int:
    """End the process of the cells; give its wait status."""
    if sys.platform != "linux":  # there nobody adopts what it has started, so that must be found while it lives
        end_descendants()
        return signal.SIGKILL
    os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]

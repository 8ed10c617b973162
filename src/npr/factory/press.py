"""The press: all that drives and renders notebooks is imported once; jobs are done in forked copies of it.

Lines of JSON come in, a job each; a line goes out for each: its number and answer. A copy that is done is given the
next job; no cell runs in it, and Typst, which keeps all that it made and starts threads, runs in a copy of its own.
When the line in ends, all copies are ended. The cells run in copies of another process, the warm one (`warm`), which
has all that notebooks use.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import pickle
import selectors
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from npr.factory import engine, execute, worker  # noqa: F401 - the engine: else Papermill imports it in each copy
from npr.factory.child import Fork, ask
from npr.factory.processes import (
    RARELY,
    adopt_orphans,
    any_children,
    die_with_parent,
    end_descendants,
    how_it_ended,
    most_memory,
)  # fmt: skip
from npr.publish import rehearsal

CHUNK = 1 << 16
MOST_GROWTH = 64 << 20
"""By how many bytes a copy may have grown when it is given another job."""
Answer = dict[str, Any]


class Copy:
    """A copy of the press, as the press sees it: its process, the way to it, and the number of the job that it does."""

    def __init__(self, asks: socket.socket, others: list[int]) -> None:
        """Fork it; the descriptors `others`, which are open here, have no place in it."""
        self.way, way = socket.socketpair()
        self.number: int | None = None
        self.stays = True
        self.heard = bytearray()
        parent, self.process = os.getpid(), os.fork()
        if self.process == 0:
            with _ending():
                die_with_parent(parent)
                for one in [*others, self.way.detach()]:
                    os.close(one)
                _do_jobs(way, asks)
        way.close()

    def take(self, job: dict[str, Any]) -> bool:
        """Give it a job; False when it has one, takes no more or is gone."""
        if self.number is not None or not self.stays:
            return False
        try:
            self.way.sendall(json.dumps(job).encode() + b"\n")
        except OSError:
            self.stays = False
            return False
        self.number = job["number"]
        return True

    def hear(self) -> Any:
        """Give its answer when that has come wholly; None before. When it has ended, the answer tells how."""
        try:
            more = self.way.recv(CHUNK)
        except ConnectionError:
            more = b""
        self.heard += more
        if not more:
            self.stays = False
            self.way.close()
            return {"died": how_it_ended(os.waitpid(self.process, 0)[1])}
        if not more.endswith(b"\n"):
            return None
        told = json.loads(self.heard)
        self.heard.clear()
        self.stays = told["stays"]
        return told["answer"]


class Press:
    """Reads jobs, hands them on, and answers."""

    def __init__(self, asks: socket.socket) -> None:
        self.asks = asks
        self.selector = selectors.DefaultSelector()
        self.copies: list[Copy] = []
        self.unread = b""
        self.parent = os.getppid()

    def run(self) -> None:
        """Serve until the line in ends."""
        adopt_orphans()
        gc.freeze()  # what was imported stays
        gc.set_threshold(*RARELY)
        gc.enable()
        rehearsal.rehearse()
        gc.freeze()  # the copies share these objects with this process as long as nobody touches them
        os.write(1, b'{"ready": true}\n')
        self.selector.register(0, selectors.EVENT_READ)
        try:
            while os.getppid() == self.parent:
                for key, _ in self.selector.select(timeout=1):
                    if key.fileobj != 0:
                        self._hear(key.data)
                    elif not self._take_in():
                        return
        finally:
            end_descendants()

    def _take_in(self) -> bool:
        """Read what came in; False when nothing more will."""
        more = os.read(0, CHUNK)
        self.unread += more
        while b"\n" in self.unread:
            line, _, self.unread = self.unread.partition(b"\n")
            self._hand_on(json.loads(line))
        return bool(more)

    def _hand_on(self, job: dict[str, Any]) -> None:
        while not any(one.take(job) for one in self.copies):
            if not job["ran"]:
                execute.read_ahead(Path(job["notebook"]))
            copy = Copy(self.asks, [one.way.fileno() for one in self.copies])
            self.copies.append(copy)
            self.selector.register(copy.way, selectors.EVENT_READ, copy)

    def _hear(self, copy: Copy) -> None:
        way = copy.way.fileno()
        told = copy.hear()
        if copy.way.fileno() < 0:
            self.selector.unregister(way)
            self.copies.remove(copy)
        if told and copy.number is not None:
            os.write(1, json.dumps({"number": copy.number, "answer": told}).encode() + b"\n")
            copy.number = None


@contextlib.contextmanager
def _ending() -> Iterator[None]:
    """End this process when what is done in it is done."""
    code = 1
    try:
        yield
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def _do_jobs(way: socket.socket, asks: socket.socket) -> None:
    """Do one job after the other, until none comes any more or the process has grown too much."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    held = most_memory()
    for line in way.makefile("rb"):
        job = json.loads(line)
        told = _do(job, partial(ask, asks, notebook=job["notebook"], ahead=job["ahead"]))
        if any_children():
            end_descendants()
        for place in (1, 2):  # which a job writes to a file of its own
            os.dup2(0, place)
        stays = most_memory() < held + MOST_GROWTH
        way.sendall(json.dumps({"answer": told, "stays": stays}).encode() + b"\n")
        if not stays:
            return


class _DiedError(Exception):
    """A copy that rendered something died."""


def _do(job: dict[str, Any], fork: Fork) -> Answer:
    """Do a job; give its answer, or how the process died that was to render a page."""
    if not job["ran"]:
        execute.read_ahead(Path(job["notebook"]))  # for those after it too
    try:
        return worker.answer(job, fork, _apart)
    except _DiedError as error:
        return {"died": str(error)}


def _apart(action: Callable[[], None]) -> None:
    """Do something in a copy of this process; raise what is raised there.

    Raises:
        _DiedError: the copy died.
    """
    hears, tells = os.pipe()
    parent, child = os.getpid(), os.fork()
    if child == 0:
        with _ending(), os.fdopen(tells, "wb") as out:
            die_with_parent(parent)
            try:
                action()
            except Exception as error:
                pickle.dump(error, out)
    os.close(tells)
    with os.fdopen(hears, "rb") as told:
        raised = told.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise _DiedError(how_it_ended(status))
    if raised:
        raise pickle.loads(raised)  # noqa: S301 - what this very process has written


def main() -> None:
    """Serve, with the socket to the warm process whose descriptor is given."""
    Press(socket.socket(fileno=int(sys.argv[1]))).run()
    os._exit(0)

"""The press: all that drives and renders notebooks is imported once; each job is done in a forked copy of it.

Lines of JSON come in, a job each; a line goes out for each: its number and answer. When the line in ends, all copies
are ended. The cells run in copies of another process, the warm one (`warm`), which has all that notebooks use.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import socket
import sys
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from npr.factory import engine, execute, worker  # noqa: F401 - the engine: else Papermill imports it in each copy
from npr.factory.child import ask
from npr.factory.processes import (
    RARELY,
    adopt_orphans,
    any_children,
    die_with_parent,
    end_descendants,
    how_it_ended,
    tell,
)  # fmt: skip
from npr.publish import rehearsal

CHUNK = 1 << 16


@dataclass
class Running:
    """A job in a copy: its number, its process, and what it has answered so far."""

    number: int
    process: int
    heard: bytearray = field(default_factory=bytearray)


class Press:
    """Reads jobs, forks, and answers."""

    def __init__(self, asks: socket.socket) -> None:
        self.asks = asks
        self.selector = selectors.DefaultSelector()
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
        tell(b'{"ready": true}')
        self.selector.register(0, selectors.EVENT_READ)
        try:
            while os.getppid() == self.parent:
                for key, _ in self.selector.select(timeout=1):
                    if key.fileobj != 0:
                        self._hear(key.fd, key.data)
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
            self._fork(json.loads(line))
        return bool(more)

    def _fork(self, job: dict[str, Any]) -> None:
        if not job["ran"]:
            execute.read_ahead(Path(job["notebook"]))
        hears, tells = os.pipe()
        parent, child = os.getpid(), os.fork()
        if child == 0:
            _be_a_copy(job, self.asks, tells, parent)
        os.close(tells)
        self.selector.register(hears, selectors.EVENT_READ, Running(job["number"], child))

    def _hear(self, pipe: int, running: Running) -> None:
        more = os.read(pipe, CHUNK)
        running.heard += more
        if more:
            return
        self.selector.unregister(pipe)
        os.close(pipe)
        _, status = os.waitpid(running.process, 0)
        told = json.loads(running.heard) if status == 0 and running.heard else {"died": how_it_ended(status)}
        tell(json.dumps({"number": running.number, "answer": told}).encode())


def _be_a_copy(job: dict[str, Any], asks: socket.socket, tells: int, parent: int) -> None:
    """Do a job and end."""
    code = 1
    try:
        die_with_parent(parent)
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        fork = partial(ask, asks, notebook=job["notebook"], ahead=job["ahead"])
        told = json.dumps(worker.answer(job, fork)).encode()
        while told:
            told = told[os.write(tells, told) :]
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        if any_children():
            end_descendants()
        os._exit(code)


def main() -> None:
    """Serve, with the socket to the warm process whose descriptor is given."""
    Press(socket.socket(fileno=int(sys.argv[1]))).run()
    os._exit(0)

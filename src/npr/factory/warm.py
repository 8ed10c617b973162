"""The warm process: everything is imported and read once, then each job runs in a forked copy of it.

Lines of JSON come in: {"keep": {...}} names an edition to open, {"ahead": true} says that jobs will need the back-test,
{"job": {...}} is done in a copy. A line of JSON goes out for each job: its number and answer. When the line in ends,
all copies are ended.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from npr.catalogue import reads
from npr.errors import NprError
from npr.factory import cells, rehearsal, worker
from npr.factory.processes import adopt_orphans, die_with_parent, end_descendants, how_it_ended
from npr.indicators.knowledge import keep_open, open_knowledge_base

CHUNK = 1 << 16
RARELY = (100_000, 50, 100)
"""How seldom the copies collect garbage: each lives for a second or two."""


@dataclass
class Running:
    """A job in a copy: its number, its process, and what it has answered so far."""

    number: int
    process: int
    heard: bytearray = field(default_factory=bytearray)


class Warm:
    """Reads jobs, forks, and answers."""

    def __init__(self) -> None:
        self.selector = selectors.DefaultSelector()
        self.unread = b""
        self.parent = os.getppid()
        self.kept: dict[str, Any] = {}
        self.looked_ahead = False

    def run(self) -> None:
        """Serve until the line in ends."""
        adopt_orphans()
        gc.set_threshold(*RARELY)
        gc.enable()
        cells.kernel()
        os.write(1, b'{"ready": true}\n')
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
            asked = json.loads(line)
            if "keep" in asked:
                self.kept = asked["keep"]
                keep(**self.kept)
            elif "ahead" in asked:
                self._look_ahead()
            else:
                if asked["job"]["ahead"]:
                    self._look_ahead()
                self._fork(asked["job"])
        return bool(more)

    def _look_ahead(self) -> None:
        """Do it once; copies that run meanwhile need nothing of it."""
        if not self.looked_ahead:
            self.looked_ahead = True
            look_ahead(self.kept["home"], self.kept["edition"])

    def _fork(self, job: dict[str, Any]) -> None:
        hears, tells = os.pipe()
        parent, child = os.getpid(), os.fork()
        if child == 0:
            _be_a_copy(job, tells, parent)
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
        os.write(1, json.dumps({"number": running.number, "answer": told}).encode() + b"\n")


def keep(home: str, edition: str, indicators: list[str]) -> None:
    """Open an edition for all copies; what is wrong with it is told by the notebooks that need it."""
    os.environ["NPR_HOME"] = home
    if indicators:  # else nothing is run, only rendered
        with contextlib.suppress(NprError):
            base = keep_open(Path(home), edition, indicators)
            with contextlib.suppress(Exception):
                rehearsal.rehearse(base, base.opened[0])
    gc.freeze()  # the copies share these objects with this process as long as nobody touches them


def look_ahead(home: str, edition: str) -> None:
    """Make the back-test for all copies, as `keep` reads an edition."""
    with contextlib.suppress(Exception):
        rehearsal.look_ahead(open_knowledge_base(home, edition))
    gc.freeze()


def _be_a_copy(job: dict[str, Any], tells: int, parent: int) -> None:
    """Do a job and end."""
    code = 1
    try:
        die_with_parent(parent)
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        reads.forget()
        told = json.dumps(worker.answer(job)).encode()
        while told:
            told = told[os.write(tells, told) :]
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        end_descendants()
        os._exit(code)

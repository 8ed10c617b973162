"""The warm process: everything that notebooks use is imported and read once; cells run in forked copies of it.

One line of JSON comes in, {"home", "edition", "indicators", "before"}: the edition to open, and how many copies begin
before the back-test is made for those after them. Then requests come over a socket, {"notebook", "ahead"}: which
notebook is to run, and whether it needs the back-test; with each come a keeper's ends of the ways to its cells
(`keeper`). A keeper is forked again when this process has meanwhile made ready what a notebook needs. When the line in
ends, all copies are ended.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import socket
import sys
from functools import cache
from pathlib import Path
from typing import Any

from npr.briefing.notebooks import read_cells
from npr.errors import NprError
from npr.factory import cells, keeper, rehearsal
from npr.factory.child import MOST_ASKED
from npr.factory.processes import RARELY, adopt_orphans, any_children, end_descendants, tell
from npr.indicators.knowledge import keep_open, open_knowledge_base

CHUNK = 1 << 16
REHEARSED = ("1", "x = [\n    1,\n]\ndel x", "%%capture\n1") * 2
BACK_TEST = "the back-test"


class Warm:
    """Opens the edition, and hands requests on to keepers."""

    def __init__(self, asked: socket.socket) -> None:
        self.asked = asked
        self.selector = selectors.DefaultSelector()
        self.parent = os.getppid()
        self.kept: dict[str, Any] = {}
        self.forked = 0
        self.known: set[str] = set()  # notebooks, and whether the back-test is made
        self.keepers = keeper.Keepers()

    def run(self) -> None:
        """Serve until the line in ends."""
        adopt_orphans()
        gc.freeze()  # what was imported stays
        gc.set_threshold(*RARELY)
        gc.enable()
        cells.rehearse(*REHEARSED)
        try:
            line = sys.stdin.readline()
            if not line:
                return
            self.kept = json.loads(line)
            keep(self.kept["home"], self.kept["edition"], self.kept["indicators"])
            tell(b'{"ready": true}')
            self.selector.register(0, selectors.EVENT_READ)
            self.selector.register(self.asked, selectors.EVENT_READ)
            self._serve()
        finally:
            end_descendants()

    def _serve(self) -> None:
        while os.getppid() == self.parent:
            for key, _ in self.selector.select(timeout=1):
                if key.fileobj is self.asked:
                    self._fork()
                elif not os.read(0, CHUNK):
                    return
            any_children()  # those that have ended are let go

    def _fork(self) -> None:
        told, ways, _, _ = socket.recv_fds(self.asked, MOST_ASKED, keeper.WAYS)
        if len(ways) < keeper.WAYS:  # nobody is left to ask
            self.selector.unregister(self.asked)
            return
        asked = json.loads(told)
        foresee(asked["notebook"])
        needed = {asked["notebook"]}
        if asked["ahead"]:
            self._look_ahead()
            needed.add(BACK_TEST)
        self.known |= needed
        self.keepers.give(ways, frozenset(needed), frozenset(self.known), [self.asked.fileno()])
        self.forked += 1
        if self.forked == self.kept["before"]:
            self._look_ahead()

    def _look_ahead(self) -> None:
        """Make the back-test once; copies that run meanwhile need nothing of it."""
        if BACK_TEST not in self.known:
            self.known.add(BACK_TEST)
            look_ahead(self.kept["home"], self.kept["edition"])


@cache
def foresee(notebook: str) -> None:
    """Work out for all copies what the kernel makes of a notebook's cells; what is wrong with it is told elsewhere."""
    with contextlib.suppress(Exception):
        cells.foreseen().add(one.source for one in read_cells(Path(notebook), notebook) if one.kind == "code")


def keep(home: str, edition: str, indicators: list[str]) -> None:
    """Open an edition for all copies; what is wrong with it is told by the notebooks that need it."""
    os.environ["NPR_HOME"] = home
    with contextlib.suppress(NprError):
        base = keep_open(Path(home), edition, indicators)
        with contextlib.suppress(Exception):
            rehearsal.rehearse(base, base.opened[0])


def look_ahead(home: str, edition: str) -> None:
    """Make the back-test for all copies, as `keep` reads an edition."""
    with contextlib.suppress(Exception):
        rehearsal.look_ahead(open_knowledge_base(home, edition))


def main() -> None:
    """Serve on the socket whose descriptor is given, and end without taking down what was imported."""
    Warm(socket.socket(fileno=int(sys.argv[1]))).run()
    os._exit(0)

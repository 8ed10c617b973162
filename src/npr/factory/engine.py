"""The fast engine: Papermill's own client, with a forked copy of this warm process in the place of a new kernel.

Registered as `npr` among Papermill's engines, so `papermill --engine npr in.ipynb out.ipynb` runs with it too. What it
puts into the notebook is what the stock engine puts there, since nbclient reads the same messages.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import time
from pathlib import Path
from typing import Any

from jupyter_client.session import json_unpacker
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine

from npr.factory import cells
from npr.factory.processes import adopt_orphans, children, die_with_parent, end_descendants, how_it_ended

MOST_PRINTED = 10_000_000
"""How many bytes a cell may show before it is stopped; a page of a briefing shows some hundred thousand."""
TICK = 0.25


class ShownTooMuchError(DeadKernelError):  # type: ignore[misc]
    """A cell printed or displayed more than `MOST_PRINTED` bytes."""


class FastEngine(Engine):  # type: ignore[misc]
    """The Papermill engine `npr`."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        folder: Path | None = None,
        memory: int | None = None,
        **options: Any,
    ) -> Any:
        """Run the cells of a notebook in a forked child.

        `folder`: the only place that its cells may write in (none: anywhere). `memory`: bytes beyond those of this
        process. `execution_timeout`: seconds a cell. The other options are those of nbclient.

        Raises:
            CellTimeoutError: a cell ran too long.
            DeadKernelError: the child ended in the middle of a cell.
            ShownTooMuchError: a cell printed without end.
        """
        options = {name: one for name, one in options.items() if name not in ("input_path", "timeout")}
        client = FastClient(
            nb_man, log_output=log_output, stdout_file=stdout_file, stderr_file=stderr_file,
            timeout=execution_timeout, record_timing=False, **options,
        )  # fmt: skip
        return client.run(folder, memory)


class FastClient(PapermillNotebookClient):  # type: ignore[misc]
    """nbclient, with its way to a kernel replaced."""

    def run(self, folder: Path | None, memory: int | None) -> Any:
        """Run all cells; give the notebook."""
        self.reset_execution_trackers()
        others = children()
        self.child, self.road = fork(folder, memory)
        self.unread = b""
        try:
            self.papermill_execute_cells()
            self.nb.metadata["language_info"] = dict(cells.kernel()[0].language_info)
        finally:
            self.road.close()
            # Also what cells have started and left running; the child itself ends as it sees the road closed.
            end_descendants(others)
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, **_: Any) -> Any:
        """Run a cell, as nbclient's own method does.

        Raises:
            CellExecutionError: the cell raised.
        """
        if cell.cell_type != "code" or not cell.source.strip():
            return cell
        if self.skip_cells_with_tag in cell.metadata.get("tags", []):
            return cell
        if self.on_cell_execute:
            self.on_cell_execute(cell=cell, cell_index=cell_index)
        self.code_cells_executed += 1
        cell.outputs = []
        self.clear_before_next_output = False
        identity = f"cell-{cell_index}"
        try:
            self.road.sendall(json.dumps({"id": identity, "source": cell.source}).encode() + b"\n")
        except OSError:
            self._refuse_dead(hung_up=True)
        self._check(cell, self._listen(cell, cell_index, identity))
        self.nb["cells"][cell_index] = cell
        return cell

    def _listen(self, cell: Any, index: int, identity: str) -> dict[str, Any]:
        """Take in what the cell shows; give the reply at its end."""
        limit = self._get_timeout(cell)
        end = time.monotonic() + limit if limit else None
        shown = 0
        while True:
            while b"\n" in self.unread:
                line, _, self.unread = self.unread.partition(b"\n")
                message = json_unpacker(line)
                if message["msg_type"] == "reply":
                    return dict(message["content"])
                shown += len(line)
                heads = {"header": {"msg_type": message["msg_type"]}, "parent_header": {"msg_id": identity}}
                self.process_message({**message, **heads}, cell, index)
            if shown + len(self.unread) > MOST_PRINTED:
                raise ShownTooMuchError
            if end is not None and time.monotonic() >= end:
                raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", limit or 0, cell)
            self._receive(TICK if end is None else min(TICK, max(0.0, end - time.monotonic())))

    def _receive(self, seconds: float) -> None:
        """Wait for more from the child, for so long at most."""
        ready, _, _ = select.select([self.road], [], [], seconds)
        more = self.road.recv(1 << 20) if ready else b""
        self.unread += more
        if not more:
            # Ended, though a copy that it left behind may hold the road open; or it closed the road and lives on.
            self._refuse_dead(hung_up=bool(ready))

    def _refuse_dead(self, *, hung_up: bool) -> None:
        """Say how the child ended, when it has; one that hung up is given a second, and then ended."""
        end = time.monotonic() + 1
        while True:
            ended, status = os.waitpid(self.child, os.WNOHANG)
            if ended:
                raise DeadKernelError(how_it_ended(status))
            if not hung_up:
                return
            if time.monotonic() > end:
                os.kill(self.child, signal.SIGKILL)
            time.sleep(0.01)

    def _check(self, cell: Any, reply: dict[str, Any]) -> None:
        """Raise for a cell that failed, unless it may."""
        may_fail = (not self.force_raise_errors) and (
            self.allow_errors
            or reply.get("ename") in self.allow_error_names
            or "raises-exception" in cell.metadata.get("tags", [])
        )
        if reply["status"] == "error" and not may_fail:
            cell.metadata.setdefault("papermill", {})["line"] = reply["line"]
            raise CellExecutionError.from_cell_and_msg(cell, reply)


def fork(folder: Path | None, memory: int | None) -> tuple[int, socket.socket]:
    """Fork a child that runs cells; give its process id and the road to it."""
    adopt_orphans()
    cells.kernel()
    gc.freeze()  # else the copy's first collection writes to every object, and so copies all of the memory
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    child = os.fork()
    if child:
        theirs.close()
        return child, ours
    try:
        die_with_parent(parent)
        os.setsid()
        ours.close()
        cells.serve(theirs, folder, memory)
    finally:
        os._exit(0)

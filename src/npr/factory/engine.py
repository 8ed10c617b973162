"""The fast engine: Papermill's own client, with a forked copy of a warm process in the place of a new kernel.

Registered as `npr` among Papermill's engines, so `papermill --engine npr in.ipynb out.ipynb` runs with it too. What it
puts into the notebook is what the stock engine puts there, since nbclient reads the same messages.
"""

from __future__ import annotations

import json
import select
import time
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine

from npr.factory.child import Child, Fork, fork_here, hear

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
        fork: Fork | None = None,
        timed: bool = True,
        **options: Any,
    ) -> Any:
        """Run the cells of a notebook in a forked child.

        `folder`: the only place that its cells may write in (none: anywhere). `memory`: bytes beyond those of the
        process that is forked. `fork`: which one is (none: this one). `timed`: whether each cell's metadata tell when
        it ran. `execution_timeout`: seconds a cell. The other options are those of nbclient.

        Raises:
            CellTimeoutError: a cell ran too long.
            DeadKernelError: the child ended in the middle of a cell.
            ShownTooMuchError: a cell printed without end.
            CellsLostError: the child was lost, and nobody saw how.
        """
        options = {name: one for name, one in options.items() if name not in ("input_path", "timeout")}
        client = FastClient(
            nb_man, log_output=log_output, stdout_file=stdout_file, stderr_file=stderr_file,
            timeout=execution_timeout, record_timing=False, **options,
        )  # fmt: skip
        return client.run(folder, memory, fork or fork_here, timed=timed)


class FastClient(PapermillNotebookClient):  # type: ignore[misc]
    """nbclient, with its way to a kernel replaced."""

    def run(self, folder: Path | None, memory: int | None, fork: Fork, *, timed: bool) -> Any:
        """Run all cells; give the notebook."""
        self.reset_execution_trackers()
        self.unread, self.counted = b"", 0
        self.child = Child(folder, memory, fork)
        try:
            self.papermill_execute_cells() if timed else self._execute_untimed()
            self.nb.metadata["language_info"] = self.child.first["language_info"]
        finally:
            self.child.close()  # and what cells have started and left running
        return self.nb

    def _execute_untimed(self) -> None:
        """Run each cell as Papermill does, but for its notes of when; to take these takes as long as many cells."""
        for index, cell in enumerate(self.nb.cells):
            try:
                self.execute_cell(cell, index)
            except CellExecutionError as error:
                self.nb_man.cell_exception(self.nb.cells[index], cell_index=index, exception=error)
                return

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
            self.child.road.sendall(json.dumps({"id": identity, "source": cell.source}).encode() + b"\n")
        except OSError:
            self._refuse_dead(hung_up=True)
        reply = self._listen(cell, cell_index, identity)
        cell.execution_count = self.counted = reply["execution_count"]
        self._check(cell, reply)
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
                message = json.loads(line)
                if message["msg_type"] == "reply":
                    return dict(message["content"])
                shown += len(line)
                heads = {"header": {"msg_type": message["msg_type"]}, "parent_header": {"msg_id": identity}}
                self.process_message({**message, **heads}, cell, index)
            if shown + len(self.unread) > MOST_PRINTED:
                raise ShownTooMuchError
            if end is not None and time.monotonic() >= end:
                cell.execution_count = self.counted + 1  # a kernel tells it when the cell begins
                raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", limit or 0, cell)
            self._receive(TICK if end is None else min(TICK, max(0.0, end - time.monotonic())))

    def output(self, outs: list[Any], msg: dict[str, Any], display_id: str | None, cell_index: int) -> Any:
        """Take in one output, as nbclient's own method does; where no fault can be, it is not held against a schema."""
        content = msg["content"]
        hooked = self.output_hook_stack[msg["parent_header"]["msg_id"]]
        if hooked or display_id or self.clear_before_next_output or not _is_plain_display(msg["msg_type"], content):
            return super().output(outs, msg, display_id, cell_index)
        data = NotebookNode()
        dict.update(data, content["data"])  # as it is: to make nodes of all that is in it takes longest
        outs.append(NotebookNode(output_type="display_data", metadata=NotebookNode(), data=data))
        return outs[-1]

    def _receive(self, seconds: float) -> None:
        """Wait for more from the child, for so long at most."""
        ready, _, _ = select.select([self.child.road], [], [], seconds)
        more = hear(self.child.road) if ready else b""
        self.unread += more
        if not more:
            # Ended, though a copy that it left behind may hold the road open; or it closed the road and lives on.
            self._refuse_dead(hung_up=bool(ready))

    def _refuse_dead(self, *, hung_up: bool) -> None:
        """Raise when the child has ended, or hung up."""
        if how := self.child.how_it_ended(hung_up=hung_up):
            raise DeadKernelError(how)

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


def _is_plain_display(kind: str, content: dict[str, Any]) -> bool:
    """Say whether a message shows texts and JSON alone, without metadata; by the schema of notebooks that is right."""
    if kind != "display_data" or content["metadata"]:
        return False
    return all(
        isinstance(one, str) or (name.startswith("application/") and name.endswith("+json"))
        for name, one in content["data"].items()
    )

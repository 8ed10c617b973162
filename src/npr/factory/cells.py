"""The child's side of the fast engine: an IPython kernel without sockets, which runs the cells that it is sent.

It is the kernel that Jupyter starts (`ipykernel`), with its own displays, tracebacks, input and `await`; only what it
would send over ZeroMQ goes over one socket pair, as a line of JSON each.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TextIO

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.jsonutil import json_default
from jupyter_client.session import Session, json_packer
from traitlets.config import Config

from npr.catalogue import reads
from npr.factory.foreseen import Foreseen
from npr.factory.guard import limit_memory, write_only_in

BUFFER = 1 << 16
AT_ONCE = 1 << 24
"""More than a cell may show, so that no more need be read at a time."""
WIDEST = 20
"""How many columns of a table pandas shows in a notebook; in a terminal as many as there is room for."""
INLINE = "module://matplotlib_inline.backend_inline"
Message = dict[str, Any]


class Wire(Session):  # type: ignore[misc]
    """Jupyter's session, with a socket pair instead of ZeroMQ."""

    def __init__(self) -> None:
        super().__init__()
        self.guard = threading.RLock()
        self.owner = 0  # nobody is heard yet

    def connect(self, road: socket.socket, files: dict[str, _Tail]) -> None:
        """Begin in a copy of the process: only it is heard."""
        self.road, self.files, self.owner = road, files, os.getpid()

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *_: Any, **__: Any) -> None:
        """Send a message of the kernel; a copy of the process that a cell forked says nothing."""
        if os.getpid() != self.owner:
            return
        if isinstance(msg_or_type, dict):
            msg_or_type, content = msg_or_type["header"]["msg_type"], msg_or_type["content"]
        with self.guard:
            for name, tail in self.files.items():
                if text := tail.news():
                    self._line("stream", {"name": name, "text": text})
            self._line(msg_or_type, content)

    def _line(self, kind: str, content: Any) -> None:
        message = {"msg_type": kind, "content": content}
        try:
            packed = json_packer(message)
        except UnicodeEncodeError:  # half of a surrogate pair, with which no file could be written
            packed = json.dumps(message, default=json_default, ensure_ascii=False).encode("utf-8", "replace")
        self.road.sendall(packed + b"\n")


class _Tail:
    """What is written to a file descriptor by C code and child processes: kept in a file, read as it grows."""

    def __init__(self, descriptor: int, folder: str) -> None:
        self.file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - as long as the process
        os.dup2(self.file.fileno(), descriptor)
        self.read = 0

    def news(self) -> str:
        held = os.fstat(self.file.fileno()).st_size
        if held <= self.read:
            return ""
        text = os.pread(self.file.fileno(), min(held - self.read, AT_ONCE), self.read)
        self.read += len(text)
        return text.decode("utf-8", "replace")


class _Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of the cells, gathered until something else is shown, as the kernel's own is."""

    encoding = "UTF-8"

    def __init__(self, wire: Wire, name: str, descriptor: int) -> None:
        self.wire, self.name, self.descriptor = wire, name, descriptor
        self.parts: list[str] = []
        self.held = 0

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if os.getpid() != self.wire.owner:
            os.write(self.descriptor, text.encode("utf-8", "replace"))
            return len(text)
        with self.wire.guard:
            self.parts.append(text)
            self.held += len(text)
            if self.held > BUFFER:
                self.flush()
        return len(text)

    def flush(self) -> None:
        if os.getpid() != self.wire.owner:
            return
        with self.wire.guard:
            text, self.parts, self.held = "".join(self.parts), [], 0
            if text:
                self.wire.send(None, "stream", {"name": self.name, "text": text})

    def fileno(self) -> int:
        return self.descriptor

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False


@cache
def kernel() -> tuple[IPythonKernel, Wire]:
    """Make the kernel, once in the warm process: its copies have it, each as if it were new."""
    environment = dict(os.environ)
    settings = Config()
    settings.HistoryManager.enabled = False
    wire, main = Wire(), sys.modules["__main__"]
    with _missing("debugpy"):  # nobody debugs cells here, and it is a tenth of all that is imported
        made = IPythonKernel(
            session=wire, iopub_socket=wire, user_ns=None, config=settings, log=logging.getLogger("npr.cells")
        )
    made.shell.user_ns_hidden.update(made.shell.user_ns)
    # The shell puts its own there and sets variables, which is the notebook's affair and not this process's.
    sys.modules["__main__"] = main
    for name in {*os.environ} - {*environment}:
        del os.environ[name]
    os.environ.update(environment)
    made.shell.db.cache = {}  # it is made when it is first asked for
    for extension in IPKernelApp.default_extensions.default():
        made.shell.extension_manager.load_extension(extension)
    # A cell with `await` asks which thread reads the sockets; here none does.
    made.shell_channel_thread = SimpleNamespace(parent_thread=None)
    return made, wire


@cache
def _application() -> IPKernelApp:
    """Make the application that a kernel belongs to; it is that of nobody yet."""
    made, _ = kernel()
    return IPKernelApp(kernel=made)


@contextlib.contextmanager
def _missing(package: str) -> Iterator[None]:
    """Have imports of a package fail meanwhile, unless it is loaded."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[package]


@cache
def foreseen() -> Foreseen:
    """Give what is known of sources that the kernel has not run yet."""
    made, _ = kernel()
    return Foreseen(made.shell)


def rehearse(*sources: str) -> None:
    """Run some cells without a trace, so that copies find done what the kernel does for the first time.

    Raises:
        ValueError: one of them failed.
    """
    made, _ = kernel()
    _application()
    if "matplotlib" in sys.modules:  # it looks for all backends when the first one is named
        sys.modules["matplotlib"].rcsetup.validate_backend(INLINE)

    async def run() -> None:
        for source in sources:
            reply = await made.do_execute(source, silent=True, store_history=False, allow_stdin=False)
            if reply["status"] != "ok":
                raise ValueError(f"{source!r} failed: {reply.get('evalue')}")

    asyncio.run(run())


def serve(road: socket.socket) -> None:
    """Run cells as they come, a line each, until the other side hangs up.

    The first line says where: {"environment", "cwd", "folder", "memory"}, the last two of which may be none. `folder`
    is the only place that the cells may write in, `memory` how many bytes they may have beyond those of this process.
    """
    asked = road.makefile("r", encoding="utf-8")
    first = asked.readline()
    if not first:  # nobody waits for it any more
        return
    wanted = json.loads(first)
    os.environ.clear()
    os.environ.update(wanted["environment"])
    os.chdir(wanted["cwd"])
    folder = Path(wanted["folder"]) if wanted["folder"] else None
    made, wire = kernel()
    made.shell.history_manager.dir_hist[:] = [Path.cwd()]
    _set_up(made)
    reads.forget()
    if folder:
        os.environ["TMPDIR"] = str(folder)
        made.shell.db.root = folder / ".ipython"  # what magics such as `%cd` remember; else it is the user's
        tempfile.tempdir = None
    there = tempfile.gettempdir()
    wire.connect(road, {name: _Tail(number, there) for name, number in (("stdout", 1), ("stderr", 2))})
    sys.modules["__main__"] = made.shell.user_module
    sys.stdout, sys.stderr = _Stream(wire, "stdout", 1), _Stream(wire, "stderr", 2)
    if "" not in sys.path:  # where it runs modules are looked for too, after Python's own
        installed = (at for at, one in enumerate(sys.path) if one.endswith(("site-packages", "dist-packages")))
        sys.path.insert(next(installed, 0), "")
    if folder:
        write_only_in([folder])
    if wanted["memory"]:
        limit_memory(wanted["memory"])
    told = {"process": os.getpid(), "language_info": made.language_info}
    road.sendall(json.dumps(told).encode() + b"\n")
    asyncio.run(_run(made, wire, asked))


def _set_up(made: IPythonKernel) -> None:
    """Give the copy what a new kernel has: no input, plain logs, its variables, figures shown, warnings unshown."""
    sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - as long as the process
    os.dup2(sys.stdin.fileno(), 0)
    logging.root.handlers.clear()
    logging.root.setLevel(logging.WARNING)
    IPKernelApp.clear_instance()
    for kind in IPKernelApp._walk_mro():  # which `%matplotlib` asks for; as `instance` does with one that it makes
        kind._instance = _application()
    made.shell.init_environment()
    backend = os.environ.setdefault("MPLBACKEND", INLINE)
    if "matplotlib" in sys.modules:  # else it reads the variable
        sys.modules["matplotlib"].rcParams["backend"] = backend
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].switch_backend(backend)
    if "pandas" in sys.modules:  # imported outside a cell, it takes itself to be in a terminal
        sys.modules["pandas"].set_option("display.max_columns", WIDEST)
    with warnings.catch_warnings():  # which forgets what was shown
        pass


async def _run(made: IPythonKernel, wire: Wire, asked: TextIO) -> None:
    """Answer each line, a cell's source, with what the cell shows and at last a reply."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # instead of the one that asyncio has set
    with asked:
        for line in asked:
            cell = json.loads(line)
            made.set_parent([], {"header": {"msg_id": cell["id"]}})
            reply = await made.do_execute(cell["source"], silent=False, store_history=True, allow_stdin=False)
            if made.shell.exit_now:  # `exit()`, which would stop a kernel a little later
                os._exit(0)
            if os.getpid() != wire.owner:  # a copy that a cell forked came to the cell's end: it is not the notebook
                os._exit(0)
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(Exception):  # a cell may have put anything in their place
                    stream.flush()
            told = {name: reply.get(name) for name in ("status", "ename", "evalue", "traceback", "execution_count")}
            wire.send(None, "reply", {**told, "line": _failing_line() if reply["status"] == "error" else None})


def _failing_line() -> int | None:
    """Give the line of the cell that the last error came from: that of its own top level, or of its syntax."""
    error: Any = getattr(sys, "last_value", None)
    if isinstance(error, SyntaxError):
        return error.lineno
    at = error.__traceback__ if error else None
    while at and at.tb_frame.f_code.co_name != "<module>":
        at = at.tb_next
    return at.tb_lineno if at else None

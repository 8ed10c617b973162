"""Where jobs are done on other machines: a Dask cluster, the one that is named or a small one on this machine.

Each worker unpacks the workspace that the build sends (declarations, evidence, notebooks, the edition's vintages) and
starts a warm process of its own, so that it needs nothing but npr itself. What it makes comes back as bytes.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import io
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import distributed

from npr.errors import NetworkError
from npr.factory.plan import code_digest
from npr.factory.pools import Answer, Job, WarmPool, failed
from npr.factory.processes import tell
from npr.vintages.editions import edition_file, load_edition
from npr.vintages.store import vintage_folder

SECONDS_TO_CONNECT = 20
FOLDER = "DASK_TEMPORARY_DIRECTORY"
SENT = ("*.yml", "*.txt", "*.ipynb", "*.lock")


class DaskPool:
    """A Dask cluster; a worker that dies has its jobs done by the others."""

    def __init__(self, at_once: int, scheduler: str | None) -> None:
        self.at_once, self.scheduler = at_once, scheduler
        self._open = contextlib.ExitStack()
        self._client: Any = None
        self._build = ""

    def run(self, jobs: Sequence[Job], keep: dict[str, Any]) -> Iterator[tuple[Job, Answer]]:
        """Give each job with its answer, as they come back.

        Raises:
            NetworkError: the scheduler does not answer, or has no workers.
        """
        client = self._connect()
        parcel = pack(Path(keep["home"]), keep["edition"])
        name = hashlib.sha256(parcel).hexdigest()[:16]
        self._build = uuid4().hex
        client.register_plugin(Workspace(name, parcel))  # also for workers that come later
        same = sameness()
        futures = {}
        for job in jobs:
            sent = {**job, "ran": _content(job["ran"]) if job["ran"] else None}
            futures[client.submit(do, sent, keep, name, same, self._build, pure=False, priority=-job["number"])] = job
        try:
            for future in distributed.as_completed(futures):
                yield futures[future], _answer(futures[future], future)
                future.release()
        finally:
            with contextlib.suppress(Exception):  # the cluster may be gone; what was done is kept
                client.cancel(list(futures))

    def start(self, *, runs: bool, renders: bool = True) -> None:
        """Do nothing: a cluster is there, or is made when there are jobs."""

    def close(self) -> None:
        """End what runs on the workers, and the cluster if it is ours."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):  # the cluster may be gone
                client.run(stop, self._build, wait=False)
        with contextlib.suppress(Exception):
            self._open.close()

    def _connect(self) -> Any:
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        where = self.scheduler
        try:
            if where is None:
                where = self._open.enter_context(local_cluster(self.at_once))
            self._client = self._open.enter_context(distributed.Client(where, timeout=SECONDS_TO_CONNECT))
            self._client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
        except (OSError, TimeoutError, ValueError) as error:
            self._open.close()
            raise NetworkError(
                "The Dask cluster does not answer, or has no workers",
                where=str(self.scheduler or "this machine"),
                expected="a scheduler with at least one worker",
                found=str(error).splitlines()[0] if str(error) else type(error).__name__,
                todo="Start `dask scheduler` and `dask worker`, see docs/clusters.md, or build without --engine dask.",
            ) from error
        return self._client


@contextlib.contextmanager
def local_cluster(workers: int) -> Iterator[str]:
    """Start a small cluster on this machine, and kill it in the end; give the address of its scheduler.

    It runs apart from this process and in a session of its own: else Ctrl-C in a terminal would end its workers too,
    each with a traceback. When this process is gone, it ends itself.

    Raises:
        OSError: it could not be started; it has said why.
    """
    with tempfile.TemporaryDirectory(prefix="npr-dask-", ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-c", f"from {__name__} import serve; serve()", str(workers)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
            env={**os.environ, FOLDER: folder},
        )  # fmt: skip
        try:
            address = process.stdout.readline().strip() if process.stdout else ""
            if not address:
                raise OSError("it could not be started; see above")
            yield address
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def serve() -> None:
    """Be a small cluster until standard input ends; print the address of its scheduler."""
    try:
        with distributed.LocalCluster(
            n_workers=int(sys.argv[1]),
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        ) as cluster:
            tell(cluster.scheduler_address.encode())
            sys.stdin.read()
    finally:
        shutil.rmtree(os.environ[FOLDER], ignore_errors=True)  # whoever started it is gone, and leaves it behind


class Workspace(distributed.WorkerPlugin):  # type: ignore[misc]
    """Unpacks the workspace on a worker."""

    def __init__(self, name: str, parcel: bytes) -> None:
        self.name, self.parcel = f"npr-{name}", parcel

    def setup(self, worker: Any) -> None:
        """Unpack it into the worker's own folder, once."""
        home = Path(worker.local_directory) / self.name
        if home.exists():
            return
        aside = home.with_name(f"{self.name}.{os.getpid()}")
        with zipfile.ZipFile(io.BytesIO(self.parcel)) as parcel:
            parcel.extractall(aside)
        aside.rename(home)


def pack(home: Path, edition: str) -> bytes:
    """Pack what notebooks read of a workspace, with the vintages of one edition; the same content, the same bytes."""
    out = io.BytesIO()
    lock = load_edition(home, edition)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parcel:

        def add(path: str, content: bytes) -> None:
            parcel.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)

        for folder in (home / "data" / "catalogue", home / "data" / "evidence", home / "notebooks"):
            for path in sorted(one for kind in SENT for one in folder.rglob(kind)):
                add(path.relative_to(home).as_posix(), path.read_bytes())
        followed: Any = lock
        while followed:
            add(f"data/editions/{followed.id}.yml", edition_file(home, followed.id).read_bytes())
            for indicator, one in followed.vintages.items():
                folder = vintage_folder(home, indicator, one.vintage)
                for path in sorted(folder.iterdir(), key=str):
                    place = f"data/vintages/{indicator}/{folder.name}/{path.name}"
                    if place not in parcel.NameToInfo:
                        add(place, path.read_bytes())
            # What changed since the edition before is told too.
            followed = load_edition(home, followed.follows) if followed is lock and followed.follows else None
    return out.getvalue()


def sameness() -> dict[str, str]:
    """Give what must be the same on all machines, for the same bytes: npr's code and the packages that it needs."""
    wanted = sorted({_name(one) for one in importlib.metadata.requires("npr") or () if "extra ==" not in one})
    return {"npr's code": code_digest(), **{name: importlib.metadata.version(name) for name in wanted}}


def do(job: Job, keep: dict[str, Any], name: str, same: dict[str, str], build: str) -> Answer:
    """Do a job of a build on a worker; its answer holds the files that were made."""
    mine = sameness()
    other = [f"{what} {value}, there {mine.get(what)}" for what, value in same.items() if mine.get(what) != value]
    if other:
        cause = f"a worker has other packages than this machine: {'; '.join(other[:3])}"
        return failed(job, cause, "Install the same requirements.lock and the same npr on all workers.")
    worker = distributed.get_worker()
    home = Path(worker.local_directory) / f"npr-{name}"
    staging = Path(tempfile.mkdtemp(prefix="job-", dir=worker.local_directory))
    notebook = home / Path(job["notebook"]).relative_to(job["home"])
    here = {**job, "home": str(home), "notebook": str(notebook), "staging": str(staging), "ran": ""}
    pool = _idle.take(build)
    try:
        if job["ran"]:
            (staging / "ran.ipynb").write_bytes(job["ran"])
            here["ran"] = str(staging / "ran.ipynb")
        [(_, answer)] = pool.run([here], {**keep, "home": str(home)})
        if "failure" in answer:
            return dict(answer)
        return {**answer, "files": {one.name: one.read_bytes() for one in staging.glob("out.*")}}
    finally:
        _idle.give_back(build, pool)
        shutil.rmtree(staging, ignore_errors=True)


class Idle:
    """The warm processes of a worker that have no job at the moment; each belongs to a build."""

    def __init__(self) -> None:
        self._pools: list[tuple[str, WarmPool]] = []
        self._over: set[str] = set()
        self._guard = threading.Lock()

    def take(self, build: str) -> WarmPool:
        """Give one of a build, a new one if there is none; those of other builds are ended, whose end nobody told."""
        with self._guard:
            mine = [pool for whose, pool in self._pools if whose == build]
            others = [pool for whose, pool in self._pools if whose != build]
            self._pools = [(build, pool) for pool in mine[1:]]
        _close(others)
        return mine[0] if mine else WarmPool(1)

    def give_back(self, build: str, pool: WarmPool) -> None:
        """Keep one for the next job of its build, or end it when the build is over."""
        with self._guard:
            over = build in self._over
            if not over:
                self._pools.append((build, pool))
        _close([pool] if over else [])

    def end(self, build: str) -> None:
        """End those of a build that is over."""
        with self._guard:
            self._over.add(build)
            ended = [pool for whose, pool in self._pools if whose == build]
            self._pools = [one for one in self._pools if one[0] != build]
        _close(ended)


_idle = Idle()


async def stop(build: str) -> None:
    """End the warm processes that a build has on a worker; one that has a job ends after it.

    Dask only goes on without waiting for a function that is asynchronous.
    """
    _idle.end(build)


def _close(pools: Sequence[WarmPool]) -> None:
    for one in pools:
        one.close()


def _content(path: str) -> bytes:
    return Path(path).read_bytes()


def _answer(job: Job, future: Any) -> Answer:
    """Take in what came back: the files go into the job's staging folder."""
    if future.status != "finished":
        error = future.exception()
        died = isinstance(error, distributed.KilledWorker)
        cause = "every worker that ran it died" if died else f"its worker failed: {type(error).__name__}: {error}"
        return failed(job, cause, "See the workers' logs; with more memory a worker it may go through.")
    answer: Answer = dict(future.result())
    staging = Path(job["staging"])
    try:
        staging.mkdir(parents=True, exist_ok=True)
        for name, content in answer.pop("files", {}).items():
            (staging / name).write_bytes(content)
    except OSError as error:
        return failed(job, f"it could not be written: {error.strerror}", "Make room on the disk, and build again.", 7)
    return answer


def _name(requirement: str) -> str:
    """Give the package that a requirement names.

    >>> _name("jinja2>=3.1"), _name("pysdmx[xml]>=1.5")
    ('jinja2', 'pysdmx')
    """
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return found[0] if found else requirement

"""A build on a Dask cluster: a scheduler and two workers, of which one is killed in the middle."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import closing

import psutil
import pytest

from factory_specimens import ends, make_slow, start_build, wait_for_a_run
from npr.errors import NetworkError
from npr.factory import cluster as cluster_of_jobs
from npr.factory.cluster import DaskPool, Idle, pack, sameness

pytestmark = pytest.mark.filterwarnings("ignore")
COUNTRIES = ("SWE", "FIN", "NOR", "DNK")


def start(*words, log):
    with log.open("w") as out:
        return subprocess.Popen([sys.executable, "-m", *words], stdout=out, stderr=out, start_new_session=True)


def wait_for(log, pattern):
    end = time.monotonic() + 60
    while not (found := re.search(pattern, log.read_text())):
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)
    return found[1]


@pytest.fixture
def cluster(tmp_path):
    """Start a scheduler and two workers on loopback; give the address and the workers."""
    log = tmp_path / "scheduler.log"
    scheduler = start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", log=log)
    running = [scheduler]
    try:
        address = wait_for(log, r"Scheduler at:\s+(tcp://127\.0\.0\.1:\d+)")
        for number in (1, 2):
            place = tmp_path / f"worker-{number}"
            options = ("--no-nanny", "--nthreads", "1", "--host", "127.0.0.1", "--no-dashboard", "--local-directory")
            told = tmp_path / f"worker-{number}.log"
            running.append(start("distributed.cli.dask_worker", address, *options, str(place), log=told))
        for number in (1, 2):
            wait_for(tmp_path / f"worker-{number}.log", r"(Registered to)")
        yield address, running[1:]
    finally:
        for one in running:
            if one.poll() is None:
                os.killpg(one.pid, signal.SIGKILL)
            one.wait()


def test_a_worker_that_is_killed_costs_nothing_and_the_bytes_are_those_of_this_machine(npr, workspace, cluster):
    address, workers = cluster
    asked = [word for one in COUNTRIES for word in ("--country", one)]
    far, near = workspace / "far", workspace / "near"
    words = ["build", *asked, "--engine", "dask", "--scheduler", address, "--reports", str(far)]
    build = subprocess.Popen(
        [sys.executable, "-m", "npr.cli", "--home", str(workspace), *words], stderr=subprocess.PIPE, text=True
    )
    told = []
    for line in build.stderr:
        told.append(line)
        if " s\n" in line and workers[0].poll() is None:
            workers[0].kill()
    assert build.wait(timeout=60) == 0, "".join(told)
    assert workers[0].wait(timeout=5) == -signal.SIGKILL
    assert npr("build", *asked, "--reports", str(near)).returncode == 0
    assert all(ends(one.pid) for one in psutil.Process(workers[1].pid).children(recursive=True))
    assert "Traceback" not in (workspace.parent / "worker-2.log").read_text()
    made = {one.relative_to(near): one.read_bytes() for one in near.glob("starter/[A-Z]*/*")}
    assert len(made) == 4 * 2 * len(COUNTRIES)
    assert {one.relative_to(far): one.read_bytes() for one in far.glob("starter/[A-Z]*/*")} == made


def test_a_small_cluster_on_this_machine_makes_the_same_files_and_leaves_nothing(npr, workspace, monkeypatch):
    scratch = workspace / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    made = {}
    for engine in ("dask", "fast"):
        place = workspace / engine
        ended = npr("build", "--language", "sv", "--engine", engine, "--reports", str(place))
        assert ended.returncode == 0, ended.stderr
        made[engine] = {one.relative_to(place): one.read_bytes() for one in place.glob("starter/[A-Z]*/*")}
    assert len(made["fast"]) == 4
    assert made["dask"] == made["fast"]
    assert list(scratch.iterdir()) == []


def test_a_small_cluster_ends_with_the_build_that_is_killed(workspace, monkeypatch):
    scratch = workspace / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    listener = make_slow(workspace)
    build = start_build(workspace, "dask")
    kernel = wait_for_a_run(listener)
    build.kill()
    build.communicate(timeout=20)  # ends when the cluster has
    assert ends(kernel)
    assert list(scratch.iterdir()) == []


def test_a_small_cluster_that_does_not_start_is_told_with_what_to_do(monkeypatch):
    monkeypatch.setattr(sys, "executable", "false")
    with pytest.raises(NetworkError) as caught, closing(DaskPool(1, None)) as pool:
        list(pool.run([], {}))
    told = caught.value.message()
    assert "this machine" in told and "could not be started" in told and "build without --engine dask" in told


class Closing:
    """Stands for warm processes; knows whether they were ended."""

    def __init__(self, at_once):
        self.at_once, self.ended = at_once, False

    def close(self):
        self.ended = True


def test_a_worker_keeps_what_is_warm_for_the_jobs_of_one_build_until_that_is_over(monkeypatch):
    monkeypatch.setattr(cluster_of_jobs, "WarmPool", Closing)
    idle = Idle()
    first, second = idle.take("a"), idle.take("a")  # two threads of a worker
    assert first is not second
    assert first.at_once == 1
    idle.give_back("a", first)
    assert idle.take("a") is first
    assert idle.take("a") is not first  # it has a job
    idle.give_back("a", first)
    idle.end("a")
    assert (first.ended, second.ended) == (True, False)
    idle.give_back("a", second)  # its job went on until now
    assert second.ended


def test_what_a_build_left_whose_end_nobody_told_is_ended_by_the_next(monkeypatch):
    monkeypatch.setattr(cluster_of_jobs, "WarmPool", Closing)
    idle = Idle()
    left, kept = idle.take("gone"), idle.take("b")
    idle.give_back("gone", left)
    idle.give_back("b", kept)
    assert idle.take("b") is kept
    assert left.ended and not kept.ended


def test_a_scheduler_that_is_not_there_is_told_with_what_to_do(monkeypatch):
    monkeypatch.setattr("npr.factory.cluster.SECONDS_TO_CONNECT", 0.5)
    pool = DaskPool(1, "tcp://127.0.0.1:1")
    with pytest.raises(NetworkError, match="Dask cluster does not answer") as caught:
        pool._connect()
    assert "dask scheduler" in str(caught.value)


def test_the_parcel_is_the_same_each_time_and_holds_no_reports(workspace):
    first = pack(workspace, "starter")
    (workspace / "reports").mkdir()
    (workspace / "reports" / "x.yml").write_text("x")
    assert pack(workspace, "starter") == first


def test_what_must_be_the_same_names_the_packages_that_draw_and_calculate():
    assert {"npr's code", "pandas", "matplotlib", "numpy", "typst", "papermill"} <= set(sameness())

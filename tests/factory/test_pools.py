"""What becomes of jobs whose process is lost, and which engine does them."""

import json
from pathlib import Path

import psutil
import pytest

from cell_specimens import write_cells
from factory_specimens import cells, write_notebook
from npr.errors import UsageError
from npr.factory.pools import KernelPool, WarmPool, lost, open_pool

# From the cells to the process that all copies come from: above them is their keeper, and above that the warm one.
KILLING = """import os, psutil

if language == "sv":
    psutil.Process(os.getppid()).parent().kill()
    __import__("time").sleep(20)"""


def test_a_briefing_that_kills_the_warm_process_is_blamed_and_the_other_one_is_built(npr, workspace):
    write_notebook(workspace, *cells(("killer", KILLING)))
    ended = npr("build", "--format", "html", "--jobs", "2")
    assert ended.returncode == 1
    assert "demo SWE sv: its worker failed: the warm process ended with -9" in ended.stderr
    folder = workspace / "reports" / "starter" / "SWE"
    assert [one.name for one in sorted(folder.iterdir())] == ["demo.en.html", "demo.en.ipynb"]


def test_a_warm_process_that_is_lost_once_costs_nothing(npr, workspace):
    once = """import os, psutil
from pathlib import Path

mark = Path("/dev/shm") / f"npr-{psutil.Process(os.getppid()).parent().ppid()}"
if mark.exists():
    mark.unlink()
else:
    mark.write_text("")
    psutil.Process(os.getppid()).parent().kill()
    __import__("time").sleep(20)"""
    write_notebook(workspace, *cells(("killer", once)))
    ended = npr("build", "--language", "sv", "--format", "html")
    assert ended.returncode == 0, ended.stderr
    assert (workspace / "reports" / "starter" / "SWE" / "demo.sv.html").exists()


def test_a_worker_of_the_stock_engine_that_is_killed_is_named_and_the_other_one_is_built(npr, workspace):
    killing = 'import os, psutil\n\nif language == "sv":\n    psutil.Process(os.getppid()).kill()'
    write_notebook(workspace, *cells(("killer", killing)))
    ended = npr("build", "--format", "html", "--engine", "kernel")
    assert ended.returncode == 1
    assert "demo SWE sv: its worker failed: it ended with -9" in ended.stderr
    assert (workspace / "reports" / "starter" / "SWE" / "demo.en.html").exists()


@pytest.mark.parametrize(
    ("how", "log", "cause"),
    [
        ("it ended with -9", None, "its worker failed: it ended with -9"),
        ("it ended with 1", "one\n\ntwo\n", "its worker failed: it ended with 1; it wrote last: two"),
        ("", "", "its worker failed: nobody saw how"),
    ],
)
def test_of_a_lost_worker_both_is_told_how_it_ended_and_what_it_wrote(tmp_path, how, log, cause):
    if log is not None:
        (tmp_path / "worker.log").write_text(log, encoding="utf-8")
    job = {"staging": str(tmp_path), "name": "demo SWE sv", "parameters": {"edition": "starter"}}
    assert lost(job, how)["failure"]["cause"] == cause


def test_an_engine_is_chosen_by_name():
    assert isinstance(open_pool("fast", 2), WarmPool)
    assert isinstance(open_pool("kernel", 2), KernelPool)
    with pytest.raises(UsageError, match="Did you mean 'kernel'"):
        open_pool("kernl", 2)
    with pytest.raises(UsageError, match="the engine is 'fast'"):
        open_pool("fast", 2, "tcp://127.0.0.1:8786")


def test_what_was_started_for_nothing_is_ended_at_once():
    pool = WarmPool(2)
    pool.start(runs=True, renders=False)
    assert pool._press is None
    pool.start(runs=True)
    processes = pool._press, pool._warm
    pool.start(runs=True)
    assert (pool._press, pool._warm) == processes  # one of each only
    started = [psutil.Process(one.pid) for one in processes]
    pool.close()
    assert not any(one.is_running() for one in started)
    pool.close()  # nothing more to end


def test_what_is_ready_when_nobody_hears_it_any_more_ends_without_a_word(tmp_path, capfd):
    pool = WarmPool(1)
    pool.start(runs=True)
    keep = {"home": str(tmp_path), "edition": "starter", "indicators": []}
    pool._warm.stdin.write(json.dumps(keep).encode() + b"\n")
    for one in (pool._press, pool._warm):
        one.stdout.close()
        one.stdin.flush()  # but not closed: it is not asked to end
    assert [one.wait(timeout=30) for one in (pool._press, pool._warm)] == [0, 0]
    assert capfd.readouterr().err == ""
    for one in (pool._press, pool._warm):
        one.stdin.close()


def test_what_only_renders_starts_no_warm_process(tmp_path):
    pool = WarmPool(1)
    [(_, answer)] = pool.run([job(tmp_path, "rendered", ran=str(tmp_path / "none.ipynb"))], {})
    assert answer["failure"]["cause"] == "it could not be written: No such file or directory"
    assert pool._warm is None
    # It is started when a notebook is to be run after all.
    keep = {"home": str(tmp_path), "edition": "starter", "indicators": []}
    [(_, answer)] = pool.run([job(tmp_path, "run", notebook=written(tmp_path))], keep)
    assert "inputs" not in answer["failure"]
    assert answer["failure"]["cause"].startswith("The notebook holds no briefing")
    assert pool._warm is not None
    pool.close()


def test_a_warm_process_that_was_started_on_a_guess_is_told_what_to_open_when_it_is_needed(tmp_path):
    pool = WarmPool(1)
    pool.start(runs=True, renders=False)
    [(_, answer)] = pool.run([job(tmp_path, "rendered", ran=str(tmp_path / "none.ipynb"))], {})
    assert answer["failure"]["cause"] == "it could not be written: No such file or directory"
    keep = {"home": str(tmp_path), "edition": "starter", "indicators": []}
    [(_, answer)] = pool.run([job(tmp_path, "run", notebook=written(tmp_path))], keep)
    assert answer["failure"]["cause"].startswith("The notebook holds no briefing")
    pool.close()


SHARED = Path("/dev") / "shm"  # where cells may write, beside their own folder


def test_a_press_that_is_killed_is_started_again_with_its_jobs(tmp_path):
    killing = "import os, psutil\nfrom pathlib import Path\n\nmark = Path(MARK)\n"
    killing += "if not mark.exists():\n    mark.write_text('')\n"
    killing += "    psutil.Process(PRESS).kill()\n    __import__('time').sleep(20)\n"
    pool = WarmPool(1)
    pool.start(runs=True)
    press = pool._press.pid
    mark = f"npr-press-{press}"
    path = written(tmp_path, killing.replace("PRESS", str(press)).replace("MARK", repr(str(SHARED / mark))))
    try:
        keep = {"home": str(tmp_path), "edition": "starter", "indicators": []}
        [(_, answer)] = pool.run([job(tmp_path, "run", notebook=path)], keep)
        assert (SHARED / mark).exists()
        assert answer["failure"]["cause"].startswith("The notebook holds no briefing")
        assert pool._press.pid != press
    finally:
        (SHARED / mark).unlink(missing_ok=True)
        pool.close()


def test_a_build_s_keeper_serves_one_notebook_after_the_other(tmp_path):
    pool, kept = WarmPool(1), []
    keep = {"home": str(tmp_path), "edition": "starter", "indicators": []}
    for name in ("first", "second"):
        [(_, answer)] = pool.run([job(tmp_path, name, notebook=written(tmp_path, f"print({name!r})"))], keep)
        assert answer["failure"]["cause"].startswith("The notebook holds no briefing")
        assert name in (tmp_path / name / "out.ipynb").read_text(encoding="utf-8")
        kept += [one.pid for one in psutil.Process(pool._warm.pid).children()]
    pool.close()
    assert len(kept) == 2
    assert len({*kept}) == 1


def written(folder: Path, source: str = "1") -> str:
    path = folder / "cells.ipynb"
    write_cells(path, source)
    return str(path)


def job(folder: Path, name: str, *, notebook: str = "", ran: str = "") -> dict:
    return {
        "number": 0, "ahead": False, "home": str(folder), "notebook": notebook, "parameters": {"edition": "starter"},
        "name": name, "formats": ["html"], "ran": ran, "staging": str(folder / name), "engine": "fast",
        "seconds": 60, "memory": 1 << 30,
    }  # fmt: skip


def test_what_needs_the_back_test_waits_until_as_many_others_run_as_there_is_room_for():
    jobs = [{"number": at, "ahead": ahead} for at, ahead in enumerate([True, False, True, False, False])]
    assert [one["number"] for one in WarmPool(2)._in_order(jobs)] == [1, 3, 0, 2, 4]
    assert [one["number"] for one in WarmPool(1)._in_order(jobs)] == [1, 0, 2, 3, 4]
    assert [one["number"] for one in WarmPool(9)._in_order(jobs)] == [1, 3, 4, 0, 2]

"""Cells that do harm: each is stopped and named, writes nowhere else, leaves no process, and leaks into no other."""

import contextlib
import locale
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from cell_specimens import failure_of, printed, run_cells, write_cells
from factory_specimens import REPOSITORY
from npr.factory import child, guard
from npr.factory.execute import execute
from npr.factory.keeper import Keepers

pytestmark = pytest.mark.filterwarnings("ignore")
GB = 1 << 30


@pytest.fixture(autouse=True)
def nobody_stays():
    """See that a test leaves no process behind."""
    yield
    # Some may have ended without having been waited for.
    running = [one for one in psutil.Process().children(recursive=True) if one.status() != psutil.STATUS_ZOMBIE]
    assert running == []


@pytest.mark.parametrize(
    ("source", "limits", "told"),
    [
        ("while True:\n    pass", {"seconds": 1}, "the cell ran for more than 1 seconds"),
        (
            "import signal\nfor one in (2, 15): signal.signal(one, signal.SIG_IGN)\nwhile True:\n    pass",
            {"seconds": 1},
            "the cell ran for more than 1 seconds",
        ),
        ("import os\nos.system('sleep 1000')", {"seconds": 1}, "the cell ran for more than 1 seconds"),
        ("while True:\n    print('x' * 100)", {}, "the cell printed or displayed more than 10 MB"),
        ("while True:\n    display('x' * 100_000)", {}, "the cell printed or displayed more than 10 MB"),
        ("print('x' * 200_000_000)", {"memory": GB}, "the cell printed or displayed more than 10 MB"),
        (
            "import os\nos.system('head -c 200000000 /dev/zero | tr \"\\\\0\" x')",
            {"memory": GB},
            "the cell printed or displayed more than 10 MB",
        ),
        ("import os\nos.system('yes')", {"memory": GB}, "the cell printed or displayed more than 10 MB"),
        ("import numpy\nnumpy.ones(50 << 27)", {"memory": GB}, "the cell needed more memory than the 1 GB"),
        ("bytearray(50 << 30)", {"memory": GB}, "the cell needed more memory than the 1 GB"),
        ("bytearray(1 << 30)", {"memory": GB // 4}, "the cell needed more memory than the 0.25 GB"),
        (
            "held = []\nwhile True:\n    held.append(bytearray(1 << 24))",
            {"memory": GB // 4},
            "the cell needed more memory than the 0.25 GB",
        ),
        ("import os\nos.kill(os.getpid(), 9)", {}, "the kernel died (it was killed by SIGKILL)"),
        (
            "import ctypes, faulthandler\nfaulthandler.disable()\nctypes.string_at(0)",
            {},
            "the kernel died (it was killed by SIGSEGV)",
        ),
        ("import os\nos._exit(3)", {}, "the kernel died (it ended with 3)"),
        ("import os\nos.closerange(0, 1 << 10)", {}, "the kernel died"),
        ("import os\nos.closerange(0, 1 << 10)\nwhile True:\n    pass", {}, "the kernel died"),
        ("import os\nif os.fork():\n    os._exit(3)\nwhile True:\n    pass", {}, "the kernel died (it ended with 3)"),
    ],
)
def test_a_cell_that_does_harm_is_stopped_and_named(tmp_path, source, limits, told):
    failure = failure_of(tmp_path, "1", source, "print('never')", **limits)
    assert failure.cause.startswith(told)
    assert (failure.cell, failure.cell_id, failure.exit_code) == (3, "cell-1", 6)


def test_what_a_cell_printed_up_to_the_limit_is_kept(tmp_path):
    (cell,) = run_cells(tmp_path, "for _ in range(90):\n    print('x' * 99_999)")
    assert len(printed(cell)) == 9_000_000


def test_both_copies_of_a_cell_that_forks_run_on_and_the_notebook_is_shown_once(tmp_path):
    first, second, third = run_cells(
        tmp_path,
        "import os, time\nprint('first')\ncopy = os.fork()\nif not copy:\n    time.sleep(1000)\ncopy > 0",
        "print('second')",
        "if os.fork() == 0: pass\n'third'",
    )
    assert printed(first) == "first\n"
    assert [one["data"]["text/plain"] for one in first.outputs if "data" in one] == ["True"]
    assert [one["text"] for one in second.outputs] == ["second\n"]
    assert [one["data"]["text/plain"] for one in third.outputs] == ["'third'"]


def test_a_daemon_that_a_cell_leaves_behind_is_ended(tmp_path):
    daemon = """import os, time
hears, tells = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(tells, b"%d" % os.getpid())
        time.sleep(1000)
    os._exit(0)
print(os.read(hears, 20).decode())"""
    (cell,) = run_cells(tmp_path, daemon)
    assert int(printed(cell)) > 1
    assert not psutil.pid_exists(int(printed(cell)))


def test_what_this_process_started_before_is_spared_and_its_end_is_still_told(tmp_path):
    with subprocess.Popen(["sleep", "1000"]) as other, subprocess.Popen(["sh", "-c", "exit 7"]) as ended:
        run_cells(tmp_path, "1")
        failure_of(tmp_path, "import os\nos._exit(3)")
        assert other.poll() is None
        other.kill()
        assert ended.wait() == 7


def test_a_cell_that_stops_the_process_above_holds_nobody_up(tmp_path, monkeypatch):
    monkeypatch.setattr(child, "PATIENCE", 0.5)
    stops = "import os, signal\nos.kill(os.getppid(), signal.SIGSTOP)\nprint('on')"
    before = {one.pid for one in psutil.Process().children(recursive=True)}
    assert printed(run_cells(tmp_path, stops)[0]) == "on\n"
    assert {one.pid for one in psutil.Process().children(recursive=True)} <= before
    with pytest.raises(child.CellsLostError):
        run_cells(tmp_path, stops + "\nos._exit(3)")


ABOVE = {"its keeper": ("os.getppid()", 1), "the process that was forked": ("psutil.Process().parent().ppid()", -9)}


@pytest.mark.parametrize("above", ABOVE)
def test_a_cell_that_kills_a_process_above_dies_with_it(tmp_path, above):
    process, code = ABOVE[above]
    write_cells(tmp_path / "cells.ipynb", f"import os, psutil, time\nos.kill({process}, 9)\ntime.sleep(1000)")
    told = f"""
import sys
from pathlib import Path
from npr.factory import engine
from npr.factory.execute import execute
from npr.factory.keeper import Keepers
class Child(engine.Child):
    def __init__(self, *given):
        super().__init__(*given)
        print(self.first["process"], flush=True)
engine.Child = Child
execute(Path({str(tmp_path / "cells.ipynb")!r}), {{}}, "demo", engine="fast")
"""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, timeout=60, env=environment)
    assert ran.returncode == code
    assert ("CellsLostError" in ran.stderr) == (above == "its keeper")
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(int(ran.stdout)).wait(timeout=10)


OUTSIDE = {
    "open": "open({place!r}, 'w')",
    "append": "open({place!r}, 'a')",
    "mkdir": "import os\nos.mkdir({place!r})",
    "shutil": "import shutil\nshutil.copy('/etc/hosts', {place!r})",
    "pathlib": "import pathlib\npathlib.Path({place!r}).write_text('x')",
    "rename": "import os\nopen('x', 'w').close()\nos.rename('x', {place!r})",
    "symlink": "import os\nos.symlink('/etc', {place!r})",
    "pandas": "import pandas\npandas.DataFrame({{'a': [1]}}).to_parquet({place!r})",
    "csv": "import pandas\npandas.DataFrame({{'a': [1]}}).to_csv({place!r})",
    "pyarrow": "import pyarrow, pyarrow.parquet as p\np.write_table(pyarrow.table({{'a': [1]}}), {place!r})",
    "figure": "import matplotlib.pyplot as plt\nplt.savefig({place!r}, format='png')",
}


@pytest.mark.parametrize("way", OUTSIDE)
def test_a_cell_writes_nowhere_but_in_its_folder(tmp_path, way):
    place = tmp_path / "outside"
    failure = failure_of(tmp_path, "1", OUTSIDE[way].format(place=str(place)))
    assert failure.cause.startswith("the cell may write only in its own folder ([Errno 13] ")
    assert str(place) in failure.cause
    assert failure.cell_id == "cell-1"
    assert not place.is_symlink()
    assert not place.exists()


def test_nothing_outside_is_removed_moved_or_cut(tmp_path):
    kept = tmp_path / "kept.txt"
    kept.write_text("whole", encoding="utf-8")
    for source in ("os.remove({0!r})", "os.truncate({0!r}, 0)", "os.rename({0!r}, 'mine')", "open({0!r}, 'r+')"):
        failure = failure_of(tmp_path, f"import os\n{source.format(str(kept))}")
        assert failure.cause.startswith("the cell may write only in its own folder")
        assert kept.read_text(encoding="utf-8") == "whole"


def test_a_process_that_a_cell_starts_writes_nowhere_else_either(tmp_path):
    place = tmp_path / "outside"
    failure = failure_of(tmp_path, f"import subprocess\nsubprocess.run(['touch', {str(place)!r}], check=True)")
    assert failure.cause.startswith("CalledProcessError: Command '['touch', ")
    (cell,) = run_cells(tmp_path, f"import os\nos.system('touch {place}') != 0")
    assert cell.outputs[-1]["data"]["text/plain"] == "True"
    assert "Permission denied" in printed(cell)
    assert not place.exists()


def test_a_cell_writes_in_its_own_folder_and_the_next_one_reads_it(tmp_path):
    cells = run_cells(
        tmp_path,
        "import os, pandas\nos.mkdir('d')\nn = open('d/x', 'w').write('kept')\n"
        "pandas.DataFrame({'a': [7]}).to_parquet('p')\nos.system('echo shell > y')\nos.rename('d/x', 'z')",
        "print(open('z').read(), open('y').read().strip(), pandas.read_parquet('p').a[0], sorted(os.listdir()))",
        "import tempfile\nwith tempfile.TemporaryFile('w+') as f:\n    f.write('x'), f.seek(0)\n    print(f.read())\n"
        "with tempfile.TemporaryDirectory() as d:\n    print(os.path.dirname(d) == os.getcwd())",
        "n = open('/dev/null', 'w').write('x')",
    )
    assert printed(cells[1]) == "kept shell 7 ['d', 'p', 'y', 'z']\n"
    assert printed(cells[2]) == "x\nTrue\n"


def test_nothing_of_a_notebook_s_folder_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "t"))
    (tmp_path / "t").mkdir()
    run_cells(tmp_path, "open('x', 'w').close()\nimport os\nos.mkdir('d', 0o500)")
    failure_of(tmp_path, "open('x', 'w').close()\nimport os\nos._exit(3)")
    assert list((tmp_path / "t").iterdir()) == []


@pytest.mark.parametrize("way", sorted({*OUTSIDE} - {"pandas", "pyarrow"}))  # whose C code no audit hook sees
def test_where_the_system_cannot_guard_python_refuses_writes(tmp_path, monkeypatch, way):
    monkeypatch.setattr(guard, "_landlock", lambda allowed: False)
    place = tmp_path / "outside"
    failure = failure_of(tmp_path, "1", OUTSIDE[way].format(place=str(place)))
    assert failure.cause.startswith("the cell may write only in its own folder ([Errno 13] Permission denied: ")
    assert not place.is_symlink()
    assert not place.exists()


def test_where_the_system_cannot_guard_a_cell_still_writes_in_its_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(guard, "_landlock", lambda allowed: False)
    source = "import os\nopen('x', 'w').close()\nos.mkdir('d')\nos.rename('x', 'd/y')\nopen(os.devnull, 'w').close()"
    _, cell = run_cells(tmp_path, source, "print(os.listdir('d'), len(open('/etc/hosts').read()) > 0)")
    assert printed(cell) == "['y'] True\n"


def test_a_neighbour_whose_name_begins_alike_is_outside_too(tmp_path, monkeypatch):
    monkeypatch.setattr(guard, "_landlock", lambda allowed: False)
    failure = failure_of(tmp_path, "import os\nopen(os.getcwd() + '-more', 'w')")
    assert failure.cause.startswith("the cell may write only in its own folder")
    failure = failure_of(tmp_path, "open('../x', 'w')")
    assert failure.cause.startswith("the cell may write only in its own folder")


LOOK = """import asyncio, atexit, builtins, decimal, gc, locale, logging, os, random, signal, sys, threading, warnings
import matplotlib, matplotlib.pyplot as plt, numpy, pandas
from npr.briefing import open_briefing
import npr.language.numbers
b = open_briefing("uppdraget", country="SWE", language=language, edition="starter")
table = b.base.panel("gerd").table
def plain(one): return getattr(one, "__qualname__", repr(one))
{
    "variables": sorted(one for one in os.environ.items() if one[0] not in ("JUPYTER_PATH", "NPR_READS", "TMPDIR")),
    "path": sys.path, "folder": os.path.basename(os.getcwd()), "files": os.listdir(),
    "matplotlib": sorted(matplotlib.rcParams.items(), key=str), "figures": plt.get_fignums(),
    "pandas": pandas.get_option("display.max_rows"), "locale": locale.setlocale(locale.LC_ALL),
    "numpy": numpy.get_printoptions(),
    "seeded": (numpy.random.random() == 0.417022004702574, random.random() == 0.13436424411240122),
    "builtins": sorted(vars(builtins)), "ascii": plain(ascii),
    "patched": [plain(one) for one in (npr.language.numbers.show_number, pandas.DataFrame.head, numpy.mean)],
    "warnings": [str(one) for one in warnings.filters], "threads": threading.active_count(),
    "signals": [plain(signal.getsignal(one)) for one in (signal.SIGTERM, signal.SIGALRM, signal.SIGUSR1)],
    "decimal": str(decimal.getcontext()), "policy": type(asyncio.get_event_loop_policy()).__name__,
    "umask": os.umask(0o22), "recursion": sys.getrecursionlimit(), "hook": plain(sys.excepthook), "gc": gc.isenabled(),
    "logging": (logging.root.level, len(logging.root.handlers)), "names": sorted(dir()),
    "catalogue": (len(dict.keys(b.base.catalogue.units)), "gerd" in b.base.catalogue.indicators),
    "table": (table.shape, float(table["value"].sum())), "modules": "leak" in sys.modules,
}"""

LEAKS = """os.environ["LEAK"] = "1"; del os.environ["PATH"]; sys.path.insert(0, "/leak"); open("x", "w").close()
os.chdir("/"); matplotlib.rcParams["lines.linewidth"] = 99; fig = plt.figure(); pandas.set_option("display.max_rows", 3)
locale.setlocale(locale.LC_ALL, "C"); numpy.set_printoptions(precision=2); numpy.random.seed(1); random.seed(1)
builtins.leak = 1; builtins.ascii = None; npr.language.numbers.show_number = None
pandas.DataFrame.head = None; numpy.mean = None; warnings.simplefilter("ignore"); warnings.filterwarnings("error")
threading.Thread(target=lambda: __import__("time").sleep(1000)).start(); atexit.register(os._exit, 9)
signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGALRM, lambda *_: None); signal.alarm(1000)
decimal.getcontext().prec = 3; os.umask(0o77); sys.setrecursionlimit(500); sys.excepthook = print; gc.disable()
class Policy(asyncio.DefaultEventLoopPolicy): pass
asyncio.set_event_loop_policy(Policy()); logging.basicConfig(level=10); sys.modules["leak"] = sys
dict.clear(b.base.catalogue.units); dict.pop(b.base.catalogue.indicators, "gerd")
table.iloc[:, 0] = 0.0; table["value"] = 0.0"""


def test_nothing_leaks_from_one_notebook_into_the_next_or_into_this_process(tmp_path, monkeypatch):
    from npr.indicators.knowledge import open_knowledge_base

    keepers, ready = Keepers(), frozenset({"all"})

    def fork(ways, others):
        keepers.give(ways, ready, ready, others)

    monkeypatch.setenv("NPR_HOME", str(REPOSITORY))
    held = open_knowledge_base(REPOSITORY, "starter")

    def look(*before):
        path = tmp_path / "cells.ipynb"
        write_cells(path, LOOK, *before)
        return execute(path, {"language": "sv"}, "demo SWE sv", engine="fast", fork=fork)[0].cells[2]

    def mine():
        return (
            dict(os.environ), list(sys.path), Path.cwd(), locale.setlocale(locale.LC_ALL), len("abc"),
            len(held.catalogue.units), float(held.panel("gerd").table["value"].sum()), sys.modules.get("leak"),
        )  # fmt: skip

    shown, here = look(), mine()
    leaking = look(LEAKS)
    assert leaking == shown
    assert look() == shown
    assert mine() == here
    assert "'LEAK'" not in shown.outputs[-1]["data"]["text/plain"]
    [keeper] = keepers._working  # the same for all three
    keeper.line.close()
    os.waitpid(keeper.process, 0)

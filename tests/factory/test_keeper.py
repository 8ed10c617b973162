"""A keeper serves one notebook after the other, as long as it has ready what they need."""

import json
import os
import signal
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from npr.factory.child import Child, fork_here
from npr.factory.keeper import Keeper, Keepers

A, B = frozenset({"a"}), frozenset({"b"})


class Asked:
    """Keepers of this process, and children that they keep."""

    def __init__(self):
        self.keepers = Keepers()

    def child(self, folder=None, needed=A, known=A):
        return closing(Child(folder, None, lambda ways, others: self.keepers.give(ways, needed, known, others)))

    def close(self):
        for one in [*self.keepers._working, *self.keepers._waiting]:
            one.line.close()
            os.waitpid(one.process, 0)


@pytest.fixture
def asked():
    made = Asked()
    yield made
    made.close()


def printed(child, source):
    """Have a child run a cell; give what it printed first."""
    child.road.sendall(json.dumps({"id": "cell-1", "source": source}).encode() + b"\n")
    return json.loads(child.road.makefile("rb").readline())["content"]["text"]


def keeper_of(child):
    return psutil.Process(child.first["process"]).ppid()


def ends(process):
    """Say whether a process of this one ends soon."""
    until = time.monotonic() + 5
    while not os.waitpid(process, os.WNOHANG)[0]:
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def test_a_keeper_that_waits_is_asked_again(asked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with asked.child():
        pass
    served = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        monkeypatch.setenv("NPR_OF_A_JOB", name)
        with asked.child(tmp_path / name) as child:
            process = psutil.Process(child.first["process"])
            served.append((keeper_of(child), process.pid, process.cwd()))
    (keeper, first, first_place), (again, second, second_place) = served
    assert keeper == again
    assert first != second
    assert [Path(first_place), Path(second_place)] == [tmp_path / "first", tmp_path / "second"]
    # It keeps nothing of them: neither a folder nor a file, nor a descriptor.
    process = psutil.Process(keeper)
    assert Path(process.cwd()) == tmp_path
    assert "NPR_OF_A_JOB" not in process.environ()
    assert [(Path("/proc") / str(keeper) / "fd" / one).readlink() for one in "012"] == [Path(os.devnull)] * 3
    before = process.num_fds()
    with asked.child(tmp_path):
        pass
    assert process.num_fds() == before


def sockets(process):
    """Give the sockets that a process has open."""
    ways = (Path("/proc") / str(process) / "fd").iterdir()
    return {str(one.readlink()) for one in ways if one.is_symlink() and one.readlink().name.startswith("socket")}


def test_cells_have_no_way_but_their_own(asked):
    before = sockets(os.getpid())
    for needed in (A, B, B):  # a keeper that is forked, one that is forked beside it, and one that waited
        with asked.child(needed=needed, known=needed) as child:
            its_own, keeper = sockets(child.first["process"]) - before, sockets(keeper_of(child)) - before
            assert len(keeper) == 2  # its line and the word
            assert len(its_own) >= 1  # the road, and what asyncio opens there
            assert its_own & keeper == set()


def test_two_notebooks_at_once_have_a_keeper_each(asked):
    with asked.child() as one, asked.child() as other:
        both = {keeper_of(one), keeper_of(other)}
    assert len(both) == 2
    with asked.child() as one, asked.child() as other:
        assert {keeper_of(one), keeper_of(other)} == both


def test_a_keeper_without_what_is_needed_is_let_go_and_another_forked(asked):
    with asked.child() as child:
        first = keeper_of(child)
    with asked.child(needed=B, known=A | B) as child:
        second = keeper_of(child)
    assert first != second
    assert ends(first)
    with asked.child(needed=A, known=A | B) as child:
        assert keeper_of(child) == second  # it has both


def test_a_keeper_that_was_killed_is_not_asked(asked):
    with asked.child() as child:
        first = keeper_of(child)
    os.kill(first, signal.SIGKILL)
    os.waitpid(first, 0)
    with asked.child() as child:
        assert keeper_of(child) != first


SIGNALS = "import signal\nprint(signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL, signal.set_wakeup_fd(-1))"


def test_cells_know_nothing_of_the_signals_that_their_keeper_waits_for(asked):
    for _ in range(2):
        with asked.child() as child:
            assert printed(child, SIGNALS) == "True -1\n"


LEAVING = """import os
import subprocess

print(subprocess.Popen(["sleep", "1000"], start_new_session=True).pid, flush=True)
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    print(os.getpid(), flush=True)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    __import__("time").sleep(1000)
os.wait()"""


def test_what_a_notebook_left_behind_is_gone_before_its_keeper_takes_the_next(asked):
    with asked.child() as child:
        keeper = psutil.Process(keeper_of(child))
        left = [int(one) for one in printed(child, LEAVING).split()]
        assert psutil.pid_exists(left[0])
    assert not any(psutil.pid_exists(one) for one in left)
    assert keeper.children() == []
    with asked.child() as child:
        assert keeper_of(child) == keeper.pid


def test_a_keeper_for_one_notebook_ends_with_it():
    child = Child(None, None, fork_here)
    keeper = psutil.Process(child.keeper)
    assert keeper.is_running()
    child.close()
    assert not keeper.is_running()


def test_a_keeper_whose_line_ends_before_it_was_heard_ends_in_silence(asked, capfd):
    with asked.child() as child:
        keeper = keeper_of(child)
    asked.keepers._working.pop().line.close()
    assert ends(keeper)
    assert capfd.readouterr().err == ""


def test_a_keeper_ends_with_its_line():
    keeper = Keeper()
    assert not keeper.waits()
    keeper.line.close()
    assert ends(keeper.process)

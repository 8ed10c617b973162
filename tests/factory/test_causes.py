"""Why a notebook stopped, in words, and what to try."""

import pytest

from cell_specimens import failure_of
from factory_specimens import REPOSITORY
from npr.errors import ContentError, Fault, UsageError
from npr.factory.causes import Stop, explain

pytestmark = pytest.mark.filterwarnings("ignore")
OPEN = """from npr.briefing import open_briefing
b = open_briefing("uppdraget", country="SWE", language="sv", edition="starter")"""


def cause(name, text="", traceback=("a cell",), seconds=20, memory=3 << 29):
    return explain(Stop(name, text, list(traceback), seconds, memory))


@pytest.mark.parametrize(
    "text",
    [
        "max() arg is an empty sequence",
        "max() iterable argument is empty",
        "attempt to get argmax of an empty sequence",
        "zero-size array to reduction operation maximum which has no identity",
        "No objects to concatenate",
        "can only convert an array of size 1 to a Python scalar",
        "mean requires at least one data point",
        "Cannot choose from an empty sequence",
    ],
)
def test_an_empty_selection_is_called_so_however_it_shows(text):
    told = cause("ValueError", text)
    assert told.what == f"the selection is empty (ValueError: {text})"
    assert "b.has(...)" in told.todo
    assert told.exit_code == 6


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("[][0]", "the selection is empty (IndexError: list index out of range)"),
        ("next(iter([]))", "the selection is empty (StopIteration)"),
        ("import pandas\npandas.Series([]).item()", "the selection is empty (ValueError: can only convert"),
        ("pandas.Series([], dtype=float).idxmax()", "the selection is empty (ValueError: "),
        ("pandas.DataFrame({'a': []}).iloc[0]", "the selection is empty (IndexError: "),
        ("pandas.concat([])", "the selection is empty (ValueError: No objects to concatenate)"),
        ("import numpy\nnumpy.max([])", "the selection is empty (ValueError: zero-size array"),
        ("import statistics\nstatistics.mean([])", "the selection is empty (StatisticsError: mean requires"),
        ("pandas.DataFrame({'a': [1]})['b']", "nothing is called 'b' in what the cell selects from (KeyError)"),
        ("{1: 2}[3]", "nothing is called 3 in what the cell selects from (KeyError)"),
        ("import nowhere.at_all", "a package is missing (No module named 'nowhere')"),
        ("raise OSError(28, 'No space left on device')", "the disk is full"),
        (
            "import os\nos.mkdir('/etc/x')",
            "the cell may write only in its own folder ([Errno 13] Permission denied",
        ),
        ("raise MemoryError", "the cell needed more memory than the 2 GB that a notebook is given (MemoryError"),
        ("raise KeyboardInterrupt", "the cell ended the program (KeyboardInterrupt)"),
        ("raise SystemExit(4)", "the cell ended the program (SystemExit)"),
        ("raise TimeoutError('asked too long')", "TimeoutError: asked too long"),
        ("assert 1 > 2", "AssertionError"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("x = (", "SyntaxError: incomplete input (line 1)"),
        ("def f(:\n  pass", "SyntaxError: invalid syntax (line 1)"),
    ],
)
def test_what_stops_a_real_cell_is_told_in_words(tmp_path, source, told):
    failure = failure_of(tmp_path, "import pandas", source)
    assert failure.cause.startswith(told)
    assert failure.exit_code == (7 if "disk" in told else 6)
    assert failure.todo


@pytest.mark.parametrize(
    ("source", "told", "code"),
    [
        (
            "b.latest('nope')",
            "ContentError: 1 fault of content: data/catalogue/briefings/uppdraget.yml: indicators: expected nope",
            6,
        ),
        (
            "b.claim(1, '>', 2, 'en är mer än två')",
            "ClaimUntrueError: Claim untrue: en är mer än två: expected 1 > 2, found 1",
            6,
        ),
        (
            "from npr.errors import IntegrityError\nraise IntegrityError('the hash differs', todo='Fetch it again.')",
            "IntegrityError: the hash differs.",
            5,
        ),
    ],
)
def test_an_error_of_ours_says_what_it_is_and_what_to_do(tmp_path, monkeypatch, source, told, code):
    monkeypatch.setenv("NPR_HOME", str(REPOSITORY))
    failure = failure_of(tmp_path, OPEN, f"a = 1\n{source}")
    assert failure.cause.startswith(told)
    assert failure.exit_code == code
    assert failure.lines[-1].startswith(">")
    assert failure.todo
    assert failure.todo not in failure.cause


def test_every_fault_of_content_is_in_the_cause_and_only_the_advice_in_what_to_do():
    error = ContentError([Fault("a.yml", "x", "1", "2"), Fault("b.yml", "y", "3", "4")], todo="Mend them.")
    told = cause("ContentError", str(error))
    assert told.what == (
        "ContentError: 2 faults of content: a.yml: x: expected 1, found 2. b.yml: y: expected 3, found 4."
    )
    assert told.todo == "Nothing was changed. Mend them."


def test_a_wrong_word_is_told_with_its_suggestion():
    error = UsageError("no indicator is called gred", todo="Did you mean 'gerd'?")
    told = cause("UsageError", str(error))
    assert told.what == "UsageError: no indicator is called gred."
    assert told.todo == "Nothing was changed. Did you mean 'gerd'?"


def test_limits_are_told_with_their_numbers():
    assert cause("CellTimeoutError", traceback=()).what == "the cell ran for more than 20 seconds"
    assert cause("TimeoutError", traceback=()).what == "the cell ran for more than 20 seconds"
    assert "the 1.5 GB that a notebook is given" in cause("MemoryError").what
    assert "NPR_MEMORY_GB" in cause("_ArrayMemoryError", "Unable to allocate 50.0 GiB for an array").todo
    assert "the 1.5 GB" in cause("ArrowMemoryError", "malloc of size 64 failed").what
    assert cause("ShownTooMuchError", traceback=()).what == "the cell printed or displayed more than 10 MB"


def test_a_kernel_that_died_says_how_where_that_is_known():
    dead = cause("DeadKernelError", "it was killed by SIGKILL", ())
    assert dead.what.startswith("the kernel died (it was killed by SIGKILL): the cell ended its process")
    assert cause("DeadKernelError", "Kernel died", ()).what.startswith("the kernel died: the cell ended its process")


def test_a_full_disk_is_no_fault_of_the_notebook():
    told = cause("OSError", "[Errno 28] No space left on device: 'x'")
    assert (told.what, told.exit_code) == ("the disk is full", 7)
    assert cause("OSError", "[Errno 5] Input/output error").exit_code == 6


def test_colours_and_the_names_of_compiled_cells_are_left_out():
    assert cause("ValueError", "\x1b[31mred\x1b[39m").what == "ValueError: red"
    assert cause("SyntaxError", "invalid syntax (1821607474.py, line 2)").what == "SyntaxError: invalid syntax (line 2)"

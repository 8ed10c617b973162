"""The fast engine: what it shows is what the stock engine shows, and what a cell does stays in its own process."""

import locale
import os
import sys
from pathlib import Path

import nbformat
import pytest

from factory_specimens import REPOSITORY, write_notebook
from npr.factory.execute import execute
from npr.factory.failures import FailureError
from npr.factory.limits import Limits

pytestmark = pytest.mark.filterwarnings("ignore")
PARAMETERS = ("parameters", 'language: str = "sv"')
NOTEBOOKS = sorted(path.stem for path in (REPOSITORY / "notebooks").glob("*.ipynb"))
SEMANTICS = [
    "1 + 1",
    "_ + Out[3]",
    "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('more')",
    "%%bash\necho hi",
    "from IPython.display import HTML, clear_output, display\nshown = display(HTML('<b>x</b>'), display_id='one')",
    "shown.update(HTML('<i>y</i>'))",
    "print('gone')\nclear_output()\nprint('stays')",
    "import asyncio\nawait asyncio.sleep(0)\n7",
    "In[2], len(In)",
]
FAILING = ["1 / 0", "def broken(:", "input()", "raise SystemExit(3)"]


@pytest.fixture
def notebook(tmp_path):
    """Write a notebook of cells and run it."""
    (tmp_path / "notebooks").mkdir()
    path = tmp_path / "notebooks" / "demo.ipynb"

    def run(*sources, engine="fast", **limits):
        write_notebook(tmp_path, PARAMETERS, *((f"cell-{at}", one) for at, one in enumerate(sources)))
        return execute(path, {"language": "sv"}, "demo SWE sv", engine=engine, limits=Limits(**limits))[0]

    return run


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_gives_what_the_stock_engine_gives(name, monkeypatch):
    monkeypatch.setenv("NPR_HOME", str(REPOSITORY))
    source = REPOSITORY / "notebooks" / f"{name}.ipynb"
    given = {"country": "SWE", "language": "sv", "edition": "starter"}
    fast, fast_inputs = execute(source, given, name, engine="fast")
    stock, stock_inputs = execute(source, given, name, engine="kernel")
    for one, other in zip(fast.cells, stock.cells, strict=True):
        assert one == other, one.id
    assert nbformat.writes(fast) == nbformat.writes(stock)
    assert fast_inputs == stock_inputs
    assert fast_inputs["edition"]


def test_cells_mean_what_they_mean_in_jupyter(notebook):
    fast = notebook(*SEMANTICS)
    stock = notebook(*SEMANTICS, engine="kernel")
    for one, other in zip(fast.cells, stock.cells, strict=True):
        assert one == other, one.source
    by_source = {one.source: one for one in fast.cells}
    assert by_source["1 + 1"].outputs[0]["data"] == {"text/plain": "2"}
    assert by_source[SEMANTICS[6]].outputs[0]["text"] == "stays\n"


def test_what_child_processes_print_is_shown_too(notebook):
    # The stock kernel shows it as well, but from a thread that may come too late.
    ran = notebook("import os\nprint('before')\n_ = os.system('echo from below')\nprint('after')")
    assert ran.cells[-1].outputs[0]["text"].split("\n") == ["from below", "before", "after", ""]


@pytest.mark.parametrize("source", FAILING)
def test_a_cell_that_fails_is_told_alike_by_both_engines(notebook, source):
    told = []
    for engine in ("fast", "kernel"):
        with pytest.raises(FailureError) as caught:
            notebook(source, engine=engine)
        told.append(caught.value.failure)
    assert told[0].cause == told[1].cause
    assert (told[0].cell_id, told[0].exit_code) == ("cell-0", 6)


@pytest.mark.parametrize(
    ("source", "limits", "told"),
    [
        ("while True:\n    pass", {"seconds": 1}, "ran for more than 1 seconds"),
        ("while True:\n    print('x' * 100)", {"seconds": 30}, "more than 10 MB"),
        ("print('x' * 200_000_000)", {"seconds": 30}, "more than 10 MB"),
        ("import numpy\nnumpy.ones(50 << 27)", {"memory": 1 << 30}, "more memory than the 1 GB"),
        ("import os\nos.kill(os.getpid(), 9)", {}, "it was killed by SIGKILL"),
        ("import os\nos._exit(3)", {}, "it ended with 3"),
        ("open('/tmp/npr-outside', 'w')", {}, "may write only in its own folder"),
        ("import subprocess\nsubprocess.run(['touch', '/tmp/npr-outside'], check=True)", {}, "CalledProcessError"),
    ],
)
def test_a_hostile_cell_is_stopped_and_named(notebook, source, limits, told):
    with pytest.raises(FailureError) as caught:
        notebook("1", source, **limits)
    failure = caught.value.failure
    assert told in failure.cause
    assert (failure.cell, failure.cell_id, failure.exit_code) == (3, "cell-1", 6)
    assert not Path("/tmp/npr-outside").exists()  # noqa: S108 - what the cell tried to make


def test_a_cell_that_forks_shows_its_outputs_once_and_leaves_nobody(notebook):
    import psutil

    shown = notebook("import os\nchild = os.fork()", "print('once')", "import time\nif not child: time.sleep(60)")
    assert shown.cells[-2].outputs[0]["text"] == "once\n"
    assert psutil.Process().children(recursive=True) == []


def test_nothing_leaks_from_one_notebook_into_the_next_or_into_this_process(notebook):
    look = (
        "import os, sys, locale, matplotlib, pandas, builtins, numpy\n"
        "print(os.environ.get('LEAK'), 'leak' in sys.path, os.getcwd() == '/', matplotlib.rcParams['lines.linewidth'],"
        " pandas.options.display.max_rows, locale.setlocale(locale.LC_ALL), hasattr(builtins, 'leak'))"
    )
    leaking = (
        "import os, sys, locale, matplotlib, pandas, builtins, numpy\n"
        "os.environ['LEAK'] = '1'; sys.path.append('leak'); matplotlib.rcParams['lines.linewidth'] = 99\n"
        "pandas.options.display.max_rows = 3; locale.setlocale(locale.LC_ALL, 'C'); builtins.leak = 1; os.chdir('/')\n"
        "import npr.language.numbers as n; n.show_number = None"
    )
    before = notebook(look).cells[-1].outputs
    mine = (dict(os.environ), list(sys.path), Path.cwd(), locale.setlocale(locale.LC_ALL))
    notebook(leaking)
    assert notebook(look).cells[-1].outputs == before
    assert (dict(os.environ), list(sys.path), Path.cwd(), locale.setlocale(locale.LC_ALL)) == mine


def test_a_cell_writes_in_its_own_folder_and_the_next_one_reads_it(notebook):
    ran = notebook("open('x', 'w').write('kept')", "print(open('x').read())")
    assert ran.cells[-1].outputs[0]["text"] == "kept\n"


def test_a_secret_of_the_environment_stands_in_no_output_and_no_failure(notebook, monkeypatch):
    monkeypatch.setenv("API_TOKEN", "k9-42-hush")
    ran = notebook("import os\nprint(os.environ['API_TOKEN'][:3], end='')\nprint(os.environ['API_TOKEN'][3:])\n"
                   "{'a': [os.environ['API_TOKEN']]}")  # fmt: skip
    assert "k9-42-hush" not in nbformat.writes(ran)
    assert ran.cells[-1].outputs[0]["text"] == "[API_TOKEN hidden]\n"
    with pytest.raises(FailureError) as caught:
        notebook("raise ValueError(os.environ['API_TOKEN'])  # no import", "1")
    assert "k9-42-hush" not in str(caught.value)
    with pytest.raises(FailureError, match=r"API_TOKEN hidden") as caught:
        notebook("import os\nraise ValueError(os.environ['API_TOKEN'])")
    assert "k9-42-hush" not in str(vars(caught.value.failure))


def test_the_failing_line_stands_between_its_neighbours(notebook):
    with pytest.raises(FailureError) as caught:
        notebook("a = 1\nimport pandas\nb = pandas.Series([1])['x']\nc = 3")
    failure = caught.value.failure
    assert failure.lines == ("  1 a = 1", "  2 import pandas", "> 3 b = pandas.Series([1])['x']", "  4 c = 3")
    assert failure.cause == "nothing is called 'x' in what the cell selects from (KeyError)"

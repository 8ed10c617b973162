"""The fast engine: what it puts into a notebook is what the stock engine puts there."""

import json
import os
import subprocess
import sys

import nbformat
import pandas  # noqa: F401 - as the warm process has imported it, in no cell
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError

from cell_specimens import MAY_FAIL, failure_of, printed, run_cells, run_notebook, write_cells
from factory_specimens import REPOSITORY
from npr.factory import cells
from npr.factory.execute import clean, execute
from npr.factory.warm import REHEARSED

# A forked copy has the filters of the tests, a new kernel has not.
pytestmark = pytest.mark.filterwarnings("ignore")

ENGLISH = ("testbadd", "uppdraget")
NOTEBOOKS = sorted(path.stem for path in (REPOSITORY / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_gives_what_the_stock_engine_gives(name, monkeypatch):
    monkeypatch.setenv("NPR_HOME", str(REPOSITORY))
    source = REPOSITORY / "notebooks" / f"{name}.ipynb"
    given = {"country": "SWE", "language": "en" if name in ENGLISH else "sv", "edition": "starter"}
    fast, fast_inputs = execute(source, given, name, engine="fast")
    stock, stock_inputs = execute(source, given, name, engine="kernel")
    for one, other in zip(fast.cells, stock.cells, strict=True):
        assert one == other, one.id
    assert nbformat.writes(fast) == nbformat.writes(stock)
    assert fast_inputs == stock_inputs
    assert fast_inputs["edition"]


SEMANTICS = [
    # Values, and the names that IPython keeps them under; the first cell is the third that is run.
    "1 + 1",
    "_ + Out[3], __",
    "In[3], len(In), sorted(Out)",
    "1\n2\n3",
    "5;",
    "None",
    "get_ipython().execution_count, __name__, type(get_ipython()).__name__",
    "class C: pass\nimport pickle, __main__\npickle.loads(pickle.dumps(C())).__class__ is C is __main__.C",
    # What is printed.
    "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('more')",
    "print('a', end='')\nsys.stdout.flush()\nprint('b')\nsys.stdout.writelines(['c\\n', 'd\\n'])",
    "print('å€𝄞\\x00\\x1b[31mred\\x1b[0m')\n'å€𝄞'",
    "print('x' * 200_000)",
    "sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.errors, sys.stdout.writable(), sys.stdout.closed",
    "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as held:\n    print(1)\nheld.getvalue()",
    "import logging\nlogging.warning('logged')",
    "import threading\nt = threading.Thread(target=print, args=('thread',))\nt.start()\nt.join()\nprint('main')",
    "sys.stdin.read(), sys.stdin.isatty()",
    # Displays.
    "from IPython.display import *\ndisplay(1, 'two', [3])",
    "display(HTML('<b>x</b>'), Markdown('# m'), JSON({'a': [1, {'b': None}]}), Latex('$x$'))",
    "shown = display(HTML('<b>x</b>'), display_id='one')",
    "shown.update(HTML('<i>y</i>'))\nupdate_display(Markdown('z'), display_id='one')",
    "other = display('a', display_id='two')\nother.update('b')",
    "print('gone')\nclear_output()\nprint('stays')",
    "print('gone')\nclear_output(wait=True)\nprint('stays')",
    "print('stays')\nclear_output(wait=True)",
    "display({'text/plain': 'p', 'text/html': '<p>'}, raw=True, metadata={'text/html': {'isolated': True}})",
    "display({'application/x+json': {'a': [1, {'b': 2}]}, 'text/plain': 't'}, raw=True)",
    "Image(b'\\x89PNG\\r\\n\\x1a\\n0000')",
    (
        "class Bad:\n    def _repr_html_(self): raise ValueError('bad')\n    def __repr__(self): return 'Bad'\nBad()",
        MAY_FAIL,
    ),
    "import pandas\npandas.DataFrame({'a': [1, 2]})",
    "pandas.DataFrame([range(30)] * 2)",
    "pandas.DataFrame({'a': range(100), 'b': 'long ' * 20})",
    "[(one, pandas.get_option(one)) for one in ('display.width', 'display.max_columns', 'display.max_rows')]",
    "import matplotlib, matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(1, 1))\nax.plot([1, 2])",
    "plt.figure(figsize=(1, 1))\nplt.show()\nprint(matplotlib.get_backend())",
    "fig",
    "%matplotlib inline\nplt.rcParams['figure.dpi']",
    # Magics and shells.
    "get_ipython().run_line_magic('who', 'int')",
    "lines = !echo one; echo two\nlines",
    "!echo bang",
    "%%bash\necho hi\necho err >&2",
    "%%capture caught\nprint('kept back')",
    "caught.stdout",
    "%history -n 3-4",
    "len?",
    # The event loop.
    "import asyncio\nawait asyncio.sleep(0)\n7",
    "async def five(): return 5\nx = await five()\nx",
    "async def later(): print('task')\nawait asyncio.create_task(later())",
    ("asyncio.run(asyncio.sleep(0))", MAY_FAIL),
    # Errors.
    ("1 / 0", MAY_FAIL),
    ("def deep(n):\n    if n: return deep(n - 1)\n    raise KeyError('x')\ndeep(2)", MAY_FAIL),
    ("try:\n    1 / 0\nexcept Exception as error:\n    raise ValueError('v') from error", MAY_FAIL),
    ("def broken(:", MAY_FAIL),
    ("  x = 1\n y = 2", MAY_FAIL),
    ("input('name? ')", MAY_FAIL),
    ("raise KeyboardInterrupt", MAY_FAIL),
    ("import os\nos.kill(os.getpid(), 2)\nimport time\ntime.sleep(20)", MAY_FAIL),
    ("%nosuchmagic", MAY_FAIL),
    ("%%nosuch\nx", MAY_FAIL),
    # Other processes.
    "subprocess = __import__('subprocess')\nsubprocess.check_output(['cat']), subprocess.run(['true']).returncode",
    "import multiprocessing as mp\np = mp.get_context('fork').Process(target=int)\np.start()\np.join()\np.exitcode",
    # What magics remember.
    "%cd /\n%pwd",
    "%cd -q -\n%bookmark here\nimport os\n[str(one) == os.getcwd() for one in _dh]",
    "kept = [1, 2]\n%store kept\n%store",
    "import os\nos.listdir('/')[:0], sorted(one for one in os.listdir() if one != '.ipython')",
    "import sys\n[one.rpartition('/')[2] for one in sys.path[sys.path.index('') - 1 :]][:3]",
    "__doc__, __spec__, __loader__, __package__, sorted(get_ipython().user_ns_hidden)",
    # What is not run.
    "",
    "   \n",
    "# only a comment",
    ("# text", "markdown"),
    ("raw", "raw"),
    ("1 / 0", "skip-execution"),
    # What the engines themselves set.
    "own = ('IPYTHONDIR', 'PYTHONHASHSEED', 'TMPDIR', 'JPY_', 'PYDEVD_')\n"
    "sorted(one for one in os.environ if not one.startswith(own))",
    "'the end'",
]


def test_cells_mean_what_they_mean_in_jupyter(tmp_path, monkeypatch):
    # Papermill refuses a notebook with an error in it, also where a tag allows it: here it is looked at.
    monkeypatch.setattr("npr.factory.execute.raise_for_execution_errors", lambda *_: None)
    cells.rehearse(*REHEARSED)  # as the warm process does: no trace of it may be left
    cells.foreseen().add(one if isinstance(one, str) else one[0] for one in SEMANTICS)
    fast = run_notebook(tmp_path, *SEMANTICS)
    stock = run_notebook(tmp_path, *SEMANTICS, engine="kernel")
    for one, other in zip(fast.cells, stock.cells, strict=True):
        assert one == other, one.source
    assert nbformat.writes(fast) == nbformat.writes(stock)
    ran = {cell.source: cell for cell in fast.cells}
    assert ran["1 + 1"].outputs[0]["data"] == {"text/plain": "2"}
    assert ran["1 + 1"].execution_count == 3
    assert ran[SEMANTICS[1]].outputs[0]["data"] == {"text/plain": "(4, '')"}
    assert ran["shown = display(HTML('<b>x</b>'), display_id='one')"].outputs[0]["data"]["text/markdown"] == "z"
    assert printed(ran["print('gone')\nclear_output()\nprint('stays')"]) == "stays\n"
    assert "image/png" in ran[next(one for one in SEMANTICS if "plt.subplots" in one)].outputs[1]["data"]
    assert ran["1 / 0"].outputs == []  # the one that is skipped
    assert ran["'the end'"].outputs[0]["data"] == {"text/plain": "'the end'"}


def test_a_cell_that_cannot_be_rehearsed_is_told():
    with pytest.raises(ValueError, match="'1 / 0' failed: division by zero"):
        cells.rehearse("1", "1 / 0")


def test_what_child_processes_print_is_shown_too(tmp_path):
    # The stock kernel shows it as well, but from a thread that may come too late.
    (cell, *_) = run_cells(
        tmp_path, "import os\nprint('before')\n_ = os.system('echo below; echo x >&2')\nprint('after')"
    )
    assert [(one["name"], one["text"]) for one in cell.outputs] == [
        ("stdout", "below\n"), ("stderr", "x\n"), ("stdout", "before\nafter\n"),
    ]  # fmt: skip


def test_a_figure_is_shown_also_where_matplotlib_was_loaded_before(tmp_path):
    import matplotlib.pyplot as plt

    before = plt.get_backend()
    (cell,) = run_cells(tmp_path, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nNone")
    assert [sorted(one["data"]) for one in cell.outputs] == [["image/png", "text/plain"]]
    assert plt.get_backend() == before


def test_a_cell_can_import_what_the_kernel_was_made_without(tmp_path):
    (cell,) = run_cells(tmp_path, "import debugpy\nprint(debugpy.__name__)")
    assert printed(cell) == "debugpy\n"


def test_half_a_character_is_replaced_since_no_file_could_hold_it(tmp_path):
    (cell,) = run_cells(tmp_path, "print('a\\ud800b')")
    assert printed(cell) == "a?b\n"
    assert failure_of(tmp_path, "raise ValueError('a\\ud800b')").cause == "ValueError: a?b"


def test_a_display_that_is_no_json_is_told_as_jupyter_tells_it(tmp_path):
    (cell,) = run_cells(tmp_path, "from IPython.display import JSON\nJSON({'a': [float('nan'), 1.5]})")
    assert cell.outputs[0]["data"]["application/json"] == {"a": ["nan", 1.5]}
    assert "NaN" not in nbformat.writes(nbformat.v4.new_notebook(cells=[cell]))


@pytest.mark.parametrize("engine", ["fast", "kernel"])
def test_a_display_that_no_notebook_can_hold_is_blamed_on_its_cell(tmp_path, engine):
    failure = failure_of(tmp_path, "1", "display({'text/html': {'a': 1}}, raw=True)", engine=engine)
    assert (failure.cell_id, failure.exit_code) == ("cell-1", 6)
    assert failure.cause.startswith("the cell displayed what a notebook cannot hold ({'a': 1} is not valid")


def test_a_long_word_is_cleaned_at_once(tmp_path):
    (cell,) = run_cells(tmp_path, "print('x' * 1_000_000)\nprint('/tmp/ipykernel_12/34.py:1 <C at 0x7f00aa>')")
    assert printed(cell)[1_000_000:] == "\ncell:1 <C at 0x…>\n"


def test_a_tagged_error_is_blamed_on_its_own_cell_by_both_engines(tmp_path):
    for engine in ("fast", "kernel"):
        failure = failure_of(tmp_path, "1", ("1 / 0", MAY_FAIL), "2", engine=engine)
        assert (failure.cell_id, failure.cause) == ("cell-1", "ZeroDivisionError: division by zero")
        assert failure.lines == ("> 1 1 / 0",)


@pytest.mark.parametrize("engine", ["fast", "kernel"])
@pytest.mark.parametrize("source", ["import sys\nsys.exit()", "raise SystemExit(0)"])
def test_a_cell_that_ends_the_program_with_0_has_not_succeeded(tmp_path, engine, source):
    failure = failure_of(tmp_path, source, "print('never')", engine=engine)
    assert (failure.cell_id, failure.cause) == ("cell-0", "the cell ended the program (SystemExit)")


def test_a_cell_that_calls_exit_ends_the_kernel_at_once(tmp_path):
    assert failure_of(tmp_path, "exit()", "1").cell_id == "cell-0"


@pytest.mark.parametrize("name", ["npr", "nbclient"])
def test_papermill_s_command_runs_a_notebook_with_the_engine(tmp_path, name):
    given, made = tmp_path / "in.ipynb", tmp_path / "out.ipynb"
    sources = (
        "import warnings\nprint(language, [1])\nwarnings.warn('careful')",
        ("raise SystemExit(0)", MAY_FAIL),
        "__import__('subprocess').run(['cat'])\n2",
    )
    write_cells(given, *sources)
    command = [
        sys.executable,
        "-m",
        "papermill",
        "--engine",
        name,
        "-k",
        "python3",
        "--execution-timeout",
        "20",
        "-p",
        "language",
        "en",
    ]
    # Its standard input stays open: a cell that reads there is to find its end at once.
    hears, tells = os.pipe()
    ran = subprocess.run([*command, given, made], capture_output=True, text=True, timeout=60, check=False, stdin=hears)
    os.close(hears)
    os.close(tells)
    assert ran.returncode == 0, ran.stderr
    notebook = nbformat.read(made, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.papermill.parameters == {"language": "en"}
    assert notebook.metadata.language_info.name == "python"
    first, second, third = clean(notebook, notebook.metadata).cells[2:]
    warning = "cell:3: UserWarning: careful\n  warnings.warn('careful')\n"
    assert [(one["name"], one["text"]) for one in first.outputs] == [("stdout", "en [1]\n"), ("stderr", warning)]
    assert [one.get("ename", one.get("name")) for one in second.outputs] == ["SystemExit", "stderr"]
    assert printed(second).endswith("UserWarning: To exit: use 'exit', 'quit', or Ctrl-D.\n"
                                    "  warn(\"To exit: use 'exit', 'quit', or Ctrl-D.\", stacklevel=1)\n")  # fmt: skip
    assert json.dumps(third.outputs[-1]["data"]) == '{"text/plain": "2"}'


def test_a_cell_that_took_too_long_has_the_number_that_the_stock_engine_gives_it(tmp_path):
    # Whether a cell that ended its kernel has one is a matter of chance there.
    write_cells(tmp_path / "in.ipynb", "1", ("# text", "markdown"), "import time\ntime.sleep(60)", "2")
    made = {}
    for name in ("npr", "nbclient"):
        out = tmp_path / "out.ipynb"
        options = {"engine_name": name, "progress_bar": False, "execution_timeout": 3}
        with pytest.raises(CellTimeoutError):
            papermill.execute_notebook(tmp_path / "in.ipynb", out, **options)
        made[name] = [one.get("execution_count") for one in nbformat.read(out, 4).cells]
    assert made["npr"] == made["nbclient"] == [1, 2, None, 3, None]

"""One notebook in a kernel: what its parameters become, and what is said of a cell that never ends."""

import json
import subprocess
import sys

import nbformat
import pytest

from factory_specimens import write_notebook
from npr.errors import ContentError, NotebookError
from npr.factory.execute import execute, read_ahead
from npr.factory.limits import Limits
from npr.factory.worker import as_file

PARAMETERS = 'from datetime import date\n\nlanguage: str = "sv"\nsince: date = date(2020, 1, 1)\nonly: list[str] = []'


def test_parameters_arrive_in_their_types_and_nothing_of_the_run_stays(tmp_path):
    (tmp_path / "notebooks").mkdir()
    write_notebook(tmp_path, ("parameters", PARAMETERS), ("show", "print(repr(since), only, __import__('sys').prefix)"))
    ran, _ = execute(
        tmp_path / "notebooks" / "demo.ipynb", {"since": "2024-02-29", "only": ["gerd"], "language": "en"}, "demo"
    )
    printed = ran.cells[-1].outputs[0].text
    # The kernel is that of this very Python, whatever kernels are installed.
    assert printed.strip() == f"datetime.date(2024, 2, 29) ['gerd'] {__import__('sys').prefix}"
    text = json.dumps(ran)
    assert "papermill" not in text
    assert str(tmp_path) not in text
    assert [cell.id for cell in ran.cells] == ["parameters", "injected-parameters", "show"]


def test_a_notebook_that_was_read_ahead_runs_as_it_lies_now_and_as_often_as_asked(tmp_path):
    (tmp_path / "notebooks").mkdir()
    source = tmp_path / "notebooks" / "demo.ipynb"
    read_ahead(source)
    with pytest.raises(ContentError, match="no such file"):  # told by who runs it
        execute(source, {}, "demo", engine="fast")
    write_notebook(tmp_path, ("parameters", PARAMETERS), ("show", "print(1)"))
    read_ahead(source)
    write_notebook(tmp_path, ("parameters", PARAMETERS), ("show", "print(2)"))
    ran = [execute(source, {"language": "en"}, "demo", engine="fast")[0]]
    read_ahead(source)
    ran += [execute(source, {"language": one}, "demo", engine="fast")[0] for one in ("sv", "en")]
    assert [one.cells[-1].outputs[0].text for one in ran] == ["2\n"] * 3
    assert [one.cells[1].source.splitlines()[-1] for one in ran] == [
        'language = "en"',
        'language = "sv"',
        'language = "en"',
    ]


def test_to_read_ahead_says_nothing_of_what_is_wrong(tmp_path):
    (tmp_path / "notebooks").mkdir()
    write_notebook(tmp_path, ("parameters", PARAMETERS), ("show", "print(1)"))
    source = tmp_path / "notebooks" / "demo.ipynb"
    told = json.loads(source.read_text(encoding="utf-8"))
    for cell in told["cells"]:
        del cell["id"]  # of which nbformat warns
    source.write_text(json.dumps(told), encoding="utf-8")

    def said(code):
        command = [sys.executable, "-c", f"import sys, pathlib\n{code}", str(source)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stderr

    assert said("from npr.factory import execute\nexecute.read_ahead(pathlib.Path(sys.argv[1]))") == ""
    assert "MissingIDFieldWarning" in said("import nbformat\nnbformat.read(sys.argv[1], as_version=4)")


def test_a_killed_kernel_is_blamed_on_the_cell_that_ran_and_not_on_the_last(tmp_path):
    (tmp_path / "notebooks").mkdir()
    write_notebook(
        tmp_path,
        ("parameters", 'language: str = "sv"'),
        ("killer", "import os\nos.kill(os.getpid(), 9)"),
        ("after", "print(1)"),
    )
    with pytest.raises(NotebookError, match=r"stopped in cell 2 \(killer\).*the kernel died"):
        execute(tmp_path / "notebooks" / "demo.ipynb", {"language": "sv"}, "demo SWE sv")


def test_a_cell_that_never_ends_is_stopped_and_named(tmp_path):
    (tmp_path / "notebooks").mkdir()
    write_notebook(
        tmp_path,
        ("parameters", 'language: str = "sv"'),
        ("endless", "while True:\n    pass"),
        ("after", "print(1)"),
    )
    with pytest.raises(NotebookError) as caught:
        execute(tmp_path / "notebooks" / "demo.ipynb", {"language": "sv"}, "demo SWE sv", limits=Limits(seconds=2))
    assert "demo SWE sv stopped in cell 2 (endless)" in str(caught.value)
    assert "ran for more than 2 seconds" in str(caught.value)


def test_a_notebook_is_laid_out_as_jupyter_lays_it_out():
    data = {"text/plain": "å\n\u2028\x1b[0m \"'", "application/json": {"b": [], "a": [1.50, -0.0, 1e300, None, {}]}}
    output = nbformat.v4.new_output("display_data", data=data)
    cell = nbformat.v4.new_code_cell("x = 1\ny", id="one", outputs=[output], metadata={"tags": []})
    notebook = nbformat.v4.new_notebook(cells=[cell, nbformat.v4.new_markdown_cell("", id="two")])
    expected = nbformat.writes(notebook)
    assert as_file(notebook).decode() == expected

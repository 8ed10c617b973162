"""Runs a few cells as a notebook, for the factory's tests."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from npr.factory.execute import execute
from npr.factory.failures import Failure, FailureError
from npr.factory.limits import Limits

MAKERS = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
MAY_FAIL = "raises-exception"


def write_cells(path: Path, *cells: str | tuple[str, str]) -> None:
    """Write a notebook: a cell of parameters, then sources, each with a tag or a cell type where it has one."""
    made = [new_code_cell('language: str = "sv"', id="parameters", metadata={"tags": ["parameters"]})]
    for number, one in enumerate(cells):
        source, word = one if isinstance(one, tuple) else (one, "code")
        tagged = {} if word in MAKERS else {"metadata": {"tags": [word]}}
        made.append(MAKERS.get(word, new_code_cell)(source, id=f"cell-{number}", **tagged))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=made, metadata=kernel), path)


def run_cells(folder: Path, *cells: str | tuple[str, str], engine: str = "fast", **limits: int) -> Any:
    """Run cells; give those after the parameters, executed."""
    return run_notebook(folder, *cells, engine=engine, **limits).cells[2:]


def run_notebook(folder: Path, *cells: str | tuple[str, str], engine: str = "fast", **limits: int) -> Any:
    """Run cells; give the notebook."""
    path = folder / "cells.ipynb"
    write_cells(path, *cells)
    given = Limits(**{"seconds": 60, "memory": 2 << 30, **limits})
    return execute(path, {"language": "sv"}, "demo SWE sv", engine=engine, limits=given)[0]


def failure_of(folder: Path, *cells: str | tuple[str, str], engine: str = "fast", **limits: int) -> Failure:
    """Run cells of which one stops the notebook; give how."""
    with pytest.raises(FailureError) as caught:
        run_notebook(folder, *cells, engine=engine, **limits)
    return caught.value.failure


def printed(cell: Any) -> str:
    """Give what a cell printed."""
    return "".join(one["text"] for one in cell.outputs if one["output_type"] == "stream")

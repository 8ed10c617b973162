"""What the kernel makes of a source is worked out once, and is never another answer than the kernel's own."""

import json
from types import SimpleNamespace

import ipykernel.compiler
import ipykernel.ipkernel
import pytest
from IPython.core import interactiveshell
from IPython.core.inputtransformer2 import TransformerManager

from npr.factory import warm
from npr.factory.foreseen import Foreseen

PROSE = "%%sv key\n\nText {x}."
MADE = "get_ipython().run_cell_magic('sv', 'key', '\\nText {x}.\\n')\n"


@pytest.fixture
def shell(monkeypatch):
    """Give a shell with what is asked about sources; what is asked of IPython itself is put back afterwards."""
    for module, name in (
        (interactiveshell, "_should_be_async"),
        (ipykernel.compiler, "murmur2_x86"),
        (ipykernel.ipkernel, "_accepts_parameters"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))
    return SimpleNamespace(input_transformer_manager=TransformerManager(), run_cell_async=run)


def run(cell, *, cell_id=None):
    raise AssertionError("nothing is run")


def counted(monkeypatch, module, name):
    """Count how often IPython's own function is asked."""
    own, asked = getattr(module, name), []
    monkeypatch.setattr(module, name, lambda *given: asked.append(given) or own(*given))
    return asked


def test_a_source_is_looked_at_once(shell, monkeypatch):
    awaits = counted(monkeypatch, interactiveshell, "_should_be_async")
    names = counted(monkeypatch, ipykernel.compiler, "murmur2_x86")
    name = ipykernel.compiler.get_file_name(PROSE)
    asked = len(names)
    known = Foreseen(shell)
    known.add([PROSE, "await x", PROSE])
    assert (len(awaits), len(names) - asked) == (2, 2)
    for _ in range(2):
        assert shell.input_transformer_manager.transform_cell(PROSE) == MADE
        assert interactiveshell._should_be_async(MADE) is False
        assert interactiveshell._should_be_async("await x\n") is True
        assert ipykernel.compiler.get_file_name(PROSE) == name
    assert (len(awaits), len(names) - asked) == (2, 2)
    assert interactiveshell._should_be_async("x = 1\n") is False  # one that is not known
    assert len(awaits) == 3


def test_a_source_of_which_python_warns_is_looked_at_when_it_runs(shell, recwarn):
    known = Foreseen(shell)
    known.add(["x = '\\d'", "def broken(:"])
    assert not recwarn.list
    interactiveshell._should_be_async("x = '\\d'\n")
    assert ["invalid escape" in str(one.message) for one in recwarn.list] == [True]
    with pytest.raises(SyntaxError):
        compile("def broken(:", "", "exec")
    assert interactiveshell._should_be_async("def broken(:\n") is False


def test_what_cannot_be_foreseen_is_told_when_it_runs(shell):
    def refuse(lines):
        raise SyntaxError("refused")

    shell.input_transformer_manager.cleanup_transforms.append(refuse)
    Foreseen(shell).add([PROSE])
    with pytest.raises(SyntaxError, match="refused"):
        shell.input_transformer_manager.transform_cell(PROSE)


def test_other_transformers_are_heard(shell):
    known = Foreseen(shell)
    known.add([PROSE])
    shell.input_transformer_manager.cleanup_transforms.append(lambda lines: ["other\n"])
    assert shell.input_transformer_manager.transform_cell(PROSE) == "other\n"


def test_what_a_shell_of_its_own_takes_is_not_foreseen(shell):
    Foreseen(shell)
    accepts = ipykernel.ipkernel._accepts_parameters
    assert accepts(run, ["cell_id", "cell_meta"]) == {"cell_id": True, "cell_meta": False}
    accepts(run, ["cell_id", "cell_meta"])["cell_id"] = False  # the answer is the asker's own
    assert accepts(run, ["cell_id", "cell_meta"])["cell_id"] is True
    assert accepts(lambda cell, **others: None, ["cell_id"]) == {"cell_id": True}
    assert accepts(lambda cell: None, ["cell_id", "cell_meta"]) == {"cell_id": False, "cell_meta": False}


def test_a_notebook_that_cannot_be_read_is_told_of_elsewhere(tmp_path):
    (tmp_path / "cut.ipynb").write_text('{"cells": [', encoding="utf-8")
    odd = {"cells": [{"cell_type": "code", "source": 1}]}
    (tmp_path / "odd.ipynb").write_text(json.dumps(odd), encoding="utf-8")
    for name in ("cut.ipynb", "odd.ipynb", "none.ipynb"):
        warm.foresee(str(tmp_path / name))

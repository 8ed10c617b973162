"""What the kernel makes of a source is worked out once, and is never another answer than the kernel's own."""

import ast
import json
import sys
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
        (ipykernel.compiler, "get_file_name"),
        (ipykernel.ipkernel, "_accepts_parameters"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))
    monkeypatch.setattr(sys, "displayhook", print)  # Python's own keeps what it shows among the builtins
    manager, compiler = TransformerManager(), ipykernel.compiler.XCachingCompiler()
    return SimpleNamespace(input_transformer_manager=manager, run_cell_async=run, compile=compiler, ast_transformers=[])


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


CELL = "def twice(x):\n    return 2 * x\n\n\ny = twice(4)\ny"


def run_as_the_shell(shell, source, names):
    """Parse a cell, and compile and run its statements, as IPython's `run_ast_nodes` does; give tree and code."""
    name = ipykernel.compiler.get_file_name(source)
    tree = shell.compile.ast_parse(shell.input_transformer_manager.transform_cell(source), filename=name)
    kinds = [("exec", ast.Module([node], [])) for node in tree.body[:-1]] + [
        ("single", ast.Interactive(tree.body[-1:]))
    ]
    codes = []
    for kind, module in kinds:
        with shell.compile.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
            codes.append(shell.compile(module, name, kind))
        exec(codes[-1], names)  # noqa: S102 - the cell
    return tree, codes


def test_a_source_is_parsed_and_compiled_once(shell, capsys):
    Foreseen(shell).add([CELL])
    tree, codes = run_as_the_shell(shell, CELL, {})
    again, same = run_as_the_shell(shell, CELL, {})
    assert capsys.readouterr().out == "8\n8\n"
    assert again is tree
    assert [one is other for one, other in zip(codes, same, strict=True)] == [True, True, True]
    assert codes[0].co_filename == ipykernel.compiler.get_file_name(CELL)


def other_transformers(shell, monkeypatch):
    shell.ast_transformers.append(object())


def other_flags(shell, monkeypatch):
    shell.compile("from __future__ import annotations", "", "exec")


def other_names(shell, monkeypatch):
    monkeypatch.setenv("IPYKERNEL_CELL_NAME", "a name for all cells")


@pytest.mark.parametrize("meanwhile", [other_transformers, other_flags, other_names])
def test_a_source_is_parsed_and_compiled_anew_when_it_may_mean_something_else(shell, monkeypatch, capsys, meanwhile):
    Foreseen(shell).add([CELL])
    tree, codes = run_as_the_shell(shell, CELL, {})
    meanwhile(shell, monkeypatch)
    again, others = run_as_the_shell(shell, CELL, {})
    assert capsys.readouterr().out == "8\n8\n"
    assert again is not tree
    assert [one is other for one, other in zip(codes, others, strict=True)] == [False, False, False]


def test_code_without_await_at_its_top_level_is_compiled_anew(shell):
    Foreseen(shell).add(["x = 1"])
    name = ipykernel.compiler.get_file_name("x = 1")
    tree = shell.compile.ast_parse("x = 1\n", filename=name)
    code = shell.compile(tree, name, "exec")  # `%autoawait off`
    assert shell.compile(tree, name, "exec") is not code
    with shell.compile.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
        assert shell.compile(tree, name, "exec") is shell.compile(tree, name, "exec")


def test_what_a_source_imports_from_the_future_holds_for_no_other_before_it_ran(shell):
    known, flags = Foreseen(shell), shell.compile.flags
    source = "from __future__ import annotations\n"
    known.add([source, "x = 1"])
    assert shell.compile.flags == flags
    name = ipykernel.compiler.get_file_name(source)
    assert shell.compile.ast_parse(source, filename=name) is not shell.compile.ast_parse(source, filename=name)
    run_as_the_shell(shell, source, {})
    assert shell.compile.flags != flags


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

"""What the kernel works out from a cell's source alone: worked out in the warm process, once for all of its copies.

IPython transforms each cell twice, compiles it twice to see whether it awaits something, names it by a digest made in
Python, and then parses and compiles it; for cells of prose that takes as long as to run them. The answers are the
kernel's own, kept by the source; a source that is not known, or was meanwhile given other transformers or flags of the
compiler, is looked at as ever.
"""

from __future__ import annotations

import ast
import contextlib
import os
import sys
import warnings
from collections.abc import Callable, Iterable
from types import CodeType
from typing import Any

import ipykernel.compiler
import ipykernel.ipkernel
from ipykernel.compiler import XCachingCompiler
from ipykernel.zmqshell import InteractiveShell

SHELLS: Any = sys.modules[InteractiveShell.__module__]
"""The module of IPython's shells, where they look for its functions."""
ASKED = ["cell_id", "cell_meta"]
"""What the kernel asks, before each cell, whether the shell takes."""
NAME = "IPYKERNEL_CELL_NAME"
"""Where this variable is set, it names all cells."""


class Compiler(XCachingCompiler):  # type: ignore[misc]
    """A shell's compiler, which knows some sources."""

    def __init__(self, shell: Any) -> None:
        super().__init__()
        self.log = shell.compile.log
        self._shell = shell
        self.flags: int
        self._plain = self.flags
        self._awaiting = self.flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self._parsed: dict[tuple[str, str], ast.Module] = {}
        self._compiled: dict[tuple[int, str, str], CodeType] = {}  # by the statement, which `_parsed` keeps alive

    def add(self, source: str, name: str) -> None:
        """Parse a cell, and compile its statements one by one as the shell will.

        Raises:
            SyntaxError: it is none.
        """
        parsed = super().ast_parse(source, name)
        compiled = {}
        for at, node in enumerate(parsed.body, start=1):
            shown = at == len(parsed.body) and isinstance(node, ast.Expr)
            kind, module = ("single", ast.Interactive([node])) if shown else ("exec", ast.Module([node], []))
            with self.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
                compiled[id(node), name, kind] = super().__call__(module, name, kind)
            if self.flags != self._plain:  # it imports from the future, which holds for what is compiled after it
                self.flags = self._plain
                return
        self._parsed[source, name] = parsed
        self._compiled |= compiled

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> Any:
        """Give the tree of a cell; nothing changes it, where nobody has transformers of trees."""
        known = (source, filename) in self._parsed and symbol == "exec"
        if known and self.flags == self._plain and not self._shell.ast_transformers:
            return self._parsed[source, filename]
        return super().ast_parse(source, filename, symbol)

    def __call__(self, source: Any, filename: str, symbol: str, **others: Any) -> Any:
        """Compile a tree."""
        body: list[ast.stmt] = getattr(source, "body", [])
        known = self._compiled.get((id(body[0]), filename, symbol)) if len(body) == 1 else None
        if known and self.flags == self._awaiting and not others:
            return known
        return super().__call__(source, filename, symbol, **others)


class Foreseen:
    """Keeps what a shell makes of some sources."""

    def __init__(self, shell: Any) -> None:
        self._manager = shell.input_transformer_manager
        self._transform: Callable[[str], str] = self._manager.transform_cell
        self._awaits: Callable[[str], bool] = SHELLS._should_be_async
        self._name: Callable[[str], str] = ipykernel.compiler.get_file_name
        self._transformers = self._transformers_now()
        self._transformed: dict[str, str] = {}
        self._awaiting: dict[str, bool] = {}
        self._names: dict[str, str] = {}
        self._compiler = shell.compile = Compiler(shell)
        self._manager.transform_cell = self._known_transform
        SHELLS._should_be_async = self._known_to_await
        ipykernel.compiler.get_file_name = self._known_name
        self._run = shell.run_cell_async
        self._accepts: Callable[..., dict[str, bool]] = ipykernel.ipkernel._accepts_parameters
        self._accepted = self._accepts(self._run, ASKED)
        ipykernel.ipkernel._accepts_parameters = self._known_to_accept

    def add(self, sources: Iterable[str]) -> None:
        """Work out what the kernel will ask of some sources."""
        for source in sources:
            if source in self._transformed:
                continue
            # What is wrong with a cell, or warned of, is to be told when it runs.
            with contextlib.suppress(Exception), warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                transformed = self._transform(source)
                awaits = self._awaits(transformed)
                name = self._name(source)
                if not told:
                    self._compiler.add(transformed, name)
                    self._transformed[source] = transformed
                    self._awaiting[transformed] = awaits
                    self._names[source] = name

    def _known_transform(self, source: str) -> str:
        if source in self._transformed and self._transformers_now() == self._transformers:
            return self._transformed[source]
        return self._transform(source)

    def _known_to_await(self, transformed: str) -> bool:
        if transformed in self._awaiting:
            return self._awaiting[transformed]
        return self._awaits(transformed)

    def _known_name(self, source: str) -> str:
        if source in self._names and NAME not in os.environ:
            return self._names[source]
        return self._name(source)

    def _known_to_accept(self, method: Any, names: list[str]) -> dict[str, bool]:
        if method == self._run and names == ASKED:
            return dict(self._accepted)
        return self._accepts(method, names)

    def _transformers_now(self) -> list[list[Any]]:
        one = self._manager
        return [[*one.cleanup_transforms], [*one.line_transforms], [*one.token_transformers]]

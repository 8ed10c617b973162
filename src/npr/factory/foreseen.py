"""What the kernel works out from a cell's source alone: worked out in the warm process, once for all of its copies.

IPython transforms each cell twice, compiles it twice to see whether it awaits something, and names it by a digest made
in Python; for cells of prose that takes as long as to run them. The answers are the kernel's own, kept by the source; a
source that is not known, or was meanwhile given other transformers, is looked at as ever.
"""

from __future__ import annotations

import contextlib
import sys
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import ipykernel.compiler
import ipykernel.ipkernel
from ipykernel.zmqshell import InteractiveShell

SHELLS: Any = sys.modules[InteractiveShell.__module__]
"""The module of IPython's shells, where they look for its functions."""
ASKED = ["cell_id", "cell_meta"]
"""What the kernel asks, before each cell, whether the shell takes."""


class Foreseen:
    """Keeps what a shell makes of some sources."""

    def __init__(self, shell: Any) -> None:
        self._manager = shell.input_transformer_manager
        self._transform: Callable[[str], str] = self._manager.transform_cell
        self._awaits: Callable[[str], bool] = SHELLS._should_be_async
        self._name: Callable[..., int] = ipykernel.compiler.murmur2_x86
        self._transformers = self._transformers_now()
        self._transformed: dict[str, str] = {}
        self._awaiting: dict[str, bool] = {}
        self._names: dict[tuple[str, int], int] = {}
        self._seed = ipykernel.compiler.get_tmp_hash_seed()
        self._manager.transform_cell = self._known_transform
        SHELLS._should_be_async = self._known_to_await
        ipykernel.compiler.murmur2_x86 = self._known_name
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
                if not told:
                    self._transformed[source] = transformed
                    self._awaiting[transformed] = awaits
                    self._names[source, self._seed] = self._name(source, self._seed)

    def _known_transform(self, source: str) -> str:
        if source in self._transformed and self._transformers_now() == self._transformers:
            return self._transformed[source]
        return self._transform(source)

    def _known_to_await(self, transformed: str) -> bool:
        if transformed in self._awaiting:
            return self._awaiting[transformed]
        return self._awaits(transformed)

    def _known_name(self, source: str, seed: int) -> int:
        if (source, seed) in self._names:
            return self._names[source, seed]
        return self._name(source, seed)

    def _known_to_accept(self, method: Any, names: list[str]) -> dict[str, bool]:
        if method == self._run and names == ASKED:
            return dict(self._accepted)
        return self._accepts(method, names)

    def _transformers_now(self) -> list[list[Any]]:
        one = self._manager
        return [[*one.cleanup_transforms], [*one.line_transforms], [*one.token_transformers]]

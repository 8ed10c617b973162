"""Reads one YAML file as plain values and reports its faults: bad syntax, duplicate keys, no file.

Words are read as YAML 1.2 reads them: `NO` is Norway and not "false", `01` is a code and not one, `12:30` is text.
Only `true`, `false`, `null`, plain numbers and dates (YYYY-MM-DD) are anything else than text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from npr.errors import Fault

# libyaml reads the catalogue about eight times faster; the pure Python loader gives the same values.
_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_PLAIN_WORDS = (
    ("tag:yaml.org,2002:bool", r"true|false", "tf"),
    ("tag:yaml.org,2002:null", r"null|~|", ["n", "~", ""]),
    ("tag:yaml.org,2002:int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("tag:yaml.org,2002:float", r"[-+]?(0|[1-9][0-9]*)\.[0-9]+([eE][-+]?[0-9]+)?", "-+0123456789"),
    ("tag:yaml.org,2002:timestamp", r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "0123456789"),
)


class _Loader(_Parser):  # type: ignore[misc]
    """The safe loader with the plain words above, and no others."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}  # noqa: RUF012 (PyYAML's own form; empty drops the inherited ones)


for _tag, _pattern, _first in _PLAIN_WORDS:
    _Loader.add_implicit_resolver(_tag, re.compile(f"^(?:{_pattern})$"), list(_first))


def _construct_date(loader: Any, node: yaml.ScalarNode) -> date | str:
    """Give a date, or the text itself when there is no such day (the declaration then names it as a fault)."""
    try:
        return date.fromisoformat(node.value)
    except ValueError:
        return str(node.value)


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _construct_date)


def read_yaml(home: Path, path: Path) -> tuple[Any, list[Fault]]:
    """Give what a YAML file holds, and its faults; the value is None when it cannot be read.

    Faults name the file relative to `home`. A duplicate key is a fault, and the last one counts.
    """
    file = path.relative_to(home).as_posix() if path.is_relative_to(home) else str(path)
    try:
        content = path.read_bytes()
    except OSError:
        return None, [Fault(file, "(file)", "a YAML file", "none that can be read")]
    loader = _Loader(content)
    try:
        root = loader.get_single_node()
        value = loader.construct_document(root) if root is not None else None
        if value is None:
            return None, [Fault(file, "(file)", "declarations", "an empty file")]
        faults = [
            Fault(file, key, "each key once", f"{key.rpartition('.')[2]!r} {found}") for key, found in _twice(root)
        ]
        return value, faults
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a tag that does not fit, an anchor inside itself
        return None, [_syntax_fault(file, error)]
    finally:
        loader.dispose()


def _twice(node: yaml.Node, path: str = "") -> Iterator[tuple[str, str]]:
    """Give the key path of each key that stands twice in one mapping, and the two lines."""
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _twice(item, f"{path}[{index}]")
    if not isinstance(node, yaml.MappingNode):
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        here = f"{path}.{key.value}" if path else str(key.value)
        line = key.start_mark.line + 1
        if key.value in lines:
            yield here, f"in lines {lines[key.value]} and {line}"
        lines.setdefault(str(key.value), line)
        yield from _twice(value, here)


def _syntax_fault(file: str, error: Exception) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error).partition("\n")[0]
    where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "(file)"
    return Fault(file, where, "valid YAML", str(problem), "Quote text that holds ': ' or begins with a sign.")

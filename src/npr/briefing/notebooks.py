"""Reads a notebook's cells as they lie in the file: no kernel, and none of the libraries that are slow to import."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from npr.errors import ContentError, Fault


@dataclass(frozen=True)
class Cell:
    """A cell: its kind, id, tags and source, and whether it holds outputs of a run."""

    kind: str
    id: str
    tags: tuple[str, ...]
    source: str
    has_outputs: bool


def read_cells(path: Path, shown: str) -> list[Cell]:
    """Give the cells of a notebook; `shown` is how messages name the file.

    Raises:
        ContentError: no such file, or not a notebook of format 4.
    """
    try:
        content = json.loads(path.read_bytes())
        return [_cell(one) for one in content["cells"]]
    except OSError as error:
        found = "no such file" if isinstance(error, FileNotFoundError) else str(error.strerror)
    except UnicodeDecodeError:
        found = "no text"
    except json.JSONDecodeError as error:
        found = f"no JSON: {error.msg} in line {error.lineno}"
    except (TypeError, KeyError, AttributeError):
        found = "JSON that is no notebook of format 4"
    raise ContentError([Fault(shown, "file", "a notebook", found, "Restore it from git, or save it again.")])


def _cell(raw: dict[str, object]) -> Cell:
    source, metadata = raw["source"], raw.get("metadata") or {}
    tags = metadata.get("tags", []) if isinstance(metadata, dict) else []
    return Cell(
        kind=str(raw["cell_type"]),
        id=str(raw.get("id", "")),
        tags=tuple(tags),
        source=source if isinstance(source, str) else "".join(source),  # type: ignore[arg-type]
        has_outputs=bool(raw.get("outputs")) or raw.get("execution_count") is not None,
    )

"""What Papermill finds under the engine's name `npr`: the engine itself, imported when it is first used.

Papermill imports this module while it is itself imported, so nothing here may import Papermill.
"""

from __future__ import annotations

from typing import Any


class Later:
    """Stands for the fast engine."""

    def __getattr__(self, name: str) -> Any:
        from npr.factory.engine import FastEngine

        return getattr(FastEngine, name)


engine = Later()

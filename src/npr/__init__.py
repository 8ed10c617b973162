"""Briefings on the next production revolution; `npr.open()` is the analyst's door."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from npr.indicators.knowledge import KnowledgeBase

__all__ = ["open"]
__version__ = "0.1.0"


def open(home: str | Path | None = None, edition: str | None = None) -> KnowledgeBase:  # noqa: A001
    """Open the knowledge base: the workspace's declarations, evidence and one edition of its figures.

    Raises:
        UsageError: no workspace, or no such edition.
    """
    # Imported here so that `import npr` stays quick: pandas alone takes half a second.
    from npr.indicators.knowledge import open_knowledge_base

    return open_knowledge_base(home, edition)

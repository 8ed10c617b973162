"""What a notebook imports: `open_briefing` gives numbers, figures, prose cells, citations and claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from npr.briefing.session import open_briefing

__all__ = ["open_briefing"]


def __getattr__(name: str) -> Any:
    """Import the session when a notebook asks for it; checks of parameters need neither pandas nor IPython."""
    if name == "open_briefing":
        from npr.briefing.session import open_briefing

        return open_briefing
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""What a notebook imports: `open_briefing` gives numbers, figures, prose cells, citations and claims."""

from npr.briefing.session import open_briefing

__all__ = ["open_briefing"]

"""What the tests of a briefing's session share: a session on the starter edition, and what it displays."""

import pytest

from npr.briefing import display
from npr.briefing.session import Session
from npr.catalogue.declarations import Briefing
from npr.indicators.knowledge import open_knowledge_base
from specimens import both


@pytest.fixture
def shown(monkeypatch):
    """Collect what the session displays."""
    bundles = []
    monkeypatch.setattr(display, "_show", bundles.append)
    return bundles


@pytest.fixture
def make_session(home):
    base = open_knowledge_base(home, "starter")

    def make(country="SWE", language="sv", **declared):
        given = {"indicators": "all", "peers": ("FIN", "KOR"), **declared}
        briefing = Briefing(id="x", notebook="x.ipynb", title=both("x"), description=both("x"), **given)
        return Session(base, briefing, country, language, {})

    return make

"""A small executed briefing, made by hand: one figure, one table, two sections, signs that are hard to print."""

from collections.abc import Callable
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from publish_specimens import SVG, TABLE, bundle, front, prose, record


@pytest.fixture
def make_notebook() -> Callable[..., Any]:
    """Make the executed notebook; `body` is put after the first section."""

    def make(*body: Any, language: str = "sv", title: str = "AI i [[v:0]] av företagen") -> Any:
        exhibit = {"language": language, "subtitle": "Procent", "note": "Brott <2023>.", "source": "Eurostat"}
        outputs = [
            front(language),
            prose(title, record("35,0\u00a0procent", 35.04), role="title"),
            prose("En ingress.", role="lead"),
            prose("Andelen var [[v:0]][[c:1]].", record("35,0\u00a0procent", 35.04), role="summary"),
            prose('## Spridning & "bredd"\n\nText # $ @ * _ < > [x] \\ ~ åäö [[v:0]].', record("9,9", 9.92, 2021)),
            *body,
            bundle("figure", {**exhibit, "id": "f", "number": 1, "title": "Upp till [[v:0]]", "alt": "Kurva 35 %",
                              "data": {**TABLE, "rows": [["2025", "35,0"]]}, "values": [record("35,0", 35.04)]},
                   **{"image/svg+xml": SVG}),
            bundle("table", {**exhibit, "id": "t", "number": 1, "title": "Läget", "table": TABLE,
                             "values": [record("0", 0.0), record("35,0", 35.04)]}),
            prose("## Källor"),
            bundle("references", {"language": language, "items": [
                {"number": 1, "id": "r", "publisher": "OECD & Co", "year": 2017, "title": "The <Report>",
                 "title_language": "en",
                 "url": "https://www.oecd.org/x?a=1&b=2", "locator": "kap. 1", "read_as": "Källan är läst."}]}),
        ]  # fmt: skip
        cells = [new_code_cell("b.x()", outputs=[one]) for one in outputs]
        return nbformat.from_dict(new_notebook(cells=cells))

    return make

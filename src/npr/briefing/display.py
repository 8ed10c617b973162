"""Shows a result in the notebook: a structured form for our exporters beside a plain one for JupyterLab."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from html import escape
from typing import Any

from IPython.display import display

from npr.briefing.prose import Rendered

FRONT = "application/vnd.npr.front+json"
PROSE = "application/vnd.npr.prose+json"
FIGURE = "application/vnd.npr.figure+json"
TABLE = "application/vnd.npr.table+json"
REFERENCES = "application/vnd.npr.references+json"
_gathering: ContextVar[list[dict[str, Any]] | None] = ContextVar("_gathering", default=None)
SIGNS = {"better": "▲ ", "worse": "▼ ", "level": "= ", "plain": ""}


def plain(markdown: str, values: tuple[dict[str, Any], ...] | list[dict[str, Any]]) -> str:
    """Give Markdown with its numbers in place and its citations in brackets."""
    text = re.sub(r"\[\[v:(\d+)\]\]", lambda found: str(values[int(found[1])]["text"]), markdown)
    text = re.sub(r"\[\[s:(\w+)\|([^\]]+)\]\]", lambda found: f"{SIGNS[found[1]]}{found[2]}", text)
    return re.sub(r"\[\[c:(\d+)\]\]", r"[\1]", text)


@contextmanager
def gathered() -> Iterator[list[dict[str, Any]]]:
    """Gather what is shown meanwhile, instead of showing it."""
    bundles: list[dict[str, Any]] = []
    before = _gathering.set(bundles)
    try:
        yield bundles
    finally:
        _gathering.reset(before)


def show_front(front: dict[str, Any]) -> None:
    """Show the front matter."""
    line = f"{front['title_short']} · {front['country_name']} · {front['edition_title']}"
    _show({FRONT: front, "text/plain": line, "text/markdown": f"*{line}*"})


def show_prose(role: str, language: str, rendered: Rendered) -> None:
    """Show a piece of prose; `role` is title, lead, summary, sheet or body."""
    live = plain(rendered.markdown, rendered.values)
    shown = f"# {live}" if role == "title" else live
    payload = {"role": role, "language": language, "markdown": rendered.markdown, "values": list(rendered.values)}
    _show({PROSE: payload, "text/markdown": shown, "text/plain": live})


def show_figure(payload: dict[str, Any], svg: str) -> None:
    """Show a chart with its title, note, source, alt text and data."""
    live = plain(f"**{payload['number']}. {payload['title']}**", payload["values"])
    _show({FIGURE: payload, "image/svg+xml": svg, "text/plain": f"{live} {payload['alt']}"})


def show_table(payload: dict[str, Any]) -> None:
    """Show a table with its title, note and source."""
    title = plain(payload["title"], payload["values"])
    head = "".join(f"<th scope='col'>{escape(column['label'])}</th>" for column in payload["table"]["columns"])
    rows = "".join(_row([plain(cell, payload["values"]) for cell in row]) for row in payload["table"]["rows"])
    html = f"<table><caption>{escape(title)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    _show({TABLE: payload, "text/html": html, "text/plain": title})


def show_references(payload: dict[str, Any]) -> None:
    """Show the references."""
    lines = [
        f"{one['number']}. {one['publisher']} ({one['year'] or '..'}). {one['title']}." for one in payload["items"]
    ]
    _show({REFERENCES: payload, "text/markdown": "\n".join(lines), "text/plain": "\n".join(lines)})


def _row(cells: list[str]) -> str:
    return (
        f"<tr><th scope='row'>{escape(cells[0])}</th>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in cells[1:])
        + "</tr>"
    )


def _show(bundle: dict[str, Any]) -> None:
    bundles = _gathering.get()
    if bundles is None:
        display(bundle, raw=True)
    else:
        bundles.append(bundle)

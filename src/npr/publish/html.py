"""Renders a briefing as one HTML file that needs no network: style, fonts, pictures and trace are inside."""

from __future__ import annotations

import json
import re
from typing import Any

from markupsafe import Markup

from npr.language.messages import message
from npr.publish import markup
from npr.publish.document import Document, Exhibit, Piece, Prose, References
from npr.publish.templating import environment

UNNAMED = re.compile(r"[^a-z0-9]+")  # what an id has no place for


def render_html(document: Document) -> str:
    """Give the page of a document; the same document gives the same bytes."""
    language = document.language
    anchors = _Anchors()
    body = [_block(block, anchors) for block in document.blocks]
    title = markup.plain(document.title.tokens, document.title.values).strip()
    lead = document.lead
    return (
        environment()
        .get_template("briefing.html")
        .render(
            front=document.front,
            made_on=document.made_on.isoformat(),
            language=language,
            say=lambda key, **fields: message(key, language, **fields),
            title=_prose_inline(document.title),
            plain_title=title,
            lead=_prose_inline(lead) if lead else None,
            description=markup.plain(lead.tokens, lead.values).strip() if lead else title,
            summary=[_html(piece, anchors) for piece in document.summary],
            blocks=body,
            contents=[(anchors.of(text), text) for level, text in document.headings if level == 2],
            trace=_json(document.trace),
        )
    )


class _Anchors:
    """Gives headings their ids: short, readable and each once."""

    def __init__(self) -> None:
        self._given: dict[str, str] = {}

    def of(self, text: str) -> str:
        if text not in self._given:
            plain = text.casefold().translate(str.maketrans("åäöéü", "aaoeu"))
            name = "s-" + (UNNAMED.sub("-", plain).strip("-")[:50] or "x")
            taken = set(self._given.values())
            while name in taken:
                name += "-2"
            self._given[text] = name
        return self._given[text]


def _block(block: Prose | Exhibit | References, anchors: _Anchors) -> dict[str, Any]:
    if isinstance(block, Prose):
        return {"kind": "sheet" if block.sheet else "prose", "html": _html(block.piece, anchors)}
    if isinstance(block, References):
        return {"kind": "references", "items": block.items}
    return {
        "kind": block.kind,
        "number": block.number,
        "id": f"{block.kind}-{block.number}",
        "title": _inline(block.title),
        "plain_title": markup.plain(block.title.tokens, block.title.values),
        "subtitle": _inline(block.subtitle),
        "note": _inline(block.note),
        "source": _inline(block.source),
        "alt": block.alt,
        "svg": _picture(block),
        "labels": [_inline(label) for label in block.grid.labels],
        "right": block.grid.right,
        "widths": [f"{100 * one / sum(block.grid.widths):.0f}%" for one in block.grid.widths],
        "rows": [[_inline(cell) for cell in row] for row in block.grid.rows],
    }


def _html(piece: Piece, anchors: _Anchors) -> Markup:
    return Markup(markup.html(piece.tokens, piece.values, piece.first, anchors.of))  # noqa: S704 - escaped by markup.html


def _inline(piece: Piece) -> Markup:
    return _html(piece, _Anchors())


def _prose_inline(piece: Piece) -> Markup:
    """Give a paragraph without its <p>."""
    inner = [token["children"] if token["type"] == "paragraph" else [token] for token in piece.tokens]
    tokens = tuple(token for some in inner for token in some)
    return _inline(Piece(tokens, piece.values, piece.first, piece.markdown))


def _picture(figure: Exhibit) -> Markup:
    """Give the SVG as one image with its alternative text, sized by the page."""
    if not figure.svg:
        return Markup("")
    attributes = Markup(' role="img" aria-label="{}" focusable="false"').format(figure.alt)
    return Markup(figure.svg.strip().replace("<svg ", f"<svg{attributes} ", 1))  # noqa: S704 - our own figure


def _json(trace: list[dict[str, Any]]) -> Markup:
    text = json.dumps(trace, ensure_ascii=False, separators=(",", ":"))
    # In a script element only "</" could end it early.
    return Markup(text.replace("</", "<\\/"))  # noqa: S704 - cannot leave its element

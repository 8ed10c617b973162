"""Outputs of a small executed briefing, made by hand."""

from typing import Any

from nbformat.v4 import new_output

SVG = '<svg width="480pt" height="60pt" viewBox="0 0 480 60"><text x="4" y="20">Sverige 35,0</text></svg>'


def record(text: str, value: float, year: int = 2025) -> dict[str, Any]:
    return {
        "text": text, "value": value, "unit": "procent", "indicator": "ai_all", "area": "SWE", "year": year,
        "vintage": "ab" * 32, "publisher": "Eurostat", "status": "",
    }  # fmt: skip


def bundle(kind: str, payload: dict[str, Any], **more: str) -> Any:
    return new_output("display_data", {f"application/vnd.npr.{kind}+json": payload, "text/plain": kind, **more})


def prose(markdown: str, *values: dict[str, Any], role: str = "body", language: str = "sv") -> Any:
    return bundle("prose", {"role": role, "language": language, "markdown": markdown, "values": list(values)})


def front(language: str) -> Any:
    return bundle(
        "front",
        {
            "briefing": "demo", "title_short": "Industri 4.0", "country": "SWE", "country_name": "Sverige",
            "language": language, "edition": "starter", "edition_title": "Startutgåvan", "edition_date": "2026-11-23",
            "date_text": "23 november 2026", "diary_number": "N2026/1", "contact": "a@b.se", "theme_name": "Tema",
            "publisher_line": "npr", "keywords": ["industri", "AI"],
        },
    )  # fmt: skip


def exhibit(
    kind: str, columns: list[str], rows: list[list[str]], *values: dict[str, Any], right: bool = True, **more: Any
) -> Any:
    """Make a figure or table; every column but the first is one of numbers, unless `right` is false."""
    labels = [{"label": one, "align": "right" if at and right else "left"} for at, one in enumerate(columns)]
    table = {"columns": labels, "rows": rows}
    payload = {"id": "x", "number": 2, "language": "sv", "title": "T", "subtitle": "", "note": "", "source": ""}
    payload |= {"values": list(values), "alt": "a", ("data" if kind == "figure" else "table"): table}
    return bundle(kind, payload | more)


TABLE = {
    "columns": [{"label": "Land", "align": "left"}, {"label": "2025", "align": "right"}],
    "rows": [["Sverige", "[[v:1]]"], ["Finland", ".."]],
}

"""The index page over everything that was rendered, with what it searches."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from npr.catalogue import Catalogue
from npr.factory.manifest import read_manifest
from npr.factory.places import Place

if TYPE_CHECKING:
    from npr.publish.site import Entry

NAME, SEARCH = "index.html", ".search.json"


def write_index(reports: Place, catalogue: Catalogue, search: dict[str, Any] | None = None) -> None:
    """Write the index page over everything that the manifests name and that is there, with what it searches.

    Two builds at once write it one after the other, so that the last one names the files of both.
    """
    from npr.publish.site import index_page  # slow to import, and not needed when all is fresh

    with reports.alone():
        reports.write(NAME, index_page(_rendered(reports, catalogue), search).encode())


def search_data(reports: Place, home: Path, catalogue: Catalogue, of: str) -> dict[str, Any]:
    """Give what the index page searches; it is kept beside the page, with the digest of what it was made `of`.

    Raises:
        ContentError, IntegrityError: what is declared is faulty, or a lock file is damaged.
        RenderError: it could not be written.
    """
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        kept = json.loads(reports.read(SEARCH))
        if kept["of"] == of:
            return dict(kept["search"])
    made = _search_data(home, catalogue)
    reports.write(SEARCH, json.dumps({"of": of, "search": made}, ensure_ascii=False).encode())
    return made


def _search_data(home: Path, catalogue: Catalogue) -> dict[str, Any]:
    from npr.search.page import workspace_page_data
    from npr.vintages.editions import list_editions

    return {**workspace_page_data(home, catalogue), "editions": [one.id for one in list_editions(home)]}


def _rendered(reports: Place, catalogue: Catalogue) -> list[Entry]:
    """Give the files that the manifests name and that are there."""
    from npr.language.names import area_name
    from npr.publish.site import Entry

    entries = []
    for edition in reports.editions():
        manifest, _ = read_manifest(reports, edition)
        for path, file in manifest.files.items():
            place = f"{edition}/{path}"
            if file.format == "ipynb" or file.briefing not in catalogue.briefings or not reports.exists(place):
                continue
            language = "sv" if file.language == "sv" else "en"
            entries.append(
                Entry(
                    edition=manifest.edition,
                    country=file.country,
                    country_name=area_name(catalogue.area(file.country), language),  # type: ignore[arg-type]
                    title=catalogue.briefings[file.briefing].title[language],  # type: ignore[index]
                    language=language,
                    format=file.format,
                    path=place,
                    size_kb=max(1, reports.size(place) // 1000),
                    briefing=file.briefing,
                    place=catalogue.briefings[file.briefing].place,
                )
            )
    return entries

"""The addresses of the OECD API (SDMX 2.1 REST, version 1 of its paths) and the headers that go with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from npr.catalogue.declarations import Flow
from npr.errors import UsageError, did_you_mean

ROOTS: Mapping[str, str] = {
    "public": "https://sdmx.oecd.org/public/rest",
    "sti-public": "https://sdmx.oecd.org/sti-public/rest",
    "dcd-public": "https://sdmx.oecd.org/dcd-public/rest",
    "archive": "https://sdmx.oecd.org/archive/rest",
}
CSV = {"Accept": "application/vnd.sdmx.data+csv;version=1.0.0", "Accept-Language": "en"}
XML = {"Accept": "application/vnd.sdmx.structure+xml;version=2.1", "Accept-Language": "en, fr;q=0.9"}


def roots_with(given: Iterable[str]) -> dict[str, str]:
    """Give the roots, with those replaced that somebody names as NAME=URL.

    Raises:
        UsageError: no pair, an unknown name, or no address of the web.
    """
    roots = dict(ROOTS)
    for pair in given:
        name, _, address = pair.partition("=")
        if name not in ROOTS or not address.startswith(("http://", "https://")):
            raise UsageError(
                f"Root {pair!r} cannot be used",
                expected=f"NAME=URL, the name one of {', '.join(ROOTS)}",
                found=pair,
                todo=did_you_mean(name, ROOTS) or "Write --root public=http://127.0.0.1:8000/public/rest.",
            )
        roots[name] = address.rstrip("/")
    return roots


def key_of(dimensions: Iterable[str], codes: Mapping[str, Iterable[str]]) -> str:
    """Give the key of a query: each dimension's codes in the structure's order, nothing where all are wanted.

    >>> key_of(["REF_AREA", "FREQ", "MEASURE"], {"MEASURE": ["G", "B"], "FREQ": ["A"]})
    '.A.B+G'

    A key of dots alone would be eaten by what normalises addresses, so "everything" is the word `all`.

    >>> key_of(["REF_AREA", "FREQ"], {})
    'all'
    """
    key = ".".join("+".join(sorted(codes.get(name, ()))) for name in dimensions)
    return key if key.strip(".") else "all"


def data_address(root: str, flow: Flow, key: str) -> str:
    """Give where the observations of a flow are."""
    options = "dimensionAtObservation=AllDimensions&format=csvfile"
    return f"{root}/data/{flow.flow},{flow.version}/{key}?{options}"


def structure_address(root: str, flow: Flow) -> str:
    """Give where the structure of a flow is, with its labels in English and French."""
    return f"{root}/dataflow/{flow.flow.replace(',', '/')}/{flow.version}?references=all&detail=referencepartial"


def changes_address(root: str) -> str:
    """Give where one answer tells of every flow when its data last changed."""
    return f"{root}/contentconstraint/all/all/latest?detail=allcompletestubs"

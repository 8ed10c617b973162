"""Reads structure messages of OECD (SDMX-ML 2.1): dimensions in order, codes, labels, and what changed when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from npr.oecd.answers import OecdError, WrongAnswerError, made

MOST_BYTES = 200_000_000
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_AGAIN = "Run `npr fetch` again; if it stays so, open the address in a browser and see what OECD sends."


@dataclass(frozen=True)
class Dimension:
    """A dimension: its codes with their labels (language to text). `used` are the codes that the data have, if told."""

    id: str
    codelist: str
    codes: Mapping[str, Mapping[str, str]]
    used: frozenset[str] | None

    @property
    def allowed(self) -> frozenset[str]:
        """Give the codes that a query may name."""
        return self.used if self.used is not None else frozenset(self.codes)


@dataclass(frozen=True)
class Structure:
    """A dataflow's structure: dimensions in order (time apart), attributes, name by language."""

    flow: str
    version: str
    name: Mapping[str, str]
    dimensions: tuple[Dimension, ...]
    time: str | None
    attributes: tuple[str, ...]

    @property
    def order(self) -> tuple[str, ...]:
        """Give the ids of the dimensions, in the order of a key."""
        return tuple(one.id for one in self.dimensions)

    @property
    def components(self) -> frozenset[str]:
        """Give the ids of everything that a message may have as a column of codes."""
        return frozenset((*self.order, *self.attributes, *([self.time] if self.time else [])))

    @property
    def sha256(self) -> str:
        """Give a hash of what makes a key and its columns: flow, version, dimensions, codelists, attributes."""
        parts = [self.flow, self.version, [[one.id, one.codelist] for one in self.dimensions], self.attributes]
        return hashlib.sha256(json.dumps([*parts, self.time]).encode()).hexdigest()


@dataclass(frozen=True)
class Change:
    """When a flow's data last changed, as OECD says, and how many observations it has (None: not told)."""

    valid_from: str
    obs_count: int | None


def parse_structure(body: bytes, flow: str, address: str) -> Structure:
    """Read the structure of a flow ("agency,DSD@DF").

    Raises:
        OecdError: no XML, an entity or a document type in it, too large, or another flow's.
    """
    root = _read(body, address)
    agency, _, flow_id = flow.partition(",")
    flows = [one for one in _all(root, "Dataflow") if (one.get("id"), one.get("agencyID")) == (flow_id, agency)]
    structures = list(_all(root, "DataStructure"))
    if not flows or not structures:
        raise _wrong("OECD's answer does not hold the structure of the flow", address, "another or none", flow)
    wanted = next((_reference(one) for one in _all(flows[0], "Structure")), None)
    chosen = [
        one for one in structures if wanted is None or wanted.startswith(f"{one.get('agencyID')}:{one.get('id')}(")
    ]
    if not chosen:
        raise _wrong("OECD's answer lacks the data structure of the flow", address, "another", wanted or flow)
    lists = {_identity(one): one for one in _all(root, "Codelist")}
    used = _used(root, flows[0])
    placed = {str(one.get("position")): one for one in _all(chosen[0], "Dimension") if one.get("id")}
    if not placed or not all(place.isascii() and place.isdigit() for place in placed):
        found = ", ".join(placed) or "none"
        raise _wrong("OECD's structure has no dimensions in order", address, found, "at least one, by position")
    dimensions = tuple(_dimension(placed[place], lists, used) for place in sorted(placed, key=int))
    times = [str(one.get("id")) for one in _all(chosen[0], "TimeDimension") if one.get("id")]
    attributes = tuple(str(one.get("id")) for one in _all(chosen[0], "Attribute") if one.get("id"))
    version = str(flows[0].get("version") or "")
    return Structure(flow, version, _labels(flows[0]), dimensions, times[0] if times else None, attributes)


def parse_changes(body: bytes, address: str) -> dict[str, Change]:
    """Read when each flow last changed. Shape: "agency,DSD@DF,version" to its change.

    A flow may have several constraints; the latest that tells of its data counts.

    Raises:
        OecdError: as `parse_structure`.
    """
    changes: dict[str, Change] = {}
    for constraint in _all(_read(body, address), "ContentConstraint"):
        if (constraint.get("type") or "Actual") != "Actual":
            continue
        change = Change(constraint.get("validFrom") or "", _obs_count(constraint))
        for flow in _all(constraint, "Dataflow"):
            for ref in (one for one in flow if _local(one) == "Ref"):
                name = f"{ref.get('agencyID')},{ref.get('id')},{ref.get('version')}"
                if name not in changes or change.valid_from > changes[name].valid_from:
                    changes[name] = change
    return changes


def _read(body: bytes, address: str) -> Element:
    """Read XML without entities, document types or anything from outside."""
    if len(body) > MOST_BYTES:
        found = f"{len(body):,} bytes"
        raise _wrong("OECD's structure is too large", address, found, f"at most {MOST_BYTES:,} bytes")
    try:
        root: Element = fromstring(body, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        told = f"{type(error).__name__}: {error}"
        raise _wrong(
            "OECD's structure holds what no structure needs", address, told, "no DTD and no entities"
        ) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise _wrong("OECD's structure cannot be read", address, str(error), "XML") from error
    return root


def _dimension(
    element: Element,
    lists: Mapping[str, Element],
    used: Mapping[str, frozenset[str]],
) -> Dimension:
    """Give a dimension; one that names no code list itself has no codes, and any may be asked for."""
    name = str(element.get("id"))
    codelist = next((_reference(one) for one in _all(element, "Enumeration")), None) or ""
    codes = {str(one.get("id")): _labels(one) for one in _all(lists.get(codelist), "Code") if one.get("id")}
    return Dimension(name, codelist, codes, used.get(name))


def _used(root: Element, flow: Element) -> dict[str, frozenset[str]]:
    """Give the codes that the data of the flow have, by dimension, where a constraint on the actual data tells."""
    used: dict[str, frozenset[str]] = {}
    for constraint in _all(root, "ContentConstraint"):
        refs = [ref for one in _all(constraint, "Dataflow") for ref in one if _local(ref) == "Ref"]
        if constraint.get("type") != "Actual" or not any(one.get("id") == flow.get("id") for one in refs):
            continue
        for region in _all(constraint, "CubeRegion"):
            if region.get("include", "true") != "true":
                continue
            for key in (one for one in region if _local(one) == "KeyValue"):
                values = frozenset(str(one.text).strip() for one in key if _local(one) == "Value" and one.text)
                if values:
                    used[str(key.get("id"))] = used.get(str(key.get("id")), frozenset()) | values
    return used


def _obs_count(constraint: Element) -> int | None:
    for annotation in _all(constraint, "Annotation"):
        texts = {_local(one): (one.text or "").strip() for one in annotation}
        told = (annotation.get("id"), texts.get("AnnotationType"))
        if "obs_count" in told:
            for text in (texts.get("AnnotationTitle", ""), texts.get("AnnotationText", "")):
                if text.isascii() and text.isdigit():
                    return int(text)
    return None


def _labels(element: Element) -> dict[str, str]:
    return {one.get(_LANG, "en"): (one.text or "").strip() for one in element if _local(one) == "Name"}


def _identity(element: Element) -> str:
    return f"{element.get('agencyID')}:{element.get('id')}({element.get('version')})"


def _reference(element: Element) -> str | None:
    ref = next((one for one in element if _local(one) == "Ref"), None)
    return _identity(ref) if ref is not None else None


def _all(element: Element | None, name: str) -> Iterator[Element]:
    """Give all elements below of a local name, whatever the namespace."""
    if element is not None:
        yield from (one for one in element.iter() if one is not element and _local(one) == name)


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _wrong(what: str, address: str, found: str, expected: str) -> OecdError:
    return made(WrongAnswerError, what, address, found, _AGAIN, expected)

"""References as CSL-JSON."""

import json

from npr.catalogue import load_catalogue
from npr.catalogue.csl import csl_items
from npr.catalogue.evidence import Reference, load_evidence


def test_a_publication_has_publisher_year_and_address():
    one = Reference(id="r", title="Rapporten", language="sv", publisher="OECD", year=2017, url="https://example.org/r")
    assert csl_items([one]) == [
        {
            "id": "r", "type": "webpage", "title": "Rapporten", "publisher": "OECD", "author": [{"literal": "OECD"}],
            "language": "sv", "issued": {"date-parts": [[2017]]}, "URL": "https://example.org/r",
        }
    ]  # fmt: skip


def test_what_is_not_known_is_left_out():
    (item,) = csl_items([Reference(id="r", title="Rapporten", language="sv", publisher="OECD")])
    assert not {"issued", "URL"} & set(item)
    assert item["type"] == "document"


def test_publications_stand_in_the_order_of_their_ids():
    two = [Reference(id=name, title="T", language="en", publisher="OECD") for name in ("b", "a")]
    assert [one["id"] for one in csl_items(two)] == ["a", "b"]


def test_every_publication_stands_once_and_in_order(home):
    evidence = load_evidence(home, load_catalogue(home))
    items = csl_items(evidence.references.values())
    assert [one["id"] for one in items] == sorted(evidence.references)
    assert json.loads(json.dumps(items)) == items

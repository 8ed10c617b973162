"""What is declared to be served by OECD is held against the structures that OECD published."""

import json
from collections import Counter

import pytest

from npr.catalogue import Catalogue, load_catalogue


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    from pathlib import Path

    return load_catalogue(Path(__file__).resolve().parents[2])


def test_at_least_ninety_indicators_are_served_over_all_topics(catalogue):
    served = Counter(one.oecd.flow for one in catalogue.indicators.values() if one.oecd)
    assert served.total() >= 90
    assert set(served) == set(catalogue.flows) == {
        "ict_businesses", "patents", "msti", "green_growth", "productivity", "rd_tax", "venture_capital", "stan",
        "broadband", "greenhouse_gases", "rd_grants", "berd_by_industry", "tiva", "long_term", "education_fields",
        "long_term_2023",
    }  # fmt: skip


def test_what_is_fetched_from_oecd_names_oecd_as_its_publisher(catalogue):
    of_oecd = {name: catalogue.sources[one.source] for name, one in catalogue.indicators.items() if one.oecd}
    assert {name for name, source in of_oecd.items() if source.publisher.en != "OECD"} == set()
    for name, source in of_oecd.items():
        flow = catalogue.flows[catalogue.indicators[name].oecd.flow].flow
        assert catalogue.indicators[name].dataset.startswith(flow.replace(",", ":")), (name, source.id)


def test_flows_keys_and_codes_are_those_that_oecd_published(catalogue, home):
    file = home.parent / "shared" / "oecd" / "dataflows.json"
    if not file.is_file():
        pytest.skip("the published structures are not here")
    published = {one["flow"]: one["dims"] for one in json.loads(file.read_text(encoding="utf-8")).values()}
    checked = 0
    for name, flow in catalogue.flows.items():
        if flow.root == "archive":
            continue
        dimensions = published[f"{flow.flow},{flow.version}"]
        assert [one["id"] for one in dimensions] == list(flow.dimensions), name
        codes = {one["id"]: one["codes"] for one in dimensions}
        for indicator in (one for one in catalogue.indicators.values() if one.oecd and one.oecd.flow == name):
            for dimension, code in indicator.oecd.key.items():
                # Of trade in value added no codes were published: `npr fetch` is the first to know.
                assert code in codes[dimension] or (name == "tiva" and not codes[dimension]), (indicator.id, dimension)
                checked += 1
    assert checked > 500

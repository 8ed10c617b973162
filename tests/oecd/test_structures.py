"""Structure messages: dimensions in order, codes with labels, what changed; nothing dangerous is read."""

import random
import warnings
from pathlib import Path

import pytest
from pysdmx.io import read_sdmx
from pysdmx.model import Role

from npr.catalogue.declarations import Flow, Indicator, OecdQuery
from npr.oecd import structures
from npr.oecd.answers import OecdError, StructureChangedError
from npr.oecd.drift import check_structure, check_version
from npr.oecd.structures import Change, parse_changes, parse_structure
from oecd_replay import changes, recorded, structure

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "oecd" / "recorded"
NAME = "OECD.STI.STP,DSD_X@DF_X"
MADE = structure(NAME, "1.0", {"FREQ": ["A"], "REF_AREA": ["SWE", "NA"], "MEASURE": ["G", "01"]})


def test_dimensions_codes_and_labels_are_read():
    seen = parse_structure(MADE, NAME, "x")
    assert (seen.order, seen.time, seen.version) == (("FREQ", "REF_AREA", "MEASURE"), "TIME_PERIOD", "1.0")
    assert seen.dimensions[2].codes["01"] == {"en": "01 in English", "fr": "01 en français"}
    assert seen.dimensions[1].allowed == {"SWE", "NA"}
    assert seen.name == {"en": "A flow made for a test", "fr": "Un flux pour un essai"}
    assert seen.components == {"FREQ", "REF_AREA", "MEASURE", "TIME_PERIOD", "OBS_STATUS", "UNIT_MULT"}


def test_the_order_is_that_of_the_positions_not_of_the_file():
    swapped = MADE.replace(b'"REF_AREA" position="2"', b'"REF_AREA" position="9"')
    assert parse_structure(swapped, NAME, "x").order == ("FREQ", "MEASURE", "REF_AREA")


def test_the_hash_follows_the_structure_and_not_the_labels():
    one = parse_structure(MADE, NAME, "x").sha256
    assert parse_structure(MADE.replace(b"in English", b"in other words"), NAME, "x").sha256 == one
    assert parse_structure(MADE.replace(b'"FREQ" position="1"', b'"FREQ" position="8"'), NAME, "x").sha256 != one


@pytest.mark.parametrize("name", ["debt", "gdp_forecast", "house_price_indicators", "infra_annual_labour"])
def test_recorded_structures_have_the_columns_of_their_data_in_order(name):
    if not (RECORDED / name).is_dir():
        pytest.skip("the recorded answers are not here")
    flow, body, data = recorded(RECORDED / name)
    seen = parse_structure(body, flow, "x")
    header = data.splitlines()[0].decode().split(",")
    assert list(seen.order) == header[1 : 1 + len(seen.order)]
    assert header[1 + len(seen.order)] == seen.time
    assert all(one.allowed for one in seen.dimensions)
    assert parse_changes(body, "x")[f"{flow},1.0"].obs_count > 10_000


@pytest.mark.parametrize("name", ["debt", "gdp_forecast", "house_price_indicators", "infra_annual_labour"])
def test_recorded_structures_are_read_as_pysdmx_reads_them(name):
    if not (RECORDED / name).is_dir():
        pytest.skip("the recorded answers are not here")
    flow, body, _ = recorded(RECORDED / name)
    ours = parse_structure(body, flow, "x")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (theirs,) = read_sdmx(body.decode("utf-8"), validate=False).get_data_structure_definitions()
    dimensions = [one for one in theirs.components if one.role == Role.DIMENSION]
    assert [one.id for one in dimensions] == [*ours.order, ours.time]
    assert {one.id for one in theirs.components if one.role == Role.ATTRIBUTE} == set(ours.attributes)
    for one, other in zip(ours.dimensions, dimensions, strict=False):
        assert {code: told["en"] for code, told in one.codes.items()} == {c.id: c.name for c in other.enumeration}


def test_what_changed_is_read_for_each_flow_and_the_latest_counts():
    told = changes({f"{NAME},1.0": ("2026-01-02T00:00:00Z", 7), f"{NAME},2.0": ("2026-03-01T00:00:00Z", 9)})
    assert parse_changes(told, "x") == {
        f"{NAME},1.0": Change("2026-01-02T00:00:00Z", 7),
        f"{NAME},2.0": Change("2026-03-01T00:00:00Z", 9),
    }
    twice = told.replace(b'version="2.0"', b'version="1.0"')
    assert parse_changes(twice, "x")[f"{NAME},1.0"].obs_count == 9


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (BOMB, "no structure needs"),
        (OUTSIDE, "no structure needs"),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', "no structure needs"),
        (b"", "cannot be read"),
        (b"<html><body>Just a moment...</html>", "cannot be read"),
        (MADE[: len(MADE) // 2], "cannot be read"),
        (b"<a/>", "does not hold the structure"),
        (MADE.replace(b'Dataflow id="DSD_X@DF_X"', b'Dataflow id="OTHER"'), "does not hold the structure"),
        (MADE.replace(b'DataStructure id="DSD_X"', b'DataStructure id="DSD_Y"'), "lacks the data structure"),
        (MADE.replace(b"s:Dimension ", b"s:Dimensoin ").replace(b"/s:Dimension>", b"/s:Dimensoin>"), "no dimensions"),
        (MADE.replace(b'"MEASURE" position="3"', b'"MEASURE" position="x"'), "no dimensions in order"),
    ],
)
def test_what_is_no_structure_is_refused(body, what):
    with pytest.raises(OecdError, match=what):
        parse_structure(body, NAME, "x")


def test_a_structure_beyond_the_limit_is_not_parsed(monkeypatch):
    monkeypatch.setattr(structures, "MOST_BYTES", 100)
    with pytest.raises(OecdError, match="too large"):
        parse_structure(MADE, NAME, "x")


def test_a_fuzzed_structure_is_an_error_of_ours_or_a_structure():
    random_ = random.Random(20161124)
    refused = 0
    for _ in range(1500):
        held = bytearray(MADE)
        for _ in range(random_.randint(1, 3)):
            at = random_.randrange(len(held))
            if random_.random() < 0.5:
                held[at] = random_.randrange(256)
            else:
                del held[at : at + random_.randint(1, 60)]
        try:
            seen = parse_structure(bytes(held), NAME, "x")
            assert seen.dimensions
        except OecdError:
            refused += 1
    assert 300 < refused < 1500


FLOW = Flow(id="x", root="public", flow=NAME, version="1.0", dimensions=("FREQ", "REF_AREA", "MEASURE"))


def indicator(**key: str) -> Indicator:
    from specimens import both

    return Indicator(
        id="gerd", name=both("G"), short=both("G"), unit="PT", decimals=1, direction="higher", source="oecd",
        dataset="X", breakdown="_T", theme="npr", oecd=OecdQuery(flow="x", key=key),
    )  # fmt: skip


def drift(dimensions: dict[str, list[str]], *, time: bool = True, **key: str) -> str:
    seen = parse_structure(structure(NAME, "1.0", dimensions, time), NAME, "x")
    with pytest.raises(StructureChangedError) as caught:
        check_structure(FLOW, seen, [indicator(**key)], "http://x")
    return str(caught.value)


SAME = {"FREQ": ["A"], "REF_AREA": ["SWE"], "MEASURE": ["G", "B"]}


def test_a_structure_as_declared_passes():
    seen = parse_structure(structure(NAME, "1.0", SAME), NAME, "x")
    check_structure(FLOW, seen, [indicator(FREQ="A", MEASURE="G")], "x")


def test_an_added_dimension_is_told_with_the_codes_to_choose_from():
    told = drift({**SAME, "PRICE": ["V", "Q"]}, FREQ="A", MEASURE="G")
    assert "PRICE added" in told
    assert "write [FREQ, REF_AREA, MEASURE, PRICE]" in told
    assert "a code of PRICE in oecd.key: one of Q, V" in told


def test_a_removed_dimension_is_told():
    told = drift({"FREQ": ["A"], "REF_AREA": ["SWE"]}, FREQ="A", MEASURE="G")
    assert "MEASURE removed" in told
    assert "remove MEASURE from oecd.key" in told


def test_reordered_dimensions_are_told_with_the_order_to_write():
    told = drift({"REF_AREA": ["SWE"], "FREQ": ["A"], "MEASURE": ["G"]}, FREQ="A", MEASURE="G")
    assert "dimensions (reordered): write [REF_AREA, FREQ, MEASURE]" in told


def test_a_code_that_is_gone_is_told_with_the_nearest():
    told = drift({**SAME, "MEASURE": ["GX", "B"]}, FREQ="A", MEASURE="G")
    assert (
        "data/catalogue/indicators/gerd.yml: oecd.key.MEASURE: OECD has no G here any more. Did you mean 'GX'?" in told
    )


def test_a_flow_that_lost_its_time_is_told():
    assert "no time dimension" in drift(SAME, time=False, FREQ="A", MEASURE="G")


@pytest.mark.parametrize(
    ("versions", "write"),
    [(["1.0", "1.1"], "1.1"), (["1.1"], "1.1"), (["0.9"], "0.9"), (["1.0", "1.10", "1.9"], "1.10")],
)
def test_a_version_that_is_new_or_dead_stops_the_flow(versions, write):
    told = {f"{NAME},{one}": Change("2026", 1) for one in versions}
    with pytest.raises(StructureChangedError, match=f"version: write '{write}' instead of '1.0'"):
        check_version(FLOW, told, "x")


@pytest.mark.parametrize("told", [{}, {f"{NAME},1.0": Change("", None)}, {"OECD,OTHER,9.0": Change("", None)}])
def test_a_version_that_is_the_latest_or_not_told_passes(told):
    check_version(FLOW, told, "x")

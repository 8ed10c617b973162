"""SDMX-CSV in every shape that OECD sends, against hand-made expectations, an oracle, and thousands of mutations."""

import csv
import io
import random
import warnings
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pysdmx.io import read_sdmx

from npr.oecd.answers import OecdError
from npr.oecd.messages import joined_statuses, parse_message, scaled
from npr.oecd.structures import parse_structure
from oecd_replay import csv_of, recorded

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "oecd" / "recorded"
FLOW = "OECD.STI.STP,DSD_X@DF_X"
ONE = (
    b"DATAFLOW,REF_AREA,MEASURE,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MULT\r\n"
    b"OECD.STI.STP:DSD_X@DF_X(1.0),SWE,G,2020,3.5,A,0\r\n"
    b"OECD.STI.STP:DSD_X@DF_X(1.0),NA,01,2021,,M,0\r\n"
)
SHAPES = {
    "plain": ONE,
    "with a mark of byte order": b"\xef\xbb\xbf" + ONE,
    "with line feeds alone": ONE.replace(b"\r\n", b"\n"),
    "quoted": ONE.replace(b"SWE", b'"SWE"').replace(b",G,", b',"G",'),
    "2.0": (
        b"STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,MEASURE,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MULT\r\n"
        b"DATAFLOW,OECD.STI.STP:DSD_X@DF_X(1.0),I,SWE,G,2020,3.5,A,0\r\n"
        b"DATAFLOW,OECD.STI.STP:DSD_X@DF_X(1.0),I,NA,01,2021,,M,0\r\n"
    ),
    "2.0 with labels": (
        b"STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,ACTION,REF_AREA,Reference area,MEASURE,Measure,TIME_PERIOD,Time period,"
        b"OBS_VALUE,Observation value,OBS_STATUS,Observation status,UNIT_MULT,Unit multiplier\r\n"
        b'DATAFLOW,OECD.STI.STP:DSD_X@DF_X(1.0),"R&D, main",I,SWE,Sweden,G,"GERD, ""all""",2020,,3.5,,A,As is,0,One\r\n'
        b'DATAFLOW,OECD.STI.STP:DSD_X@DF_X(1.0),"R&D, main",I,NA,Namibia,01,First,2021,,,,M,Missing,0,Units\r\n'
    ),
    "1.0 with code and label in one": (
        b"DATAFLOW,REF_AREA: Reference area,MEASURE: Measure,TIME_PERIOD: Time,OBS_VALUE,OBS_STATUS: Status,"
        b"UNIT_MULT: Multiplier\r\n"
        b'OECD.STI.STP:DSD_X@DF_X(1.0): R&D,SWE: Sweden,"G: GERD, total",2020,3.5,A: Normal,0: Units\r\n'
        b"OECD.STI.STP:DSD_X@DF_X(1.0): R&D,NA: Namibia,01: First,2021,,M: Missing,0: Units\r\n"
    ),
    "with a label named as a code would be": (
        b"DATAFLOW,REF_AREA,REF_AREA,MEASURE,Measure,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MULT\r\n"
        b"OECD.STI.STP:DSD_X@DF_X(1.0),SWE,Sweden,G,GERD,2020,3.5,A,0\r\n"
        b"OECD.STI.STP:DSD_X@DF_X(1.0),NA,Namibia,01,First,2021,,M,0\r\n"
    ),
    "with a label over two lines": (
        b"DATAFLOW,REF_AREA,Reference area,MEASURE,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MULT\r\n"
        b'OECD.STI.STP:DSD_X@DF_X(1.0),SWE,"Swe\r\nden",G,2020,3.5,A,0\r\n'
        b"OECD.STI.STP:DSD_X@DF_X(1.0),NA,Namibia,01,2021,,M,0\r\n"
    ),
}


def rows(body: bytes, *components: str) -> list[tuple]:
    table = parse_message(body, "x", components).table
    return list(zip(*(table.column(name).to_pylist() for name in table.column_names), strict=True))


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_codes_as_text(shape):
    message = parse_message(SHAPES[shape], "x")
    assert message.flow == "OECD.STI.STP:DSD_X@DF_X(1.0)"
    assert message.table.column_names == ["REF_AREA", "MEASURE", "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "UNIT_MULT"]
    # NA is Namibia and 01 a code: neither a missing value nor the number 1.
    assert rows(SHAPES[shape]) == [("SWE", "G", "2020", "3.5", "A", "0"), ("NA", "01", "2021", "", "M", "0")]


def test_labels_over_two_lines_are_read_right_in_a_message_of_several_megabytes():
    # Long enough for several blocks of pyarrow's, one of which begins within a label.
    head, one, other = SHAPES["with a label over two lines"].replace(b"Swe\r\nden", b"Swe\r\n" * 400).split(b"OECD.STI")
    body = head + (b"OECD.STI" + one + b"OECD.STI" + other) * 2000
    assert len(body) > 4_000_000
    assert parse_message(body, "x").texts("REF_AREA").to_pylist() == ["SWE", "NA"] * 2000


def test_the_lines_are_kept_byte_for_byte_when_each_row_is_one():
    assert parse_message(ONE, "x").lines == ONE.splitlines(keepends=True)
    assert parse_message(SHAPES["with a label over two lines"], "x").lines is None


@pytest.mark.parametrize("period", ["2020", "2020-Q1", "2020-01", "2020-W03", "2020-01-01/P1Y", "2020-06-30T00:00:00"])
def test_any_period_is_kept_as_text(period):
    body = csv_of(FLOW, "1.0", ["REF_AREA"], [("SWE", period, "1", "A", "0")])
    assert rows(body)[0][1] == period


@pytest.mark.parametrize("value", ["Yes", "NaN", "nan", "NA", "", "1e3", "-0.0", "1,5", "null", "#N/A"])
def test_a_value_is_never_read_as_something_else(value):
    quoted = f'"{value}"' if "," in value else value
    assert rows(csv_of(FLOW, "1.0", ["REF_AREA"], [("NA", "2020", quoted, "", "")])) == [("NA", "2020", value, "", "")]


@pytest.mark.parametrize(
    ("value", "power", "wanted"),
    [
        ("2641", "3", "2641E3"), ("6119.908", "3", "6119.908E3"), ("5", "-2", "5E-2"), ("5", "0", "5"), ("5", "", "5"),
        ("5", "9999", "5"), ("", "6", ""), ("Yes", "6", "Yes"), ("-1.5", "6", "-1.5E6"), ("1.2E5", "3", "1.2E8"),
        ("1e-7", "6", "1E-1"),
    ],
)  # fmt: skip
def test_the_power_of_ten_is_applied_to_the_digits_that_the_source_wrote(value, power, wanted):
    assert scaled(pa.array([value]), pa.array([power])).to_pylist() == [wanted]


def test_scaling_is_exact():
    # 0.1 * 1000 is 100.00000000000001 in other hands; the text says 0.1E3, which is read as 100.
    assert float(scaled(pa.array(["0.1"]), pa.array(["3"]))[0].as_py()) == 100.0
    assert float(scaled(pa.array(["6119.908"]), pa.array(["3"]))[0].as_py()) == 6119908.0


def test_several_statuses_are_joined_in_order():
    body = (
        b"DATAFLOW,REF_AREA,TIME_PERIOD,OBS_VALUE,OBS_STATUS,OBS_STATUS_2,OBS_STATUS_3\r\n"
        b"O:D(1),SWE,2020,1,B,,P\r\nO:D(1),FIN,2020,1,,E,\r\nO:D(1),NOR,2020,1,,,\r\nO:D(1),DNK,2020,1,A,B,P\r\n"
    )
    assert joined_statuses(parse_message(body, "x")).to_pylist() == ["B,P", "E", "", "A,B,P"]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "empty answer"),
        (b"\r\n", "empty answer"),
        (b"<html><body>Just a moment...</body></html>", "a page instead of data"),
        (ONE[: ONE.index(b"\r\n") + 2], "a header and no rows"),
        (ONE[:-20], "cut short"),
        (ONE[:-1], "cut short"),
        (ONE[:-18] + b"\r\n", "another number of parts"),
        (ONE.replace(b"SWE", b"SWE,FIN"), "another number of parts"),
        (ONE.replace(b"SWE", b"S\xffE"), "another number of parts|no text"),
        (ONE.replace(b"SWE", b"S\0E"), "damaged"),
        (ONE.replace(b"OBS_VALUE", b"VALUE"), "no values"),
        (ONE.replace(b"DATAFLOW", b"FLOW"), "no SDMX-CSV"),
        (ONE.replace(b"DSD_X@DF_X(1.0),NA", b"DSD_Y@DF_Y(1.0),NA"), "mixes dataflows"),
        (SHAPES["2.0"].replace(b"\r\nDATAFLOW", b"\r\nDATASTRUCTURE"), "not of a dataflow"),
        (b"NoRecordsFound", "cut short"),
    ],
)
def test_what_is_no_whole_message_is_refused_with_the_reason(body, what):
    with pytest.raises(OecdError, match=what):
        parse_message(body, "http://x/data")


def oracle(body: bytes) -> pd.DataFrame:
    """Read a message with pysdmx: a column for each component."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = read_sdmx(body.decode("utf-8"), validate=False).data[0].data
    return data


@pytest.mark.parametrize("name", ["debt", "gdp_forecast", "house_price_indicators", "infra_annual_labour"])
def test_recorded_answers_are_read_as_pysdmx_reads_them(name):
    if not (RECORDED / name).is_dir():
        pytest.skip("the recorded answers are not here")
    flow, structure, body = recorded(RECORDED / name)
    known = parse_structure(structure, flow, "x")
    message = parse_message(body, "x", known.components)
    wanted = oracle(body)
    assert message.table.num_rows == len(wanted) > 500
    for column in message.table.column_names:
        theirs = ["" if one is None or one != one else str(one) for one in wanted[column].tolist()]
        ours = message.texts(column).to_pylist()
        if column == "OBS_VALUE":
            assert [float(one or "nan") for one in ours] == pytest.approx(
                [float(one or "nan") for one in theirs], nan_ok=True
            )
        else:
            assert ours == theirs, column


@pytest.mark.parametrize("shape", ["plain", "2.0"])
def test_our_own_shapes_are_read_as_pysdmx_reads_them(shape):
    wanted = oracle(SHAPES[shape])
    theirs = [
        tuple("" if one is None or one != one else str(one) for one in row)
        for row in wanted[["REF_AREA", "MEASURE", "TIME_PERIOD", "OBS_STATUS"]].itertuples(index=False)
    ]
    assert [(a, m, t, s) for a, m, t, _, s, _ in rows(SHAPES[shape])] == theirs


def strict_rows(body: bytes) -> list[list[str]] | None:
    """Read a body with Python's own strict reader; None when that finds no table in it."""
    try:
        text = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
        read = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except (UnicodeDecodeError, csv.Error):
        return None
    return read if read and all(len(row) == len(read[0]) for row in read) else None


def mutated(body: bytes, random_: random.Random) -> bytes:
    held = bytearray(body)
    for _ in range(random_.randint(1, 2)):
        at = random_.randrange(len(held))
        match random_.randrange(9):
            case 0 | 5 | 6 | 7 | 8:
                held[at] = random_.randrange(32, 127)
            case 1:
                del held[at : at + random_.randint(1, 30)]
            case 2:
                held[at:at] = random_.choice([b",", b'"', b"\r\n", b"\n", b"\r", b"\0", b"\xff", b"NA", b": ", b"<"])
            case 3:
                held[at:at] = held[max(0, at - 20) : at]
            case 4:
                del held[at:]
        held = held or bytearray(b"x")
    return bytes(held)


def test_a_fuzzed_message_is_an_error_of_ours_or_read_right():
    """Whatever comes, nothing crashes, and no row or value is lost or changed without a word."""
    random_ = random.Random(20161123)
    read = refused = 0
    shapes = [SHAPES[name] for name in ("plain", "2.0", "with line feeds alone", "2.0 with labels")]
    for number in range(4000):
        body = mutated(shapes[number % len(shapes)], random_)
        try:
            message = parse_message(body, "x")
        except OecdError:
            refused += 1
            continue
        wanted = strict_rows(body)
        if wanted is None or b"\r" in body.replace(b"\r\n", b"") or body.count(b'"') % 2:
            continue  # readers differ in what they make of stray quotes and carriage returns
        header, *held = wanted
        if any(": " in name for name in header):
            continue  # then each part holds code and label
        read += 1
        assert message.table.num_rows == len(held), body
        assert message.texts("OBS_VALUE").to_pylist() == [row[header.index("OBS_VALUE")] for row in held], body
    assert read > 500
    assert refused > 500


CODE = st.text("ABCXYZ_019", min_size=1, max_size=6)
VALUE = st.from_regex(r"-?[0-9]{1,6}(\.[0-9]{1,4})?", fullmatch=True) | st.just("")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(CODE, CODE, st.integers(1900, 2100).map(str), VALUE, CODE), min_size=1, max_size=20))
def test_whatever_was_written_is_read(written):
    body = csv_of(FLOW, "1.0", ["REF_AREA", "MEASURE"], [(*row[:4], row[4], "0") for row in written])
    assert rows(body) == [(*row, "0") for row in written]

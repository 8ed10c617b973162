"""Refreshing from OECD: what is taken, what stays, what is said; whatever the API, the disk or the clock do."""

import gzip
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from fetch_specimens import DIMENSIONS, FLOW, ROWS, Bench, declare, write_catalogue
from npr.catalogue import load_catalogue
from npr.errors import ContentError, IntegrityError, UsageError
from npr.oecd.answers import StructureChangedError
from npr.refresh.outcomes import Outcome, show_outcomes
from npr.vintages.checks import newest_vintage, read_check
from npr.vintages.compare_editions import compare, told
from npr.vintages.editions import load_edition
from npr.vintages.freezing import freeze_newest
from npr.vintages.store import read, read_rows
from oecd_replay import CSV_TYPE, Said, changes, csv_of, recorded, structure

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "oecd" / "recorded"


def tree(home: Path) -> dict[str, str]:
    """Give a hash of every file below the vintages."""
    root = home / "data" / "vintages"
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def states(outcomes) -> dict[str, str]:
    return {name: one.state for name, one in outcomes.items()}


def rows(bench: Bench, indicator: str) -> list[tuple]:
    seen = newest_vintage(bench.home, indicator)
    table, _ = read_rows(bench.home, indicator, seen[0].content_sha256)
    return [tuple(row.values()) for row in table.to_pylist()]


def test_one_download_of_a_flow_gives_each_indicator_its_rows(bench):
    assert states(bench.fetch()) == {"gerd": "new", "berd": "new"}
    assert bench.replay.kinds() == ["contentconstraint", "dataflow", "data"]
    assert bench.replay.asked[2].split("?")[0] == f"/public/rest/data/{FLOW},1.0/.A.B+G"
    # NA is Namibia, whose missing value stays a row; 2641 with UNIT_MULT 3 is 2,641,000.
    assert rows(bench, "gerd") == [
        ("FIN", 2020, "_T", 2.91, "2.91", "P"),
        ("NA", 2020, "_T", None, "", "M"),
        ("SWE", 2019, "_T", 3.39, "3.39", "A"),
        ("SWE", 2020, "_T", 3.49, "3.49", "B"),
    ]
    assert rows(bench, "berd") == [
        ("FIN", 2020, "_T", 1500.0, "1.5E3", ""),
        ("SWE", 2020, "_T", 2641000.0, "2641E3", "A"),
    ]


def test_the_receipt_tells_what_was_asked_and_answered(bench):
    bench.fetch()
    receipt, _ = newest_vintage(bench.home, "gerd")
    download = receipt.download
    assert (
        download.url == f"{bench.replay.url}/data/{FLOW},1.0/.A.B+G?dimensionAtObservation=AllDimensions&format=csvfile"
    )
    assert download.sent["Accept"].startswith("application/vnd.sdmx.data+csv")
    assert download.received["Content-Type"] == CSV_TYPE
    body = bench.replay.flows[f"{FLOW},1.0"][1]
    assert (download.answer_sha256, download.answer_bytes) == (hashlib.sha256(body).hexdigest(), len(body))
    assert (download.flow, download.version, download.key) == (FLOW, "1.0", {"FREQ": "A", "MEASURE": "G"})
    assert (download.valid_from, download.obs_count) == ("2026-11-01T00:00:00Z", 6)
    assert download.ended == bench.time
    assert download.citation == f"OECD (2026), A flow made for a test, {FLOW} 1.0, retrieved 2026-11-23."
    raw = bench.home / "data" / "vintages" / "gerd" / receipt.content_sha256[:12] / "raw.csv.gz"
    lines = body.splitlines(keepends=True)
    assert gzip.decompress(raw.read_bytes()) == b"".join(lines[:5])  # the header and the four rows of G
    assert receipt.retrieved == "2026-11-23"


def test_a_second_run_asks_once_and_writes_nothing_but_the_check_lines(bench):
    bench.fetch()
    before = tree(bench.home)
    bench.replay.asked.clear()
    assert states(bench.fetch()) == {"gerd": "unchanged", "berd": "unchanged"}
    assert bench.replay.kinds() == ["contentconstraint"]
    after = tree(bench.home)
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {"gerd/checked.json", "berd/checked.json"}
    assert before.keys() == after.keys()
    assert read_check(bench.home, "gerd").checked == bench.time


def test_a_later_valid_from_with_the_same_content_makes_no_vintage(bench):
    bench.fetch()
    bench.serve(rows=[ROWS[3], *ROWS[:3], *ROWS[4:]], valid="2026-11-20T00:00:00Z")  # in another order, too
    assert states(bench.fetch()) == {"gerd": "unchanged", "berd": "unchanged"}
    assert bench.replay.kinds().count("data") == 2
    assert len(bench.vintages("gerd")) == 1
    assert read_check(bench.home, "gerd").valid_from == "2026-11-20T00:00:00Z"


def test_a_server_that_does_not_tell_what_changed_is_asked_for_the_data(bench):
    bench.serve(valid="")
    assert states(bench.fetch()) == {"gerd": "new", "berd": "new"}
    assert states(bench.fetch()) == {"gerd": "unchanged", "berd": "unchanged"}
    assert bench.replay.kinds().count("data") == 2


def test_a_revision_of_an_old_year_is_a_new_vintage_beside_the_old(bench):
    bench.fetch()
    freeze_newest(bench.home, load_catalogue(bench.home), "one", on=bench.time.date())
    revised = [("SWE", "A", "G", "2019", "3.45", "A", "0"), *ROWS[1:], ("SWE", "A", "G", "2021", "3.6", "P", "0")]
    bench.serve(rows=revised, valid="2026-11-20T00:00:00Z")
    assert states(bench.fetch()) == {"gerd": "new", "berd": "unchanged"}
    assert len(bench.vintages("gerd")) == 2
    freeze_newest(bench.home, load_catalogue(bench.home), "two", on=bench.time.date())
    # (3.45 - 3.39) / 3.39 = 1.77 %
    assert told(compare(bench.home, "one", "two")) == (
        "one → two: 1 of 2 indicators changed\n  gerd  1 new; 1 revised; largest revision SWE 2019: 3.39 → 3.45 (+1.8%)"
    )
    one = load_edition(bench.home, "one").vintages["gerd"]
    assert read(bench.home, "gerd", one.vintage, receipt_sha256=one.receipt).table["value"].tolist()[2] == 3.39


def test_a_source_that_goes_back_to_an_earlier_content_has_that_as_its_newest(bench):
    bench.fetch()
    first = newest_vintage(bench.home, "gerd")[0].content_sha256
    bench.serve(rows=[*ROWS, ("SWE", "A", "G", "2021", "3.6", "P", "0")], valid="2026-11-20T00:00:00Z")
    bench.fetch()
    assert newest_vintage(bench.home, "gerd")[0].content_sha256 != first
    bench.serve(valid="2026-11-21T00:00:00Z")
    assert states(bench.fetch()) == {"gerd": "unchanged", "berd": "unchanged"}
    assert newest_vintage(bench.home, "gerd")[0].content_sha256 == first


def test_a_key_that_changed_in_the_catalogue_is_fetched_again(bench):
    bench.fetch()
    declare(bench.home, "berd", FREQ="A", MEASURE="G")
    assert states(bench.fetch()) == {"gerd": "unchanged", "berd": "new"}


DRIFTS = {
    "added": {"dimensions": {**DIMENSIONS, "PRICE": ["V"]}, "rows": [(*one[:3], "V", *one[3:]) for one in ROWS]},
    "reordered": {"dimensions": {"FREQ": ["A"], "REF_AREA": ["SWE"], "MEASURE": ["G", "B"]}},
    "code": {"dimensions": {**DIMENSIONS, "MEASURE": ["G", "H"]}},
    "version": {"version": "1.1"},
}


@pytest.mark.parametrize("kind", DRIFTS)
def test_drift_stops_its_flow_alone_and_says_what_to_write(bench, kind):
    bench.fetch()
    drift = {"rows": ROWS, "valid": "2026-11-20T00:00:00Z", **DRIFTS[kind]}
    bench.serve(**drift)
    add_flow(bench)
    outcomes = bench.fetch()
    assert states(outcomes) == {"gerd": "stale", "berd": "stale", "other": "new"}
    (error,) = bench.last.errors
    assert isinstance(error, StructureChangedError)
    *_, last = str(error).splitlines()
    wanted = {
        "added": "data/catalogue/indicators: give each indicator of the flow a code of PRICE in oecd.key: one of V",
        "reordered": "data/catalogue/flows.yml: dimensions (reordered): write [FREQ, REF_AREA, MEASURE]",
        "code": "data/catalogue/indicators/berd.yml: oecd.key.MEASURE: OECD has no B here any more. Write one of G, H",
        "version": "data/catalogue/flows.yml: version: write '1.1' instead of '1.0', as OECD has it now",
    }
    assert last.strip() == wanted[kind]
    assert len(bench.vintages("gerd")) == 1


TWICE = [*ROWS, ("SWE", "A", "G", "2020", "3.50", "A", "0")]


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (("SWE", "A", "G", "2020", "3.50", "B", "0"), r"SWE 2020: expected one value, found 3\.49, 3\.50"),
        (("SWE", "A", "G", "2020", "3.49", "E", "0"), "they differ in OBS_STATUS"),
        (("SWE", "A", "G", "2020-Q1", "3.49", "A", "0"), "years: name the frequency A, found the period '2020-Q1'"),
        (("SWE", "A", "G", "2021", "Yes", "A", "0"), "numbers, found 'Yes'"),
        (("SWE", "A", "G", "2021", "1e999", "A", "0"), "finite numbers"),
    ],
)
def test_rows_that_cannot_be_an_indicators_stop_that_indicator_alone(bench, more, what):
    bench.serve(rows=[*ROWS, more])
    assert states(bench.fetch()) == {"gerd": "failed", "berd": "new"}
    (error,) = bench.last.errors
    assert isinstance(error, ContentError)
    assert re.search(what, str(error)), error
    assert bench.vintages("gerd") == []


def test_the_same_row_twice_counts_once(bench):
    bench.serve(rows=[*ROWS, ROWS[0]])
    assert states(bench.fetch()) == {"gerd": "new", "berd": "new"}
    assert len(rows(bench, "gerd")) == 4


def test_a_key_without_rows_is_told(bench):
    bench.serve(rows=ROWS[:4])
    assert states(bench.fetch()) == {"gerd": "new", "berd": "failed"}
    assert "none for FREQ=A MEASURE=B" in str(bench.last.errors[0])


def test_a_value_that_the_source_calls_nan_is_a_missing_one(bench):
    bench.serve(rows=[*ROWS, ("FIN", "A", "G", "2021", "NaN", "M", "0")])
    bench.fetch()
    assert ("FIN", 2021, "_T", None, "", "M") in rows(bench, "gerd")


@pytest.mark.parametrize(
    "said",
    [
        Said(404, b"NoRecordsFound"),
        Said(429, b"You have exceeded the number of requests currently permitted in the OECD Data API."),
        Said(200, b"<html>Just a moment...</html>", {"Content-Type": CSV_TYPE}),
        Said(200, b"DATAFLOW,REF_AREA,TIME_PERIOD,OBS_VALUE\r\n", {"Content-Type": CSV_TYPE}),
        Said(200, b"DATAFLOW,REF_AREA,TIME_PERIOD,OBS_VALUE\r\nO:D(1),SWE,20", {"Content-Type": CSV_TYPE}),
        Said(raw=b""),
    ],
)
def test_an_answer_that_is_none_leaves_everything_and_marks_it_as_not_confirmed(bench, said):
    bench.fetch()
    before = {name: digest for name, digest in tree(bench.home).items() if "checked" not in name}
    bench.serve(valid="2026-11-20T00:00:00Z")
    bench.replay.faults["data"] = [said]
    outcomes = bench.fetch()
    assert states(outcomes) == {"gerd": "stale", "berd": "stale"}
    assert len(bench.last.errors) == 1
    assert {name: digest for name, digest in tree(bench.home).items() if "checked" not in name} == before
    check = read_check(bench.home, "gerd")
    assert (check.tried, check.checked) == (bench.time, bench.time - timedelta(hours=1))
    assert check.failed
    bench.replay.faults.clear()
    assert states(bench.fetch()) == {"gerd": "unchanged", "berd": "unchanged"}
    assert read_check(bench.home, "gerd").failed == ""


def add_flow(bench: Bench) -> None:
    """Declare another flow of the same root, which the server has too."""
    other = {"id": "y", "root": "public", "flow": "OECD,DF_Y", "version": "1.0", "dimensions": list(DIMENSIONS)}
    path = bench.home / "data" / "catalogue" / "flows.yml"
    path.write_text(path.read_text() + f"- {json.dumps(other)}\n")
    declare(bench.home, "other", "y", FREQ="A", MEASURE="G")
    held = csv_of("OECD,DF_Y", "1.0", list(DIMENSIONS), ROWS)
    bench.replay.flows["OECD,DF_Y,1.0"] = structure("OECD,DF_Y", "1.0", DIMENSIONS), held


@pytest.mark.parametrize("said", [Said(429, b"You have exceeded"), Said(403, b"Access denied")])
def test_a_root_that_shuts_its_door_is_not_asked_for_the_next_flow(bench, said):
    add_flow(bench)
    bench.replay.faults["data"] = [said]
    assert set(states(bench.fetch()).values()) == {"failed"}
    assert bench.replay.kinds().count("dataflow") == 1


def test_a_server_that_fails_for_one_flow_is_asked_for_the_next(bench):
    add_flow(bench)
    bench.replay.faults["data"] = [Said(500, b"languageTag1"), Said(0)]
    assert states(bench.fetch()) == {"gerd": "failed", "berd": "failed", "other": "new"}


@pytest.mark.parametrize("said", [Said(429, b"You have exceeded"), Said(200, b"<html>", {"Content-Type": "text/html"})])
def test_a_root_that_does_not_let_us_ask_what_changed_is_not_asked_for_data(bench, said):
    bench.fetch()
    bench.replay.asked.clear()
    bench.replay.faults["contentconstraint"] = [said]
    assert states(bench.fetch()) == {"gerd": "stale", "berd": "stale"}
    assert set(bench.replay.kinds()) == {"contentconstraint"}


def test_another_flow_than_asked_for_is_refused(bench):
    body = bench.replay.flows[f"{FLOW},1.0"][1].replace(b"DF_X(1.0)", b"DF_Z(1.0)")
    bench.replay.flows[f"{FLOW},1.0"] = (bench.replay.flows[f"{FLOW},1.0"][0], body)
    assert states(bench.fetch()) == {"gerd": "failed", "berd": "failed"}
    assert "another flow than asked for" in str(bench.last.errors[0])


def test_offline_makes_no_call_at_all_and_tells_the_age(bench, monkeypatch):
    bench.fetch()

    def no_network(*_, **__):
        raise AssertionError("a socket was opened")

    for name in ("connect", "connect_ex", "send", "sendall", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    monkeypatch.setattr(socket, "create_connection", no_network)
    bench.time += timedelta(days=205)
    outcomes = bench.fetch(offline=True)
    assert states(outcomes) == {"gerd": "stale", "berd": "stale"}
    assert (outcomes["gerd"].confirmed, outcomes["gerd"].age_days) == ("2026-11-23", 205)
    assert bench.last.errors == []


def test_offline_without_a_vintage_says_so(bench):
    outcome = bench.fetch("gerd", offline=True)["gerd"]
    assert (outcome.state, outcome.vintage) == ("none", None)
    assert "no vintage yet: gerd. Run `npr fetch` with the network on." in show_outcomes([outcome])


def test_many_without_a_vintage_are_told_in_one_line():
    many = [Outcome(f"i{at}", "failed", None, None, None) for at in range(10)]
    assert show_outcomes(many) == "10 failed of 10 indicators\n  failed: i0, i1, i2, i3, i4, i5, i6, i7 and 2 more"


def test_an_edition_says_which_vintages_were_not_confirmed(bench):
    bench.fetch()
    bench.time += timedelta(days=30)
    bench.fetch("gerd", offline=True)
    edition = freeze_newest(bench.home, load_catalogue(bench.home), "later", on=bench.time.date())
    stale = edition.vintages["gerd"].stale
    assert (stale.confirmed, stale.tried.isoformat()) == ("2026-11-23", "2026-12-23")
    assert edition.vintages["berd"].stale is None
    assert load_edition(bench.home, "later") == edition


FILES = ["observations.parquet", "raw.csv.gz", "receipt.json"]


# One other letter in a receipt is the lock's to find; see the tests of the store.
@pytest.mark.parametrize(("name", "how"), [(name, how) for name in FILES for how in ("cut", "gone", "altered")][:-1])
def test_a_damaged_vintage_is_found_at_the_next_fetch_and_not_taken_for_the_newest(bench, name, how):
    bench.fetch()
    (folder,) = bench.vintages("gerd")
    path = bench.home / "data" / "vintages" / "gerd" / folder / name
    held = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(held[:-7] if how == "cut" else held[:50] + bytes([held[50] ^ 1]) + held[51:])
    outcomes = bench.fetch("gerd")
    assert outcomes["gerd"].state == "failed"
    assert isinstance(bench.last.errors[0], IntegrityError)
    assert "Restore" in str(bench.last.errors[0])


def test_the_advice_on_a_damaged_vintage_leads_out(bench):
    bench.fetch()
    (folder,) = (bench.home / "data" / "vintages" / "gerd").glob("*/")
    (folder / "raw.csv.gz").write_bytes(b"x")
    assert bench.fetch("gerd")["gerd"].state == "failed"
    assert f"remove data/vintages/gerd/{folder.name} and take the vintage again" in str(bench.last.errors[0])
    shutil.rmtree(folder)
    assert bench.fetch("gerd")["gerd"].state == "new"
    assert len(rows(bench, "gerd")) == 4


def test_a_check_line_that_was_cut_costs_one_download(bench):
    bench.fetch()
    (bench.home / "data" / "vintages" / "gerd" / "checked.json").write_text('{"vintage": "ab')
    assert states(bench.fetch()) == {"gerd": "unchanged", "berd": "unchanged"}
    assert bench.replay.kinds().count("data") == 2


def test_a_clock_that_was_set_back_does_not_hide_a_new_vintage(bench):
    bench.fetch()
    bench.time -= timedelta(days=400)
    bench.serve(rows=[*ROWS, ("SWE", "A", "G", "2021", "3.6", "P", "0")], valid="2026-11-20T00:00:00Z")
    outcome = bench.fetch()["gerd"]
    assert outcome.state == "new"
    newest, _ = newest_vintage(bench.home, "gerd")
    assert newest.content_sha256 == outcome.vintage
    assert newest.last_year == 2021


def test_a_new_edition_follows_the_newest_and_is_the_latest_even_on_the_same_day(bench):
    bench.fetch()
    catalogue = load_catalogue(bench.home)
    first = freeze_newest(bench.home, catalogue, "zwei", on=bench.time.date())
    second = freeze_newest(bench.home, catalogue, "eins", on=bench.time.date())
    assert (first.follows, second.follows) == (None, "zwei")
    assert load_edition(bench.home, "latest").id == "eins"
    assert told(compare(bench.home, "zwei", "latest")) == "zwei → eins: 0 of 2 indicators changed"


def test_an_edition_may_hold_the_indicators_of_another_alone(bench):
    bench.fetch("gerd")
    catalogue = load_catalogue(bench.home)
    freeze_newest(bench.home, catalogue, "one", on=bench.time.date())
    bench.fetch()
    assert set(freeze_newest(bench.home, catalogue, "two", on=bench.time.date(), like="one").vintages) == {"gerd"}
    assert set(freeze_newest(bench.home, catalogue, "three", on=bench.time.date()).vintages) == {"gerd", "berd"}


@pytest.mark.parametrize("name", ["latest", "Höst", "", "-a", "a b", "../x", "a\n"])
def test_a_name_that_no_edition_can_have_is_wrong_usage(bench, name):
    bench.fetch()
    with pytest.raises(UsageError, match="cannot be called"):
        freeze_newest(bench.home, load_catalogue(bench.home), name, on=bench.time.date())


def test_what_a_killed_freeze_left_is_swept(bench):
    bench.fetch()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = bench.home / "data" / "editions" / f".one.yml.{ended.pid}-0a1b.part"
    left.parent.mkdir(parents=True)
    left.write_text("half")
    freeze_newest(bench.home, load_catalogue(bench.home), "one", on=bench.time.date())
    assert [path.name for path in left.parent.iterdir()] == ["one.yml"]


@pytest.mark.parametrize(("name", "what"), [("robots", "does not serve robots"), ("gred", "Did you mean 'gerd'")])
def test_what_oecd_does_not_serve_is_wrong_usage(bench, name, what):
    with pytest.raises(UsageError, match=what):
        bench.fetch(name)
    assert bench.replay.asked == []


def command(bench: Bench, *words: str) -> list[str]:
    root = f"public={bench.replay.url}"
    return [sys.executable, "-m", "npr.cli", "--home", str(bench.home), "fetch", "--root", root, *words]


KILLED_AT = """
import os, signal, sys
count, real = 0, os.{call}
def dying(*given, **named):
    global count
    count += 1
    if count == {at}:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*given, **named)
os.{call} = dying
import pathlib
from npr.cli import main
sys.argv = {words!r}
main()
"""


@pytest.mark.parametrize(
    ("call", "at"), [("fsync", at) for at in range(1, 13)] + [("rename", 1), ("replace", 1), ("mkdir", 3)]
)
def test_a_fetch_that_is_killed_leaves_a_store_that_the_next_run_completes(bench, call, at):
    words = ["npr", *command(bench)[3:]]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT.format(call=call, at=at, words=words)], capture_output=True
    )
    assert killed.returncode in (-signal.SIGKILL, 0)
    for indicator in ("gerd", "berd"):
        for folder in bench.vintages(indicator):
            read(bench.home, indicator, newest_vintage(bench.home, indicator)[0].content_sha256)
            assert len(folder) == 12
    done = subprocess.run(command(bench), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(bench.vintages("gerd")) == len(bench.vintages("berd")) == 1
    names = [path.name for path in (bench.home / "data" / "vintages").rglob("*")]
    assert [name for name in names if name.startswith(".")] == []
    assert len(rows(bench, "gerd")) == 4


def test_two_fetches_at_once_both_end_well_with_one_vintage(bench):
    running = [subprocess.Popen(command(bench), stderr=subprocess.PIPE) for _ in range(2)]
    assert [one.wait(timeout=60) for one in running] == [0, 0]
    for one in running:
        one.stderr.close()
    assert len(bench.vintages("gerd")) == 1
    assert len(rows(bench, "gerd")) == 4


def test_a_full_disk_leaves_nothing_half_written(bench):
    place = bench.home / "data" / "vintages"
    place.mkdir(parents=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip("no leave to mount a small disk here")
    try:
        (place / "filler").write_bytes(b"x" * 8000)
        done = subprocess.run(command(bench), capture_output=True, text=True)
        assert done.returncode == 1
        assert "could not be written: No space left on device" in done.stderr
        assert "Make room" in done.stderr
        assert [path.name for path in place.rglob("*") if path.name != "filler" and path.is_file()] == []
        (place / "filler").unlink()
        subprocess.run(["mount", "-o", "remount,size=4m", str(place)], check=True, capture_output=True)
        again = subprocess.run(command(bench), capture_output=True, text=True)
        assert again.returncode == 0, again.stderr
        assert len(rows(bench, "gerd")) == 4
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_the_command_tells_states_in_json_and_ends_with_four_when_oecd_fails(bench):
    done = subprocess.run(command(bench, "--json"), capture_output=True, text=True)
    assert done.returncode == 0
    assert [(one["indicator"], one["state"]) for one in json.loads(done.stdout)] == [("berd", "new"), ("gerd", "new")]
    bench.replay.faults["contentconstraint"] = [Said(502, b"Bad gateway")]
    quick = {**os.environ, "NPR_OECD_PAUSES": "0"}
    done = subprocess.run(command(bench), capture_output=True, text=True, env=quick)
    assert done.returncode == 4
    assert "OECD's server failed: expected data, found 502 Bad gateway" in done.stderr
    assert "gerd: stale: newest vintage" in done.stderr
    done = subprocess.run(command(bench, "--offline"), capture_output=True, text=True)
    assert done.returncode == 0
    assert "2 stale of 2 indicators" in done.stderr
    declare(bench.home, "late", FREQ="A", MEASURE="G")
    assert subprocess.run(command(bench, "--offline"), capture_output=True).returncode == 0
    assert subprocess.run(command(bench, "--offline", "late"), capture_output=True).returncode == 4


RECORDED_KEYS = {
    "debt": ("public", {"debt": {"MEASURE": "GGD", "UNIT_MEASURE": "PT_B1GQ"}}),
    "gdp_forecast": ("archive", {"gdp_s0": {"SCENARIO": "S0"}, "gdp_s1": {"SCENARIO": "S1"}}),
    "house_price_indicators": ("public", {"rent": {"MEASURE": "HPI_RPI"}, "income": {"MEASURE": "HPI_YDH"}}),
    "infra_annual_labour": ("public", {"unemployed": {"MEASURE": "UNE", "UNIT_MEASURE": "PS"}}),
}


@pytest.mark.parametrize("name", RECORDED_KEYS)
def test_recorded_answers_become_vintages_equal_to_the_files(bench, tmp_path, name):
    if not (RECORDED / name).is_dir():
        pytest.skip("the recorded answers are not here")
    import pandas as pd

    flow, shape, body = recorded(RECORDED / name)
    file = pd.read_csv(RECORDED / name / "data.csv", dtype=str, keep_default_na=False)
    names = list(file.columns[1 : list(file.columns).index("TIME_PERIOD")])
    area = next(one for one in names if one in ("REF_AREA", "LOCATION"))
    root, keys = RECORDED_KEYS[name]
    declared = {"id": "z", "root": root, "flow": flow, "version": "1.0", "area": area, "dimensions": names}
    home = tmp_path / "recorded"
    write_catalogue(home, [declared])
    chosen = {}
    for indicator, part in keys.items():
        rows_ = file
        for dimension, code in part.items():
            rows_ = rows_[rows_[dimension] == code]
        rest = {one: rows_[one].mode()[0] for one in names if one != area}
        for dimension, code in rest.items():
            rows_ = rows_[rows_[dimension] == code]
        chosen[indicator] = rows_
        declare(home, indicator, "z", **rest)
    own = Bench(home, bench.replay, root=root)
    bench.replay.flows = {f"{flow},1.0": (shape, body)}
    bench.replay.changed = changes({f"{flow},1.0": ("2026-01-01T00:00:00Z", len(file))})
    assert set(states(own.fetch()).values()) == {"new"}, own.last.errors
    for indicator, wanted in chosen.items():
        assert len(wanted) > 50
        power = wanted["UNIT_MULT"].where(wanted["UNIT_MULT"] != "", "0").astype(int)
        values = [float(one) * 10**p if one else None for one, p in zip(wanted["OBS_VALUE"], power, strict=True)]
        theirs = sorted(
            zip(wanted[area], wanted["TIME_PERIOD"].astype(int), values, wanted["OBS_STATUS"], strict=True), key=str
        )
        ours = sorted(((a, y, v, s) for a, y, _, v, _, s in rows(own, indicator)), key=lambda one: one[:2])
        assert [(a, y, s) for a, y, _, s in ours] == [(a, y, s) for a, y, _, s in theirs]
        found, known = ([float("nan") if v is None else v for _, _, v, _ in part] for part in (ours, theirs))
        assert found == pytest.approx(known, rel=1e-15, nan_ok=True)
    before = tree(home)
    assert set(states(own.fetch()).values()) == {"unchanged"}
    after = tree(home)
    assert {one.split("/")[1] for one in after if before.get(one) != after[one]} == {"checked.json"}

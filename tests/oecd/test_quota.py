"""The ledger of downloads: counted for all processes, kept in order when the clock or the file is not."""

import json
import multiprocessing
from pathlib import Path

import pytest

from npr.errors import NetworkError
from npr.oecd.client import Client
from npr.oecd.quota import Quota


class Clock:
    def __init__(self, now=10_000.0):
        self.now = now
        self.slept: list[float] = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


def quota_of(tmp_path, clock, **more) -> Quota:
    return Quota(ledger=tmp_path / "cache" / "ledger.json", now=clock, sleep=clock.sleep, **more)


def test_calls_keep_a_gap(tmp_path):
    clock = Clock()
    quota = quota_of(tmp_path, clock)
    for _ in range(3):
        quota.wait(download=False)
    assert clock.slept == [3.0, 3.0]
    clock.now += 100
    quota.wait(download=True)
    assert clock.slept == [3.0, 3.0]


def test_the_sixty_first_download_of_an_hour_is_refused_with_the_time_to_come_back(tmp_path):
    clock = Clock()
    quota = quota_of(tmp_path, clock)
    for _ in range(60):
        quota.wait(download=True)
    assert clock.now == 10_000 + 59 * 3
    with pytest.raises(NetworkError, match=r"used up: expected at most 60 an hour.*\n.*again after \d\d:\d\d"):
        quota.wait(download=True)
    quota.wait(download=False)  # what is no download is not counted
    clock.now = 10_000 + 3600.5  # the first of them is an hour old now
    quota.wait(download=True)
    assert len(json.loads(quota.ledger.read_text())["downloads"]) == 60


def test_a_short_wait_for_the_hour_to_pass_is_waited(tmp_path):
    clock, said = Clock(), []
    quota = quota_of(tmp_path, clock, downloads=2, gap_seconds=0.0, say=said.append)
    quota.wait(download=True)
    clock.now += 3500
    quota.wait(download=True)
    quota.wait(download=True)  # 3600 - 3500 = 100 s until the first is forgotten
    assert clock.slept == [100.0]
    assert said == ["The downloads of this hour are used up; waiting 100 s"]


def test_a_clock_that_was_set_back_does_not_shut_the_door_for_years(tmp_path):
    clock = Clock(1_000_000.0)
    quota = quota_of(tmp_path, clock, downloads=1)
    quota.wait(download=True)
    clock.now = 50.0
    with pytest.raises(NetworkError, match="used up"):
        quota.wait(download=True)  # it counts as made now
    clock.now = 50.0 + 3601
    quota.wait(download=True)


def test_a_gap_is_kept_once_after_the_clock_was_set_back(tmp_path):
    clock = Clock(1_000_000.0)
    quota = quota_of(tmp_path, clock)
    quota.wait(download=False)
    clock.now = 50.0
    quota.wait(download=False)
    assert clock.slept == [3.0]


@pytest.mark.parametrize(
    "held", [b"", b"{", b"[]", b'{"downloads": ["x"], "last": 0}', b'{"downloads": 3}', b"\xff\xfe"]
)
def test_a_ledger_that_was_cut_is_an_empty_one(tmp_path, held):
    clock = Clock()
    quota = quota_of(tmp_path, clock)
    quota.ledger.parent.mkdir()
    quota.ledger.write_bytes(held)
    quota.wait(download=True)
    assert json.loads(quota.ledger.read_text()) == {"downloads": [10_000.0], "last": 10_000.0}


def test_a_ledger_that_cannot_be_written_is_told_with_the_way_out(tmp_path):
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(NetworkError, match=r"ledger of downloads cannot be written.*\n.*NPR_OECD_LEDGER"):
        quota_of(tmp_path, Clock()).wait(download=True)


def enter_many(ledger: str) -> None:
    quota = Quota(ledger=Path(ledger), gap_seconds=0.0, downloads=1000)
    for _ in range(20):
        quota.wait(download=True)


def test_processes_share_the_ledger_and_lose_no_entry(tmp_path):
    ledger = tmp_path / "ledger.json"
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=enter_many, args=(str(ledger),)) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert [one.exitcode for one in workers] == [0, 0, 0]
    assert len(json.loads(ledger.read_text())["downloads"]) == 60


def test_only_oecds_own_host_is_counted(tmp_path, replay):
    from npr.oecd.addresses import CSV
    from oecd_replay import CSV_TYPE, Said

    replay.faults["data"] = [Said(200, b"a\n", {"Content-Type": CSV_TYPE})]
    client = Client(quota=Quota(ledger=tmp_path / "ledger.json"))
    client.get(f"{replay.url}/data/x/all", CSV, "csv", download=True)
    client.close()
    assert not (tmp_path / "ledger.json").exists()

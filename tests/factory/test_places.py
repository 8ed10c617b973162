"""Where files are put: whole, listed, and swept when a build was killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from upath import UPath

from npr import disk
from npr.catalogue import load_catalogue
from npr.errors import NprError, RenderError, UsageError
from npr.factory import interrupts
from npr.factory.build import Builder
from npr.factory.index import write_index
from npr.factory.locks import alone
from npr.factory.manifest import File, add_files, read_manifest
from npr.factory.places import Place
from npr.factory.plan import Target
from npr.factory.status import workspace_status


def entry(**more):
    common = {"sha256": "0", "briefing": "demo", "country": "SWE", "language": "sv", "format": "html", "key": "k"}
    rest = {"parameters": {}, "parts": {}, "data": "d", "ran": "r", "vintages": {}, "seconds": 0.0}
    return File(**{**common, **rest, **more})


def dead_process():
    """Give the number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


class Doing:
    """A pool that does each job with a function."""

    def __init__(self, do):
        self.do = do

    def start(self, *, runs, renders=True):
        pass

    def run(self, jobs, keep):
        for job in jobs:
            yield job, self.do(job)

    def close(self):
        pass


def builder(workspace, reports="reports"):
    return Builder(workspace, Place(workspace / reports), load_catalogue(workspace), print)


def test_what_a_killed_build_left_is_swept_and_a_living_one_is_let_be(workspace):
    reports, dead = workspace / "reports", dead_process()
    folder = reports / "starter"
    for name in (f".staging-{dead}-a/tmp", f".staging-{os.getpid()}-b/tmp"):
        (folder / name).mkdir(parents=True)
    (reports / f".index.html.{dead}-0a.part").write_text("half")
    (folder / f".manifest.json.{os.getpid()}-0a.part").write_text("half")
    builder(workspace)._sweep("")
    builder(workspace)._sweep("starter")
    left = sorted(path.name for path in (*reports.iterdir(), *folder.iterdir()))
    assert left == [f".manifest.json.{os.getpid()}-0a.part", f".staging-{os.getpid()}-b", "starter"]


def test_the_index_names_the_files_of_another_build_that_ended_first(workspace):
    reports, catalogue = Place(workspace / "reports"), load_catalogue(workspace)
    for code in ("SWE", "FIN"):
        reports.write(f"starter/{code}/demo.sv.html", b"page")
        add_files(reports, "starter", {f"{code}/demo.sv.html": entry(country=code)})
        write_index(reports, catalogue)
    text = reports.read("index.html").decode()
    assert "starter/SWE/demo.sv.html" in text
    assert "starter/FIN/demo.sv.html" in text


def test_the_index_is_written_anew_only_when_a_manifest_is_newer(workspace):
    made = builder(workspace)
    assert not made._index_stands()
    add_files(made.reports, "starter", {})
    write_index(made.reports, load_catalogue(workspace))
    assert made._index_stands()
    later = time.time() + 10
    os.utime(workspace / "reports" / "starter" / "manifest.json", (later, later))
    assert not made._index_stands()


def test_a_second_build_waits_for_the_lock_and_then_says_who_is_in_the_way(tmp_path, monkeypatch):
    monkeypatch.setattr("npr.factory.locks.WAIT_SECONDS", 0.1)
    with alone(tmp_path), pytest.raises(NprError, match="Another build has held"), alone(tmp_path):
        pass


def test_a_reports_folder_that_is_a_file_is_told_before_a_kernel_starts(workspace):
    (workspace / "taken").write_text("a file")
    with pytest.raises(RenderError, match=r"taken could not be written.*\n.*name another place with --reports"):
        builder(workspace, "taken").build([], Doing(None))


def made(job):
    """Do a job as a worker does: files in the staging folder."""
    staging = Path(job["staging"])
    staging.mkdir(parents=True)
    for one in (*job["formats"], "ipynb"):
        (staging / f"out.{one}").write_text(f"new {one}")
    return {"vintages": {}, "inputs": {"area": {"(all)": "0"}}, "seconds": 1.0}


def test_a_full_disk_when_files_are_moved_into_place_keeps_the_earlier_report(workspace, monkeypatch):
    catalogue = load_catalogue(workspace)
    target = Target(catalogue.briefings["demo"], "SWE", "sv", "starter", {}, ("html",))
    page = workspace / "reports" / "starter" / "SWE" / "demo.sv.html"
    page.parent.mkdir(parents=True)
    page.write_text("earlier")
    take = Place.take

    def full(self, staged, path):
        monkeypatch.setattr("pathlib.Path.replace", refuse)
        try:
            take(self, staged, path)
        finally:
            monkeypatch.undo()

    def refuse(*_):
        raise OSError(28, "No space left on device", "demo.sv.html")

    monkeypatch.setattr(Place, "take", full)
    outcome = builder(workspace).build([target], Doing(made))
    assert outcome.exit_code == 7
    assert "No space left on device" in outcome.failures[0].message()
    assert page.read_text() == "earlier"
    assert not list(page.parents[1].glob(".staging-*"))
    assert read_manifest(Place(workspace / "reports"), "starter")[0].files == {}


def test_a_full_disk_keeps_the_manifest_that_was_there(tmp_path, monkeypatch):
    place = Place(tmp_path)
    place.write("manifest.json", b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RenderError, match="No space left") as caught:
        place.write("manifest.json", b"new")
    assert "Make room" in str(caught.value)
    assert [one.name for one in tmp_path.iterdir()] == ["manifest.json"]
    assert place.read("manifest.json") == b"old"


@pytest.mark.parametrize("content", [None, "{"])
def test_status_goes_on_when_a_notebook_is_gone_or_cut(workspace, content):
    reports = Place(workspace / "reports")
    ran = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # sha256 of "x"
    built = {"SWE/demo.sv.ipynb": entry(format="ipynb", sha256=ran, ran=ran), "SWE/demo.sv.html": entry(sha256=ran)}
    add_files(reports, "starter", built)
    reports.write("starter/SWE/demo.sv.ipynb", b"x")
    reports.write("starter/.inputs/SWE/demo.sv.json", b"{}")
    path = workspace / "notebooks" / "demo.ipynb"
    path.unlink()
    if content is not None:
        path.write_text(content)
    told = workspace_status(workspace, reports, load_catalogue(workspace))["briefings"]
    assert [one["state"].startswith("stale: the notebook changed") for one in told] == [True]


def test_reports_far_away_are_read_and_written_by_address():
    place = Place("memory://npr-places/reports")
    place.make()
    place.write("starter/SWE/a.html", b"one")
    place.write("starter/manifest.json", b"{}")
    assert place.read("starter/SWE/a.html") == b"one"
    assert UPath("memory://npr-places/reports/starter/SWE/a.html").read_bytes() == b"one"
    assert (place.exists("starter/SWE/a.html"), place.exists("starter/b")) == (True, False)
    assert place.size("starter/SWE/a.html") == 3
    assert place.editions() == ["starter"]
    place.remove("starter/SWE/a.html")
    place.remove("starter/SWE/a.html")
    with pytest.raises(FileNotFoundError):
        place.read("starter/SWE/a.html")


def test_an_address_that_nothing_knows_is_refused():
    with pytest.raises(UsageError, match="Reports cannot be kept at nowhere://x"):
        Place("nowhere://x")


def test_an_address_whose_package_is_missing_says_which_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(UsageError, match="Install s3fs") as caught:
        Place("s3://bucket/reports")
    assert "install the package that it needs" in caught.value.message()


def test_a_build_puts_its_reports_far_away_and_finds_them_there_again(workspace):
    catalogue = load_catalogue(workspace)
    target = Target(catalogue.briefings["demo"], "SWE", "sv", "starter", {}, ("html",))
    far = Place(f"memory://npr-far-{workspace.parent.name}/reports")
    outcome = Builder(workspace, far, catalogue, print).build([target], Doing(made))
    assert (outcome.built, outcome.failures) == (["starter/SWE/demo.sv.html"], [])
    assert far.read("starter/SWE/demo.sv.html") == b"new html"
    assert far.exists("index.html")
    # What it read is no true record, so that it is stale again; its files are found all the same.
    assert set(read_manifest(far, "starter")[0].files) == {"SWE/demo.sv.html", "SWE/demo.sv.ipynb"}
    assert not list(workspace.glob("reports/*"))


def test_a_part_of_a_file_is_swept_only_when_its_writer_is_gone(tmp_path):
    (tmp_path / f".x.{dead_process()}-0a.part").write_text("")
    disk.sweep(tmp_path.glob(".*"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("engine", "cells_run"), [("fast", "fast"), ("dask", "fast"), ("kernel", "kernel")])
def test_cells_run_in_copies_wherever_the_stock_engine_is_not_asked_for(workspace, engine, cells_run):
    catalogue, seen = load_catalogue(workspace), []
    target = Target(catalogue.briefings["demo"], "SWE", "sv", "starter", {}, ("html",))
    pool = Doing(lambda job: seen.append(job["engine"]) or made(job))
    Builder(workspace, Place(workspace / "reports"), catalogue, print, engine=engine).build([target], pool)
    assert seen == [cells_run]


def test_the_manifest_is_written_in_the_end_whatever_stops_the_build(workspace):
    catalogue = load_catalogue(workspace)
    targets = [
        Target(catalogue.briefings["demo"], code, "sv", "starter", {}, ("html",)) for code in ("SWE", "FIN", "NOR")
    ]
    done = []

    def stopped(job):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(job["name"])
        return made(job)

    with pytest.raises(KeyboardInterrupt):
        builder(workspace).build(targets, Doing(stopped))
    files = read_manifest(Place(workspace / "reports"), "starter")[0].files
    assert sorted(one.country for one in files.values() if one.format == "html") == sorted(
        name.split()[1] for name in done
    )
    assert not list((workspace / "reports" / "starter").glob(".staging-*"))


@pytest.fixture
def listening():
    """Take signals as a command does."""
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}
    interrupts.listen()
    yield
    for one, handler in before.items():
        signal.signal(one, handler)


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_that_is_lost_where_it_was_raised_ends_the_build_after_the_job(workspace, number):
    catalogue = load_catalogue(workspace)
    targets = [Target(catalogue.briefings["demo"], code, "sv", "starter", {}, ("html",)) for code in ("SWE", "FIN")]
    done = []

    def loses_one(job):
        done.append(job["name"])
        with pytest.raises(KeyboardInterrupt):  # as Python does with what is raised in a callback
            signal.raise_signal(number)
        return made(job)

    with pytest.raises(KeyboardInterrupt):
        builder(workspace).build(targets, Doing(loses_one))
    assert len(done) == 1
    files = read_manifest(Place(workspace / "reports"), "starter")[0].files
    assert [one.country for one in files.values() if one.format == "html"] == [done[0].split()[1]]


def test_ctrl_c_stays_ignored_where_a_shell_ignores_it():
    code = """import signal
from npr.factory.interrupts import listen
signal.signal(signal.SIGINT, signal.SIG_IGN)
listen()
signal.raise_signal(signal.SIGINT)
signal.raise_signal(signal.SIGTERM)"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "line 6" in ended.stderr and "KeyboardInterrupt" in ended.stderr


def test_a_guess_says_whether_something_is_to_be_built(tmp_path):
    notebooks, place = tmp_path / "notebooks", Place(tmp_path / "reports")
    notebooks.mkdir()
    notebook, manifest = notebooks / "demo.ipynb", tmp_path / "reports" / "starter" / "manifest.json"
    notebook.write_text("{}")
    assert place.lags_behind(notebooks)  # nothing was built yet
    manifest.parent.mkdir(parents=True)
    manifest.write_text("{}")
    os.utime(notebook, (1000, 1000))
    os.utime(manifest, (2000, 2000))
    assert not place.lags_behind(notebooks)
    os.utime(notebook, (3000, 3000))
    assert place.lags_behind(notebooks)
    assert not Place("memory://reports").lags_behind(notebooks)  # far away, nobody is asked

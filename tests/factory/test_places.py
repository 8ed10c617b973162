"""Where files are put: whole, listed, and swept when a build was killed."""

import os
import shutil
import subprocess
import sys
import time

import pytest

from npr.catalogue import load_catalogue
from npr.errors import NprError, RenderError
from npr.factory import build
from npr.factory.build import Builder, _sweep
from npr.factory.manifest import File, add_files, alone
from npr.factory.plan import Target, key_parts
from npr.factory.status import workspace_status


def entry(**more):
    common = {"sha256": "0", "briefing": "demo", "country": "SWE", "language": "sv", "format": "html"}
    return File(**{**common, "parameters": {}, "parts": {}, "vintages": {}, "seconds": 0.0, **more})


def dead_process():
    """Give the number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_what_a_killed_build_left_is_swept_and_a_living_one_is_let_be(workspace):
    reports, dead = workspace / "reports", dead_process()
    folder = reports / "starter"
    for name in (f".staging-{dead}-a/tmp", f".staging-{os.getpid()}-b/tmp"):
        (folder / name).mkdir(parents=True)
    (reports / f".index.html.{dead}-0a.part").write_text("half")
    (folder / f".manifest.json.{os.getpid()}-0a.part").write_text("half")
    _sweep(reports)
    _sweep(folder)
    left = sorted(path.name for path in (*reports.iterdir(), *folder.iterdir()))
    assert left == [f".manifest.json.{os.getpid()}-0a.part", f".staging-{os.getpid()}-b", "starter"]


def test_the_index_names_the_files_of_another_build_that_ended_first(workspace):
    reports, catalogue = workspace / "reports", load_catalogue(workspace)
    for code in ("SWE", "FIN"):
        page = reports / "starter" / code / "demo.sv.html"
        page.parent.mkdir(parents=True)
        page.write_text("page")
        add_files(reports / "starter", "starter", {f"{code}/demo.sv.html": entry(country=code)})
        build.write_index(reports, catalogue)
    text = (reports / "index.html").read_text(encoding="utf-8")
    assert "starter/SWE/demo.sv.html" in text
    assert "starter/FIN/demo.sv.html" in text


def test_the_index_is_written_anew_only_when_a_manifest_is_newer(workspace):
    reports = workspace / "reports"
    assert not build._index_stands(reports)
    add_files(reports / "starter", "starter", {})
    build.write_index(reports, load_catalogue(workspace))
    assert build._index_stands(reports)
    later = time.time() + 10
    os.utime(reports / "starter" / "manifest.json", (later, later))
    assert not build._index_stands(reports)


def test_a_second_build_waits_for_the_lock_and_then_says_who_is_in_the_way(tmp_path, monkeypatch):
    monkeypatch.setattr("npr.factory.manifest.WAIT_SECONDS", 0.1)
    with alone(tmp_path), pytest.raises(NprError, match="Another build has held"), alone(tmp_path):
        pass


def test_a_reports_folder_that_is_a_file_is_told_before_a_kernel_starts(workspace):
    (workspace / "taken").write_text("a file")
    builder = Builder(workspace, workspace / "taken", load_catalogue(workspace), print)
    with pytest.raises(RenderError, match="reports could not be written"):
        builder.build([], jobs=1)


def test_a_full_disk_when_files_are_moved_into_place_keeps_the_earlier_report(workspace, monkeypatch):
    catalogue = load_catalogue(workspace)
    target = Target(catalogue.briefings["demo"], "SWE", "sv", "starter", {}, ("html",))
    page = workspace / "reports" / "starter" / "SWE" / "demo.sv.html"
    page.parent.mkdir(parents=True)
    page.write_text("earlier")

    def full(*_):
        raise OSError(28, "No space left on device", "demo.sv.html")

    monkeypatch.setattr(Builder, "_work", full)
    outcome = Builder(workspace, workspace / "reports", catalogue, print).build([target], jobs=1)
    assert outcome.exit_code == 7
    assert "No space left on device" in outcome.failures[0][1]
    assert page.read_text() == "earlier"
    assert not list(page.parents[1].glob(".staging-*"))


@pytest.mark.parametrize("content", [None, "{"])
def test_status_goes_on_when_a_notebook_is_gone_or_cut(workspace, content):
    reports = workspace / "reports"
    add_files(reports / "starter", "starter", {"SWE/demo.sv.html": entry(), "SWE/demo.sv.ipynb": entry(format="ipynb")})
    (reports / "starter" / "SWE").mkdir()
    (reports / "starter" / "SWE" / "demo.sv.html").write_text("page")
    path = workspace / "notebooks" / "demo.ipynb"
    path.unlink()
    if content is not None:
        path.write_text(content)
    told = workspace_status(workspace, reports, load_catalogue(workspace))["briefings"]
    assert [one["state"] for one in told] == ["stale: the notebook changed"]


def test_a_briefing_is_stale_when_a_notebook_that_it_reads_has_changed(workspace):
    catalogue = load_catalogue(workspace)
    reads = ("notebooks/other.ipynb",)
    target = Target(catalogue.briefings["demo"], "SWE", "sv", "starter", {}, ("html",), reads)
    other = workspace / "notebooks" / "other.ipynb"
    shutil.copyfile(workspace / "notebooks" / "demo.ipynb", other)
    before = key_parts(workspace, target, {})
    other.write_text(other.read_text(encoding="utf-8").replace("Andelen", "Del"), encoding="utf-8")
    after = key_parts(workspace, target, {})
    assert [name for name in before if before[name] != after[name]] == ["a notebook that it reads"]

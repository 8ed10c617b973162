"""Builds in a workspace of their own: what is made, what is kept, and what a person is told."""

import hashlib
import os
import signal
import subprocess
import sys

import pytest

from factory_specimens import cells, ends, make_slow, manifest_of, start_build, wait_for_a_run, write_notebook
from npr.publish.trace import read_trace


def files(home):
    reports = home / "reports"
    return sorted(path.relative_to(reports).as_posix() for path in reports.rglob("*") if path.is_file())


def test_a_build_makes_every_file_and_a_second_one_makes_nothing(npr, workspace):
    first = npr("build", "demo", "--language", "sv")
    assert first.returncode == 0, first.stderr
    folder = workspace / "reports" / "starter" / "SWE"
    assert sorted(path.name for path in folder.iterdir()) == [
        "demo.sv.html",
        "demo.sv.ipynb",
        "demo.sv.pdf",
        "demo.sv.xlsx",
    ]
    entry = manifest_of(workspace)["files"]["SWE/demo.sv.html"]
    assert entry["sha256"] == hashlib.sha256((folder / "demo.sv.html").read_bytes()).hexdigest()
    assert list(entry["vintages"]) == ["ai_all"]
    assert (workspace / "reports" / "index.html").exists()
    assert {one["indicator"] for one in read_trace(folder / "demo.sv.html")} == {"ai_all"}
    before = (folder / "demo.sv.html").stat().st_mtime_ns
    second = npr("build", "demo", "--language", "sv")
    assert "0 files built, 3 fresh" in second.stderr
    assert (folder / "demo.sv.html").stat().st_mtime_ns == before
    (folder / "demo.sv.pdf").unlink()
    assert "stale: the pdf is gone" in npr("status").stdout
    write_notebook(workspace, *cells(("more-sv", "%%sv\nMer."), ("more-en", "%%en\nMore.")))
    assert "stale: the notebook changed" in npr("status").stdout


def test_two_builds_give_the_same_bytes(npr, workspace):
    npr("build", "--language", "en", "--reports", str(workspace / "one"))
    npr("build", "--language", "en", "--reports", str(workspace / "two"))
    made = [
        {path.name: path.read_bytes() for path in (workspace / name / "starter" / "SWE").iterdir()}
        for name in ("one", "two")
    ]
    assert len(made[0]) == 4
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--param", "contry=NOR"], "Did you mean 'country'?"),
        (["--param", "country=SWD"], "Did you mean 'SWE'?"),
        (["--country", "EU27_2020"], "not a country"),
        (["--country", "BRA"], "not a member of OECD"),
        (["--language", "se"], "Unknown language"),
        (["--edition", "startr"], "Did you mean 'starter'?"),
        (["--param", "country"], "KEY=VALUE"),
        (["--param", "api_token=x"], "secret"),
        (["--format", "xslx"], "Did you mean 'xlsx'?"),
        (["dmo"], "Did you mean 'demo'?"),
    ],
)
def test_wrong_usage_ends_with_2_before_a_kernel_starts(npr, workspace, words, told):
    ended = npr("build", *(["demo"] if words[0].startswith("--") else []), *words)
    assert ended.returncode == 2
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (workspace / "reports").exists()


def test_a_cell_that_raises_is_told_and_the_earlier_report_kept(npr, workspace):
    assert npr("build", "--language", "sv", "--format", "html").returncode == 0
    page = workspace / "reports" / "starter" / "SWE" / "demo.sv.html"
    before = page.read_bytes()
    write_notebook(workspace, *cells(("broken", "x = 1\nb.latest('ai_all').amonut")))
    ended = npr("build", "--language", "sv", "--format", "html")
    assert ended.returncode == 6
    for part in ("demo SWE sv", "cell 8 (broken)", "“Läget”", "AttributeError", "amonut", "country=SWE"):
        assert part in ended.stderr
    assert page.read_bytes() == before
    assert not list((workspace / "reports").rglob(".staging-*"))


def test_an_untrue_claim_stops_the_build_and_is_named(npr, workspace):
    write_notebook(workspace, *cells(("claim", 'b.claim(ai, ">", 99, "nearly all firms use AI")')))
    ended = npr("build", "--language", "sv")
    assert ended.returncode == 6
    assert "Claim untrue: nearly all firms use AI" in ended.stderr
    assert "expected ai_all SWE 2025 > 99, found 35.04 and 99" in ended.stderr


def test_a_killed_kernel_is_named_with_its_cell_and_the_other_language_goes_on(npr, workspace):
    killing = 'import os\n\nif language == "sv":\n    os.kill(os.getpid(), 9)'
    write_notebook(workspace, *cells(("killer", killing)))
    ended = npr("build", "--format", "html")
    assert ended.returncode == 6
    assert "cell 8 (killer)" in ended.stderr
    assert "kernel died" in ended.stderr
    assert (workspace / "reports" / "starter" / "SWE" / "demo.en.html").exists()
    assert not (workspace / "reports" / "starter" / "SWE" / "demo.sv.html").exists()


def test_a_damaged_vintage_is_refused_and_the_way_back_told(npr, workspace):
    path = next((workspace / "data" / "vintages" / "ai_all").glob("*/observations.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    ended = npr("check")
    assert ended.returncode == 5
    assert "ai_all" in ended.stderr
    assert "Restore the file" in ended.stderr
    assert npr("build", "--language", "sv").returncode == 5


def test_a_missing_swedish_text_is_found_before_a_build(npr, workspace):
    write_notebook(workspace, *[one for one in cells() if one[0] != "text-sv"])
    ended = npr("check")
    assert ended.returncode == 3
    assert "text-en): sv" in ended.stderr


def test_a_number_without_origin_is_found_without_running(npr, workspace):
    write_notebook(workspace, *cells(("n-sv", "%%sv\nMinst 42 länder."), ("n-en", "%%en\nAt least 42 countries.")))
    ended = npr("check")
    assert ended.returncode == 3
    assert ended.stderr.count("42: expected an {expression}") == 2


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_build_leaves_nothing_half_written_and_no_process(npr, workspace, how):
    listener = make_slow(workspace)
    build = start_build(workspace)
    kernel = wait_for_a_run(listener)
    os.kill(build.pid, how)
    _, told = build.communicate(timeout=20)
    if how != signal.SIGKILL:
        assert build.returncode == 130
        assert "Interrupted" in told
        assert not list((workspace / "reports").rglob(".staging-*"))
    assert ends(kernel)
    write_notebook(workspace, *cells())
    assert npr("build", "--language", "sv", "--format", "html").returncode == 0
    assert not list((workspace / "reports").rglob(".staging-*"))


@pytest.mark.parametrize("engine", ["fast", "kernel", "dask"])
def test_ctrl_c_which_a_terminal_sends_to_all_that_runs_in_it_leaves_one_line(workspace, engine):
    listener = make_slow(workspace)
    build = start_build(workspace, engine)
    kernel = wait_for_a_run(listener)
    os.killpg(build.pid, signal.SIGINT)
    _, told = build.communicate(timeout=20)  # ends when no process is left that could still say something
    assert told.splitlines() == ["Building 1 of 1 briefing", "Interrupted. Nothing half-written was left."]
    assert build.returncode == 130
    assert ends(kernel)
    assert not list((workspace / "reports").rglob(".staging-*"))


def test_two_builds_at_once_both_stand_in_the_manifest(workspace):
    start = [sys.executable, "-m", "npr.cli", "--home", str(workspace), "build", "--language", "sv", "--format", "html"]
    commands = [[*start, "--country", one] for one in ("SWE", "FIN")]
    running = [subprocess.Popen(one, stderr=subprocess.DEVNULL) for one in commands]
    assert [one.wait(timeout=120) for one in running] == [0, 0]
    assert {"SWE/demo.sv.html", "FIN/demo.sv.html"} <= set(manifest_of(workspace)["files"])


def test_a_cut_manifest_is_said_and_built_anew(npr, workspace):
    npr("build", "--language", "sv", "--format", "html")
    path = workspace / "reports" / "starter" / "manifest.json"
    path.write_text(path.read_text()[:50])
    ended = npr("build", "--language", "sv", "--format", "html")
    assert ended.returncode == 0
    assert "manifest of starter was damaged" in ended.stderr
    assert "SWE/demo.sv.html" in manifest_of(workspace)["files"]


def test_a_place_that_cannot_be_written_is_told_in_one_message(npr, tmp_path):
    (tmp_path / "file").write_text("no folder")
    ended = npr("build", "--language", "sv", "--format", "html", "--reports", str(tmp_path / "file" / "x"))
    assert ended.returncode == 7
    assert "could not be written" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "fault of npr" not in ended.stderr


def test_a_notebook_that_is_no_json_fails_alone_and_stands_in_the_report(npr, workspace):
    other = workspace / "data" / "catalogue" / "briefings" / "other.yml"
    declared = (other.parent / "demo.yml").read_text(encoding="utf-8")
    other.write_text(declared.replace("id: demo", "id: other").replace("demo.ipynb", "other.ipynb"), encoding="utf-8")
    (workspace / "notebooks" / "other.ipynb").write_text("no json")
    ended = npr("build", "--language", "sv", "--format", "html")
    assert ended.returncode == 3
    assert "other: 1 fault of content" in ended.stderr
    folder = workspace / "reports" / "starter"
    assert (folder / "SWE" / "demo.sv.html").exists()
    assert "## other\n" in (folder / "failures.md").read_text(encoding="utf-8")
    assert npr("build", "other").returncode == 3
    (other).unlink()
    assert npr("build", "--language", "en", "--format", "html").returncode == 0
    assert not (folder / "failures.md").exists()
    assert 'failures="0"' in (folder / "junit.xml").read_text(encoding="utf-8")


def test_a_full_disk_fails_the_build_with_one_message_and_leaves_nothing(npr, workspace, small_disk):
    ended = npr("build", "--language", "sv", "--reports", str(small_disk / "reports"))
    assert ended.returncode == 7
    assert "No space left on device" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not [one for one in (small_disk / "reports").rglob("*") if ".staging-" in one.name or one.suffix == ".part"]
